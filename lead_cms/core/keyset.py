"""Paging by key: the last page of a list costs what the first costs, and nothing is counted.

    page = keyset(request, charges, "due_on", "pk")          soonest first
    page = keyset(request, referrals, "-submitted_at", "-pk")   newest first
    page.rows, page.newer_url, page.older_url                 for {% pager %}; "newer" is towards the beginning
    page = paged(charges, "due_on", "pk", after=token)        the same with tokens instead of addresses
`first` gives the first page's rows by another way, such as a statement that stands prepared: `first(most)`, or None when
it can't; `rows` may then be a function that gives the rows, made for other pages alone, and `shape` any rows with the same
keys. The last key is unique. Keys may be annotations, lead over relations, and hold NULL, which stands where PostgreSQL puts
it, so that a plain index in this order serves the list: best when all keys have one direction and none holds NULL.
A filter stays in the address. A page that is not of this list, or has no rows any more, is the first page.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from lead_cms.core.crypto import decrypt, encrypt

SIZE = 25
AFTER, BEFORE = "after", "before"
First = Callable[[int], list | None]
Rows = QuerySet | Callable[[], QuerySet]


@dataclass(frozen=True)
class Tokens:
    """One page and the tokens of its neighbors, "" where there is none."""

    rows: list
    newer_token: str
    older_token: str


@dataclass(frozen=True)
class Page:
    """One page and the addresses of its neighbors, "" where there is none."""

    rows: list
    newer_url: str
    older_url: str


@dataclass(frozen=True)
class Key:
    """One key of an order."""

    name: str
    down: bool
    field: object
    nullable: bool

    def value(self, row):
        for part in self.name.split("__"):
            row = getattr(row, part, None)
        return row


class RowComparison(Func):
    """`(a, b) > (x, y)`, which an index on (a, b) answers from its first row on."""

    output_field = BooleanField()

    def as_sql(self, compiler, connection, **extra):
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (parts[:half], parts[half:]))
        return f"({left}) {self.extra['sign']} ({right})", tuple(one for _, given in parts for one in given)


def keyset(
    request, rows: Rows, *keys: str, size: int = SIZE, first: First | None = None, shape: QuerySet | None = None
) -> Page:
    """The page that the address asks for."""
    asked = {"after": request.GET.get(AFTER, ""), "before": request.GET.get(BEFORE, "")}
    found = paged(rows, *keys, size=size, first=first, shape=shape, **asked)
    return Page(
        rows=found.rows,
        newer_url=_url(request, BEFORE, found.newer_token),
        older_url=_url(request, AFTER, found.older_token),
    )


def paged(
    rows: Rows, *keys: str, size: int = SIZE, after: str = "", before: str = "", first: First | None = None,
    shape: QuerySet | None = None,
) -> Tokens:  # fmt: skip
    """The page after or before a token, else the first; `after` counts when both are given. One query.

    ValueError when the last key is not unique: rows could be left out or come twice.
    """
    like = shape if shape is not None else _made(rows)
    order = _order(like, keys)
    place = f"keyset {like.model._meta.label_lower} {' '.join(keys)}"
    values = _opened(order, place, after or before)
    back = values is not None and not after
    found = first(size + 1) if first and values is None else None
    if found is None:
        rows = _made(rows)
        wanted = rows if values is None else rows.filter(_beyond(order, values, back=back))
        found = list(wanted.order_by(*(_sorted(key, back=back) for key in order))[: size + 1])
    if not found and values is not None:
        return paged(rows, *keys, size=size, first=first, shape=shape)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    newer = more if back else values is not None
    older = back or more
    return Tokens(
        rows=found,
        newer_token=_token(order, place, found[0]) if newer else "",
        older_token=_token(order, place, found[-1]) if older else "",
    )


def _made(rows: Rows) -> QuerySet:
    return rows() if callable(rows) else rows


def _order(rows: QuerySet, keys: tuple[str, ...]) -> list[Key]:
    order = [_key(rows, key.lstrip("-"), key.startswith("-")) for key in keys]
    if not order or not getattr(order[-1].field, "unique", False) or order[-1].nullable:
        raise ValueError("the last key of a paged list must be unique")
    return order


def _key(rows: QuerySet, name: str, down: bool) -> Key:
    if name in rows.query.annotations:
        return Key(name, down, rows.query.annotations[name].output_field, nullable=True)
    meta, nullable, field = rows.model._meta, False, None
    for part in name.split("__"):
        if meta is None:
            raise FieldDoesNotExist(name)
        field = meta.pk if part == "pk" else meta.get_field(part)
        nullable = nullable or field.null
        meta = field.related_model._meta if field.is_relation else None
    return Key(name, down, field, nullable)


def _sorted(key: Key, *, back: bool):
    return F(key.name).desc() if key.down != back else F(key.name).asc()


def _beyond(order: list[Key], values: list, *, back: bool) -> Q:
    """The rows that follow (or, going back, come before) the row with these values."""
    plain = not any(key.nullable for key in order) and len({key.down for key in order}) == 1
    if plain:
        given = [Value(value, output_field=key.field) for key, value in zip(order, values, strict=True)]
        sign = "<" if order[0].down != back else ">"
        return Q(RowComparison(*(F(key.name) for key in order), *given, sign=sign))
    found = None
    for key, value in list(zip(order, values, strict=True))[::-1]:
        later = _later(key, value, greater=key.down == back)
        if found is None:
            found = later
        else:
            same = Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
            # The first condition follows from the second; it is what an index serves.
            found = (later | same) & (later | (same & found))
    return found


def _later(key: Key, value, *, greater: bool) -> Q:
    # PostgreSQL holds NULL for the greatest value: last upwards, first downwards.
    if value is None:
        return Q(pk__in=[]) if greater else Q(**{f"{key.name}__isnull": False})
    if not greater:
        return Q(**{f"{key.name}__lt": value})
    later = Q(**{f"{key.name}__gt": value})
    return later | Q(**{f"{key.name}__isnull": True}) if key.nullable else later


def _token(order: list[Key], place: str, row) -> str:
    # Encrypted, not only signed: a key may be a name, and addresses stand in logs and histories.
    return encrypt(json.dumps([_said(key.value(row)) for key in order]), aad=place)


def _said(value):
    if value is None:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _opened(order: list[Key], place: str, token: str) -> list | None:
    if not token:
        return None
    try:
        given = json.loads(decrypt(token, aad=place))
        return [key.field.to_python(value) for key, value in zip(order, given, strict=True)]
    except (ValueError, ValidationError):  # of another list, changed, or made with a key that is gone
        return None


def _url(request, which: str, token: str) -> str:
    if not token:
        return ""
    query = request.GET.copy()
    for key in (AFTER, BEFORE):
        query.pop(key, None)
    query[which] = token
    return f"{request.path}?{query.urlencode()}"
