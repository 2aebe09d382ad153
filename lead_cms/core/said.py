"""What a page says once at its top."""

from django.contrib.messages.storage.fallback import FallbackStorage


class SaidOnce(FallbackStorage):
    """Two taps at the same moment may each leave their words for the next page; equal ones are shown once."""

    def __iter__(self):
        return iter({(message.level, str(message)): message for message in super().__iter__()}.values())
