"""One short journey for each role, by role and label as a screen reader finds them."""

import re
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import OrganisationKind
from lead_cms.notify.tasks import drain
from referrals.actions.referring import make_telephone_referral
from tests.browser.conftest import DESK
from tests.casefile.working import done, taken, window_of
from tests.factories import PASSWORD, World
from tests.referrals.making import given_arrest, make_arrest_referral, rules_of

DAY = timedelta(days=1)


@pytest.fixture
def site(live):
    return World.build().a


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def says(page: Page, *words: str) -> None:
    for text in words:
        expect(page.get_by_role("main")).to_contain_text(text)


def test_a_liaison_answers_an_approval_and_confirms_what_was_given_by_telephone(page_as, site):
    officer, manager, liaison = map(site.person, (Role.OFFICER, Role.CASE_MANAGER, Role.LIAISON))
    with acting_as(officer), transaction.atomic():
        asked = {one.code: "no" for one in rules_of(officer).exclusions_for("arrest")} | {"supervision": "yes"}
    with transaction.atomic():
        make_arrest_referral(officer, answers=asked, name="Ana Soto", approval_said="yes", approval_whom="The sergeant")
    with acting_as(manager), transaction.atomic():
        now = timezone.now()
        make_telephone_referral(
            by=manager, at=now, given=given_arrest(rules_of(manager), at=now, name="Omar Reed"),
            submission_key=uuid.uuid4(), agency=site.organisations[OrganisationKind.POLICE, 0], name="T. Nguyen",
            badge="0419",
        )  # fmt: skip
    page = page_as(liaison)
    page.get_by_role("button", name=re.compile("Confirm.*Omar Reed")).click()
    says(page, "Confirmed.")
    page.goto("/")
    page.get_by_role("link", name=re.compile("Ana Soto")).first.click()
    page.get_by_role("group", name="Your answer").get_by_text("Yes", exact=True).click()
    press(page, "Answer")
    expect(page.get_by_role("status")).to_be_visible()
    page.goto("/")
    says(page, "Nothing waits for you")


def test_a_prosecutor_gives_more_time_and_receives_a_packet(page_as, site):
    referral = make_arrest_referral(site.person(Role.OFFICER), name="Priya Lund")
    assert referral
    page = page_as(site.person(Role.PROSECUTOR), size=DESK, path="/referrals/charges/")
    page.get_by_role("link", name=re.compile("Open Priya Lund")).click()
    says(page, "No result shared", "A decision can be recorded from")
    page.get_by_label("Your office’s file number").fill("DA-2231")
    press(page, "The packet is here")
    says(page, "DA-2231")
    until = timezone.localdate(timezone=site.site.tz) + 80 * DAY
    page.get_by_label("New day for the decision").fill(until.isoformat())
    press(page, "Give more time")
    says(page, "Until", f"{until:%b} {until.day}")


def test_a_supervisor_confirms_what_was_typed_late(page_as, site):
    manager, now = site.person(Role.CASE_MANAGER), timezone.now()
    late = taken(site, at=now - 33 * DAY, name="Curtis Hale")
    done(manager, late, "intake", on=window_of(manager, late).due_on, at=now)
    page = page_as(site.person(Role.SUPERVISOR))
    says(page, "Waits for your word")
    page.get_by_role("link", name=re.compile("Curtis Hale")).first.click()
    press(page, "Confirm it")
    says(page, "Confirmed.")
    page.goto("/")
    expect(page.get_by_role("heading", name="Waits for your word")).to_be_hidden()


def test_a_coordinator_fills_the_on_call_list(page_as, site):
    now = timezone.localtime(timezone.now(), site.site.tz)
    page = page_as(site.person(Role.COORDINATOR), size=DESK)
    page.get_by_role("link", name="Fill the on-call list").click()
    says(page, "Nobody is on call now")
    page.get_by_role("link", name="Add a shift").click()
    page.get_by_label("Who", exact=True).select_option(str(site.person(Role.CASE_MANAGER).pk))
    for name, at in (("From", now - timedelta(hours=1)), ("Until", now + timedelta(hours=9))):
        part = page.get_by_role("group", name=name)
        part.locator("input[type=date]").fill(f"{at:%Y-%m-%d}")
        part.locator("input[type=time]").fill(f"{at:%H:%M}")
    press(page, "Add the shift")
    expect(page.get_by_role("list", name="On call now, first to call first")).to_contain_text("Case manager 0")


def test_a_referrer_reads_received_and_nothing_else(page_as, site):
    page = page_as(site.person(Role.REFERRER), path="/referrals/community/new/")
    page.get_by_label("Name, also a street name").fill("Ola")
    page.get_by_label("Or about how old").fill("40")
    page.get_by_label("Where outreach can meet").fill("Fifth and Pine")
    page.get_by_role("group", name="Why you refer them").get_by_text("Nowhere safe to stay").click()
    press(page, "Send it")
    says(page, "The code to quote is")
    page.goto("/")
    rows = page.get_by_role("list", name="Your newest referrals").get_by_role("listitem")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text(re.compile("Received|In review"))
    expect(rows.first).not_to_contain_text("Ola")


def test_an_invited_person_chooses_a_password_from_the_mailed_link(page_as, site, settings):
    page = page_as(site.person(Role.ADMINISTRATOR), size=DESK)
    page.get_by_role("link", name="Invite a person").click()
    page.get_by_label("Sign-in name").fill("nia")
    page.get_by_label("E-mail").fill("nia@example.org")
    page.get_by_label("Name, as colleagues see it").fill("Nia Okafor")
    page.get_by_label("Role").select_option("case_manager")
    page.get_by_label("Organization").select_option(label="Case management 0 san-francisco")
    press(page, "Send the invitation")
    says(page, "Nia Okafor is invited")
    drain()
    (sent,) = [one for one in mail.outbox if one.to == ["nia@example.org"]]
    link = urlsplit(re.search(r"https?://\S+", sent.body)[0]).path
    fresh = page_as(path=link)
    for field in fresh.locator("input[type=password]").all():
        field.fill(PASSWORD)
    press(fresh, "Save the password")
    fresh.goto("/accounts/login/")
    fresh.get_by_label("Username").fill("nia")
    fresh.get_by_label("Password").fill(PASSWORD)
    press(fresh, "Sign in")
    expect(fresh.get_by_role("heading", name="Today")).to_be_visible()


def test_an_auditor_reads_what_is_recorded_and_opens_no_case(page_as, site):
    referral = make_arrest_referral(site.person(Role.OFFICER))
    page = page_as(site.person(Role.AUDITOR), size=DESK)
    says(page, "Today", "Nobody can change or delete a line")
    page.get_by_role("navigation").get_by_role("link", name="Audit").first.click()
    says(page, "What was done, opened and denied", "Referral: made")
    assert page.goto(f"/site/cases/{referral.pk}/").status == 403
    expect(page.get_by_role("heading", level=1)).to_be_visible()
