"""One referral to a service, from the directory to the answer, on a phone; test_axe reads every page."""

import re

import pytest

from lead_cms.access.permissions import Role
from tests.browser.conftest import DESK, PHONE
from tests.services.making import ALL_WEEK, make_asked, make_consent, make_linked, make_person, make_service

PLACE = {"name": "The Lantern", "address": "118 Lantern Street", "city": "San Francisco", "latitude": 37.78,
         "longitude": -122.41}  # fmt: skip


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")], ids=["phone-dark"])
def test_found_asked_answered_and_seen(live, world, page_as, axe, shot, size, scheme):
    manager, staff = world.a.person(Role.CASE_MANAGER), world.a.person(Role.PROVIDER)
    person = make_person(world.a)
    service = make_linked(
        world.a, hours=[(ALL_WEEK, 18, 7)], place=PLACE, description="Forty beds, lockers, a warm meal.",
        eligibility="Adults of any gender", capacity="open", needs=["housing", "basic_needs"],
    )  # fmt: skip
    make_service(world.a, "Safe place", place={"is_hidden": True}, is_confidential=True, needs=["safety", "housing"])
    make_consent(world.a, person, staff.organisation, ("enrolment", "housing"))
    make_asked(world.a, service, person)

    page = page_as(manager, size=size, scheme=scheme, path=f"/services/?for={person.pk}&need=housing")
    axe(page)
    shot(page, "services-list")
    page.get_by_label("Near").fill("lantern")
    page.get_by_role("button", name="Find").click()
    page.get_by_text("Nearest to The Lantern").wait_for()
    shot(page, "services-near")
    page.get_by_role("link", name="Night shelter", exact=True).click()
    axe(page)
    shot(page, "service")
    page.get_by_role("link", name="Refer a person").click()
    page.get_by_text("What they will read").wait_for()
    axe(page)
    page.get_by_text("Name the person, under their consent").click()
    page.locator("#id_fact_housing").fill("A bed near the clinic")
    shot(page, "ask")
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("Sent. The code to quote is").wait_for()
    axe(page)
    shot(page, "asked")
    code = re.search(r"quote is (\S+)\.", page.inner_text("main"))[1]

    provider = page_as(staff, size=size, scheme=scheme)
    assert "Marisol" not in provider.inner_text("body")
    axe(provider)
    shot(provider, "provider-today")
    provider.get_by_role("link", name=re.compile(code)).first.click()
    provider.get_by_text("Marisol Quint").wait_for()
    provider.get_by_text("A bed near the clinic").wait_for()
    axe(provider)
    shot(provider, "request")
    provider.get_by_text("Accept", exact=True).click()
    provider.get_by_role("button", name="Send the answer").click()
    provider.get_by_text("Answered. The case manager sees it now.").wait_for()
    axe(provider)
    shot(provider, "answered")

    page.reload()
    page.get_by_text("Accepted").first.wait_for()
    page.goto("/")
    page.get_by_text("A service that you asked has answered").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_directory_by_keyboard_alone(live, world, page_as):
    make_service(world.a, "Day room")
    make_service(world.a, "Clinic", needs=["health"])
    page = page_as(world.a.person(Role.COORDINATOR), size=DESK, path="/services/")
    page.get_by_label("Words").focus()
    page.keyboard.type("day rom")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("words=day"))
    assert page.get_by_role("link", name="Day room", exact=True).count() == 1
    assert page.get_by_role("link", name="Clinic", exact=True).count() == 0
