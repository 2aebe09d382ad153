"""Looking at and touching rows through a role's eyes, by raw SQL, and comparing what happens with the oracle.

`connection` is the owner's, or that of a login on a connection of its own; a transaction is open on it.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import Connection, Cursor

from lead_cms.access.permissions import Role
from lead_cms.access.principals import STATE, Duty
from lead_cms.access.row_security import db_role
from tests.access.assign import ASSIGN
from tests.access.oracle import ORACLE
from tests.access.rows import Row, Rows
from tests.access.whose import Person
from tests.factories import World

DENIED = "denied"
VERBS = ("select", "insert", "update", "delete")
PEOPLE = [Person(role.value, "san-francisco", n) for role in Role for n in (0, 1)]
DUTIES = [Person(duty.value, "san-francisco", 0) for duty in Duty] + [Person("app", "san-francisco", 0)]

# Tries each statement as whoever acts, undoes it, and answers what came of it: 'denied', or the first value it gave, or how
# many rows it touched. What a constraint says means that the walls let it pass. Constraints wait, so that only walls are
# asked. One block a person is one way to the server and back, where a statement and its savepoint each were thousands.
TRY = """
set constraints all deferred;
do $block$
declare
  one jsonb; got text; touched bigint; said jsonb := '[]';
begin
  for one in select value from jsonb_array_elements(current_setting('app.tried')::jsonb) loop
    begin
      if one ? 'gives' then
        execute one->>'sql' into got;
      else
        execute one->>'sql' using (one->>'copy')::jsonb;
        get diagnostics touched = row_count;
        got := touched::text;
      end if;
      raise exception sqlstate 'ZZ001';
    exception
      when sqlstate 'ZZ001' then null;
      when insufficient_privilege then got := 'denied';
      when integrity_constraint_violation then got := '1';
    end;
    said := said || jsonb_build_array(got);
    exit when one ? 'last_unless' and got is distinct from one->>'last_unless';
  end loop;
  perform set_config('app.said', said::text, true);
