"""What happened since somebody left: every kind of fact, of people that the reader may read, and never a text; lines left."""

import re
import uuid
from datetime import UTC, datetime, time, timedelta
from time import sleep

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.casefile.since import KINDS, TEAM, happened, says
from lead_cms.core.errors import DomainError
from participants.actions.legal import Event, answer_court, note_event
from participants.actions.lines import leave_line
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.actions.seen import erase_what_is_over
from participants.models import ShiftLine
from referrals.actions import appointments, events
from referrals.actions.attempts import log_attempt
from referrals.models import HeldCharge, OnCallShift
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import fresh, referred, taken

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
URL = reverse("casefile:since")
SECRET = "Slept at the pier zq"


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


def signed_note(by, person, at=NOW - MINUTE) -> None:
    given = Written(
        happened_at=at, kind="phone", is_two_way=True, detail=SECRET, line=f"{SECRET} line", counselling=SECRET
    )
    note = act(by, lambda: keep_note(
        key=uuid.uuid4(), participant=person, given=given, page=Page(uuid.uuid4(), at), by=by, at=at
    ))  # fmt: skip
    act(by, lambda: sign_note(note=note, by=by, at=at))


def busy(where, by, name="Devon", **more):
    """Somebody to whom much happened within the hour."""
    referral = taken(where, at=NOW - 2 * 60 * MINUTE, by=by, name=name)
    person = linked(where, referral, by=by, at=NOW - 60 * MINUTE, given_name=name, family_name="", **more)
    today = timezone.localdate(NOW, by.site.tz)
    act(
        by, lambda: log_attempt(referral=fresh(referral), kind="visit", outcome="left_word", by=by, at=NOW - 9 * MINUTE)
    )
    signed_note(by, person)
    booked = act(by, lambda: appointments.book(
        referral=fresh(referral), on=NOW + MINUTE, place="Library", by=by, at=NOW - 8 * MINUTE, is_confirmed=True
    ))  # fmt: skip
    act(by, lambda: appointments.answer(appointment=booked, state="kept", by=by, at=NOW))
    court = act(
        by, lambda: note_event(participant=person, given=Event(kind="hearing", on=today), by=by, at=NOW - 7 * MINUTE)
    )
    act(by, lambda: answer_court(event=court, state="kept", by=by, at=NOW - 6 * MINUTE))
    act(by, lambda: events.record_event(
        referral=fresh(referral), kind="custody", happened_on=today, by=by, at=NOW - 5 * MINUTE
    ))  # fmt: skip
    return referral, person


def test_every_fact_stands_by_person_and_no_text_of_a_note(where, manager, sign_in):
    busy(where, manager)
    page = words_of(sign_in(manager).get(URL))
    for fact in (
        "Referred: arrest diversion", "Taken over", "Tried in person: left word", "Note signed: telephone, talked",
        "Appointment of", "Court date: today", "Court date of today", "In custody, today",
    ):  # fmt: skip
        assert fact in page, fact
    assert SECRET not in page and page.count("Devon") == 1


def test_nothing_of_a_closed_record_of_an_unsigned_note_or_of_another_site(world, where, manager, sign_in):
    other = manager_of(where, 1)
    busy(where, other, name="Closed", restricted=True)
    busy(where, other, name="Theirs")
    page = words_of(sign_in(manager).get(f"{URL}?who=team"))
    assert "Theirs" in page and "Closed" not in page and SECRET not in page
    assert "Theirs" not in words_of(sign_in(manager).get(URL)), "one's own people first"
    page = words_of(sign_in(where.person(Role.SUPERVISOR)).get(URL))
    assert "Theirs" in page and "Closed" not in page and "Restricted and sealed: 1 record" in page
    assert "Closed" in words_of(sign_in(other).get(URL)), "one's own"
    assert "Theirs" not in words_of(sign_in(world.b.person(Role.SUPERVISOR)).get(URL))


def test_a_new_referral_that_nobody_has_stands_on_everybodys_page(where, manager, sign_in):
    referred(where, at=NOW - MINUTE, name="New here")
    assert "New here" in words_of(sign_in(manager).get(URL))


def test_it_begins_with_the_end_of_ones_last_shift_or_yesterday_evening(where, manager, sign_in):
    evening = datetime.combine(timezone.localdate(NOW, manager.site.tz) - DAY, time(18), manager.site.tz)
    assert sign_in(manager).get(URL).context["since"] == evening
    coordinator = where.person(Role.COORDINATOR)
    act(coordinator, lambda: OnCallShift.objects.create(
        site=where.site, person=manager, starts_at=NOW - 2 * DAY, ends_at=NOW - 3 * MINUTE
    ))  # fmt: skip
    busy(where, manager)
    page = sign_in(manager).get(URL)
    assert page.context["since"] == NOW - 3 * MINUTE
    assert "Note signed" in words_of(page) and "Left word" not in words_of(page)


