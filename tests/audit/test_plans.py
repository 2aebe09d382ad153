"""A hundred and twenty thousand events stay quick: each search has an index in its order, as the auditor reads it."""

import re

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from tests.conftest import connection_to, empty_tables
from tests.factories import World

EVENTS = 120_000
MANY = """
insert into audit_auditevent (id, recorded_at, action, user_id, membership_id, site_id, actor_label, request_id,
                              target_model, target_id, details)
select gen_random_uuid(), now() - (n || ' minutes')::interval,
       (array['referral.viewed', 'person.viewed', 'access.denied', 'slip.made'])[1 + n %% 4],
       %(user)s, case when n %% 400 = 0 then %(other)s else %(member)s end::uuid, %(site)s, 'x', 'r' || n / 3,
       'referrals.referral', 't' || n %% 900, '{}'
  from generate_series(1, %(many)s) n
"""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    owner, default = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        empty_tables(owner, default, anew=True)
        try:
            world = World.build()
            manager, other = world.a.person(Role.CASE_MANAGER), world.a.person(Role.CASE_MANAGER, 1)
            ids = {"user": manager.user_id, "member": manager.pk, "other": other.pk, "site": world.a.site.pk}
            with connection_to("lead_owner", autocommit=True) as writing:
                writing.execute("alter table audit_auditevent disable trigger user")
                writing.execute("alter table audit_auditevent no force row level security")
                writing.execute(MANY, ids | {"many": EVENTS})
                writing.execute("alter table audit_auditevent enable trigger user")
                writing.execute("alter table audit_auditevent force row level security")
                writing.execute("analyze audit_auditevent")
            yield world
        finally:
            empty_tables(owner, default)
            default.close()


def statements(client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return [one["sql"] for one in asked if re.search('FROM "audit_auditevent".*ORDER BY', one["sql"], re.S)]


SEARCHES = [
    ("", "auditevent_site_time"),
    ("?deed=slip.made", "auditevent_deed_time"),
    ("?who=Case manager 1", "auditevent_person_time"),
    ("?record=t7", "auditevent_target_time"),
    ("?show=sign_ins", "auditevent_sign_ins"),
]


@pytest.mark.parametrize(("query", "index"), SEARCHES)
def test_a_search_reads_its_own_index_and_few_rows(world, db, sign_in, query, index, monkeypatch):
    auditor = world.a.person(Role.AUDITOR)
    # The rows' keys are short words here; what is asked is the plan, not the look-up of a code to quote.
    monkeypatch.setattr("lead_cms.casefile.auditing.key_of", lambda text: text if text.startswith("t") else "")
    (sql,) = statements(sign_in(auditor), reverse("audit:list") + query)
    with acting_as(auditor), connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, timing off, summary off) {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"using {index}" in plan or f"on {index}" in plan, plan
    assert "Seq Scan" not in plan.split("SubPlan")[0].split("InitPlan")[0], plan
    read = int(re.search(r"Buffers: shared(?: hit=(\d+))?", plan).group(1) or 0)
    assert read < 400, plan


def test_the_last_page_costs_what_the_first_costs(world, db, sign_in):
    auditor = world.a.person(Role.AUDITOR)
    client = sign_in(auditor)
    second = client.get(reverse("audit:list")).context["page"].older_url
    for path in (second, f"{reverse('audit:list')}?until=2026-01-01"):
        for sql in statements(client, path):
            with acting_as(auditor), connection.cursor() as cursor:
                cursor.execute(f"explain {sql}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "using auditevent_site_time" in plan, plan
