"""The indexes that PostgreSQL takes for the lists, as the role that reads them, with a site's rows."""

import os
import re

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from participants.row_security import FUNCTIONS as OF_PEOPLE
from participants.row_security import OPERATOR_COST
from referrals.models import Reminder
from referrals.row_security import FUNCTIONS
from referrals.tasks import deliver_batch
from tests.conftest import connection_to, empty_tables

LISTS = [
    (Role.OFFICER, "referrals:list", "referrals_referral", "referral_officer_time"),
    (Role.CASE_MANAGER, "casefile:windows", "referrals_intakewindow", "window_open_mine"),
    (Role.PROSECUTOR, "referrals:charge-list", "referrals_heldcharge", "heldcharge_waiting"),
    (Role.CASE_MANAGER, "casefile:outreach", "referrals_outreachentry", "outreach_"),
]


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, tmp_path_factory):
    """Eight hundred referrals for all the plans, written for good so that their owner can count them, then taken out."""
    owner, default = connections["owner"], connections["default"]
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_DATA", str(tmp_path_factory.mktemp("demo")))
        empty_tables(owner, default, anew=True)
        try:
            call_command("seed_demo", referrals=800, verbosity=0)
            with connection_to("lead_owner", autocommit=True) as counting:
                counting.execute("vacuum analyze")
            yield
        finally:
            empty_tables(owner, default)
            default.close()


def one(role: Role) -> Membership:
    found = Membership.objects.filter(role=role, site__slug="san-francisco")
    return found.select_related("user", "site", "organisation").order_by("user__username").first()


def plan_of(sql: str, params=None) -> str:
    with connection.cursor() as cursor:
        # A small table is quickest read whole; what is asked here is whether an index can serve under the policy at all.
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_sort = off")
        cursor.execute(f"explain {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(("role", "page", "table", "index"), LISTS)
def test_a_list_comes_in_the_order_of_its_index(seeded, db, sign_in, role, page, table, index):
    reader = one(role)
    browser = sign_in(reader)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(reverse(page)).status_code == 200
    lists = [query["sql"] for query in asked if re.search(rf'FROM "{table}".*ORDER BY', query["sql"], re.S)]
    assert lists
    with acting_as(reader):
        plans = [plan_of(sql) for sql in lists]
    assert any(f"using {index}" in plan or f"on {index}" in plan for plan in plans), plans
    for plan in plans:
        assert f"Seq Scan on {table}" not in plan, plan


def test_search_by_likeness_takes_the_index_of_the_names(seeded, db):
    """The body of the definer function, with its arguments put in, as the role that owns it."""
    block = next(text for text in FUNCTIONS if "function app.referred_like" in text).split("$body$")[1]
    body = re.search(r"return query (.*?);", block, re.S).group(1)
    for name, value in (("words", "'Marisol Thorn'"), ("born", "null::date"), ("most", "20")):
        body = re.sub(rf"\b{name}\b", value, body)
    body = body.replace("app.site_id()", f"'{one(Role.CASE_MANAGER).site_id}'::uuid")
    name = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=name) as admin:
        # Of a few hundred the planner rather reads all; it is asked as at a site with a hundred times as many.
        admin.execute("update pg_class set reltuples = reltuples * 100 where relname = 'referrals_referredperson'")
        admin.execute(f"set cpu_operator_cost = {OPERATOR_COST}")
        admin.execute("set role lead_definer")
        plan = "\n".join(line for (line,) in admin.execute(f"explain {body}").fetchall())
        admin.rollback()
    assert "referredperson_site_name" in plan, plan