@pytest.mark.parametrize(
    ("days", "says"), [(1, "still to come"), (-15, "14 days back"), (None, "Enter both the day and the time")]
)
def test_a_time_that_cannot_be_is_refused_beside_its_field(manager, sign_in, days, says):
    asked = f"{NOW + timedelta(days=days or 0):%Y-%m-%d}"
    page = sign_in(manager).get(URL, {"since_0": asked, "since_1": "" if days is None else "12:00"})
    assert page.status_code == 200 and says in words_of(page) and asked in page.content.decode()


def test_every_kind_of_fact_has_its_words(where, manager):
    codes = {
        "referred": "arrest", "given": "Ann", "tried": "visit", "noted": "phone", "met": "kept", "court": "warrant",
        "came": "kept", "window": "met", "event": "custody", "decided": "filed", "signed": "multi_party",
        "revoked": "sentence", "listed": "not_now",
    }  # fmt: skip
    for what, *_ in KINDS:
        words = says(what, codes.get(what, ""), "reached" if what == "tried" else "2026-10-06", NOW)
        assert words and "_" not in words, what


def test_a_decision_stands_there_for_casework(where, manager, sign_in):
    referral, _ = busy(where, manager)
    prosecutor = where.person(Role.PROSECUTOR)
    act(prosecutor, lambda: HeldCharge.objects.filter(referral_id=referral.pk).update(
        decision="not_filed_completed", decided_at=NOW, decided_by=prosecutor
    ))  # fmt: skip
    found, more = act(manager, lambda: happened(TEAM, manager, NOW - DAY, NOW))
    assert not more and any("The prosecutor decided: not filed, completed" in line for line in found[0].lines)


def test_the_page_costs_the_same_however_much_happened(where, manager, sign_in):
    client, counts = sign_in(manager), []
    for number in range(6):
        busy(where, manager, name=f"Person {number}")
        if number in (0, 5):
            client.get(URL)
            with CaptureQueriesContext(connection) as counted:
                client.get(URL)
            counts.append(len(counted))
    assert counts[0] == counts[1] <= 12


def test_what_happened_before_stands_on_the_next_page_and_nothing_twice(where, manager, sign_in, monkeypatch):
    busy(where, manager)
    monkeypatch.setattr("lead_cms.casefile.since.MOST", 3)
    whole = [line for one in act(manager, lambda: happened(TEAM, manager, NOW - DAY, NOW))[0] for line in one.lines]
    client, url, found, pages = sign_in(manager), f"{URL}?who=team", [], 0
    assert len(whole) <= 3
    while url:
        page = client.get(url)
        lines = re.findall(r"<li><span.*?</li>", page.content.decode())
        assert lines and not set(lines) & set(found)
        found, pages, url = [*found, *lines], pages + 1, page.context["older_url"]
        assert pages < 20 and (pages == 1) != bool(page.context["newer_url"])
    assert pages > 2 and "Tried in person" in "".join(found) and "Referred: arrest" in "".join(found)


def test_a_line_is_left_once_read_by_the_team_and_taken_away_by_its_author(world, where, manager, sign_in):
    client, key, other = sign_in(manager), uuid.uuid4(), sign_in(manager_of(where, 1))
    for _ in range(2):
        assert client.post(URL, {"key": key, "text": "Keys are at the desk <b>"})["Location"] == URL
    assert act(manager, lambda: ShiftLine.objects.count()) == 1
    assert "Keys are at the desk" in words_of(other.get(URL))
    erase = reverse("casefile:line-erase", args=[key])
    assert "Only who wrote it" in words_of(other.post(erase, follow=True))
    assert sign_in(world.b.person(Role.CASE_MANAGER)).post(erase).status_code == 404
    assert client.post(erase).status_code == 302 and act(manager, lambda: ShiftLine.objects.count()) == 0


def test_a_line_is_gone_when_its_days_are_over(manager):
    at = datetime.now(UTC) - timedelta(days=7) + timedelta(seconds=2)
    act(manager, lambda: leave_line(key=uuid.uuid4(), text="Short", by=manager, at=at))
    sleep(2.1)
    assert act(manager, lambda: ShiftLine.objects.count()) == 0
    with acting_as(Duty.SCHEDULER):
        assert erase_what_is_over(at=datetime.now(UTC), most=5) == 1


@pytest.mark.parametrize("text", ["", "x" * 301])
def test_a_line_that_cannot_be_is_refused(manager, text):
    with pytest.raises(DomainError):
        act(manager, lambda: leave_line(key=uuid.uuid4(), text=text, by=manager, at=NOW))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASE_MANAGER, Role.SUPERVISOR}))
def test_nobody_but_casework_reads_a_line(where, manager, role):
    act(manager, lambda: leave_line(key=uuid.uuid4(), text="Keys", by=manager, at=NOW))
    with pytest.raises(ProgrammingError, match="permission denied"):
        act(where.person(role), lambda: ShiftLine.objects.count())
