"""What each address is for, and what it must answer to whom: 403 without the permission, 404 for what is not there for one.

The row an address names is looked up in the same oracle that the raw-SQL matrix uses. A new address without an entry fails.
Role × URL × {own, another's, another site's} is asked by the walk of test_information_flow.py.
"""

import uuid
from dataclasses import replace

import pytest
from django.urls import URLPattern, get_resolver, reverse

from lead_cms.access.permissions import ROLE_PERMISSIONS, Role
from tests.access.oracle import ORACLE
from tests.access.rows_of_merging import PUT_AWAY
from tests.access.whose import Person
from tests.conftest import StrictClient

REFERRAL, CHARGE, PARTICIPANT = "referrals_referral", "referrals_heldcharge", "participants_participant"
MEMBERSHIP, ORGANISATION, NOTICE = "accounts_membership", "accounts_organisation", "notify_notice"
GOAL, PLACE, TRUSTED = "participants_goal", "participants_reachplace", "participants_trustedperson"
EVENT, NOTE, LEGAL = "audit_auditevent", "participants_contactnote", "participants_legalevent"
PUBLISHED = "reports_publishedreport"
SHIFT, CONSENT, DRAFT = "referrals_oncallshift", "participants_consent", "referrals_draft"
SERVICE_REFERRAL = "services_servicereferral"
SERVICE, LOCATION, SERVICE_PROVIDER = "services_service", "services_location", "services_provider"
# Address: the table whose row its key names; None when it names none.
OBJECTS: dict[str, str | None] = {
    "today": None,
    "styleguide": None,
    "people:list": None,
    "people:invite": None,
    "people:organisations": None,
    "people:organisation": ORGANISATION,
    "people:person": MEMBERSHIP,
    "people:person-role": MEMBERSHIP,
    "people:person-change": MEMBERSHIP,
    "people:person-email": MEMBERSHIP,
    "people:person-end": MEMBERSHIP,
    "people:person-sign-in": MEMBERSHIP,
    "referrals:list": None,
    "referrals:check": None,
    "referrals:new": None,
    "referrals:youth": None,
    "referrals:draft": None,
    "referrals:draft-discard": DRAFT,
    "referrals:called": REFERRAL,
    "referrals:agency": None,
    "referrals:own": REFERRAL,
    "referrals:stamp": REFERRAL,
    "referrals:nobody-came": REFERRAL,
    "referrals:said": REFERRAL,
    "referrals:correct": REFERRAL,
    "referrals:details": REFERRAL,
    "referrals:cancel": REFERRAL,
    "referrals:correction": REFERRAL,
    "referrals:confirm": REFERRAL,
    "referrals:packet": REFERRAL,
    "referrals:packet-text": REFERRAL,
    "referrals:packet-sent": REFERRAL,
    "referrals:approval": REFERRAL,
    "referrals:charge-list": None,
    "referrals:charge": CHARGE,
    "referrals:charge-decide": CHARGE,
    "referrals:charge-extend": CHARGE,
    "referrals:charge-receive": CHARGE,
    "referrals:on-call": None,
    "referrals:on-call-add": None,
    "referrals:on-call-end": SHIFT,
    "casefile:caseloads": None,
    "casefile:caseload-of": MEMBERSHIP,
    "casefile:team-waiting": None,
    "casefile:note-reviews": None,
    "casefile:team-served": None,
    "casefile:nudge": REFERRAL,
    "casefile:nudge-note": NOTE,
    "referrals:on-call-plan": None,
    "referrals:on-call-hand-over": SHIFT,
    "referrals:on-call-offer": "referrals_shiftoffer",
    "casefile:windows": None,
    "casefile:outreach": None,
    "casefile:look": None,
    "casefile:since": None,
    "casefile:line-erase": "participants_shiftline",
    "casefile:look-try": REFERRAL,
    "casefile:look-take-back": "referrals_attempt",
    "casefile:telephone-new": None,
    "casefile:case": REFERRAL,
    "casefile:handoff": REFERRAL,
    "casefile:stamp": REFERRAL,
    "casefile:take": REFERRAL,
    "casefile:left": REFERRAL,
    "casefile:attempt": REFERRAL,
    "casefile:appointment": REFERRAL,
    "casefile:answer": REFERRAL,
    "casefile:item": REFERRAL,
    "casefile:confirm": REFERRAL,
    "casefile:settle": REFERRAL,
    "casefile:event": REFERRAL,
    "casefile:step-back": REFERRAL,
    "casefile:come-back": REFERRAL,
    "casefile:end": REFERRAL,
    "casefile:seal": REFERRAL,
    "casefile:assign": REFERRAL,
    "casefile:outreach-change": REFERRAL,
    "audit:list": None,
    "audit:export": None,
    "audit:event": EVENT,
    "audit:reopened": None,
    "audit:access": None,
    "notify:list": None,
    "notify:open": NOTICE,
    "notify:choices": None,
    "notify:choice": None,
    "casefile:consent": REFERRAL,
    "casefile:consent-ask": REFERRAL,
    "casefile:consent-back": CONSENT,
    "casefile:consents": PARTICIPANT,
    "casefile:emergency": None,
    "casefile:emergency-end": "participants_emergencyaccess",
    "casefile:person-apart": PARTICIPANT,
    "casefile:person-apart-lift": PARTICIPANT,
    "casefile:person-staff": PARTICIPANT,
    "casefile:person-staff-end": PARTICIPANT,
    "casefile:told": PARTICIPANT,
    "casefile:consent-copy": CONSENT,
    "casefile:consent-revoke": REFERRAL,
    "casefile:counts": None,
    "reports:list": None,
    "reports:report": None,
    "reports:export": None,
    "reports:publish": None,
    "reports:supplied": None,
    "reports:gets-along": PARTICIPANT,
    "reports:published-list": None,
    "reports:published": PUBLISHED,
    "reports:published-export": PUBLISHED,
    "reports:withdraw": PUBLISHED,
    "casefile:letter": REFERRAL,
    "casefile:link": REFERRAL,
    "casefile:person": PARTICIPANT,
    "casefile:person-reach": PARTICIPANT,
    "casefile:place-new": PARTICIPANT,
    "casefile:trusted-new": PARTICIPANT,
    "casefile:self-report": PARTICIPANT,
    "casefile:self-question": PARTICIPANT,
    "casefile:place": PLACE,
    "casefile:place-remove": PLACE,
    "casefile:trusted": TRUSTED,
    "casefile:trusted-remove": TRUSTED,
    "casefile:alike": None,
    "casefile:alike-different": "participants_likelypair",
    "casefile:plan": PARTICIPANT,
    "casefile:plan-paper": PARTICIPANT,
    "casefile:goal-new": PARTICIPANT,
    "casefile:goal": GOAL,
    "casefile:goal-edit": GOAL,
    "casefile:step-answer": "participants_goalstep",
    "casefile:court": PARTICIPANT,
    "casefile:court-date": LEGAL,
    "casefile:court-answer": LEGAL,
    "casefile:legal-aid": PARTICIPANT,
    "casefile:legal-aid-end": "participants_legalaidgiven",
    "casefile:legal-person": "participants_legalaidgiven",
    "casefile:privileged-notes": None,
    "casefile:files": PARTICIPANT,
    "casefile:file": "participants_personfile",
    "casefile:file-open": "participants_personfile",
    "casefile:file-remove": "participants_personfile",
    "casefile:months": None,
    "casefile:person-months": PARTICIPANT,
    "casefile:notes": PARTICIPANT,
    "casefile:note-new": PARTICIPANT,
    "casefile:note-keep": PARTICIPANT,
    "casefile:note": NOTE,
    "casefile:note-write": NOTE,
    "casefile:note-throw-away": NOTE,
    "casefile:person-edit": PARTICIPANT,
    "casefile:person-phone": PARTICIPANT,
    "casefile:person-twice": PARTICIPANT,
    "casefile:person-merge": PARTICIPANT,
    "casefile:merge": "participants_merge",
    "casefile:person-restrict": PARTICIPANT,
    "casefile:seen": PARTICIPANT,
    "casefile:taking-part": PARTICIPANT,
    "casefile:seen-erase": "participants_lastseen",
    "casefile:record": REFERRAL,
    "casefile:record-section": REFERRAL,
    "casefile:search": None,
    "casefile:slip": REFERRAL,
    "casefile:slip-card": REFERRAL,
    "casefile:talk": REFERRAL,
    "casefile:triage": None,
    "casefile:triage-no": REFERRAL,
    "casefile:triage-one": REFERRAL,
    "casefile:triage-yes": REFERRAL,
    "programs:rules": None,
    "referrals:community-list": None,
    "referrals:community-new": None,
    "services:list": None,
    "services:service": SERVICE,
    "services:verify": SERVICE,
    "services:edit": SERVICE,
    "services:hours": SERVICE,
    "services:location-new": SERVICE,
    "services:location": LOCATION,
    "services:location-remove": LOCATION,
    "services:provider-new": None,
    "services:provider": SERVICE_PROVIDER,
    "services:provider-link": SERVICE_PROVIDER,
    "services:new": SERVICE_PROVIDER,
    "services:ask": SERVICE,
    "services:asked-list": None,
    "services:asked": SERVICE_REFERRAL,
    "services:asked-answer": SERVICE_REFERRAL,
    "services:asked-call-off": SERVICE_REFERRAL,
    "services:gap": PARTICIPANT,
    "services:inbox": None,
    "services:request": SERVICE_REFERRAL,
    "services:answer": SERVICE_REFERRAL,
    "services:appointment": SERVICE_REFERRAL,
}
PLAIN = {"healthz", "readyz"}


