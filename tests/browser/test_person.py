"""A person linked, found and changed in a real browser, and what goes onto paper; test_axe reads every page."""

import os
from datetime import date

import pytest
from django.utils import timezone

from tests.browser.conftest import DESK, PHONE
from tests.casefile.person_making import act, linked, manager_of, met, signed, talked
from tests.casefile.working import fresh, taken
from tests.factories import World


@pytest.fixture
def where(live):
    return World.build().a


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")], ids=["390-dark"])
def test_pages_of_the_person(where, page_as, axe, shot, size, scheme):
    now = timezone.now() - timezone.timedelta(hours=3)
    manager = manager_of(where)
    referral = talked(where, at=now)
    linked(where, referral, chosen_name="Dee", aliases=("Red",), birth_date=date(1985, 3, 4), at=timezone.now())
    page = page_as(manager, size=size, scheme=scheme, path=f"/site/cases/{referral.pk}/consent/?language=es")
    axe(page)
    shot(page, "consent")
    signed(where, referral, at=timezone.now())
    met(where, referral, at=timezone.now())
    again = taken(where, at=now, name="Devin Marsh", birth_date=date(1985, 3, 4))
    work = f"/site/cases/{referral.pk}/"
    for path, name in [
        (f"/site/cases/{again.pk}/link/", "link"),
        (f"{work}records/intake/about/", "about"),
        (f"{work}consent/", "signed"),
    ]:
        page.goto(path)
        axe(page)
        shot(page, name)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
    page.goto("/site/find/")
    page.get_by_label("Name, birth date").fill("Marsh")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("heading", name="People with a record").wait_for()
    axe(page)
    shot(page, "found")
    page.get_by_role("link", name="Dee").first.click()
    axe(page)
    shot(page, "person")
    page.get_by_role("link", name="Change number").click()
    axe(page)
    shot(page, "phone")
    assert act(manager, lambda: fresh(referral)).pk == referral.pk


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_goes_onto_paper(where, page_as, axe, language):
    manager, now = manager_of(where), timezone.now()
    referral = talked(where, at=now - timezone.timedelta(hours=3))
    consent = signed(where, referral, at=now, language=language)
    met(where, referral, at=now)
    page = page_as(manager, size=DESK, path=f"/site/cases/{referral.pk}/slip/")
    page.get_by_label("Name they want").fill("Dee")
    page.get_by_label("Where you meet").fill("180 Turk St")
    page.get_by_text("Español" if language == "es" else "English", exact=True).click()
    page.get_by_role("button", name="Show the slip").click()
    page.get_by_role("heading", name="Su cita" if language == "es" else "Your appointment").wait_for()
    axe(page)
    paper(page, f"slip-{language}")
    page.goto(f"/site/consents/{consent.pk}/copy/")
    axe(page)
    paper(page, f"consent-{language}")
    page.goto(f"/site/cases/{referral.pk}/letter/")
    page.get_by_role("button", name="Make the letter").click()
    page.get_by_role("heading", name="To whom it may concern").wait_for()
    axe(page)
    paper(page, f"letter-{language}")


def paper(page, name: str) -> None:
    """As the printer gets it: one sheet, or two, and nothing of the frame."""
    page.emulate_media(media="print")
    assert page.get_by_role("link", name="Back").is_hidden()
    assert page.get_by_role("button", name="Print").is_hidden()
    if os.environ.get("SHOTS"):
        page.pdf(path=f"{os.environ['SHOTS']}/{name}.pdf", format="Letter")
        page.screenshot(path=f"{os.environ['SHOTS']}/paper-{name}.png", full_page=True)
    page.emulate_media(media="screen")
    if os.environ.get("SHOTS"):
        page.screenshot(path=f"{os.environ['SHOTS']}/screen-{name}.png", full_page=True)
