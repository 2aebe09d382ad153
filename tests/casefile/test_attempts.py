"""Tries in two taps and appointments: what is written, what comes next, what is refused."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.core.errors import DomainError, StaleState
from referrals.actions import appointments, attempts
from referrals.models import Appointment, Attempt
from referrals.tasks import plan
from tests.casefile.working import AT, case_of, fresh, referred, site_today, taken, window_of
from tests.referrals.making import rules_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


def tried(by, referral, outcome="no_answer", kind="call", *, at=AT + DAY, **more):
    with acting_as(by), transaction.atomic():
        return attempts.log_attempt(referral=fresh(referral), kind=kind, outcome=outcome, by=by, at=at, **more)


def test_a_try_is_counted_and_says_when_to_try_next(world, manager):
    referral = taken(world.a)
    assert tried(manager, referral).next_try_at == datetime(2026, 10, 8, 10, tzinfo=manager.site.tz)
    case = case_of(manager, referral)
    assert (case.attempts, case.last_attempt_at, case.last_outcome) == (1, AT + DAY, "no_answer")
    tried(manager, referral, "reached", "visit", at=AT + 2 * DAY)
    case = case_of(manager, referral)
    assert (case.attempts, case.last_outcome, case.next_try_at) == (2, "reached", None)


def test_an_older_try_typed_later_counts_and_does_not_hide_the_newer(world, manager):
    referral = taken(world.a)
    tried(manager, referral, "left_word", at=AT + 2 * DAY)
    attempt = tried(manager, referral, "not_found", at=AT + 2 * DAY, tried_at=AT + DAY)
    assert (attempt.tried_at, attempt.entered_at) == (AT + DAY, AT + 2 * DAY)
    case = case_of(manager, referral)
    assert (case.attempts, case.last_outcome) == (2, "left_word")


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("tried_at", {"tried_at": AT + 2 * DAY}),
        ("tried_at", {"tried_at": AT - 3 * DAY}),
        ("next_try_at", {"next_try_at": AT}),
        ("kind", {"kind": "drone"}),
        ("outcome", {"outcome": "hiding"}),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(world, manager, field, more):
    referral = taken(world.a)
    with pytest.raises(DomainError) as refused:
        tried(manager, referral, **more)
    assert refused.value.field == field


def test_the_usual_next_try_is_not_after_the_due_day(world, manager):
    referral = taken(world.a)
    due = window_of(manager, referral).due_on
    attempt = tried(manager, referral, "left_word", at=AT + 29 * DAY)
    assert attempt.next_try_at.astimezone(manager.site.tz).date() == due


def test_a_try_moves_the_outreach_list_along(world, manager):
    referral = referred(world.a, door="social")
    tried(manager, referral)
    with acting_as(manager), transaction.atomic():
        entry = fresh(referral).outreach
        assert (entry.state, entry.first_tried_at) == ("tried", AT + DAY)
    tried(manager, referral, "reached", at=AT + 2 * DAY)
    with acting_as(manager), transaction.atomic():
        assert fresh(referral).outreach.state == "reached"


def test_where_they_were_looked_for_is_kept_no_longer_than_a_last_seen_place(world, manager, sign_in):
    now = timezone.now()
    referral, page = taken(world.a, at=now - 20 * DAY), "casefile:case"
    kept = tried(manager, referral, place=" Boeddeker  Park ", at=now)
    assert (kept.place, kept.place_until_at) == ("Boeddeker Park", now + 14 * DAY)
    with pytest.raises(DomainError, match="longer ago than the 14 days"):
        tried(manager, referral, place="Pier 7", at=now, tried_at=now - 14 * DAY)
    over = {"place": "Pier 7", "place_until_at": now, "tried_at": now - 14 * DAY, "entered_at": now}
    with acting_as(manager), transaction.atomic():
        Attempt.objects.create(
            site=world.a.site, referral=referral, tried_by=manager, kind="visit", outcome="not_found", **over
        )
    shown = sign_in(manager).get(reverse(page, args=[referral.pk])).content.decode()
    assert "Boeddeker Park" in shown and "Pier 7" not in shown
    plan()
    with acting_as(manager), transaction.atomic():
        assert sorted(Attempt.objects.values_list("place", flat=True)) == ["", "Boeddeker Park"]


def test_no_place_is_kept_while_the_site_has_not_decided_for_how_long(world, manager, monkeypatch):
    with acting_as(manager), transaction.atomic():
        rules = rules_of(manager)
    undecided = replace(rules, visibility=replace(rules.visibility, last_seen_days=None))
    monkeypatch.setattr(attempts, "rules_for", lambda ruleset: undecided)
    with pytest.raises(DomainError, match="has not decided how long") as refused:
        tried(manager, taken(world.a), place="Pier 7")
    assert refused.value.field == "place"


def test_two_taps_log_a_try_and_what_was_typed_stays_when_it_is_refused(world, manager, sign_in):
    referral = taken(world.a, at=timezone.now() - DAY)
    client, page = sign_in(manager), reverse("casefile:attempt", args=[referral.pk])
    assert client.post(page, {"kind": "call", "outcome": "no_answer"}).status_code == 302
    bad = client.post(
        page,
        {"kind": "visit", "outcome": "not_found", "place": "Boeddeker Park", "tried_at_0": "2039-01-01",
         "tried_at_1": "10:00"},
    )  # fmt: skip
    assert "This is in the future" in bad.content.decode() and "Boeddeker Park" in bad.content.decode()
    none = client.post(page, {"outcome": "not_found"})
    assert "How did you try?” has no answer yet" in none.content.decode()
    with acting_as(manager), transaction.atomic():
        assert Attempt.objects.count() == 1


def booked(by, referral, *, on=AT + 2 * DAY, at=AT + DAY):
    with acting_as(by), transaction.atomic():
        return appointments.book(referral=fresh(referral), on=on, place="180 Turk St", by=by, at=at)


def test_one_appointment_at_a_time_and_moving_books_the_new_one(world, manager):
    referral = taken(world.a)
    first = booked(manager, referral)
    with pytest.raises(StaleState, match="already"):
        booked(manager, referral)
    with acting_as(manager), transaction.atomic():
        second = appointments.move(appointment=first, on=AT + 3 * DAY, place="Library", by=manager, at=AT + DAY)
        assert (fresh(first).state, second.state) == ("moved", "booked")
        with pytest.raises(StaleState, match="Moved"):
            appointments.move(appointment=first, on=AT + 4 * DAY, place="Library", by=manager, at=AT + DAY)


def test_a_move_into_the_past_leaves_the_old_one_booked(world, manager):
    referral = taken(world.a)
    first = booked(manager, referral)
    with acting_as(manager), transaction.atomic(), pytest.raises(DomainError, match="past"):
        appointments.move(appointment=first, on=AT, place="Library", by=manager, at=AT + DAY)
    with acting_as(manager), transaction.atomic():
        assert fresh(first).state == "booked"


def test_missed_is_said_after_its_time_and_makes_a_try_due(world, manager):
    first = booked(manager, referral := taken(world.a))
    with acting_as(manager), transaction.atomic():
        with pytest.raises(DomainError, match="not come"):
            appointments.answer(appointment=first, state="missed", by=manager, at=AT + DAY)
        appointments.answer(appointment=first, state="missed", by=manager, at=AT + 3 * DAY)
    assert case_of(manager, referral).next_try_at == datetime(2026, 10, 10, 10, tzinfo=manager.site.tz)


def test_the_pages_book_move_and_answer(world, manager, sign_in):
    referral = taken(world.a, at=timezone.now() - DAY)
    client, page = sign_in(manager), reverse("casefile:appointment", args=[referral.pk])
    tomorrow = (site_today(manager) + DAY).isoformat()
    past = client.post(page, {"on_0": "2020-01-01", "on_1": "10:00", "place": "Library"})
    assert "This time is past" in past.content.decode() and "Library" in past.content.decode()
    for place in ("Library", "180 Turk St"):
        assert client.post(page, {"on_0": tomorrow, "on_1": "10:00", "place": place}).status_code == 302
    with acting_as(manager), transaction.atomic():
        assert sorted(Appointment.objects.values_list("state", "place")) == [
            ("booked", "180 Turk St"), ("moved", "Library")
        ]  # fmt: skip
        key = Appointment.objects.get(state="booked").pk
    answer = client.post(reverse("casefile:answer", args=[referral.pk, key]), {"state": "missed"}, follow=True)
    assert "The time has not come yet" in answer.content.decode()


def test_an_appointment_sent_twice_is_one_and_nobody_moves_a_colleagues_unseen(world, manager, sign_in):
    referral, client = taken(world.a, at=timezone.now() - 2 * DAY), sign_in(manager)
    url, day = reverse("casefile:appointment", args=[referral.pk]), site_today(manager) + 3 * DAY
    given = {"on_0": f"{day:%Y-%m-%d}", "on_1": "10:00", "place": "180 Turk St", "seen": ""}
    assert [client.post(url, given).status_code for _ in range(2)] == [302, 302]
    late = client.post(url, given | {"on_1": "15:00"})
    assert "Since this page was opened it was booked for" in late.content.decode()
    with acting_as(manager), transaction.atomic():
        held = Appointment.objects.get(referral=referral)
    assert f'value="{held.pk}"' in late.content.decode()
    assert client.post(url, given | {"on_1": "15:00", "seen": str(held.pk)}).status_code == 302
    with acting_as(manager), transaction.atomic():
        assert sorted(Appointment.objects.values_list("state", flat=True)) == ["booked", "moved"]
