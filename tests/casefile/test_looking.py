"""Who to look for today: who stands there and in which order, a try in one tap, and whose people they are."""

import re
import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.casefile.looking import PAGE
from lead_cms.core.errors import StaleState
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.actions.plan import Wanted, add_step, begin_goal
from participants.actions.seen import note_seen
from participants.models import Participant
from referrals.actions import attempts, items
from referrals.actions.attempts import log_attempt, take_back
from referrals.models import Attempt, Casework, OutreachEntry
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import fresh, referred, taken

# Row security asks the database's own clock how long a tap can be taken back, which no test stops.
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
URL = reverse("casefile:look")


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


def case(where, name, *, days=1, by=None, **more):
    """Taken over some days ago, with a window of thirty days, by the first case manager."""
    return taken(where, at=NOW - days * DAY, by=by, name=name, **more)


def tried(by, referral, outcome="not_found", *, at=NOW, **more) -> Attempt:
    return act(by, lambda: log_attempt(referral=fresh(referral), kind="visit", outcome=outcome, by=by, at=at, **more))


def whole(by, referral) -> None:
    """Nothing is missing any more."""
    on = NOW.astimezone(by.site.tz).date()
    for kind in ("intake", "assessment", "care_plan", "roi"):
        act(by, lambda k=kind: items.record_item(referral=fresh(referral), kind=k, done_on=on, by=by, at=NOW))


def noted(by, person, *, at, two_way=True, next_on=None) -> None:
    given = Written(
        happened_at=at, kind="phone", is_two_way=two_way, next_on=next_on, next_step="Call" if next_on else ""
    )
    note = act(by, lambda: keep_note(
        key=uuid.uuid4(), participant=person, given=given, page=Page(uuid.uuid4(), at), by=by, at=at
    ))  # fmt: skip
    act(by, lambda: sign_note(note=note, by=by, at=at))


def names(response) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<h3>(<a.*?)</h3>", response.content.decode(), re.DOTALL)
    ]


def tap(client, referral, outcome, key=None, **more):
    return client.post(
        reverse("casefile:look-try", args=[referral.pk]), {"outcome": outcome, "key": key or uuid.uuid4()} | more
    )


def test_windows_come_first_then_what_was_promised_then_who_was_not_met_for_longest(where, manager, sign_in):
    promised, silent, due, sooner = (case(where, name, days=days) for name, days in [
        ("Promised", 25), ("Silent", 60), ("Due", 3), ("Sooner", 20)
    ])  # fmt: skip
    people = {one: linked(where, one, at=NOW - days * DAY, given_name=name, family_name="") for one, name, days in [
        (promised, "Promised", 24), (silent, "Silent", 59)
    ]}  # fmt: skip
    whole(manager, promised)
    noted(manager, people[promised], at=NOW - DAY, next_on=NOW.astimezone(manager.site.tz).date())
    page = sign_in(manager).get(URL)
    assert names(page) == ["Sooner", "Due", "Promised", "Silent"]
    words = words_of(page)
    assert "Missing: intake" in words and "Next step from a note: today" in words and "without a talk" in words
    noted(manager, people[silent], at=NOW - timedelta(hours=1))
    assert names(sign_in(manager).get(URL)) == ["Sooner", "Due", "Promised"], "a talk ends the silence"


def test_a_step_of_the_plan_that_is_due_counts_and_one_that_comes_does_not(where, manager, sign_in):
    referral = case(where, "Devon")
    person = linked(where, referral, at=NOW)
    whole(manager, referral)
    goal = act(manager, lambda: begin_goal(participant=person, given=Wanted(words="A room"), by=manager, at=NOW))
    today = NOW.astimezone(manager.site.tz).date()
    act(manager, lambda: add_step(goal=goal, words="Call", who="manager", by_when=today + DAY, by=manager, at=NOW))
    assert (names(sign_in(manager).get(URL)), names(sign_in(manager).get(f"{URL}?who=later"))) == ([], ["Devon Marsh"])
    act(manager, lambda: add_step(goal=goal, words="Card", who="person", by_when=today, by=manager, at=NOW))
    assert "Step of the plan: today" in words_of(sign_in(manager).get(URL))


def test_one_tap_logs_a_try_sets_the_next_one_and_the_person_moves_on(where, manager, sign_in):
    referral, client, key = case(where, "Devon"), sign_in(manager), uuid.uuid4()
    for _ in range(2):
        answer = tap(client, referral, "not_found", key)
        assert answer.status_code == 302
    made = act(manager, lambda: list(Attempt.objects.all()))
    on = NOW.astimezone(manager.site.tz).date() + 2 * DAY
    assert [(one.pk, one.kind, one.outcome) for one in made] == [(key, "visit", "not_found")]
    assert made[0].next_try_at == datetime.combine(on, time(10), manager.site.tz)
    page = client.get(answer["Location"])
    assert names(page) == [] and "Not there. Next try" in words_of(page)
    assert names(client.get(f"{URL}?who=later")) == ["Devon"]
    client.post(reverse("casefile:look-take-back", args=[key]))
    assert act(manager, lambda: (Attempt.objects.count(), Casework.objects.get().next_try_at)) == (0, None)
    assert names(client.get(URL)) == ["Devon"]
    assert "Talked." in words_of(client.get(tap(client, referral, "reached")["Location"]))
    assert names(client.get(URL)) == [], "met today, and nothing promised"


