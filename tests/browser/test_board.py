"""The story of docs/board.md, played in four windows side by side: who reads what, and what never changes.

BOARD_SHOTS=folder keeps the pictures that the page shows (docs/img is where they belong).
"""

import os
import re
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, Site
from referrals.models import OnCallShift, Referral
from tests.browser.conftest import DESK, PHONE

SHOTS = os.environ.get("BOARD_SHOTS")
PICTURE = {"width": 1024, "height": 640}
BOARD = settings.BASE_DIR / "docs" / "board.md"
NAME = "Ruth Calder"
LATER = timedelta(days=9)
# The headings of docs/board.md, in their order.
STEPS = (
    "02:14, the officer refers",
    "The prosecutor opens the charge",
    "The case manager takes over and talks in private",
    "Nine days later: intake and assessment are done",
    "The person signs",
    "The person takes it back",
    "What never changed, and what did",
)
NOTHING, MET = "No result shared", "Met"
SAYS_NOTHING = "This says nothing about what the person did."
NOTICE = "This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2)."


def coming_night(site: Site) -> datetime:
    """02:14 of a night to come whose story, nine days long, stays inside one quarter and starts at an hour that exists."""
    day = timezone.localdate(timezone=site.tz) + timedelta(days=1)
    while True:
        night = datetime.combine(day, time(2, 14), site.tz)
        exists = night.astimezone(timezone.get_fixed_timezone(0)).astimezone(site.tz).hour == 2
        if exists and (day.month - 1) // 3 == ((day + LATER).month - 1) // 3:
            return night
        day += timedelta(days=1)


class Board:
    """The demo's site with its people, and one window for each of four."""

    def __init__(self, page_as):
        self.page_as, self.told = page_as, []
        with acting_as(Duty.OPERATOR), transaction.atomic():
            self.site = Site.objects.get(slug="san-francisco")

    def person(self, role: Role) -> Membership:
        """The first of a role; of case managers the one who is on call now."""
        with acting_as(Duty.OPERATOR), transaction.atomic():
            people = list(
                Membership.objects.filter(site=self.site, role=role)
                .select_related("user", "site", "organisation")
                .order_by("user__username")
            )
        if role != Role.CASE_MANAGER:
            return people[0]
        now = timezone.now()
        with acting_as(self.person(Role.COORDINATOR)), transaction.atomic():
            first = OnCallShift.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("position").first()
        return next(one for one in people if one.pk == first.person_id)

    def step(self, name: str) -> None:
        """The next chapter of the story, as the document heads it."""
        assert name == STEPS[len(self.told)]
        self.told.append(name)

    def sign_in(self, manager: Membership) -> None:
        """Four windows; on another day the same four people sign in anew."""
        self.officer = self.page_as(self.person(Role.OFFICER), size=PHONE)
        self.manager = self.page_as(manager, size=DESK)
        self.prosecutor = self.page_as(self.person(Role.PROSECUTOR), size=DESK)
        self.coordinator = self.page_as(self.person(Role.COORDINATOR), size=DESK)

    def referral(self) -> Referral:
        with acting_as(self.person(Role.OFFICER)), transaction.atomic():
            return Referral.objects.order_by("-submitted_at", "-pk").first()

    def reads(self) -> str:
        """The prosecutor opens the charge anew from the list: what stands under Result."""
        self.prosecutor.goto("/referrals/charges/")
        self.prosecutor.get_by_role("link", name=re.compile(f"Open {NAME}")).click()
        expect(self.prosecutor.get_by_role("heading", name=NAME)).to_be_visible()
        return self.prosecutor.locator(
            "section", has=self.prosecutor.get_by_role("heading", name="Result")
        ).inner_text()

    def unchanging(self) -> dict[str, str]:
        """What the prosecutor's list and the officer's pages are, byte for byte but for the form tokens."""
        own = f"/referrals/own/{self.referral().pk}/"
        asked = [(self.prosecutor, "/referrals/charges/"), (self.prosecutor, "/referrals/charges/?show=all"),
                 (self.officer, own), (self.officer, "/referrals/")]  # fmt: skip
        return {path: still(page.request.get(path).text()) for page, path in asked}

    def windows_met(self) -> int:
        self.coordinator.goto("/site/counts/")
        panel = self.coordinator.locator(".stat", has=self.coordinator.get_by_role("heading", name="Met", exact=True))
        return int(panel.locator("b").inner_text())


