"""Every page of every role on seeded data: nothing that axe minds, phone and desk, light and dark, no sideways scrolling.

The data are seeded once for the module and committed; the live server and the test see the same database.
"""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page as Tab
from pytest_django.live_server_helper import LiveServer

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from participants.actions.files import Sent, keep_file
from participants.actions.merging import fields_of, merge, seen_as
from participants.actions.notes import Page, Written, keep_note
from participants.actions.persons import Names
from participants.actions.plan import Said, Wanted, add_step, begin_goal, review_goal
from participants.enums import ConsentKind
from participants.models import Consent, ContactNote, Participant
from referrals.actions import linking, taking, talking
from referrals.models import Referral
from tests.access.pages import addresses_at, pages_of, rows_of
from tests.access.test_urls import addresses
from tests.access.walking import SENT
from tests.browser.conftest import DESK, FULL, PHONE, look_of
from tests.browser.rare_pages import (
    IN_MAILS,
    OF_A_KEY,
    STEPS,
    links_in_mails,
    refusals,
    second_steps,
    session_with_password,
)  # fmt: skip
from tests.browser.rare_people import add_rare_people
from tests.conftest import empty_tables
from tests.core.making_papers import pdf
from tests.referrals.making import make_arrest_referral, rules_of

SHOTS = os.environ.get("AXE_SHOTS")  # a folder for a picture of every page, both sizes and schemes
# Both sizes and both schemes, each with everything that axe knows; Today, where every role lands, in all four.
LOOKS = [(PHONE, "light", FULL), (DESK, "dark", FULL)]
LANDING = [*LOOKS, (PHONE, "dark", FULL), (DESK, "light", FULL)]
# Pages whose look depends on the state of what they show: one of each state instead of one.
BY_STATE = {
    "referrals:own": lambda row: (row.status, row.door),
    "casefile:case": lambda row: (row.status, row.door),
    "referrals:charge": lambda row: (bool(row.decided_at), row.extension_count > 0),
    # One's own that is still to come is among many.
    "referrals:on-call-hand-over": lambda row: row.person_id if row.ends_at > timezone.now() else None,
}
MOST_STATES, MOST_TRIED = 4, 30
FILES = {"casefile:file-open", "reports:export", "reports:published-export", "audit:export", "referrals:packet-text"}
NEEDS_AN_ANSWER = {"referrals:new"}  # the first screen leads to it: test_officer_journey.py
RARE: list = []  # keys of what is added to the seeded data; looked at first
# Other faces of the same address.
ALSO = {
    "referrals:charge-list": ["?show=decided", "?show=due"],
    "styleguide": ["?look=dark"],
    "audit:list": ["?since=x&show=sign_ins&record=y", "?who=nobody-of-this-name", "?show=sign_ins"],
    "audit:access": ["?show=ending", "?show=idle"],
    "casefile:windows": ["?who=team", "?who=none"],
    "casefile:look": ["?who=team", "?who=later"],
    "casefile:counts": ["?by=month&back=1"],
    "referrals:on-call": ["?week=1"],
    "referrals:youth": ["?door=arrest"],
}
SIGNED_OUT = ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
SIGNED_IN = ["account_change_password", "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn",
             "mfa_list_webauthn", "account_logout"]  # fmt: skip
# Looked at by another test, or no page.
ELSEWHERE = {
    "casefile:person-merge": "test_merging.py", "casefile:slip-card": "test_person.py", "held-form": "test_sign_in.py",
    "mfa_authenticate": "test_sign_in.py", "mfa_reauthenticate_webauthn": "the same form, for the browser's own window",
    "mfa_download_recovery_codes": "a file", "switch": "leads on", "stay": "leads on", "theme": "leads on",
    "healthz": "for machines", "readyz": "for machines",
}  # fmt: skip


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[LiveServer]:
    """A live server over sixty seeded referrals; everything is emptied again at the end."""
    before = os.environ.get("LEAD_DATA")
    with django_db_blocker.unblock():
        os.environ["LEAD_DATA"] = str(tmp_path_factory.mktemp("demo"))
        try:
            call_command("seed_demo", referrals=60, verbosity=0)
        finally:
            os.environ.pop("LEAD_DATA") if before is None else os.environ.update(LEAD_DATA=before)
        _add_what_is_rare()
        server = LiveServer("localhost")
        server._live_server_modified_settings.enable()
        yield server
        server.stop()
        server._live_server_modified_settings.disable()
        empty_tables(connections["owner"], connections["default"])


