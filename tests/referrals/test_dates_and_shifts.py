"""Two rules of a site about what an officer types: a date long ago is asked about once more; a shift has an end."""

import json
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import StaleState
from lead_cms.programs.in_words import chapters
from lead_cms.programs.models import RuleSet
from lead_cms.programs.rules import parse
from lead_cms.programs.validate import faults
from referrals.actions import correcting
from referrals.actions.taking import take_over
from referrals.models import Referral
from tests.casefile import test_windows_telephone as telephone
from tests.referrals.making import make_arrest_referral
from tests.referrals.test_officer_pages import NEW, form_2, here, screen_1, token_of
from tests.rules import demo_document

OLD, SHIFT = 60, timedelta(hours=16)  # what the demo's rules of San Francisco say


@pytest.fixture
def officer(world):
    return world.a.person(Role.OFFICER)


@pytest.fixture
def client(sign_in, officer):
    return sign_in(officer)


def decide(world, **entry) -> None:
    """The site's next version of its rules, with these two decided otherwise; None leaves a rule open."""
    document = deepcopy(demo_document("san-francisco"))
    for name, value in entry.items():
        kind = "not published" if value is None else "site"
        source = {"kind": kind} | ({} if value is None else {"note": "Policy group."})
        document["entry"][name] = {"value": value, "source": source}
    assert faults(document) == []
    with acting_as(Duty.OPERATOR), transaction.atomic():
        RuleSet.objects.create(
            site=world.a.site, version=99, effective_from="2020-01-01", document=document, document_hash="x",
            imported_at=timezone.now(), imported_by="test",
        )  # fmt: skip


def days_ago(days: int) -> dict:
    at = here() - timedelta(days=days)
    return {"occurred_at_0": f"{at:%Y-%m-%d}", "occurred_at_1": "12:00"}


def send(client, **more):
    return client.post(NEW, form_2(client, token_of(screen_1(client)), **more))


def made(officer) -> int:
    with acting_as(officer), transaction.atomic():
        return Referral.objects.count()


def test_an_arrest_long_ago_is_asked_about_once_and_what_was_typed_stays(client, officer):
    page = send(client, **days_ago(OLD + 1)).content.decode()
    assert f"is {OLD + 1} days ago. Is this date right?" in page and 'name="date_is_right"' in page
    assert "Devon Marsh" in page and "260 118 402" in page and days_ago(OLD + 1)["occurred_at_0"] in page
    assert made(officer) == 0
    assert send(client, **days_ago(OLD + 1), date_is_right="on").status_code == 302
    assert made(officer) == 1


def test_the_tick_stays_while_something_else_is_put_right(client, officer):
    page = send(client, **days_ago(OLD + 1), date_is_right="on", name="").content.decode()
    assert "Is this date right?" not in page and 'name="date_is_right"' in page and "checked" in page
    assert made(officer) == 0


def test_on_the_last_day_nothing_is_asked(client, officer):
    assert send(client, **days_ago(OLD)).status_code == 302
    assert made(officer) == 1


def test_a_site_that_has_not_decided_asks_nothing(world, client, officer):
    decide(world, old_arrest_days=None)
    assert send(client, **days_ago(OLD + 100)).status_code == 302


def test_the_sites_own_number_of_days_counts(world, client, officer):
    decide(world, old_arrest_days=3)
    assert "is 4 days ago" in send(client, **days_ago(4)).content.decode()
    assert send(client, **days_ago(3)).status_code == 302


def test_a_date_before_the_sites_start_is_refused_and_not_asked_about(client):
    page = send(client, occurred_at_0="2015-01-01", occurred_at_1="12:00").content.decode()
    assert "This site takes referrals from" in page and "Is this date right?" not in page


def test_by_telephone_it_is_asked_too(world, sign_in):
    client, url = sign_in(world.a.person(Role.CASE_MANAGER)), reverse("casefile:telephone-new")
    page = client.post(url, telephone.given(world, **days_ago(OLD + 1))).content.decode()
    assert "Is this date right?" in page and 'name="date_is_right"' in page and "Devon Marsh" in page
    assert client.post(url, telephone.given(world, **days_ago(OLD + 1), date_is_right="on")).status_code == 302


