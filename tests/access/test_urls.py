"""Role × URL × {own, another's, another site's}: 403 without the permission, 404 for what is not there for one, else a page.

The row an address names is looked up in the same oracle that the raw-SQL matrix uses. A new address without an entry fails.
"""

import re
import uuid

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver, reverse

from lead_cms.access.permissions import ROLE_PERMISSIONS, Role
from tests.access import rows as making
from tests.access.oracle import ORACLE, Person
from tests.conftest import StrictClient
from tests.factories import World

REFERRAL, CHARGE, PARTICIPANT = "referrals_referral", "referrals_heldcharge", "participants_participant"
MEMBERSHIP, ORGANISATION, NOTICE = "accounts_membership", "accounts_organisation", "notify_notice"
EVENT = "audit_auditevent"
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
    "referrals:on-call-end": SHIFT,
    "casefile:caseloads": None,
    "casefile:caseload-of": MEMBERSHIP,
    "referrals:on-call-plan": None,
    "referrals:on-call-hand-over": SHIFT,
    "referrals:on-call-offer": "referrals_shiftoffer",
    "casefile:windows": None,
    "casefile:outreach": None,
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
    "casefile:person-edit": PARTICIPANT,
    "casefile:person-phone": PARTICIPANT,
    "casefile:person-restrict": PARTICIPANT,
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


@pytest.fixture(scope="module")
def full(django_db_setup, django_db_blocker):
    """Both sites with every kind of row, in one transaction of the suite's own connection."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World.build()
        with making.walls_lifted("default"):
            rows = making.build([world.a, world.b], "default")
        yield world, rows
        transaction.set_rollback(True)


def _client(person):
    client = StrictClient(raise_request_exception=False)
    client.force_login(person.user)
    session = client.session
    session["membership_id"] = str(person.pk)
    session.save()
    return client


def _ask(client, path) -> int:
    """The status of the address, by GET or, where only that is allowed, by an empty POST; nothing it did stays."""
    with transaction.atomic():
        response = client.get(path)
        if response.status_code == 405:
            response = client.post(path)
        transaction.set_rollback(True)
    return response.status_code


def _keys(entry, key) -> dict:
    """The address's parameters: `key` for the first, something that fits for the others."""
    found = {}
    for number, (name, converter) in enumerate(entry.pattern.converters.items()):
        kind = type(converter).__name__
        if number == 0:
            found[name] = FITS.get(entry.name, WORDS.get(name, key)) if key == "x" else key
        elif kind == "UUIDConverter":
            found[name] = uuid.UUID(int=number)
        else:
            found[name] = WORDS.get(name, "x")
    return found


# What fits the parameters that are words.
WORDS = {
    "what": "treatment", "kind": "intake", "section": "x", "deed": "x", "report": "funnel", "form": "csv",
}  # fmt: skip
# A first parameter that is a word of this page's own: the kind of notice that reaches every role.
FITS = {"choice": "other"}
# Whatever the key, the answer is the same: letting go of a draft that is not there is done already.
ALIKE = {"referrals:draft-discard"}
# A second key that names nothing, or a record in another state, makes 404 a right answer for those who may ask, too.
NOT_ALWAYS_THERE = {
    "casefile:person-apart-lift", "casefile:person-staff-end",
    "casefile:answer", "casefile:confirm", "casefile:slip-card", "casefile:record", "casefile:record-section",
    "casefile:triage-one", "casefile:triage-yes", "casefile:triage-no", "people:person-sign-in",
    "referrals:packet", "referrals:packet-text", "referrals:packet-sent",
}  # fmt: skip
LOOKED_AT = {"plain", "past", "sealed", "community"}


@pytest.mark.parametrize("role", Role)
def test_role_by_address_by_object(full, role):
    world, rows = full
    asking, wrong = world.a.person(role, 0), []
    client = _client(asking)
    for name, entry in PAGES.items():
        allowed = entry.callback.required_permission in ROLE_PERMISSIONS[role]
        table = OBJECTS[name]
        if table is None:
            status = _ask(client, reverse(name, kwargs=_keys(entry, "x")))
            if (status == 403) == allowed or status in {404, 405, 500}:
                wrong.append(f"{name}: {status}")
            continue
        visible = ORACLE[table]["select"].get(role, lambda p, r: False)
        for row in _sample(rows.by_table[table])[: None if allowed else 1]:
            status = _ask(client, reverse(name, kwargs=_keys(entry, row.id)))
            there = name in ALIKE or visible(Person(role, "san-francisco", 0), row)
            expected = 403 if not allowed else "page" if there else 404
            status = "page" if status in {200, 204, 302, 400, 409} else status
            if status != expected and not (expected == "page" and status == 404 and name in NOT_ALWAYS_THERE):
                wrong.append(f"{name} {row.site} {row.n} {row.flavour} {row.role}: {status}, not {expected}")
    assert wrong == [], "\n".join(wrong)


def _sample(rows):
    """Own, another's, another site's; and of one's own each kind of record once."""
    here = [row for row in rows if row.site == "san-francisco"]
    roles = {row.role for row in rows}
    own = [row for row in here if row.n == 0 and (row.flavour in LOOKED_AT or len(roles) > 1)]
    others = [row for row in here if row.n == 1 and row.flavour in {"plain", "restricted"}]
    return own + others[:4] + [row for row in rows if row.site == "seattle" and row.flavour == "plain"][:1]


@pytest.mark.parametrize("role", Role)
def test_a_guessed_key_and_a_missing_one_answer_alike(full, role):
    """Another site's row and no row at all: the same status, the same words."""
    world, rows = full
    client, different = _client(world.a.person(role, 0)), []
    for name, entry in PAGES.items():
        table = OBJECTS[name]
        if table is None:
            continue
        foreign = next(row for row in rows.by_table[table] if row.site == "seattle")
        pages = []
        for key in (foreign.id, uuid.UUID(int=7)):
            with transaction.atomic():
                path = reverse(name, kwargs=_keys(entry, key))
                response = client.get(path)
                if response.status_code == 405:
                    response = client.post(path)
                transaction.set_rollback(True)
            body = response.content.decode().replace(str(key), "KEY")
            pages.append((response.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", body)))
        if pages[0] != pages[1]:
            different.append(f"{name}: {pages[0][0]} and {pages[1][0]}")
    assert different == [], "\n".join(different)


def test_nobody_gets_in_without_signing_in(full):
    client = StrictClient()
    for name, entry in PAGES.items():
        response = client.get(reverse(name, kwargs=_keys(entry, uuid.UUID(int=7))))
        assert response.status_code in {302, 405}, name
        if response.status_code == 302:
            assert response.url.startswith(reverse("account_login"))
