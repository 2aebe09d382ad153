"""Refusals by rule."""


class DomainError(Exception):
    """A rule says no. The text is fit for the person who asked; `field` names the field it belongs beside."""

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.field = field


class StaleState(DomainError):
    """Somebody else was there first, or the page is old: what was asked no longer applies."""