def test_how_a_number_begins_takes_its_index(seeded, db):
    """As the role that owns the function and, as there, with one plan for all numbers."""
    body = next(text for text in FUNCTIONS if "function app.referrals_numbered" in text).split("$body$")[1]
    body = re.sub(r"\bmost\b", "$3", re.sub(r"\bbeginning\b", "$2", body)).replace("app.site_id()", "$1")
    site = one(Role.CASE_MANAGER).site_id
    name = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=name) as admin:
        admin.execute("set role lead_definer")
        admin.execute("set plan_cache_mode = force_generic_plan")
        admin.execute(f"prepare numbered (uuid, text, int) as {body}")
        plan = "\n".join(
            line for (line,) in admin.execute(f"explain execute numbered ('{site}', '2600', 20)").fetchall()
        )
    assert "Index Scan Backward using referral_number_begins" in plan and "Sort" not in plan, plan


@pytest.mark.parametrize(
    ("step", "index"),
    [
        ("@@ whole limit", "referredperson_terms_of_site"),
        ("@@ near limit", "referredperson_terms_of_site"),
        ("@@ far limit", "referredperson_terms_of_site"),
        ("app.plain_name(p.name)", "referredperson_begins"),
        ("app.turned_name(p.name)", "referredperson_turned_begins"),
    ],
)
def test_search_as_somebody_types_takes_an_index_at_each_step(seeded, db, step, index):
    """Each as the role that owns it and, as there, with one plan for all words."""
    block = next(text for text in FUNCTIONS if "function app.referred_named" in text).split("$body$")[1]
    body = next(part for part in block.split("select p.referral_id")[1:] if step in part)
    body = "select p.referral_id" + re.match(r".*? limit (?:2 \* )?\w+", body, re.S).group()
    places = {"here": "$1", "typed": "$2", "most": "$3", "whole": "$4", "near": "$4", "far": "$4"}
    for name, place in places.items():
        body = re.sub(rf"\b{name}\b", place, body)
    site = one(Role.CASE_MANAGER).site_id
    name = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=name) as admin:
        admin.execute("set role lead_definer")
        admin.execute("set plan_cache_mode = force_generic_plan")
        admin.execute(f"prepare step (uuid, text, int, tsquery) as {body}")
        asked = f"explain execute step ('{site}', 'mar', 20, '{site.hex[:8]}mar')"
        plan = "\n".join(line for (line,) in admin.execute(asked).fetchall())
    assert index in plan, plan


@pytest.mark.parametrize(
    ("function", "given"),
    [
        ("how_common", {"names": "array['g:maria', 'f:thorn']"}),
        ("participants_sharing", {"asked": "(select array['n:MR|0RN']::varchar[])", "most": "40"}),
    ],
)
def test_whoever_shares_a_key_is_found_without_reading_everybody_of_the_site(seeded, db, function, given):
    block = next(text for text in OF_PEOPLE if f"function app.{function}" in text).split("$body$")[1]
    body = re.search(r"return query (.*?);", block, re.S).group(1) if "return query" in block else block
    for name, value in given.items():
        body = re.sub(rf"\b{name}\b", value, body)
    body = body.replace("app.site_id()", f"'{one(Role.CASE_MANAGER).site_id}'::uuid")
    name = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=name) as admin:
        # As at a large site, where rows that may not be wanted seem to cost more than the keys of everybody.
        admin.execute("set cpu_tuple_cost = 1000; set enable_seqscan = off")
        admin.execute("set role lead_definer")
        plan = "\n".join(line for (line,) in admin.execute(f"explain {body}").fetchall())
    assert "participant_match_keys" in plan, plan
    assert "BitmapAnd" not in plan, plan


def test_a_poke_with_nothing_due_reads_what_is_waiting(seeded, db):
    with acting_as(Duty.SCHEDULER):
        Reminder.objects.filter(delivered_at=None, cancelled_at=None, due_at__lte=timezone.now()).update(
            delivered_at=timezone.now()
        )
        with CaptureQueriesContext(connection) as asked:
            assert deliver_batch() == 0
        plan = plan_of(next(query["sql"] for query in asked if 'FROM "referrals_reminder"' in query["sql"]))
    assert "reminder_waiting" in plan, plan
    assert len([query for query in asked if 'FROM "referrals_reminder"' in query["sql"]]) == 1
