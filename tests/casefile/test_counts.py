"""Counts by door and window: each figure against rows made one by one, and the page that shows them."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from referrals.counts import Doors, count_decisions, count_doors, count_rest, count_windows, period_of
from referrals.models import Casework, Handoff, HeldCharge, IncidentRecord, IntakeWindow, Referral, UnderageCount

AT = datetime(2026, 5, 20, 19, tzinfo=UTC)
BEGIN, END = datetime(2026, 4, 1, 7, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)
TODAY = date(2026, 6, 15)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def refer(where, status, *, at=AT, door="arrest", answer="yes", minutes=None, nobody=False) -> Referral:
    """One referral with its handoff, written as the operator writes."""
    officer = where.person(Role.OFFICER)
    police = {} if door == "community" else {"officer": officer, "agency": officer.organisation}
    with acting_as(Duty.OPERATOR):
        referral = Referral(
            site=where.site, reference=uuid.uuid4().hex[:9], door=door, status=status, rules=where.rules,
            entered_by=officer, submission_key=uuid.uuid4(), submitted_at=at, status_changed_at=at,
            person_answer=answer, cancel_reason="made_twice" if status == "cancelled" else "", **police,
        )  # fmt: skip
        referral.save(force_insert=True)
        Handoff(
            site=where.site, referral=referral, called_at=at, nobody_came_at=at if nobody else None,
            arrived_at=at + timedelta(minutes=minutes) if minutes is not None else None, **police,
        ).save(force_insert=True)  # fmt: skip
    return referral


def window(where, referral, state, *, starts_on, due_on, met_on=None, extended=0):
    with acting_as(Duty.OPERATOR):
        IntakeWindow(
            site=where.site, referral=referral, rules=where.rules, state=state, opened_at=AT, starts_on=starts_on,
            due_on=due_on, first_due_on=due_on, required_items=["intake"], extension_count=extended, met_on=met_on,
            state_changed_at=AT,
        ).save(force_insert=True)  # fmt: skip


def charge(where, referral, *, due_on, decision="", at=None):
    with acting_as(Duty.OPERATOR):
        HeldCharge(
            site=where.site, referral=referral, agency=where.person(Role.OFFICER).organisation, incident_number="1",
            code_system="x", code=uuid.uuid4().hex[:8], title="x", held_on=due_on, due_on=due_on, decision=decision,
            decided_at=at, decided_by=where.person(Role.PROSECUTOR) if at else None,
        ).save(force_insert=True)  # fmt: skip


@pytest.fixture
def coordinator(world):
    return world.a.person(Role.COORDINATOR)


@pytest.mark.parametrize(
    ("name", "on", "back", "begins", "ends", "says"),
    [
        ("quarter", date(2026, 5, 20), 0, date(2026, 4, 1), date(2026, 7, 1), "April to June 2026"),
        ("quarter", date(2026, 1, 1), 1, date(2025, 10, 1), date(2026, 1, 1), "October to December 2025"),
        ("month", date(2026, 12, 31), 0, date(2026, 12, 1), date(2027, 1, 1), "December 2026"),
        ("month", date(2026, 1, 31), 13, date(2024, 12, 1), date(2025, 1, 1), "December 2024"),
    ],
)
def test_periods(name, on, back, begins, ends, says):
    period = period_of(name, on, back)
    assert (period.begins_on, period.ends_on, period.says) == (begins, ends, says)


def test_doors(world, coordinator):
    for minutes in (10, 20, 90):
        refer(world.a, "handed_over", minutes=minutes)
    refer(world.a, "declined", answer="no")
    refer(world.a, "ineligible", answer="")
    refer(world.a, "cancelled")
    refer(world.a, "submitted", nobody=True)
    refer(world.a, "triage")
    refer(world.a, "outreach", door="social", minutes=5)
    refer(world.a, "pending", door="community", answer="")
    refer(world.a, "handed_over", at=BEGIN - timedelta(seconds=1))
    refer(world.a, "handed_over", at=END)
    refer(world.b, "handed_over")
    with acting_as(coordinator):
        found = count_doors(world.a.site.pk, BEGIN, END, target_minutes=30)
    assert found["arrest"] == Doors(
        sent=8, declined=1, ineligible=1, cancelled=1, handed_over=3, waiting=2, offers=7, arrivals=3, in_time=2,
        median_seconds=1200.0, nobody_came=1,
    )  # fmt: skip
    assert found["arrest"].median_minutes == 20
    assert (found["social"].sent, found["social"].arrivals, found["social"].in_time) == (1, 1, 1)
    assert found["community"] == Doors(sent=1, waiting=1)


def test_windows(world, coordinator):
    start = date(2026, 5, 1)
    for state, due, more in [
        ("open", TODAY, {}),
        ("open", TODAY + timedelta(days=7), {"extended": 1}),
        ("open", TODAY + timedelta(days=8), {}),
        ("open", TODAY - timedelta(days=1), {}),
        ("met", TODAY, {"met_on": start + timedelta(days=10)}),
        ("ended", TODAY, {"met_on": start + timedelta(days=20)}),
        ("ended", TODAY, {}),
        ("stepped_back", TODAY, {}),
    ]:
        window(world.a, refer(world.a, "handed_over"), state, starts_on=start, due_on=due, **more)
    window(world.a, refer(world.a, "handed_over"), "open", starts_on=date(2026, 3, 31), due_on=TODAY)
    window(world.a, refer(world.a, "handed_over"), "ended", starts_on=date(2026, 7, 1), due_on=date(2026, 7, 31))
    with acting_as(coordinator):
        found = count_windows(world.a.site.pk, date(2026, 4, 1), date(2026, 7, 1), today=TODAY)
    assert (found.running, found.soon, found.over) == (5, 3, 1)
    assert (found.opened, found.still_open, found.met, found.ended, found.stepped_back) == (8, 3, 2, 2, 1)
    assert (found.extended, found.median_day) == (1, 15.0)
    assert found.opened == found.still_open + found.met + found.ended + found.stepped_back


def test_decisions(world, coordinator):
    referral = refer(world.a, "handed_over")
    charge(world.a, referral, due_on=TODAY)
    charge(world.a, referral, due_on=TODAY - timedelta(days=1))
    charge(world.a, referral, due_on=TODAY, decision="filed", at=AT)
    charge(world.a, referral, due_on=TODAY, decision="not_filed_completed", at=AT)
    charge(world.a, referral, due_on=TODAY, decision="filed", at=END)
    with acting_as(coordinator):
        found = count_decisions(world.a.site.pk, BEGIN, END, today=TODAY)
    assert (found.undecided, found.past_due, found.completed, found.discretion, found.filed) == (2, 1, 1, 0, 1)


def incident(where, number, group, *, at=AT):
    with acting_as(Duty.OPERATOR):
        IncidentRecord(
            site=where.site, source="sfpd", row_key=uuid.uuid4().hex, incident_id="1", incident_number=number, code="1",
            category="x", description="x", resolution="Cite or Arrest Adult", occurred_at=at, group=group,
        ).save(force_insert=True)  # fmt: skip


def test_incidents_count_once_however_many_rows(world, coordinator):
    for number, group in [("1", "drug"), ("1", "drug"), ("1", "trespass"), ("2", "drug"), ("3", "")]:
        incident(world.a, number, group)
    incident(world.a, "4", "drug", at=END)
    incident(world.b, "5", "drug")
    with acting_as(Duty.OPERATOR):
        UnderageCount(site=world.a.site, met_on=date(2026, 5, 1), door="arrest").save(force_insert=True)
    with acting_as(coordinator):
        found = count_rest(world.a.site.pk, period_of("quarter", TODAY), BEGIN, END, now=AT)
    assert found.incidents == {"drug": 2, "trespass": 1}
    assert (found.all_incidents, found.under_age) == (2, 1)


def test_restricted_and_sealed_records_are_in_no_figure(world, coordinator):
    for restricted, sealed in [(True, False), (False, True)]:
        referral = refer(world.a, "handed_over")
        window(world.a, referral, "open", starts_on=date(2026, 5, 1), due_on=TODAY)
        with acting_as(Duty.OPERATOR):
            Casework(site=world.a.site, referral=referral, is_restricted=restricted, is_sealed=sealed).save(
                force_insert=True
            )
    with acting_as(coordinator):
        assert count_doors(world.a.site.pk, BEGIN, END, target_minutes=30)["arrest"].sent == 0
        assert count_windows(world.a.site.pk, date(2026, 4, 1), date(2026, 7, 1), today=TODAY).opened == 0


# ---- the page


def test_the_page_shows_the_figures_and_what_is_not_supplied(sign_in, world, coordinator):
    at = timezone.now()
    refer(world.a, "handed_over", at=at, minutes=12)
    client = sign_in(coordinator)
    text = words(client.get("/site/counts/"))
    assert "12 min" in text
    assert "1 of 1 within the target of 30" in text
    assert "People by group before the offer: not supplied" in text
    assert "incidents with a divertible charge and an adult cited or arrested: not supplied" in text.replace("I", "i")
    incident(world.a, "1", "drug", at=at)
    assert "1 incident with a divertible charge and an adult cited or arrested" in words(client.get("/site/counts/"))


@pytest.mark.parametrize("query", ["?by=month", "?by=x&back=-1", "?back=9999999", "?back=³", "?back=40&by=month"])
def test_any_period_that_is_asked_for_answers(sign_in, coordinator, query):
    assert sign_in(coordinator).get(f"/site/counts/{query}").status_code == 200


def test_a_new_site_reads_zeros_and_no_figure_of_another(sign_in, world):
    refer(world.a, "handed_over", at=timezone.now(), minutes=12)
    text = words(sign_in(world.b.person(Role.COORDINATOR)).get("/site/counts/"))
    assert "12 min" not in text
    assert "No call with an arrival yet" in text


def test_the_page_asks_the_same_for_one_and_twelve(sign_in, world, coordinator):
    client = sign_in(coordinator)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/site/counts/").status_code == 200
        return len(queries)

    refer(world.a, "handed_over", at=timezone.now())
    asked()
    one = asked()
    for _ in range(11):
        refer(world.a, "handed_over", at=timezone.now())
    assert asked() == one <= 12
