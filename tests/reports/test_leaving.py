"""Files of one report, one after the other: the second hides what the two together would tell, and says why."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError
from lead_cms.reports.actions.exporting import export, export_as_operator
from lead_cms.reports.actions.publishing import digest, preview, publish, withdraw
from lead_cms.reports.models import LeftFigures
from lead_cms.reports.period import Period
from lead_cms.reports.registry import REPORTS
from tests.reports import making
from tests.reports.making import NOW, QUARTER

LONGER = Period(date(2026, 4, 1), date(2026, 7, 4))


@pytest.fixture
def where(world):
    """Thirty referred in the quarter, three on July 2."""
    for _ in range(30):
        making.refer(world.a)
    for _ in range(3):
        making.refer(world.a, at=making.AT + timedelta(days=43))
    return world.a


@pytest.fixture
def coordinator(where):
    return where.person(Role.COORDINATOR)


def referred(content: bytes) -> str:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return next(row[1] for row in rows if row and row[0] == "Referred")


def taken(by, period, report="funnel") -> bytes:
    with acting_as(by), transaction.atomic():
        return export(report=REPORTS[report], period=period, form="csv", by=by, at=NOW)[1]


def left(where, **more) -> list[LeftFigures]:
    supervisor = where.person(Role.SUPERVISOR)
    with acting_as(supervisor), transaction.atomic():
        return list(LeftFigures.objects.filter(**more).order_by("left_at", "pk"))


@pytest.mark.parametrize(("first", "second", "shown"), [(QUARTER, LONGER, "30"), (LONGER, QUARTER, "33")])
def test_a_period_that_holds_or_lies_within_an_earlier_one_tells_no_small_difference(coordinator, first, second, shown):
    assert referred(taken(coordinator, first)) == shown
    later = taken(coordinator, second)
    assert referred(later) == "hidden"
    assert f"because figures of {first.says} have left the team before" in later.decode("utf-8-sig")
    # The earlier period is as open as it was.
    assert referred(taken(coordinator, first)) == shown


def test_periods_apart_and_other_reports_are_no_matter(where, coordinator):
    taken(coordinator, QUARTER)
    after = Period(date(2026, 7, 1), date(2026, 10, 1))
    assert "have left the team" not in taken(coordinator, after).decode("utf-8-sig")
    assert "have left the team" not in taken(coordinator, LONGER, "clock").decode("utf-8-sig")
    wide = Period(date(2026, 1, 1), date(2026, 7, 1))
    assert referred(taken(coordinator, wide)) == "30"


def test_whoever_exports_it_and_however_it_is_one_team(where, coordinator):
    with acting_as(Duty.OPERATOR, site=where.site), transaction.atomic():
        export_as_operator(report=REPORTS["funnel"], site=where.site, period=QUARTER, form="csv", at=NOW)
    assert referred(taken(where.person(Role.SUPERVISOR), LONGER)) == "hidden"


def out(by, period):
    with acting_as(by), transaction.atomic():
        sheet = preview(report=REPORTS["funnel"], period=period, by=by, at=NOW)
        return publish(report=REPORTS["funnel"], period=period, seen=digest(sheet), by=by, at=NOW)


def test_a_file_is_hidden_for_what_was_published_even_when_it_was_taken_back(where, coordinator):
    made = out(coordinator, QUARTER)
    with acting_as(coordinator), transaction.atomic():
        withdraw(published=made, by=coordinator, at=NOW)
    assert referred(taken(coordinator, LONGER)) == "hidden"


def test_what_is_published_is_hidden_for_a_file(coordinator):
    taken(coordinator, QUARTER)
    assert "have left the team before" in str(out(coordinator, LONGER).sheet["notes"])


def test_two_published_periods_one_within_the_other_are_compared(coordinator):
    out(coordinator, QUARTER)
    with pytest.raises(DomainError, match="worked out"):
        out(coordinator, Period(date(2026, 3, 31), date(2026, 7, 4)))


def test_the_same_file_again_is_remembered_once(where, coordinator):
    for _ in range(2):
        taken(coordinator, QUARTER)
    assert len(left(where)) == 1 and left(where)[0].counts["referred"] == 30


def test_nobody_alters_what_left(where, coordinator):
    taken(coordinator, QUARTER)
    for deed in (lambda rows: rows.update(counts={}), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), acting_as(coordinator), transaction.atomic():
            deed(LeftFigures.objects.all())


def test_the_page_says_so_before_the_tap(coordinator, sign_in):
    client, address = sign_in(coordinator), reverse("reports:report", args=["funnel"])
    query = "?from=2026-04-01&to=2026-07-04"
    assert "have left the team" not in client.get(address + query).content.decode()
    taken(coordinator, QUARTER)
    page = client.get(address + query).content.decode()
    assert "?from=2026-04-01&amp;to=2026-07-01" in page and "have left the team" in page
    assert "have left the team" not in client.get(address + "?from=2026-04-01&to=2026-07-01").content.decode()