def still(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


def snap(page: Page, name: str) -> None:
    """A picture for the page: a phone's as it is, a desk's smaller."""
    if SHOTS:
        size = page.viewport_size
        page.evaluate("document.activeElement.blur()")
        page.set_viewport_size(size if size == PHONE else PICTURE)
        page.screenshot(path=Path(SHOTS) / f"board-{name}.png")
        page.set_viewport_size(size)


@pytest.fixture
def clock(live, tmp_path, monkeypatch):
    """The demo's sites, seeded on the evening before; the site's clock stands at 02:14 and runs."""
    monkeypatch.setenv("LEAD_DATA", str(tmp_path))
    with acting_as(Duty.OPERATOR), transaction.atomic():
        night = coming_night(Site(slug="x", name="x", time_zone="America/Los_Angeles"))
    with time_machine.travel(night - timedelta(hours=5), tick=True):
        call_command("seed_demo", referrals=16, verbosity=0)
    with time_machine.travel(night, tick=True) as traveller:
        yield traveller, night


def test_the_story(clock, page_as):
    traveller, night = clock
    board = Board(page_as)
    manager = board.person(Role.CASE_MANAGER)
    board.sign_in(manager)

    board.step("02:14, the officer refers")
    began, page = monotonic(), board.officer
    refer(page)
    assert monotonic() - began < 60
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    snap(page, "1-officer")
    assert timedelta() < board.referral().submitted_at - night < timedelta(minutes=1)
    page.goto("/referrals/")
    expect(page.get_by_role("main")).to_contain_text("2:14 am")

    board.step("The prosecutor opens the charge")
    said = board.reads()
    assert NOTHING in said and SAYS_NOTHING in said and NOTICE not in board.prosecutor.content()
    snap(board.prosecutor, "2-prosecutor")

    board.step("The case manager takes over and talks in private")
    traveller.move_to(night + timedelta(minutes=22), tick=True)
    take_over_and_talk(board.manager)
    snap(board.manager, "3-case-manager")

    board.step("Nine days later: intake and assessment are done")
    traveller.move_to(datetime.combine(night.date() + LATER, time(10, 5), board.site.tz), tick=True)
    board.sign_in(manager)
    before, met_before = board.unchanging(), board.windows_met()
    case = f"/site/cases/{board.referral().pk}/"
    link(board.manager, case)
    for kind in ("intake", "assessment"):
        fill_in(board.manager, f"{case}records/{kind}/")
    board.manager.goto(case)
    expect(board.manager.get_by_text("Window met").first).to_be_visible()
    snap(board.manager, "4-met")
    assert NOTHING in board.reads()

    board.step("The person signs")
    sign(board.manager, case)
    said = board.reads()
    assert MET in said.splitlines() and NOTHING not in said
    expect(board.prosecutor.get_by_text(NOTICE)).to_be_visible()
    snap(board.prosecutor, "5-prosecutor")
    assert board.unchanging() == before

    board.step("The person takes it back")
    board.manager.goto(f"{case}consent/revoke/")
    board.manager.get_by_text("By word of mouth").click()
    board.manager.get_by_role("button", name="Take it back now").click()
    expect(board.manager.get_by_text("From now on nothing is told.")).to_be_visible()
    said = board.reads()
    assert NOTHING in said and MET not in said.splitlines() and NOTICE not in board.prosecutor.content()
    snap(board.prosecutor, "6-prosecutor")

    board.step("What never changed, and what did")
    assert board.unchanging() == before
    assert board.windows_met() == met_before + 1
    board.coordinator.get_by_role("heading", name="By window").evaluate(
        "(one) => one.scrollIntoView({behavior: 'instant'})"
    )
    snap(board.coordinator, "7-counts")
    board.prosecutor.goto("/referrals/charges/?show=all")
    snap(board.prosecutor, "7-list")
    assert tuple(board.told) == STEPS


def tap(page: Page, text: str) -> None:
    page.locator("label.btn", has_text=text).first.tap()


def refer(page: Page) -> None:
    """The officer's two screens, on a phone."""
    page.get_by_role("link", name="New referral", exact=True).last.tap()
    tap(page, "Prebooking referral")
    page.get_by_label("Offense", exact=True).press_sequentially("11350")
    page.get_by_label("Offense", exact=True).press("Enter")
    expect(page.get_by_label("HS 11350(a)")).to_be_checked()
    tap(page, "Within")
    tap(page, "None of these, that I know of")
    page.get_by_role("button", name="Can I?").tap()
    expect(page.get_by_role("heading", name="Eligible: LEAD can be offered here.")).to_be_visible()
    snap(page, "1-answer")
    page.get_by_role("link", name="Write the referral").tap()
    tap(page, "Yes")
    page.get_by_label("Incident number").press_sequentially("261180402")
    page.get_by_label("Name", exact=True).press_sequentially(NAME)
    page.get_by_label("Birth date or age").press_sequentially("about 35")
    tap(page, "Where the officer is")
    page.get_by_label("Address or landmark").press_sequentially("Eddy St at Jones St")
    page.get_by_role("button", name="Send the referral").tap()


def take_over_and_talk(page: Page) -> None:
    page.goto("/")
    mine = page.get_by_role("link", name=NAME)
    (mine if mine.count() else page.get_by_role("link", name="Open the handoff")).first.click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    for button in ("I’m on my way", "I have arrived", "Take over"):
        if button == "I’m on my way" and not page.get_by_role("button", name=button).count():
            continue
        page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("link", name="We are talking in private").first.click()
    page.get_by_role("button", name="We are talking in private").click()
    expect(page.get_by_role("main")).to_contain_text("in private")


def link(page: Page, case: str) -> None:
    page.goto(f"{case}link/")
    if page.get_by_text("None of these: somebody new").count():
        page.get_by_text("None of these: somebody new").click()
    page.locator("fieldset", has_text="Have they said yes").get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_text("Linked.")).to_be_visible()