end $block$;
set constraints all immediate;
"""


@dataclass(frozen=True)
class Try:
    """One statement on a table and what the oracle expects of it: the ids it gives, a number of rows, or DENIED."""

    verb: str
    table: str
    sql: str
    expected: str | frozenset
    row: Row | None = None
    copy: str | None = None
    gives: bool = False

    def to_json(self, *, stopping: bool) -> dict:
        told = {"sql": self.sql} | ({"gives": True} if self.gives else {}) | ({"copy": self.copy} if self.copy else {})
        return told | ({"last_unless": self.expected} if stopping and isinstance(self.expected, str) else {})

    def differs(self, got: str | None, mine: list[Row]) -> str:
        """What came of it in words, where the oracle says otherwise."""
        if self.verb == "select":
            seen = DENIED if got == DENIED else {row.id for row in mine} & set((got or "").split())
            return "" if seen == self.expected else _differ(seen, self.expected, mine)
        if got == self.expected:
            return ""
        return f"{got}, not {self.expected}" + (f": {self.row}" if self.row else "")


@contextmanager
def as_person(connection: Connection, world: World, person: Person) -> Iterator[Cursor]:
    """The connection, acting as this person or duty until the block ends; as itself for a person of no role."""
    with connection.cursor() as cursor:
        if person.site:
            cursor.execute(STATE, stated(world, person))
        try:
            yield cursor
        finally:
            cursor.execute("reset role")


def stated(world: World, person: Person) -> list[str]:
    """What the database is told of a person or duty: its role, its ids."""
    where = world.a if person.site == world.a.site.slug else world.b
    if person.role not in list(Role):
        return [db_role(person.role), "", "", str(where.site.pk), "", "-"]
    acting = where.people[Role(person.role), person.n]
    ids = [acting.user_id, acting.pk, acting.site_id, acting.organisation_id]
    return [db_role(Role(person.role)), *map(str, ids), "-"]


def copies(owner: Connection, rows: Rows, table: str) -> dict[str, str]:
    """Each row of a table as JSON, read as the owner with the walls lifted: what is tried to be inserted."""
    with owner.cursor() as cursor:
        cursor.execute(f'alter table "{table}" no force row level security')
        cursor.execute(f'select id::text, to_jsonb(t)::text from "{table}" t')
        found = dict(cursor.fetchall())
        cursor.execute(f'alter table "{table}" force row level security')
    return {row.id: found[row.id] for row in rows.by_table.get(table, []) if row.id in found}


def assignment(table: str, role: str) -> str | None:
    found = ASSIGN.get(table)
    return found.get(role) if isinstance(found, dict) else found


def tries(rows: Rows, person: Person, table: str, prepared: dict[str, str], verbs: Iterable[str]) -> Iterator[Try]:
    """Everything to be tried on one table as one person."""
    mine, said = rows.by_table.get(table, []), ORACLE.get(table, {})
    for verb in verbs:
        rule = said.get(verb, {}).get(person.role)
        allowed = [] if rule is None else [row for row in mine if rule(person, row)]
        expected = DENIED if rule is None else str(len(allowed))
        if verb == "select":
            ids = DENIED if rule is None else frozenset(row.id for row in allowed)
            yield Try(verb, table, f"""select string_agg(id::text, ' ') from "{table}" """, ids, gives=True)
        elif verb == "insert":
            yield from _inserts(person, table, rule, [row for row in mine if row.id in prepared], prepared)
        elif verb == "delete":
            yield Try(verb, table, f'delete from "{table}"', expected)
        elif rule is None:
            yield _right(table, verb)
        else:
            # Without a condition an update needs no right to read: it touches whatever its own policy lets it.
            yield Try(verb, table, f'update "{table}" set {assignment(table, person.role)}', expected)


def _inserts(person: Person, table: str, rule, tried: list[Row], prepared: dict[str, str]) -> Iterator[Try]:
    if rule is None:
        # Without a right every row is answered alike: one is tried, and the right itself looked for.
        yield _right(table, "insert")
        tried = tried[:1]
    sql = f'insert into "{table}" select (jsonb_populate_record(null::"{table}", $1)).*'
    for row in tried:
        expected = "1" if rule and rule(person, row) else DENIED
        yield Try("insert", table, sql, expected, row, prepared[row.id])


def _right(table: str, verb: str) -> Try:
    sql = f"""select has_any_column_privilege(current_user, 'public."{table}"', '{verb}')"""
    return Try(f"right to {verb}", table, sql, "false", gives=True)


def disagreements(
    connection: Connection, world: World, rows: Rows, person: Person, tables: list[str],
    prepared: dict[str, dict[str, str]], verbs: Iterable[str] = VERBS,
) -> list[str]:  # fmt: skip
    """What the database does otherwise than the oracle says, for one person; empty when they agree.

    `prepared` is what `copies` gives of each table.
    """
    asked = [one for table in tables for one in tries(rows, person, table, prepared[table], verbs)]
    with as_person(connection, world, person) as cursor:
        cursor.execute("select set_config('app.tried', %s, true)", [told(asked)])
        cursor.execute(TRY)
        said = cursor.execute("select current_setting('app.said')").fetchone()[0]
    return compared(rows, person, asked, said)


def told(asked: list[Try], *, stopping: bool = False) -> str:
    """The tries as the block in the database reads them; `stopping` at the first that goes otherwise than expected."""
    return json.dumps([one.to_json(stopping=stopping) for one in asked])


def compared(rows: Rows, person: Person, asked: list[Try], said: str) -> list[str]:
    """What was answered to all that was asked, or, where it stopped at the first surprise, up to there."""
    answers = json.loads(said)
    words = [one.differs(got, rows.by_table.get(one.table, [])) for one, got in zip(asked, answers, strict=False)]
    assert len(answers) == len(asked) or words[-1], "not everything was tried"
    return [f"{person} {one.verb} {one.table}: {word}" for one, word in zip(asked, words, strict=False) if word]


def _differ(actual, expected, mine: list[Row]) -> str:
    if DENIED in (actual, expected):
        return f"{actual if actual == DENIED else len(actual)} instead of {expected if expected == DENIED else len(expected)}"
    more = [row for row in mine if row.id in actual - expected]
    less = [row for row in mine if row.id in expected - actual]
    return f"too much {more[:3]}, too little {less[:3]}"
