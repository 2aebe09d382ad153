"""Consent asked, given, told under and taken back in a real browser, and two people kept apart; test_axe reads every page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from lead_cms.access.permissions import Role
from participants.actions import closing
from participants.actions.disclosing import disclose
from tests.browser.conftest import PHONE
from tests.casefile.person_making import act, linked, manager_of, talked
from tests.factories import World
from tests.participants.consenting import POLICE, PROSECUTOR, give, provider_of
from tests.referrals.charging import charge_of


@pytest.fixture
def where(live):
    return World.build().a


def looked_at(page, axe, shot, path: str, name: str) -> None:
    page.goto(path)
    axe(page)
    shot(page, name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")], ids=["390-dark"])
def test_pages_of_consent(where, page_as, axe, shot, size, scheme):
    now = datetime.now(UTC)
    manager, supervisor = manager_of(where), where.person(Role.SUPERVISOR)
    referral = talked(where, at=now - timedelta(hours=3))
    person = linked(where, referral, chosen_name="Dee", at=now)
    page = page_as(manager, size=size, scheme=scheme, path=f"/site/persons/{person.pk}/consents/")
    shot(page, "consents-none")
    # Asked by keyboard and tap, in Spanish, and signed.
    page.goto(f"/site/cases/{referral.pk}/consent/treatment/")
    page.locator("main summary").first.click()
    page.get_by_label("Housing", exact=True).first.check()
    page.get_by_label("Health", exact=True).first.check()
    page.locator("#id_ends_on").fill((now + timedelta(days=20)).date().isoformat())
    page.get_by_text("Español", exact=True).click()
    shot(page, "ask-ticked")
    page.get_by_role("button", name="Read them the words").click()
    page.get_by_role("heading", name="Autorización para informar a proveedores").wait_for()
    axe(page)
    shot(page, "words")
    page.get_by_text("They read this language").click()
    page.get_by_text("Yes", exact=True).click()
    page.get_by_label("Signature").fill("Devon Marsh")
    page.get_by_role("button", name="Save their answer").click()
    page.wait_for_url("**/copy/")
    shot(page, "copy")
    give(where, referral, (PROSECUTOR, 0, "legal_coordination"), (POLICE, 0, "enrolment"), kind="multi_party")
    give(where, referral, kind="sentence", sentence="I have my ID now")
    act(provider_of(where), lambda: disclose(
        what="housing", by=provider_of(where), purpose="service", participant_id=person.pk))  # fmt: skip
    page.goto(f"/site/persons/{person.pk}/consents/")
    page.get_by_role("heading", name="A consent ends soon").wait_for()
    looked_at(page, axe, shot, f"/site/persons/{person.pk}/consents/", "consents")
    page.get_by_role("link", name="They take it back").nth(2).click()
    axe(page)
    shot(page, "take-back")
    looked_at(page, axe, shot, f"/site/persons/{person.pk}/told/?paper=1", "told-paper")
    page.goto(f"/site/persons/{person.pk}/")
    page.get_by_role("link", name="Whom they must not meet").click()
    page.get_by_role("button", name="Find").click()
    axe(page)
    other = linked(where, talked(where, at=now - timedelta(hours=2)), given_name="Ola", at=now)
    act(supervisor, lambda: closing.keep_apart(one=person, other=other, reason="asked", by=supervisor, at=now))
    boss = page_as(supervisor, size=size, scheme=scheme, path=f"/site/persons/{person.pk}/apart/")
    looked_at(boss, axe, shot, f"/site/persons/{person.pk}/apart/", "apart-supervisor")
    officer = page_as(where.person(Role.OFFICER), size=size, scheme=scheme, path="/")
    looked_at(officer, axe, shot, reverse("referrals:own", args=[referral.pk]), "officer-sentence")
    officer.get_by_text("I have my ID now").wait_for()
    prosecutor = page_as(where.person(Role.PROSECUTOR), size=size, scheme=scheme, path="/")
    looked_at(prosecutor, axe, shot, f"/referrals/charges/{charge_of(where, referral).pk}/", "charge-besides")
    prosecutor.get_by_role("heading", name="Shared by the person").wait_for()
