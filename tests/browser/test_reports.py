"""Reports in a browser: the coordinator looks, publishes, withdraws; the stakeholder reads; every page with axe."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from tests.browser.conftest import DESK, PHONE
from tests.factories import World
from tests.reports import making

SHOTS = os.environ.get("LEAD_SHOTS")  # a folder for pictures of the pages
LOOKS = [(PHONE, "dark"), (DESK, "light"), (PHONE, "light"), (DESK, "dark")]
# Many groups at once, and a period that ends before it begins; test_axe reads every page.
PATHS = ["equity/?period=last-quarter", "funnel/?from=2026-05-01&to=2026-04-01"]
RACES = ["black", "white", "hispanic", "asian", "not_known"]


@pytest.fixture
def site(live):
    """Some hundred referrals of the last quarter, of every end, group and precinct."""
    where = World.build().a
    today = timezone.localdate()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=20)
    at = making.AT.replace(year=first.year, month=first.month, day=first.day)
    precincts = [one.code for one in making.asked_by(where.person(Role.COORDINATOR)).rules.precincts]
    with acting_as(Duty.OPERATOR), transaction.atomic():
        for number in range(110):
            one_more(where, number, at, first, precincts)
    return where


def one_more(where, number, at, first, precincts) -> None:
    said_no = number % 9 == 0
    gender = "woman" if number % 3 else "man"
    referral = making.refer(
        where, at=at, status="declined" if said_no else "handed_over", answer="no" if said_no else "yes",
        precinct=precincts[number % min(4, len(precincts))],
        seen={"perceived_race": RACES[number % 5], "perceived_gender": gender, "age_about": 20 + number % 50},
    )  # fmt: skip
    if said_no:
        return
    making.handoff(where, referral, minutes=10 + number % 40)
    made = making.window(where, referral, starts_on=first, state="met" if number % 2 else "open",
                         met_on=first + timedelta(days=9) if number % 2 else None)  # fmt: skip
    making.charge(where, referral, "not_filed_completed" if number % 2 else "")
    if number % 2:
        making.take_part(where, referral, race=[RACES[number % 4]], gender=["0" if number % 3 else "1"],
                         birth_date=date(1980 + number % 20, 1, 1))  # fmt: skip
        making.item(where, made, "intake", first + timedelta(days=5))


def look(page, path: str, name: str) -> None:
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("size", "scheme"), LOOKS if SHOTS else LOOKS[:1], ids=lambda v: v if isinstance(v, str) else v["width"]
)
def test_a_full_report_and_a_wrong_period_read_well(page_as, site, axe, size, scheme):
    page = page_as(site.person(Role.COORDINATOR), size=size, scheme=scheme)
    page.set_default_timeout(30_000)  # the first chart of a process loads what draws it
    for path in PATHS:
        name = path.split("?")[0].replace("/", "-") + ("bad" if "05-01" in path else "")
        look(page, f"/reports/{path}", f"{name}{size['width']}-{scheme}")
        if size == PHONE and "equity" in path:  # a line for each figure, and none where there is no figure
            assert page.get_by_text("not supplied", exact=True).first.is_visible()
            assert not page.locator("td[data-label='Ratio to supplied']").first.is_visible()
            assert page.locator("td[data-label='Ratio to offered']").first.is_visible()
            assert not page.get_by_text("Denominator.").is_visible()
            page.locator("summary", has_text="What these figures are").press("Enter")
            assert page.get_by_text("Denominator.").is_visible()
        axe(page)


def test_published_read_taken_along_and_withdrawn(page_as, site, axe):
    page = page_as(site.person(Role.COORDINATOR), path="/reports/")
    page.set_default_timeout(30_000)
    page.get_by_role("link", name="Last quarter").click()
    page.get_by_role("link", name="From referral to engagement").click()
    page.get_by_role("link", name="Look at it for publishing").click()
    expect(page.get_by_text("hidden").first).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text(": published.")).to_be_visible()
    reader = page_as(site.person(Role.STAKEHOLDER))
    axe(reader)
    reader.get_by_role("link", name="From referral to engagement").click()
    axe(reader)
    assert reader.evaluate("document.querySelector('.report__chart img').naturalWidth") > 300
    with reader.expect_download() as download:
        reader.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
    if SHOTS:
        reader.screenshot(path=Path(SHOTS) / "stakeholder-published.png", full_page=True)
    page.get_by_role("link", name="From referral to engagement").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("no longer see it")).to_be_visible()
    reader.goto("/")
    expect(reader.get_by_text("Nothing is published yet")).to_be_visible()


def test_by_keyboard_alone(page_as, site):
    page = page_as(site.person(Role.COORDINATOR), size=DESK, path=reverse("reports:report", args=["handoff"]))
    page.get_by_label("From").focus()
    page.keyboard.type("01012026")
    page.get_by_label("Up to, not including").focus()
    page.keyboard.type("02012026")
    page.keyboard.press("Enter")
    expect(page.get_by_text("January 1, 2026 to January 31, 2026").first).to_be_visible()
