"""Pages by key: every row once in its order, forwards and back, over ties and NULL; a bad token is the first page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import NullIf
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.keyset import keyset, paged
from referrals.models import IncidentRecord

pytestmark = pytest.mark.django_db
START = datetime(2025, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
ORDERS = [
    ("pk",),
    ("-occurred_at", "-pk"),
    ("occurred_at", "pk"),
    ("precinct", "-occurred_at", "pk"),
    ("grade", "pk"),
    ("-grade", "-pk"),
    ("grade", "-occurred_at", "-pk"),
    ("-grade", "code", "pk"),
    ("site__slug", "-occurred_at", "-pk"),
]


@pytest.fixture
def rows(world):
    """23 rows with ties; `grade` is NULL for a third of them."""
    made = [
        IncidentRecord(
            site=(world.a, world.b)[number % 2].site,
            source="sfpd",
            row_key=str(number),
            incident_id="1",
            incident_number="180906213",
            code=f"{number % 4:05}",
            category="Drug Violation",
            description="Heroin",
            resolution="Cite or Arrest Adult",
            occurred_at=START + timedelta(microseconds=number // 5),
            precinct=("", "Central", "Park")[number % 3],
        )
        for number in range(23)
    ]
    with acting_as(Duty.OPERATOR), transaction.atomic():
        IncidentRecord.objects.bulk_create(made)
        yield IncidentRecord.objects.select_related("site").annotate(grade=NullIf("precinct", Value("")))


def forwards(rows, keys, size):
    pages = [paged(rows, *keys, size=size)]
    while pages[-1].older_token:
        pages.append(paged(rows, *keys, size=size, after=pages[-1].older_token))
        assert len(pages) < 30, "it turns in a circle"
    return pages


def keys_of(page):
    return [row.row_key for row in page.rows]


@pytest.mark.parametrize("size", [1, 4, 22, 23, 24])
@pytest.mark.parametrize("keys", ORDERS, ids=" ".join)
def test_every_row_once_forwards_and_the_same_pages_back(rows, keys, size):
    everything = [row.row_key for row in rows.order_by(*keys)]
    pages = forwards(rows, keys, size)
    assert [key for page in pages for key in keys_of(page)] == everything
    assert pages[0].newer_token == "" and len(pages) == -(-23 // size)
    for number in range(len(pages) - 1, 0, -1):
        before = paged(rows, *keys, size=size, before=pages[number].newer_token)
        assert keys_of(before) == keys_of(pages[number - 1])
        assert bool(before.newer_token) == (number > 1) and before.older_token


def test_one_query_a_page(rows):
    token = paged(rows, "-occurred_at", "-pk", size=5).older_token
    with CaptureQueriesContext(
        connection,
    ) as queries:
        paged(rows, "-occurred_at", "-pk", size=5, after=token)
    assert len(queries) == 1


def test_an_index_is_entered_at_the_key(rows):
    rows = IncidentRecord.objects.order_by()
    token = paged(rows, "pk", size=20).older_token
    with CaptureQueriesContext(connection) as queries:
        paged(rows, "pk", size=20, after=token)
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_bitmapscan = off")
        cursor.execute(f"explain {queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond" in plan and "Sort" not in plan


def test_rows_that_come_and_go_between_two_pages(rows):
    keys = ("occurred_at", "pk")
    everything = [row.row_key for row in rows.order_by(*keys)]
    first = paged(rows, *keys, size=5)
    second = paged(rows.exclude(row_key__in=everything[:7]), *keys, size=5, after=first.older_token)
    assert keys_of(second) == everything[7:12]


def test_a_page_without_rows_is_the_first_page(rows):
    last = forwards(rows, ("pk",), 22)[0]
    gone = rows.exclude(row_key=keys_of(paged(rows, "-pk", size=1))[0])
    assert keys_of(paged(gone, "pk", size=22, after=last.older_token)) == keys_of(last)
    assert paged(rows.none(), "pk", after=last.older_token).rows == []


def test_a_token_that_is_not_of_this_list_is_the_first_page(rows):
    token = paged(rows, "-occurred_at", "-pk", size=5).older_token
    first = keys_of(paged(rows, "occurred_at", "pk", size=5))
    for bad in (token, token[:-3], token + "x", "x", "\0", "a.b.c", "é" * 9, "1" * 5000):
        for way in ("after", "before"):
            assert keys_of(paged(rows, "occurred_at", "pk", size=5, **{way: bad})) == first


def test_a_token_says_nothing(rows):
    token = paged(rows, "category", "pk", size=5).older_token
    assert "Drug" not in token and str(rows.order_by("pk")[4].pk) not in token


@pytest.mark.parametrize("keys", [(), ("occurred_at",), ("pk", "precinct")])
def test_the_last_key_is_unique(rows, keys):
    with pytest.raises(ValueError, match="must be unique"):
        paged(rows, *keys)


def test_addresses_keep_the_filter(rows):
    first = keyset(RequestFactory().get("/list/", {"state": "open", "before": "nonsense"}), rows, "pk", size=10)
    assert first.newer_url == "" and first.older_url.startswith("/list/?state=open&after=")
    assert "before" not in first.older_url
    second = keyset(RequestFactory().get(first.older_url), rows, "pk", size=10)
    assert keyset(RequestFactory().get(second.newer_url), rows, "pk", size=10).rows == first.rows
    assert second.newer_url.startswith("/list/?state=open&before=")
