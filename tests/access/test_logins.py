"""What the true logins can become and do, each on a connection of its own."""

import psycopg
import pytest

from lead_cms.access.permissions import Role
from lead_cms.access.principals import APP_DUTIES, Duty
from lead_cms.access.row_security import all_policies, db_role
from tests.conftest import connection_to

pytestmark = pytest.mark.django_db
SCHEDULED = [duty for duty in Duty if duty not in APP_DUTIES]
TABLES = sorted({policy.table for policy in all_policies()})
OWN_TABLES = {"accounts_user", "accounts_membership", "accounts_site", "accounts_organisation", "accounts_accountlock",
              "accounts_heldform", "notify_heartbeat"}  # fmt: skip
ATTACKS = [
    "set role postgres",
    "set role lead_owner",
    "set role lead_definer",
    "set session authorization lead_owner",
    "alter table referrals_referral disable row level security",
    "alter table referrals_referral no force row level security",
    "drop policy lead_officer_select on referrals_referral",
    "alter table referrals_referral disable trigger audit_row",
    "drop trigger audit_row on referrals_referral",
    "create table public.mine (id int)",
    "create temp table mine (id int)",
    "create function public.mine() returns int language sql as 'select 1'",
    "create or replace function app.user_id() returns uuid language sql as 'select null::uuid'",
    "truncate referrals_referral",
    "truncate audit_auditevent",
    "set session_replication_role = replica",
    "copy (select 1) to program 'true'",
    "select pg_read_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "create role mine superuser",
    "grant lead_operator to lead_app",
    "select app.audit_row_change()",
]


@pytest.fixture(params=["lead_app", "lead_worker"])
def login(request, django_db_setup):
    with connection_to(request.param, autocommit=True) as connection:
        yield request.param, connection


def test_no_login_reads_a_domain_table_as_itself(login):
    name, connection = login
    readable = set()
    for table in TABLES:
        try:
            connection.execute(f'select 1 from "{table}" limit 1')
            readable.add(table)
        except psycopg.errors.InsufficientPrivilege:
            pass
    assert readable == (OWN_TABLES if name == "lead_app" else set())


def test_the_web_process_cannot_turn_into_the_system(django_db_setup):
    with connection_to("lead_app", autocommit=True) as connection:
        for role in [*Role, *APP_DUTIES]:
            connection.execute(f"set role {db_role(role)}")
            connection.execute("reset role")
        for duty in SCHEDULED:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"set role {db_role(duty)}")


def test_the_worker_can_take_its_duties(django_db_setup):
    with connection_to("lead_worker", autocommit=True) as connection:
        for duty in SCHEDULED:
            connection.execute(f"set role {db_role(duty)}")
            connection.execute("reset role")


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("role", ["", "lead_officer", "lead_case_manager", "lead_supervisor", "lead_operator"])
def test_an_attack_is_refused(login, role, attack):
    name, connection = login
    with connection.transaction(force_rollback=True):
        if role:
            try:
                connection.execute(f"set local role {role}")
            except psycopg.errors.InsufficientPrivilege:
                return  # it cannot even become the role
        with pytest.raises(psycopg.Error) as refusal, connection.transaction():
            connection.execute(attack)
        assert refusal.value.sqlstate in {"42501", "0A000"}, (attack, refusal.value.sqlstate, str(refusal.value))


def test_row_security_cannot_be_switched_off_by_a_setting(login):
    _, connection = login
    with connection.transaction(force_rollback=True):
        connection.execute("set local role lead_officer")
        connection.execute("set local row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute("select * from referrals_referral")


def test_logins_hold_nothing_by_inheritance(django_db_setup):
    with connection_to("lead_owner", autocommit=True) as connection:
        rows = connection.execute(
            "select rolname, rolsuper, rolinherit, rolbypassrls, rolcreaterole from pg_roles where rolname = any(%s)",
            [["lead_app", "lead_worker", "lead_definer", *map(db_role, Role), *map(db_role, Duty)]],
        ).fetchall()
    assert {row[1:] for row in rows} == {(False, False, False, False)}