def addresses(patterns=None, namespace=""):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry.url_patterns, inner)


PAGES = {name: entry for name, entry in addresses() if hasattr(entry.callback, "required_permission")}
ACCOUNT = {name for name, entry in addresses() if getattr(entry.callback, "account_page", False)}


def test_every_address_has_an_entry():
    assert set(PAGES) == set(OBJECTS)
    assert {name for name, _ in addresses()} == set(PAGES) | ACCOUNT | PLAIN


def test_only_the_listed_addresses_are_public():
    public = {name for name, entry in addresses() if not getattr(entry.callback, "login_required", True)}
    assert public == PLAIN | {
        "account_login", "account_logout", "account_inactive", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_authenticate", "first-password",
        "theme",
    }  # fmt: skip


# Whatever the key, the answer is the same: letting go of a draft that is not there is done already.
ALIKE = {"referrals:draft-discard"}
# A second key that names nothing, or a record in another state, makes 404 a right answer for those who may ask, too.
NOT_ALWAYS_THERE = {
    "casefile:person-apart-lift", "casefile:person-staff-end",
    "casefile:answer", "casefile:confirm", "casefile:slip-card", "casefile:record", "casefile:record-section",
    "casefile:triage-one", "casefile:triage-yes", "casefile:triage-no", "people:person-sign-in",
    "referrals:packet", "referrals:packet-text", "referrals:packet-sent",
}  # fmt: skip


