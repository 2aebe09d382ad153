"""Statements that are planned once: where their parameters stand, and that rows are those of the plain query."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Value

from lead_cms.access.postgresql.base import numbered
from lead_cms.accounts.models import Site
from lead_cms.core.prepared import prepared


@pytest.mark.parametrize(
    ("query", "text", "places"),
    [
        ("select %s, %s", "select $1, $2", [0, 1]),
        ("select %(a)s, %(b)s, %(a)s", "select $1, $2, $1", ["a", "b"]),
        ("select %s like 'a%%'", "select $1 like 'a%'", [0]),
        ("select 1", "select 1", []),
    ],
)
def test_parameters_are_numbered_in_the_order_in_which_they_stand(query, text, places):
    assert numbered(query) == (text, places)


@pytest.mark.parametrize(
    ("query", "given", "row"),
    [
        ("select %(b)s::int - %(a)s::int, %(a)s::int, 'a%%'", {"a": 2, "b": 7}, (5, 2, "a%")),
        ("select %s::int - %s::int", [7, 2], (5,)),
        ("select '%'", None, ("%",)),
    ],
)
def test_a_statement_planned_once_takes_values_by_name_by_place_or_none(db, query, given, row):
    for _ in range(2):
        with connection.prepared_cursor() as cursor:
            cursor.execute(query, given)
            assert cursor.fetchall() == [row]


@prepared(site=UUID)
def _named(*, site):
    return Site.objects.filter(pk=site).values_list("slug", "pk", Value("%"))


def test_plain_values_are_those_of_the_query(world):
    site = Site.objects.order_by("pk").first()
    assert _named(site=site.pk) == [(site.slug, site.pk, "%")]
    assert _named(site=uuid4()) == []