def _add_what_is_rare() -> None:
    """What sixty seeded referrals need not hold: a talk in private, an approval that waits, an officer not sure."""
    officer, manager, now = member(Role.OFFICER), member(Role.CASE_MANAGER), timezone.now()
    with acting_as(officer), transaction.atomic():
        asked = {one.code: "no" for one in rules_of(officer).exclusions_for("arrest")} | {"supervision": "yes"}
    with transaction.atomic():
        asking = make_arrest_referral(officer, answers=asked, name="Ana Soto")
        unsure = make_arrest_referral(officer, is_sure=False)
        made = make_arrest_referral(officer, name="Omar Reed")
    RARE[:] = [made.pk, asking.pk, unsure.pk]
    with acting_as(manager), transaction.atomic():
        referral = taking.take_over(referral=Referral.objects.get(pk=made.pk), by=manager, at=now)
        talking.begin_talk(referral=referral, others_present="nobody", by=manager, at=now)
        begun = ContactNote.objects.order_by("-happened_at").first().participant
        given = Written(happened_at=now, kind="phone", minutes=10, detail="Not signed yet.", line="Called back.")
        note = keep_note(key=uuid4(), participant=begun, given=given, page=Page(uuid4(), now), by=manager, at=now)
        case = linking.link_new(
            referral=Referral.objects.get(pk=made.pk), names=Names(given_name="Omar", family_name="Reed"), said_yes=True,
            is_restricted=False, by=manager, at=now,
        )  # fmt: skip
        wanted = Wanted(words="A door that I can lock", why="So that I sleep.", scale=3)
        goal = begin_goal(participant=case.participant, given=wanted, by=manager, at=now)
        add_step(goal=goal, words="Look at the room", who="together", by_when=None, by=manager, at=now)
        review_goal(goal=goal, given=Said(state="partly", went_well="Went there alone.", scale=4), by=manager, at=now)
        paper = Sent(kind="letter", title="Letter from housing", content=pdf())
        file = keep_file(key=uuid4(), participant=case.participant, given=paper, by=manager, at=now)
        RARE.extend(add_rare_people(case.participant, manager, now))
        merged = _put_together(manager, case.participant, now)
        # One whose signed consent stands, which the first few referrals need not have.
        standing = Consent.objects.filter(kind=ConsentKind.CRIMINAL_JUSTICE, signed_at__isnull=False, revoked_at=None)
        given = standing.filter(superseded_at=None, referral_id__isnull=False).first()
    RARE.extend([note.pk, goal.pk, file.pk, merged.pk, given.referral_id])


def _put_together(by: Membership, person: Participant, now):
    """Somebody of theirs who was twice in the records."""
    referral = make_arrest_referral(member(Role.OFFICER), name="O. Reed")
    referral = taking.take_over(referral=Referral.objects.get(pk=referral.pk), by=by, at=now)
    other = linking.link_new(
        referral=referral, names=Names(given_name="O.", family_name="Reed"), said_yes=True, is_restricted=False, by=by, at=now
    ).participant  # fmt: skip
    person.refresh_from_db()
    chosen = {field.name: field.first for field in fields_of(person, other)}
    return merge(one=person, other=other, choices=chosen, seen=seen_as(person, other), days=30, by=by, at=now)


def member(role: Role, site: str = "san-francisco") -> Membership:
    with acting_as(Duty.OPERATOR), transaction.atomic():
        found = Membership.objects.filter(role=role, site__slug=site).select_related("user", "site", "organisation")
        return found.order_by("user__username").first()


def _keys(name: str, by: Membership) -> list:
    """Keys of rows that the role can see, one of each state first."""
    rows = rows_of(name, by)
    if rows == [None]:
        return rows
    state = BY_STATE.get(name, lambda row: getattr(row, "status", None))
    first = {state(row): row.pk for row in rows}
    keys = [row.pk for row in rows]
    return list(dict.fromkeys([*(key for key in RARE if key in keys), *first.values(), *keys]))[:MOST_TRIED]