@pytest.mark.parametrize(
    ("days", "stays"),
    [(30, True), (32, False)],
    ids=["the last day is today, and the next try after it", "the window ended two days ago"],
)
def test_once_tried_who_still_has_a_day_stays_and_whose_window_ended_moves_on(where, manager, sign_in, days, stays):
    referral, client = case(where, "Devon", days=days), sign_in(manager)
    assert names(client.get(URL)) == ["Devon"]
    tap(client, referral, "not_found")
    assert names(client.get(URL)) == (["Devon"] if stays else [])
    assert names(client.get(f"{URL}?who=later")) == ([] if stays else ["Devon"])


@pytest.mark.parametrize("outcome", ["", "hiding"])
def test_what_is_no_answer_logs_nothing(where, manager, sign_in, outcome):
    referral = case(where, "Devon")
    page = sign_in(manager).post(reverse("casefile:look-try", args=[referral.pk]), {"outcome": outcome}, follow=True)
    assert "Choose what came of it" in words_of(page) and act(manager, lambda: Attempt.objects.count()) == 0


def test_only_ones_own_last_try_is_taken_back_and_only_at_once(where, manager):
    referral, other = case(where, "Devon"), manager_of(where, 1)
    now = datetime.now(UTC)  # of the database's own minutes, too
    first, second = (
        tried(manager, referral, at=now),
        tried(manager, referral, "left_word", at=now + timedelta(seconds=1)),
    )
    for attempt, by, at in [(first, manager, now), (second, other, now), (second, manager, now + timedelta(minutes=6))]:
        with pytest.raises(StaleState, match="no longer"):
            act(by, lambda a=attempt, b=by, t=at: take_back(attempt=a, by=b, at=t))
    act(manager, lambda: take_back(attempt=second, by=manager, at=now))
    held = act(manager, lambda: Casework.objects.get())
    assert (held.attempts, held.last_outcome, held.next_try_at) == (1, "not_found", first.next_try_at)


def test_a_referral_without_a_charge_that_was_tried_by_mistake_is_to_be_found_again(where, manager, sign_in):
    referral = referred(where, door="social", at=NOW - DAY, name="Lina")
    client = sign_in(manager)
    assert names(client.get(URL)) == ["Lina"], "nobody looks after her: she stands on everybody's list"
    key = uuid.uuid4()
    tap(client, referral, "reached", key)
    client.post(reverse("casefile:look-take-back", args=[key]))
    entry = act(manager, lambda: OutreachEntry.objects.get())
    assert (entry.state, entry.first_tried_at) == ("to_find", None)


def test_a_page_of_another_referral_cannot_spend_its_key(where, manager):
    one, other, key = case(where, "One"), case(where, "Other"), uuid.uuid4()
    tried(manager, one, key=key)
    with pytest.raises(StaleState, match="old"):
        tried(manager, other, key=key)


def test_without_the_sites_rule_no_next_try_is_set(where, manager, monkeypatch):
    monkeypatch.setattr(attempts, "next_try_days", lambda *args, **kwargs: None)
    assert tried(manager, case(where, "Devon")).next_try_at is None


def test_a_colleagues_people_stand_there_in_outline_and_closed_ones_not_at_all(world, where, manager, sign_in):
    other = manager_of(where, 1)
    for by, name, closed in [(manager, "Mine", False), (other, "Theirs", False), (other, "Closed", True)]:
        referral = case(where, name, by=by)
        person = linked(where, referral, by=by, at=NOW, given_name=name, family_name="", restricted=closed)
        act(by, lambda p=person, b=by: note_seen(participant=p, place=f"Pier of {p.given_name}", by=b, at=NOW))
    client = sign_in(manager)
    assert names(client.get(URL)) == ["Mine"]
    page = client.get(f"{URL}?who=team")
    assert sorted(names(page)) == ["Mine", "Theirs"]
    assert "Pier of Mine" in words_of(page) and "Pier of Theirs" not in words_of(page)
    page = sign_in(where.person(Role.SUPERVISOR)).get(URL)
    # Of what is closed the supervisor reads how much there is, and never whose it is; its own case manager has it on the list.
    assert sorted(names(page)) == ["Mine", "Theirs"] and "Pier of Theirs" in words_of(page)
    assert "Restricted and sealed: 1 record at this site." in words_of(page) and "Closed" not in words_of(page)
    assert "Restricted and sealed" not in words_of(client.get(URL))
    assert sorted(names(sign_in(other).get(URL))) == ["Closed", "Theirs"]
    assert names(sign_in(world.b.person(Role.CASE_MANAGER)).get(f"{URL}?who=team")) == []
    answer = tap(sign_in(world.b.person(Role.CASE_MANAGER)), referral, "reached")
    assert answer.status_code == 404


def test_who_has_died_or_stepped_back_is_not_looked_for(where, manager, sign_in):
    referral = case(where, "Devon")
    person = linked(where, referral, at=NOW)
    today = NOW.astimezone(manager.site.tz).date()
    act(manager, lambda: Participant.objects.filter(pk=person.pk).update(died_on=today))
    assert names(sign_in(manager).get(URL)) == [] == names(sign_in(manager).get(f"{URL}?who=team"))


def test_pages_follow_each_other_and_cost_the_same(where, manager, sign_in):
    client = sign_in(manager)
    counts = []
    for number in range(PAGE + 2):
        case(where, f"Person {number:02}", days=1 + number % 5)
        if number in (0, 11):
            client.get(URL)
            with CaptureQueriesContext(connection) as counted:
                assert len(names(client.get(URL))) == number + 1
            counts.append(len(counted))
    assert counts[0] == counts[1] <= 12
    first = client.get(URL)
    older = re.search(r'href="([^"]*after=[^"]*)"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(older)
    assert sorted(names(first) + names(second)) == sorted(f"Person {number:02}" for number in range(PAGE + 2))
    assert len(names(client.get(f"{URL}?after=nonsense"))) == PAGE
