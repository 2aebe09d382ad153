"""A list's SQL, compiled once in a process and planned once in a connection: afterwards only the values change.

    @prepared(site_id=UUID, until=datetime)
    def due(*, site_id, until, most: int):
        return Casework.objects.filter(site_id=site_id, next_try_at__lte=until)[:most]

    due(site_id=..., until=..., most=5)  # a list

Named values are put in anew at every call, as parameters; one that is left out makes another statement. Everything
else given (`most`) makes a statement of its own too, so it takes few values. Building and planning a query with many joins
cost more than answering it.

`compiled` is the same with a plan of its own at each call: for a list whose best way depends on whose it is.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import ValuesListIterable
from psycopg import sql as text

# What stands for a value while the query is built: nothing that a program would compare with.
STANDS_FOR = {
    UUID: lambda number: UUID(int=2**127 + number),
    date: lambda number: date(1, 1, 1 + number),
    datetime: lambda number: datetime(1, 1, 1, 0, 0, 0, 1 + number, tzinfo=UTC),
    float: lambda number: 1e-300 * (number + 1),
    str: lambda number: f"\x01{number}",
    list: lambda number: [UUID(int=2**127 + number)],  # of keys, for AnyOf(F("pk"), KeyList(keys))
}


@dataclass(frozen=True)
class Statement:
    """One compiled query: the names, in the order of its parameters, of the values that are put in."""

    queryset: QuerySet
    compiler: object
    sql: str
    names: tuple[str, ...]
    is_planned_once: bool
    converters: dict

    @property
    def is_plain(self) -> bool:
        """Whether the rows are wanted as the database gives them."""
        return self.queryset._iterable_class is ValuesListIterable and not self.converters

    def rows(self, values: dict) -> list:
        if self.is_plain:
            return self._answer(connections[DEFAULT_DB_ALIAS], values)[0]
        compiler = copy(self.compiler)
        compiler.get_converters = lambda *args: self.converters
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.execute_sql = lambda *args, **kwargs: self._answer(compiler.connection, values)
        query = copy(self.queryset.query)
        query.get_compiler = lambda *args, **kwargs: compiler
        again = QuerySet(model=self.queryset.model, query=query, using=DEFAULT_DB_ALIAS)
        again._fields, again._iterable_class = self.queryset._fields, self.queryset._iterable_class
        return list(again._iterable_class(again))

    def _answer(self, connection, values: dict) -> list[list[tuple]]:
        """The rows as the compiler's `execute_sql` would give them: in chunks, here one."""
        with connection.prepared_cursor() if self.is_planned_once else connection.cursor() as cursor:
            cursor.execute(self.sql, [values[name] for name in self.names])
            return [cursor.fetchall()]


@dataclass(frozen=True)
class Named:
    name: str


def prepared(**kinds: type) -> Callable:
    """Turn a function that builds a queryset into one that gives its rows; see the module's own words."""
    return _decorator(kinds, is_planned_once=True)


def compiled(**kinds: type) -> Callable:
    """The same, planned at each call for the values of that call."""
    return _decorator(kinds, is_planned_once=False)


def _decorator(kinds: dict[str, type], *, is_planned_once: bool) -> Callable:
    values = {name: STANDS_FOR[kind](number) for number, (name, kind) in enumerate(kinds.items())}

    def decorator(build: Callable[..., QuerySet]) -> Callable[..., list]:
        statements: dict[tuple, Statement] = {}

        @wraps(build)
        def rows(**given) -> list:
            shape = tuple((name, None if name in kinds else value) for name, value in sorted(given.items()))
            if shape not in statements:
                stand_ins = {name: values[name] for name in given if name in kinds}
                statements[shape] = _compiled(build(**given | stand_ins), stand_ins, is_planned_once)
            return statements[shape].rows(given)

        return rows

    return decorator


def _compiled(queryset: QuerySet, stand_ins: dict, is_planned_once: bool) -> Statement:
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    names = {repr(value): Named(name) for name, value in stand_ins.items()}
    found = tuple(names.get(repr(one), one) if type(one) in STANDS_FOR else one for one in parameters)
    lost = set(stand_ins) - set(_named(found))
    if lost:
        raise ValueError(f"not a parameter of the query as it stands: {', '.join(sorted(lost))}")
    written = sql.replace("%%", "%%%%") % tuple(map(_written, found))
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
    return Statement(queryset, compiler, written, _named(found), is_planned_once, converters)


def _named(parameters: tuple) -> tuple[str, ...]:
    return tuple(one.name for one in parameters if isinstance(one, Named))


def _written(parameter) -> str:
    """A value that never changes stands in the statement: a plan for all values could not use an index with a condition."""
    if isinstance(parameter, Named):
        return "%s"
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    return text.Literal(parameter).as_string(connection.connection).replace("%", "%%")