class Reader:
    """Opens page after page, each in its looks, and keeps what is wrong."""

    def __init__(self, page: Tab, name: str, twin_of):
        self.name, self.page, self.wrong, self.said, self.twin_of = name, page, [], [], twin_of
        page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, path: str, looks: list = LOOKS, *, leads_on: bool = False) -> bool:
        """Whether one comes to a page, and at this address where it may not lead on to another; what stands there is read."""
        self.said.clear()
        response = self.page.goto(path)
        if response.status >= 500:
            self.wrong.append(f"{path}: {response.status}")
        if response.status != 200 or (response.request.redirected_from and not leads_on):
            return False
        self.look(path, looks)
        return True

    def is_there(self, path: str) -> bool:
        """Whether a page answers at this address; a fault does, too, to be opened and complained of."""
        status = self.page.request.get(path, max_redirects=0).status
        return status == 200 or status >= 500

    def open_every_page(self, by: Membership) -> set[str]:
        """Every page of the role with a row that it can see, and its looks; the names of those that no row opened."""
        closed = set()
        for name, entry in pages_of(by.role):
            if name in SENT or name in FILES:
                continue
            shown, looks = 0, LANDING if name == "today" else LOOKS
            for tried, key in enumerate(_keys(name, by)):
                # To open a page that is none costs as much as one that is: from the second on it is asked for first.
                if tried and not any(self.is_there(path) for path in addresses_at(name, entry, key)):
                    continue
                shown += any([self.open(path, looks) for path in addresses_at(name, entry, key)])
                if shown >= (MOST_STATES if name in BY_STATE else 1):
                    break
            closed |= set() if shown else {name}
            for query in ALSO.get(name, []):
                assert self.open(reverse(name) + query, looks), name + query
        return closed

    def look(self, path: str, looks: list) -> None:
        twin = self.twin_of(self.page, as_there=False)
        # The look that stands already comes first: to turn a page to another one costs as much as to read it.
        for size, scheme, options in sorted(looks, key=lambda one: twin.look != look_of(*one[:2])):
            twin.as_on(size, scheme)
            self.wrong += [f"{path} {size['width']} {scheme}: {line}" for line in twin.violations(options)]
            if SHOTS:
                self.picture(path, size, scheme)
        self.wrong += [f"{path}: console: {line}" for line in self.said]

    def show(self, name: str, html: str) -> None:
        """A page that no address gives with 200, at an address of the server, for its styles."""
        path = f"/shown/{name.replace(' ', '-')}"
        self.page.route(f"**{path}", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        assert self.open(path), path

    def picture(self, path: str, size: dict, scheme: str) -> None:
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        name = path.strip("/").replace("/", "-").replace("?", "-") or "today"
        self.page.screenshot(path=f"{SHOTS}/{self.name}-{name[:60]}-{size['width']}-{scheme}.png", full_page=True)


@pytest.fixture
def reader_of(seeded, browser, twin_of):
    contexts = []

    def open_reader(membership=None) -> Reader:
        context = browser.new_context(
            base_url=seeded.url, viewport=PHONE, locale="en-US", accept_downloads=False, reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if membership is not None:
            session = session_with_password(membership)
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": seeded.url}
            context.add_cookies([cookie])
        return Reader(context.new_page(), membership.role if membership else "nobody", twin_of)

    yield open_reader
    for context in contexts:
        context.close()


@pytest.mark.parametrize("role", Role)
def test_every_page_of(role, reader_of):
    by = member(role)
    reader = reader_of(by)
    closed = reader.open_every_page(by)
    assert not reader.wrong, "\n".join(reader.wrong)
    assert not closed - NEEDS_AN_ANSWER, f"nothing in the data opens {closed}"


def test_no_address_is_left_out():
    opened = {name for role in Role for name, _ in pages_of(role)} | {
        *SIGNED_OUT,
        *SIGNED_IN,
        *IN_MAILS,
        *STEPS,
        *OF_A_KEY,
    }
    every = {name for name, _ in addresses()}
    assert every - opened - set(SENT) == set(ELSEWHERE)


def test_the_pages_of_an_account(reader_of):
    user, secured = member(Role.OFFICER, "seattle"), member(Role.LIAISON, "seattle")
    nobody, officer, liaison = reader_of(), reader_of(user), reader_of(secured)
    # A link in a mail leads on to an address that does not hold its mark; nothing else leads on.
    for path in links_in_mails(secured.user):
        assert nobody.open(path, leads_on=True), path
    for reader, paths in (
        (nobody, map(reverse, SIGNED_OUT)), (officer, map(reverse, SIGNED_IN)), (liaison, second_steps(secured.user)),
    ):  # fmt: skip
        for path in paths:
            assert reader.open(path), path
    assert not nobody.wrong + officer.wrong + liaison.wrong, "\n".join(nobody.wrong + officer.wrong + liaison.wrong)


def test_the_pages_that_say_no(reader_of):
    reader = reader_of()
    for name, html in refusals(member(Role.OFFICER), member(Role.REFERRER, "seattle")).items():
        reader.show(name, html)
    assert not reader.wrong, "\n".join(reader.wrong)
