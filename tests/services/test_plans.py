"""Four thousand services stay quick: the indexes that PostgreSQL takes, as the role that reads, and how long a page takes."""

import os
import re
import uuid

import psycopg
import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from participants.row_security import OPERATOR_COST
from services.row_security import FUNCTIONS
from tests.conftest import connection_to, empty_tables
from tests.factories import World

MANY, WORDS = 4000, ("shelter", "clinic", "lawyer", "shower", "detox", "school", "pantry", "legal")
LIST = reverse("services:list")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Written for good by the owner, so that PostgreSQL can count them, then taken out."""
    owner, default = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        empty_tables(owner, default, anew=True)
        try:
            made = World.build()
            with connection_to("lead_owner", autocommit=True) as writer:
                _write(writer, made.a.site.pk)
            yield made
        finally:
            empty_tables(owner, default)
            default.close()


def _write(writer, site) -> None:
    tables = ("provider", "service", "location", "hours", "contact")
    for table in tables:
        writer.execute(f"alter table services_{table} no force row level security")
    provider = uuid.uuid4()
    writer.execute(
        "insert into services_provider (id, site_id, name, description, website, source_key) "
        "values (%s, %s, 'Many', '', '', '')", [provider, site]
    )  # fmt: skip
    writer.execute(
        """insert into services_service (id, site_id, provider_id, name, description, needs, terms, eligibility, how_to_apply,
             fees, notes, hours_in_words, languages, capacity, is_confidential, is_listed, source_key, search_words)
           select gen_random_uuid(), %s, %s, (%s::text[])[1 + n %% 8] || ' ' || n, '', array['housing'], '{}', '', '', '', '', '',
             array['en'], 'open', false, true, '', (%s::text[])[1 + n %% 8] || ' ' || n || ' many' from generate_series(1, %s) n""",
        [site, provider, list(WORDS), list(WORDS), MANY],
    )
    writer.execute(
        """insert into services_location (id, site_id, provider_id, service_id, name, address, city, postal_code, neighborhood,
             latitude, longitude, access_notes, is_hidden, source_key, search_words)
           select gen_random_uuid(), site_id, provider_id, id, '', name || ' street', '', '', '', 37 + random(), -122 - random(),
             '', false, '', name || ' street' from services_service"""
    )
    writer.execute(
        """insert into services_hours (id, site_id, provider_id, service_id, weekday, opens, closes, source_key)
           select gen_random_uuid(), site_id, provider_id, id, d, '09:00', '17:00', '' from services_service,
             generate_series(0, 6) d"""
    )
    for table in tables:
        writer.execute(f"alter table services_{table} force row level security")
    writer.execute("vacuum analyze")


def test_the_list_comes_in_the_order_of_its_index(world, db, sign_in):
    manager = world.a.person(Role.CASE_MANAGER)
    browser = sign_in(manager)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(LIST).status_code == 200
    (sql,) = [query["sql"] for query in asked if re.search(r'FROM "services_service".*ORDER BY', query["sql"], re.S)]
    with acting_as(manager), connection.cursor() as cursor:
        cursor.execute(f"explain {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "service_listed_name" in plan and "Sort" not in plan, plan


@pytest.mark.parametrize(
    ("function", "index"), [("services_like", "service_words_trgm"), ("locations_like", "location_words_trgm")]
)
def test_likeness_takes_the_index_of_the_words(world, db, function, index):
    """Its second statement, which compares, with its arguments put in, as the role that owns it."""
    body = next(text for text in FUNCTIONS if f"function app.{function}(" in text).split("$body$")[1]
    body = body.split("return query")[2].split(";")[0].replace("most - found_so_far", "most")
    body = re.sub(r"\bwanted\b", "'lawyer 17'", re.sub(r"\bpart\b", "'%lawyer 17%'", body))
    body = re.sub(r"\bwords\b(?!\()", "'lawyer 17'", body.replace("search_words", "search_line"))
    body = re.sub(r"\bmost\b", "20", body).replace("search_line", "search_words")
    body = body.replace("app.site_id()", f"'{world.a.site.pk}'::uuid")
    name = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=name) as admin:
        admin.execute("set role lead_definer")
        admin.execute(f"set cpu_operator_cost = {OPERATOR_COST}")
        plan = "\n".join(line for (line,) in admin.execute(f"explain {body}").fetchall())
    assert index in plan, plan
