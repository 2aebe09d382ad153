"""Screening, intake, assessment: by parts, in private, by their own case manager; counted on the day it was done."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.core.errors import DomainError, StaleState
from referrals.actions import records
from referrals.models import Record, RecordSection, WindowItem
from referrals.questions import FORMS
from tests.casefile.person_making import LATER, act, manager_of, talked, words_of
from tests.casefile.working import AT, fresh, taken

YES = {"codes": [{"system": "HUD HMIS 1.8", "version": "FY2026", "code": "1", "label": "Yes"}]}


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


@pytest.fixture
def clock():
    with time_machine.travel(LATER, tick=False):
        yield


def save(by, referral, kind="intake", section="explained", answers=None, at=LATER, **more):
    return act(
        by,
        lambda: records.save_section(
            referral=fresh(referral), kind=kind, section=section, answers=answers or {}, by=by, at=at, **more
        ),
    )


def save_all(by, referral, kind):
    for section in FORMS[kind].sections:
        save(by, referral, kind, section.key)


def finish(by, referral, kind, on, at=LATER):
    return act(by, lambda: records.finish(referral=fresh(referral), kind=kind, done_on=on, by=by, at=at))


def url(referral, kind="screening", section=""):
    name, more = ("record-section", [section]) if section else ("record", [])
    return reverse(f"casefile:{name}", args=[referral.pk, kind, *more])


@pytest.mark.parametrize("section", ["", "safety"])
def test_before_the_talk_it_stays_shut(where, manager, sign_in, clock, section):
    referral = taken(where)
    with pytest.raises(DomainError, match="talking in private"):
        save(manager, referral, "screening", "safety")
    page = sign_in(manager).get(url(referral, section=section), follow=True)
    assert page.redirect_chain == [(reverse("casefile:talk", args=[referral.pk]) + "?next=screening", 302)]
    assert "talking in private" in words_of(page)


def test_a_part_is_saved_with_its_codes_and_come_back_to(where, manager, sign_in, clock):
    referral = talked(where)
    client, address = sign_in(manager), url(referral, "intake", "about")
    assert client.get(address).status_code == 200
    given = {"seen": "", "race": ["black", "white"], "sex": "0", "veteran": "no-9", "gender_words": "woman"}
    assert client.post(address, given)["Location"] == url(referral, "intake")
    saved = act(manager, lambda: RecordSection.objects.get())
    assert saved.answers["race"]["codes"][0] == {
        "system": "OMB SPD-15", "version": "2024", "code": "black", "label": "Black or African American",
    }  # fmt: skip
    assert saved.answers["sex"]["codes"] == [
        {"system": "HUD HMIS 4.21", "version": "FY2026", "code": "0", "label": "Female"}
    ]
    assert saved.answers["veteran"]["codes"][0]["label"] == "Prefers not to answer"
    assert saved.answers["gender_words"] == {"text": "woman"}
    assert "disabling" not in saved.answers  # left open: not asked yet
    page = client.get(url(referral, "intake"))
    assert "3 of 6 answered" in words_of(page) and "In progress" in words_of(page)
    form = client.get(address).context["form"]
    assert form["race"].initial == ["black", "white"] and form["veteran"].initial == "no-9"


def test_from_one_part_the_next_that_nobody_saved_comes(where, manager, sign_in, clock):
    """On from the part that is open, and around; after the last of them the list of parts."""
    referral = talked(where)
    client, parts = sign_in(manager), [one.key for one in FORMS["intake"].sections]
    second, third, *rest = parts[1:]

    def send(part, **more):
        return client.post(url(referral, "intake", part), {"seen": "", **more})["Location"]

    assert client.get(url(referral, "intake", second)).context["onward"].key == third
    assert send(third) == url(referral, "intake")
    assert send(second, onward="yes") == url(referral, "intake", rest[0])
    for here, there in zip(rest, [*rest[1:], parts[0]], strict=True):
        assert send(here, onward="yes") == url(referral, "intake", there)
    assert "next part" not in words_of(client.get(url(referral, "intake", parts[0])))
    assert send(parts[0], onward="yes") == url(referral, "intake")


def test_none_and_some_are_not_both_true(where, manager, sign_in, clock):
    referral = talked(where)
    response = sign_in(manager).post(url(referral, "screening", "tonight"), {"needs": ["food", "none"], "seen": ""})
    assert "Choose either what applies" in words_of(response)
    assert response.context["form"]["needs"].value() == ["food", "none"]


def test_in_the_database_the_answers_cannot_be_read(where, manager):
    referral = talked(where)
    save(manager, referral, answers={"explained": {"text": "a plain secret"}})

    def raw():
        with connection.cursor() as cursor:
            cursor.execute("select answers from referrals_recordsection")
            return cursor.fetchone()[0]

    assert "secret" not in act(manager, raw)


def test_what_somebody_saved_meanwhile_is_not_overwritten_unseen(where, manager, sign_in, clock):
    referral = talked(where)
    save(manager, referral, answers={"explained": YES}, at=AT + timedelta(hours=1, minutes=5))
    with pytest.raises(StaleState):
        save(manager, referral, seen_at=None)
    client, address = sign_in(manager), url(referral, "intake", "explained")
    response = client.post(address, {"seen": "", "rights": "1"})
    assert "Somebody saved this part" in words_of(response)
    assert response.context["form"]["rights"].value() == "1"
    assert client.post(address, {"seen": response.context["seen"], "rights": "1"}).status_code == 302
    assert set(act(manager, lambda: RecordSection.objects.get().answers)) == {"rights"}


@pytest.mark.parametrize("kind", ["intake", "assessment"])
def test_done_counts_for_the_window_on_the_day_it_was_done(where, manager, kind):
    referral = talked(where)
    with pytest.raises(DomainError, match="Still to save"):
        finish(manager, referral, kind, LATER.date())
    save_all(manager, referral, kind)
    with pytest.raises(DomainError) as refusal:
        finish(manager, referral, kind, LATER.date() + timedelta(days=3))
    assert refusal.value.field == "done_on"
    later = LATER + timedelta(days=4)
    made = finish(manager, referral, kind, LATER.date() + timedelta(days=1), at=later)
    item = act(manager, lambda: WindowItem.objects.get(kind=kind))
    assert made.done_on == item.done_on == LATER.date() + timedelta(days=1)
    assert item.typed_at == later
    with pytest.raises(StaleState):
        finish(manager, referral, kind, LATER.date(), at=later)


def test_a_screening_is_done_and_counts_for_nothing(where, manager):
    referral = talked(where)
    save_all(manager, referral, "screening")
    finish(manager, referral, "screening", LATER.date())
    assert not act(manager, lambda: WindowItem.objects.exists())


def test_without_a_window_it_is_kept_all_the_same(where, manager):
    referral = talked(where, door="social", offences=(), incident_number="")
    save_all(manager, referral, "intake")
    assert finish(manager, referral, "intake", LATER.date()).done_by_id == manager.pk


def test_the_page_finishes(where, manager, sign_in, clock):
    referral = talked(where)
    save_all(manager, referral, "screening")
    client = sign_in(manager)
    assert "It is done" in words_of(client.get(url(referral)))
    response = client.post(url(referral), {"done_on": "2026-10-06"})
    assert response["Location"] == reverse("casefile:case", args=[referral.pk])
    assert act(manager, lambda: Record.objects.get().done_on.isoformat()) == "2026-10-06"


def test_only_their_own_case_manager_and_the_supervisor(world, sign_in, clock):
    where = world.a
    referral, manager = talked(where), manager_of(where)
    save(manager, referral, answers={"explained": YES})
    for other in (manager_of(where, 1), manager_of(world.b)):
        assert sign_in(other).get(url(referral, "intake")).status_code == 404
        assert sign_in(other).post(url(referral, "intake", "explained"), {}).status_code == 404
        assert not act(other, lambda: RecordSection.objects.exists())
        with pytest.raises((DomainError, records.Referral.DoesNotExist)):
            save(other, referral)
    supervisor = where.person(Role.SUPERVISOR)
    assert sign_in(supervisor).get(url(referral, "intake", "explained")).status_code == 200
    for role in (Role.OFFICER, Role.LIAISON, Role.PROSECUTOR, Role.COORDINATOR, Role.REFERRER):
        assert sign_in(where.person(role)).get(url(referral, "intake")).status_code == 403


def test_an_unknown_part_is_not_there(where, manager, sign_in, clock):
    referral = talked(where)
    client = sign_in(manager)
    assert client.get(url(referral, "care_plan")).status_code == 404
    assert client.get(url(referral, "intake", "nonsense")).status_code == 404
    with pytest.raises(DomainError):
        save(manager, referral, section="nonsense")


@pytest.mark.parametrize("kind", list(FORMS))
def test_every_part_opens(where, manager, sign_in, clock, kind):
    referral = talked(where)
    client = sign_in(manager)
    for section in FORMS[kind].sections:
        assert client.get(url(referral, kind, section.key)).status_code == 200


def test_the_list_costs_the_same_with_every_part_saved(where, manager, sign_in, clock):
    referral = talked(where)
    client = sign_in(manager)
    save(manager, referral, "assessment", "housing")
    client.get(url(referral, "assessment"))
    with CaptureQueriesContext(connection) as few:
        client.get(url(referral, "assessment"))
    for section in FORMS["assessment"].sections[1:]:
        save(manager, referral, "assessment", section.key)
    with CaptureQueriesContext(connection) as many:
        client.get(url(referral, "assessment"))
    assert len(many) == len(few) <= 20
