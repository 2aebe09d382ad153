"""Signing in with a browser: password, second step, and a form that an idle lock caught on its way."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from lead_cms.access.permissions import Role
from tests.factories import PASSWORD, World


@pytest.fixture
def people(live):
    return World.build().a


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(page, username, password=PASSWORD):
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_sign_in_second_step_and_sign_out(page_as, people, axe):
    officer = people.person(Role.OFFICER)
    page = page_as(path="/")
    axe(page)
    sign_in(page, officer.user.username, "not it")
    expect(page.get_by_role("alert")).to_contain_text("do not sign in")
    axe(page)
    sign_in(page, officer.user.username)
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.locator("details.who > summary").click()
    page.get_by_role("link", name="Second step of signing in").click()
    axe(page)
    page.get_by_role("link", name="Set up the app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").or_(page.locator("main button.btn-primary")).first.click()
    secret = page.locator("code.secret").inner_text()
    axe(page)
    page.get_by_label(re.compile("code", re.I)).fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page).to_have_url(re.compile("recovery-codes"))
    axe(page)
    page.locator("details.who > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    sign_in(page, officer.user.username)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    axe(page)
    page.get_by_label(re.compile("^Code")).fill(code_of(secret))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_an_idle_lock_in_the_middle_of_a_form_is_made_good(page_as, people, axe, settings):
    referrer = people.person(Role.REFERRER)
    page = page_as(referrer, path="/referrals/community/new/")
    page.get_by_label("Name, also a street name").fill("Ola Ω “Nana”")
    page.get_by_label("Or about how old").fill("41")
    page.get_by_label("Where outreach can meet").fill("Fifth and Pine & <b>")
    page.get_by_label("Nowhere safe to stay").check()
    page.get_by_label("In danger from others").check()
    settings.SESSION_IDLE_SECONDS = 0
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    settings.SESSION_IDLE_SECONDS = 1800
    sign_in(page, referrer.user.username)
    expect(page.get_by_role("heading", name="You were sending something")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("Received. The code to quote is")).to_be_visible()


def test_a_key_is_added_and_signs_in(page_as, people, axe):
    """A key of the browser's own making, which is there and knows its owner as soon as it is asked."""
    officer = people.person(Role.OFFICER)
    page = page_as(officer, path="/accounts/2fa/webauthn/add/")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True,
           "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button.btn-primary").first.click()
    expect(page.get_by_role("heading", name="Add a key")).to_be_visible()
    axe(page)
    page.get_by_label("Name").fill("Key on the ring")
    page.get_by_role("button", name="Add the key").click()
    expect(page).to_have_url(re.compile("recovery-codes"))
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("Key on the ring").first).to_be_visible()
    page.locator("details.who > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    sign_in(page, officer.user.username)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
