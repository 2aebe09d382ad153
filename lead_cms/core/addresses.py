"""Addresses of pages that are named many times: a name is resolved once in a process, then only the key is put in."""

from functools import cache
from uuid import UUID

from django.urls import reverse

NO_KEY = UUID(int=0)


@cache
def plain_address(name: str) -> str:
    """The same as `reverse(name)` of a page without parameters."""
    return reverse(name)


@cache
def _pattern(name: str, *more: str) -> str:
    return reverse(name, args=[NO_KEY, *more])


def address(name: str, key, *more: str) -> str:
    """The same as `reverse(name, args=[key, *more])` of a page whose first parameter is a UUID."""
    return _pattern(name, *more).replace(str(NO_KEY), str(key))
