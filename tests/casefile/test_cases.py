"""The casework page of one referral, and the lists of windows: what they say, whom they let in, what they cost."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.actions import attempts, correcting
from referrals.actions.assigning import assign
from referrals.models import Casework
from tests.casefile.working import done, fresh, referred, taken, window_of

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


def queries(client, url) -> int:
    client.get(url)  # what is read once a process is read
    with CaptureQueriesContext(connection) as counted:
        assert client.get(url).status_code == 200
    return sum(1 for one in counted.captured_queries if "SAVEPOINT" not in one["sql"])


def page_of(client, referral) -> str:
    return client.get(reverse("casefile:case", args=[referral.pk])).content.decode()


def test_the_page_says_what_is_missing_the_clock_and_the_next_step(world, manager, sign_in):
    referral = taken(world.a, at=timezone.now() - timedelta(hours=3))
    page = page_of(sign_in(manager), referral)
    # Three hours ago was yesterday at the site, if it is not yet three in the morning there.
    begun = timezone.localtime(referral.submitted_at, manager.site.tz).date()
    day = (timezone.localdate(timezone=manager.site.tz) - begun).days
    for words in ("Devon Marsh", "Talk in private", "Not begun", f"Day {day} of 30", "Handed over", "Held, decision"):
        assert words in page, words


def test_the_page_costs_the_same_with_many_rows(world, manager, sign_in):
    referral, client = taken(world.a, at=timezone.now() - timedelta(days=2)), sign_in(manager)
    url = reverse("casefile:case", args=[referral.pk])
    few = queries(client, url)
    with acting_as(manager), transaction.atomic():
        now = timezone.now()
        for hours in range(12):
            attempts.log_attempt(
                referral=fresh(referral), kind="call", outcome="no_answer", by=manager, at=now,
                tried_at=now - timedelta(hours=hours),
            )  # fmt: skip
    done(manager, referral, "intake", on=window_of(manager, referral).starts_on, at=timezone.now())
    assert queries(client, url) == few <= MOST_QUERIES


def test_what_an_officer_adds_after_the_handover_stands_beside_the_original(world, manager, sign_in):
    officer, referral = world.a.person(Role.OFFICER), taken(world.a, at=timezone.now() - timedelta(hours=3))
    with acting_as(officer), transaction.atomic():
        correcting.add_correction(
            referral=fresh(referral), field="name", text="Devin Marsh", by=officer, at=timezone.now()
        )
    page = page_of(sign_in(manager), referral)
    assert "Devin Marsh" in page and "Devon Marsh" in page


def test_a_restricted_record_is_its_case_managers_and_the_supervisors(world, manager, sign_in):
    referral = taken(world.a)
    with acting_as(manager), transaction.atomic():
        Casework.objects.filter(referral=referral).update(is_restricted=True)
    url = reverse("casefile:case", args=[referral.pk])
    answers = [
        sign_in(person).get(url).status_code
        for person in (manager, world.a.person(Role.SUPERVISOR), world.a.person(Role.CASE_MANAGER, 1))
    ]
    assert answers == [200, 200, 404]


def test_another_sites_and_a_guessed_referral_answer_alike(world, sign_in):
    client, theirs = sign_in(world.a.person(Role.CASE_MANAGER)), taken(world.b)
    for key in (theirs.pk, "00000000-0000-4000-8000-000000000000"):
        for name in ("case", "attempt", "appointment", "event", "step-back", "seal", "assign", "handoff"):
            assert client.get(reverse(f"casefile:{name}", args=[key])).status_code == 404
        for name in ("settle", "come-back", "end", "take", "left", "stamp"):
            assert client.post(reverse(f"casefile:{name}", args=[key])).status_code == 404


def test_windows_stand_soonest_first_by_whose_they_are(world, manager, sign_in):
    now, client = timezone.now(), sign_in(manager)
    later = taken(world.a, at=now - timedelta(days=1), name="Another’s")
    for days in (3, 9, 60):
        taken(world.a, at=now - timedelta(days=days), name=f"Mine since {days} days")
    with acting_as(world.a.person(Role.SUPERVISOR)), transaction.atomic():
        assign(
            referral=fresh(later),
            to=world.a.person(Role.CASE_MANAGER, 1),
            by=world.a.person(Role.SUPERVISOR),
            at=now,
            why="share",
        )
    windows = reverse("casefile:windows")
    mine, team, ended = (client.get(f"{windows}?who={who}").content.decode() for who in ("mine", "team", "ended"))
    assert mine.index("since 9 days") < mine.index("since 3 days") and "Another’s" not in mine
    assert "Another’s" in team and "since 60 days" not in team
    assert "since 60 days" in ended and "since 9 days" not in ended


def test_windows_without_case_manager_and_the_pages_by_key(world, manager, sign_in):
    now = timezone.now()
    for number in range(27):
        referred(world.a, at=now - timedelta(minutes=number), name=f"Person {number:02}")
    client, url = sign_in(manager), reverse("casefile:windows") + "?who=none"
    first = client.get(url)
    assert first.content.decode().count('class="work"') == 25 and queries(client, url) <= MOST_QUERIES
    older = first.context["older_url"]
    assert client.get(older).content.decode().count('class="work"') == 2
    assert "You look after no open window" in client.get(reverse("casefile:windows")).content.decode()


def test_giving_a_case_to_somebody_is_the_supervisors(world, manager, sign_in):
    referral, other = taken(world.a), world.a.person(Role.CASE_MANAGER, 1)
    url = reverse("casefile:assign", args=[referral.pk])
    free = reverse("casefile:assign", args=[referred(world.a).pk])
    assert "Choose somebody of the team" in sign_in(manager).post(free, {"to": other.pk}).content.decode()
    assert "You look after this already" in sign_in(manager).get(url, follow=True).content.decode()
    colleague = sign_in(other)
    for answer in (colleague.get(url, follow=True), colleague.post(url, {"to": other.pk}, follow=True)):
        assert f"{manager.name} looks after this already" in answer.content.decode()
    given = {"to": other.pk, "why": "share", "note": "n"}
    assert sign_in(world.a.person(Role.SUPERVISOR)).post(url, given).status_code == 302


def test_stepping_back_asks_first_and_the_door_stays_open(world, manager, sign_in):
    referral, client = taken(world.a, at=timezone.now() - timedelta(hours=3)), sign_in(manager)
    url = reverse("casefile:step-back", args=[referral.pk])
    assert "door stays open" in client.get(url).content.decode()
    assert "may come back any day" in client.post(url, {"confirmed": "1"}, follow=True).content.decode()
    back = client.post(reverse("casefile:come-back", args=[referral.pk]), follow=True)
    assert "The window is open again" in back.content.decode()