def wrong_answers(role: Role, answers) -> list[str]:
    """Of (what was opened, status), those that should be otherwise: 403 without the permission, 404 for what is not there."""
    wrong = []
    for opened, status in answers:
        expected = _expected(role, opened.name, opened.row)
        got = "page" if status in {200, 204, 302, 307, 400, 409} else status
        if got != expected and not (expected == "page" and got == 404 and opened.name in NOT_ALWAYS_THERE):
            wrong.append(f"{opened}: {status}, not {expected}")
    return wrong


def _expected(role: Role, name: str, row):
    if PAGES[name].callback.required_permission not in ROLE_PERMISSIONS[role]:
        return 403
    if OBJECTS[name] is None or name in ALIKE:
        return "page"
    visible = ORACLE[OBJECTS[name]]["select"].get(role, lambda p, r: False)
    if row.role == PUT_AWAY:  # its address leads to the kept record, which is seen or not
        row = replace(row, role="")
    return "page" if visible(Person(role, "san-francisco", 0), row) else 404


@pytest.mark.django_db
def test_nobody_gets_in_without_signing_in():
    client = StrictClient()
    for name, entry in PAGES.items():
        keys = {
            parameter: uuid.UUID(int=7) if type(converter).__name__ == "UUIDConverter" else "x"
            for parameter, converter in entry.pattern.converters.items()
        }
        response = client.get(reverse(name, kwargs=keys))
        assert response.status_code in {302, 405}, name
        if response.status_code == 302:
            assert response.url.startswith(reverse("account_login"))
