"""Looking at and touching rows through a role's eyes, by raw SQL, and comparing what happens with the oracle.

`connection` is the owner's, or that of a login on a connection of its own; a transaction is open on it.
"""

from contextlib import contextmanager

import psycopg
from psycopg import Connection, Cursor

from lead_cms.access.permissions import Role
from lead_cms.access.principals import STATE, Duty
from lead_cms.access.row_security import db_role
from tests.access.oracle import ASSIGN, ORACLE, Person
from tests.access.rows import Row, Rows
from tests.factories import World

DENIED = "denied"
VERBS = ("select", "insert", "update", "delete")


@contextmanager
def as_person(connection: Connection, world: World, person: Person):
    """The connection, acting as this person or duty until the block ends; as itself for a person of no role."""
    where = world.a if person.site == world.a.site.slug else world.b
    if person.role in list(Role):
        acting = where.people[Role(person.role), person.n]
        ids = [acting.user_id, acting.pk, acting.site_id, acting.organisation_id]
    else:
        ids = ["", "", where.site.pk, ""]
    with connection.cursor() as cursor:
        if person.site:
            role = db_role(Role(person.role) if person.role in list(Role) else person.role)
            cursor.execute(STATE, [role, *map(str, ids), "-"])
        try:
            yield cursor
        finally:
            cursor.execute("reset role")


def _try(cursor: Cursor, sql, parameters=None):
    """The row count of one statement, or DENIED; anything a constraint says means that the walls let it pass."""
    try:
        with cursor.connection.transaction(force_rollback=True):
            return cursor.execute(sql, parameters).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return DENIED
    except psycopg.IntegrityError:
        return 1


def select(cursor: Cursor, table: str):
    try:
        with cursor.connection.transaction():
            return {row[0] for row in cursor.execute(f'select id::text from "{table}"').fetchall()}
    except psycopg.errors.InsufficientPrivilege:
        return DENIED


def copies(owner: Connection, rows: Rows, table: str) -> dict[str, str]:
    """Each row of a table as JSON under a new key, read as the owner with the walls lifted."""
    with owner.cursor() as cursor:
        cursor.execute(f'alter table "{table}" no force row level security')
        cursor.execute(f'select id::text, to_jsonb(t)::text from "{table}" t')
        found = dict(cursor.fetchall())
        cursor.execute(f'alter table "{table}" force row level security')
    return {row.id: found[row.id] for row in rows.by_table.get(table, []) if row.id in found}


def insert(cursor: Cursor, table: str, copy: str):
    return _try(cursor, f'insert into "{table}" select (jsonb_populate_record(null::"{table}", %s::jsonb)).*', [copy])


def assignment(table: str, role: str) -> str | None:
    found = ASSIGN.get(table)
    return found.get(role) if isinstance(found, dict) else found


def disagreements(
    connection: Connection, world: World, rows: Rows, person: Person, table: str, prepared: dict[str, str], verbs=VERBS
) -> list[str]:
    """What the database does otherwise than the oracle says, for one person and table; empty when they agree.

    `prepared` is what `copies` gives of the table: what is tried to be inserted.
    """
    mine: list[Row] = rows.by_table.get(table, [])
    said = ORACLE.get(table, {})
    found = []
    with as_person(connection, world, person) as cursor:
        for verb in verbs:
            rule = said.get(verb, {}).get(person.role)
            if verb == "select":
                actual = select(cursor, table)
                expected = DENIED if rule is None else {row.id for row in mine if rule(person, row)}
                seen = actual if actual == DENIED else actual & {row.id for row in mine}
                if seen != expected:
                    found.append(f"{person} select {table}: {_differ(seen, expected, mine)}")
            elif verb == "insert":
                tried = [row for row in mine if row.id in prepared]
                if rule is None:
                    # Without a right every row is answered alike: one is tried, and the right itself looked for.
                    tried = tried[:1]
                    found += _has_right(cursor, person, table, "insert")
                for row in tried:
                    allowed = insert(cursor, table, prepared[row.id]) != DENIED
                    if allowed != bool(rule and rule(person, row)):
                        found.append(f"{person} insert {table}: {'let' if allowed else 'denied'} {row}")
            elif verb == "update":
                found += _update(cursor, person, table, rule, mine)
            else:
                # What still points to a row is asked at the end of a transaction; here only the wall is.
                cursor.execute("set constraints all deferred")
                actual = _try(cursor, f'delete from "{table}"')
                cursor.execute("set constraints all immediate")
                expected = DENIED if rule is None else sum(rule(person, row) for row in mine)
                if actual != expected:
                    found.append(f"{person} delete {table}: {actual} rows, not {expected}")
    return found


def _update(cursor: Cursor, person: Person, table: str, rule, mine: list[Row]) -> list[str]:
    # Without a condition an update needs no right to read: it touches whatever its own policy lets it.
    values = assignment(table, person.role)
    if rule is None:
        return _has_right(cursor, person, table, "update")
    actual, expected = _try(cursor, f'update "{table}" set {values}'), sum(rule(person, row) for row in mine)
    return [] if actual == expected else [f"{person} update {table}: {actual} rows, not {expected}"]


def _has_right(cursor: Cursor, person: Person, table: str, verb: str) -> list[str]:
    cursor.execute("select has_any_column_privilege(current_user, %s, %s)", [f'public."{table}"', verb])
    return [f"{person} may {verb} {table}"] if cursor.fetchone()[0] else []


def _differ(actual, expected, mine: list[Row]) -> str:
    if DENIED in (actual, expected):
        return f"{actual if actual == DENIED else len(actual)} instead of {expected if expected == DENIED else len(expected)}"
    more = [row for row in mine if row.id in actual - expected]
    less = [row for row in mine if row.id in expected - actual]
    return f"too much {more[:3]}, too little {less[:3]}"


PEOPLE = [Person(role.value, "san-francisco", n) for role in Role for n in (0, 1)]
DUTIES = [Person(duty.value, "san-francisco", 0) for duty in Duty] + [Person("app", "san-francisco", 0)]