def test_a_correction_asks_about_a_new_date_and_not_about_the_one_on_record(client, officer):
    referral = make_arrest_referral(officer)
    url = reverse("referrals:correct", args=[referral.pk])
    data = {"incident_number": "260118402", "name": "Devon Marsh", "age": "35"}
    assert "Is this date right?" in client.post(url, data | days_ago(OLD + 1)).content.decode()
    assert client.post(url, data | days_ago(OLD + 1) | {"date_is_right": "on"}).status_code == 302
    page = client.post(url, data | days_ago(OLD + 1) | {"name": "Devon M"})
    assert page.status_code == 302, "the date on record was confirmed when it was typed"


def test_a_skipped_hour_is_answered_beside_the_field_of_the_referral(client, officer):
    page = send(client, occurred_at_0="2026-03-08", occurred_at_1="02:30", date_is_right="on").content.decode()
    assert "There was no 2:30 am on March 8" in page and "1:59 am" in page and "3:00 am" in page
    assert 'value="2026-03-08"' in page and made(officer) == 0


def test_an_hour_that_came_twice_is_asked_about_and_the_answer_is_kept(client, officer):
    night = {"occurred_at_0": "2025-11-02", "occurred_at_1": "01:30", "date_is_right": "on"}
    page = send(client, **night).content.decode()
    assert "came twice on November 2" in page and 'name="occurred_at_2"' in page and made(officer) == 0
    assert send(client, **night, occurred_at_2="second").status_code == 302
    with acting_as(officer), transaction.atomic():
        assert Referral.objects.get().occurred_at.isoformat() == "2025-11-02T09:30:00+00:00"


# ---- the length of a shift


def handed_over(world, officer) -> Referral:
    referral, manager = make_arrest_referral(officer), world.a.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        take_over(referral=Referral.objects.get(pk=referral.pk), by=manager, at=timezone.now())
    with acting_as(officer), transaction.atomic():
        return Referral.objects.get(pk=referral.pk)


@pytest.mark.parametrize(("seconds", "is_open"), [(-1, True), (0, True), (1, False)])
def test_what_could_wait_is_open_for_a_shift_and_not_a_second_longer(world, officer, seconds, is_open):
    referral = handed_over(world, officer)
    at = referral.submitted_at + SHIFT + timedelta(seconds=seconds)
    with acting_as(officer), transaction.atomic():
        assert correcting.details_wait(referral, at) is is_open
        assert bool(correcting.details_closed_because(referral, at)) is not is_open
        if is_open:
            correcting.save_details(referral=referral, details={"precinct": "central"}, by=officer, at=at)
        else:
            with pytest.raises(StaleState):
                correcting.save_details(referral=referral, details={"precinct": "central"}, by=officer, at=at)


def test_the_version_of_the_referral_counts_and_not_a_later_one(world, officer):
    referral = handed_over(world, officer)
    decide(world, shift_hours=2)
    with acting_as(officer), transaction.atomic():
        assert correcting.details_wait(referral, referral.submitted_at + timedelta(hours=3))


def test_a_site_that_has_not_said_how_long_a_shift_is_closes_them_with_the_handover_and_says_so(world, client, officer):
    decide(world, shift_hours=None)
    referral = make_arrest_referral(officer)
    own, details = (reverse(f"referrals:{name}", args=[referral.pk]) for name in ("own", "details"))
    assert "The rest of the details" in client.get(own).content.decode()
    assert client.get(details).status_code == 200
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        take_over(referral=Referral.objects.get(pk=referral.pk), by=manager, at=timezone.now())
    page = client.get(own).content.decode()
    assert "rules do not say how long a shift is" in page and details not in page
    assert "rules do not say how long a shift is" in client.get(details, follow=True).content.decode()
    # Today does not ask for what it would not take.
    assert "rest of the details" not in client.get("/").content.decode().lower()


def test_the_rules_page_says_both_and_says_what_nobody_decided(world):
    told = [line for part in chapters(parse(demo_document("san-francisco"))) for line in part.lines]
    assert [line.says for line in told if line.title == "A shift"][0].startswith("16 hours")
    document = deepcopy(demo_document("san-francisco"))
    del document["entry"]
    assert parse(document).entry.shift_hours is None and parse(json.loads(json.dumps(document))).ready
    assert [line.says for part in chapters(parse(document)) for line in part.lines if line.title == "A shift"] == [
        "Not decided yet."
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("shift_hours", 25), ("shift_hours", 0), ("old_arrest_days", 0), ("old_arrest_days", "x")]
)
def test_a_number_that_cannot_be_is_a_fault(name, value):
    document = deepcopy(demo_document("san-francisco"))
    document["entry"][name]["value"] = value
    assert [fault.path for fault in faults(document)] == [f"entry.{name}"]
