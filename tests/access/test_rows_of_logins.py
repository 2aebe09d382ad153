"""The matrix of rows once more, through the logins that web and worker sign in with, on connections of their own.

What another connection is to see must be committed: both sites with every kind of row are, for the length of this module.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from django.apps import apps
from django.db import connections, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import APP_DUTIES, Duty
from lead_cms.access.row_security import PLAIN_TABLES, all_policies, create_policy, db_role, policy_name
from lead_cms.access.row_security import Rows as Opened
from tests.access import rows as making
from tests.access.looking import DUTIES, PEOPLE, copies, disagreements
from tests.access.oracle import ORACLE
from tests.access.rows import Rows
from tests.access.whose import Person
from tests.conftest import connection_to, empty_tables
from tests.factories import World

TABLES = sorted(ORACLE)
WEB = [person for person in PEOPLE + DUTIES if person.role in {*Role, *APP_DUTIES}]
WORKER = [person for person in DUTIES if person.role in set(Duty)]
AT_NO_SITE = Person("app", "", 0), Person("worker", "", 0)


@dataclass(frozen=True)
class Committed:
    world: World
    rows: Rows
    copies: dict[str, dict[str, str]]

    def disagreements(self, login: psycopg.Connection, person: Person, tables: list[str] = TABLES) -> list[str]:
        with login.transaction(force_rollback=True):
            return disagreements(login, self.world, self.rows, person, tables, self.copies)


@pytest.fixture(scope="module")
def committed(django_db_setup, django_db_blocker) -> Iterator[Committed]:
    with django_db_blocker.unblock():
        try:
            with transaction.atomic(using="owner"), making.walls_lifted():
                world = World.build(using="owner")
                rows = making.build([world.a, world.b])
            with transaction.atomic(using="owner"):
                owner = connections["owner"].connection
                found = {table: copies(owner, rows, table) for table in TABLES}
                transaction.set_rollback(True, using="owner")
            yield Committed(world, rows, found)
        finally:
            empty_tables(connections["owner"], connections["default"])


@pytest.fixture(scope="module")
def logins(committed) -> Iterator[dict[str, psycopg.Connection]]:
    with connection_to("lead_app") as app, connection_to("lead_worker") as worker:
        for login in (app, worker):
            login.autocommit = True
            login.prepare_threshold = None
        yield {"lead_app": app, "lead_worker": worker}


def _ids(person: Person) -> str:
    return f"{person.role}-{person.n}"


@pytest.mark.parametrize("person", WEB, ids=_ids)
def test_the_web_login_touches_what_the_rules_say(committed, logins, person):
    assert committed.disagreements(logins["lead_app"], person) == []


@pytest.mark.parametrize("person", WORKER, ids=_ids)
def test_the_workers_login_touches_what_the_rules_say(committed, logins, person):
    assert committed.disagreements(logins["lead_worker"], person) == []


@pytest.mark.parametrize("person", AT_NO_SITE, ids=lambda person: person.role)
def test_before_a_role_is_stated_a_login_touches_what_sign_in_needs_and_no_more(committed, logins, person):
    """As itself `lead_app` has the tables of accounts and sign-in, `lead_worker` none; the oracle says so for both."""
    assert committed.disagreements(logins[f"lead_{person.role}"], person) == []


def test_before_a_role_is_stated_no_login_touches_a_table_of_the_domain(committed, logins):
    domain = [table for table in TABLES if table.split("_")[0] in {"participants", "referrals", "services", "programs"}]
    assert len(domain) > 25
    assert [table for table in domain for rules in ORACLE[table].values() if {"app", "worker"} & set(rules)] == []
    for login in logins.values():
        for table in domain:
            for right in ("select", "insert", "update", "references"):
                answer = login.execute("select has_any_column_privilege(%s, %s)", [f'public."{table}"', right])
                assert not answer.fetchone()[0], (login.info.user, table, right)
            for right in ("delete", "truncate", "trigger"):
                answer = login.execute("select has_table_privilege(%s, %s)", [f'public."{table}"', right])
                assert not answer.fetchone()[0], (login.info.user, table, right)


def test_the_worker_has_no_table_of_sign_in_either(committed, logins):
    readable = {
        table
        for table in {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | set(PLAIN_TABLES)
        if logins["lead_worker"]
        .execute("select has_any_column_privilege(%s, 'select')", [f'public."{table}"'])
        .fetchone()[0]
    }
    assert readable == {"django_migrations"}


def test_every_role_that_a_login_may_become_is_in_the_matrix(logins):
    """What the catalogue says that each may become, so that a new grant brings its rows to be looked at."""
    may_become = """select rolname from pg_roles where rolname like 'lead\\_%%' and rolname <> %s
                    and pg_has_role(session_user, oid, 'member')"""
    found = {name: {row[0] for row in login.execute(may_become, [name])} for name, login in logins.items()}
    assert found["lead_app"] == {db_role(role) for role in [*Role, *APP_DUTIES]}
    # The worker may act for a person too: what a person may touch is the same, whoever signed in, as the next test shows.
    assert found["lead_worker"] == {db_role(role) for role in [*Role, *Duty]}
    assert {person.role for person in WEB} == {*Role, *APP_DUTIES}
    assert {person.role for person in WORKER} == set(Duty)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.PROSECUTOR, Role.CASE_MANAGER], ids=str)
def test_the_worker_acting_for_a_person_touches_what_that_person_may(committed, logins, role):
    assert committed.disagreements(logins["lead_worker"], Person(role.value, "san-francisco", 0)) == []


@contextmanager
def _opened(table: str, verb: str, role: str) -> Iterator[None]:
    """One policy of a real table open to everything, for every connection, until the block ends."""
    policy = next(one for one in all_policies() if one.table == table)
    rule = next(rows for was, whose, rows in policy.entries() if (was, whose) == (verb, role))
    drop = f'drop policy "{policy_name(verb, role)}" on "{table}"'
    with connection_to("lead_owner") as owner:
        owner.execute(drop)
        owner.execute(create_policy(table, verb, role, Opened("true", rule.columns, "true")))
        owner.commit()
        try:
            yield
        finally:
            owner.execute(drop)
            owner.execute(create_policy(table, verb, role, rule))


@pytest.mark.parametrize(
    ("table", "verb", "login", "person"),
    [
        ("referrals_referral", "select", "lead_app", Person("officer", "san-francisco", 0)),
        ("referrals_windowresult", "select", "lead_app", Person("prosecutor", "san-francisco", 0)),
        ("referrals_casework", "update", "lead_app", Person("case_manager", "san-francisco", 1)),
        ("referrals_draft", "delete", "lead_app", Person("referrer", "san-francisco", 0)),
        ("referrals_windowitem", "insert", "lead_app", Person("supervisor", "san-francisco", 0)),
        ("referrals_heldcharge", "insert", "lead_worker", Person("intake", "san-francisco", 0)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_policy_that_opens_is_noticed_through_the_login(committed, logins, table, verb, login, person):
    assert committed.disagreements(logins[login], person, [table]) == []
    with _opened(table, verb, db_role(Role(person.role) if person.role in set(Role) else Duty(person.role))):
        assert committed.disagreements(logins[login], person, [table])
    assert committed.disagreements(logins[login], person, [table]) == []
