"""Paging by key: the last page of a list costs what the first costs, and nothing is counted.

    page = keyset(request, charges, "due_on", "pk")          soonest first
    page = keyset(request, referrals, "-submitted_at", "-pk")   newest first
    page.rows, page.newer_url, page.older_url                 for {% pager %}; "newer" is towards the beginning
The keys have one direction, hold no NULL, and the last one is unique. A filter stays in the address; a page that is not
of this list is the first page.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

SIZE = 25
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True)
class Page:
    rows: list
    newer_url: str
    older_url: str


def keyset(request, rows: QuerySet, *keys: str, size: int = SIZE) -> Page:
    """The page that the address asks for."""
    names, down = [key.lstrip("-") for key in keys], keys[0].startswith("-")
    back = BEFORE in request.GET
    token = _read(rows, names, request.GET.get(BEFORE if back else AFTER, ""))
    back = back and token is not None
    if token is not None:
        rows = rows.filter(_beyond(names, token, greater=down == back))
    order = [f"{'-' if down != back else ''}{name}" for name in names]
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    newer = bool(found) and (more if back else token is not None)
    older = bool(found) and (True if back else more)
    return Page(
        rows=found,
        newer_url=_url(request, BEFORE, names, found[0]) if newer else "",
        older_url=_url(request, AFTER, names, found[-1]) if older else "",
    )


def at_most(rows: QuerySet, most: int) -> str:
    """How many there are, said no further than `most`: "17", "more than 500"."""
    count = rows.order_by().values("pk")[: most + 1].count()
    return str(count) if count <= most else f"more than {most}"


def _beyond(names: list[str], values: list, *, greater: bool) -> Q:
    """Rows after the key; the first condition is what an index serves."""
    sign = "gt" if greater else "lt"
    found = Q(**{f"{names[-1]}__{sign}": values[-1]})
    for name, value in list(zip(names, values, strict=True))[-2::-1]:
        found = Q(**{f"{name}__{sign}e": value}) & (Q(**{f"{name}__{sign}": value}) | found)
    return found


def _read(rows: QuerySet, names: list[str], token: str) -> list | None:
    try:
        given = json.loads(base64.urlsafe_b64decode(token.encode()))
        if not isinstance(given, list) or len(given) != len(names):
            return None
        meta = rows.model._meta
        fields = [meta.pk if name == "pk" else meta.get_field(name) for name in names]
        values = [field.to_python(value) for field, value in zip(fields, given, strict=True)]
        return None if None in values else values
    except (binascii.Error, ValueError, TypeError, ValidationError):
        return None


def _url(request, which: str, names: list[str], row) -> str:
    values = [getattr(row, name) for name in names]
    said = json.dumps([value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values])
    query = request.GET.copy()
    for key in (AFTER, BEFORE):
        query.pop(key, None)
    query[which] = base64.urlsafe_b64encode(said.encode()).decode()
    return f"{request.path}?{query.urlencode()}"
