"""Refusals by rule."""

from django.http import Http404


class DomainError(Exception):
    """A rule says no. The text is fit for the person who asked; `field` names the field it belongs beside."""

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.field = field


class StaleState(DomainError):
    """Somebody else was there first, or the page is old: what was asked no longer applies."""


class Gone(Http404):
    """What was asked about is not there for them any more: restricted to others, or put away, while they waited for it."""