def fill_in(page: Page, record: str) -> None:
    """Part after part, the first answer of each first question, then done."""
    page.goto(record)
    page.get_by_role("link", name="Open it").click()
    while not page.url.endswith(record):
        first = page.locator("main form fieldset label.btn").first
        if first.count():
            first.click()
        with page.expect_navigation():
            page.get_by_role("button", name="Save").first.click()
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_text("is done.")).to_be_visible()


def sign(page: Page, case: str) -> None:
    """The words are read, the answer is yes, the person types their name."""
    page.goto(f"{case}consent/")
    snap(page, "5-consent")
    page.get_by_text("They read this language").click()
    page.locator("fieldset", has_text="What they answered").get_by_text("Yes", exact=True).click()
    page.get_by_label("Signature: they type their name").fill(NAME)
    page.get_by_role("button", name="Save their answer").click()
    expect(page.get_by_role("main")).to_contain_text(f"Signed: {NAME}")


def test_the_document_tells_the_same_story():
    told = BOARD.read_text()
    assert [line.removeprefix("## ") for line in told.splitlines() if line.startswith("## ")][: len(STEPS)] == list(
        STEPS
    )
    for sentence in (NOTHING, SAYS_NOTHING, NOTICE):
        assert f"“{sentence.rstrip('.')}" in told, sentence
    pictures = re.findall(r"!\[[^\]]+\]\((img/board-[\w-]+\.png)\)", told)
    made = re.findall(r'snap\([\w.]+, "([\w-]+)"\)', Path(__file__).read_text())
    assert set(pictures) == {f"img/board-{name}.png" for name in made}
    for picture in pictures:
        assert (BOARD.parent / picture).stat().st_size < 150_000
