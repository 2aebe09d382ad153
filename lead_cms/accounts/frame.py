"""What every page's frame shows: where one can go, as whom one acts. It reads no domain table."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from lead_cms.access.permissions import CASEWORK, Permission, Role, has_permission
from lead_cms.accounts.kept import phone_key

# Label, URL name, permission: in this order in the header. Names, not imports: pages stand above this app.
PLACES = [
    ("Today", "today", Permission.TODAY),
    ("New referral", "referrals:check", Permission.REFERRAL_CREATE),
    ("My referrals", "referrals:list", Permission.REFERRAL_OWN),
    ("Refer a person", "referrals:community-new", Permission.COMMUNITY_CREATE),
    ("Your referrals", "referrals:community-list", Permission.COMMUNITY_OWN),
    ("To answer", "casefile:triage", Permission.TRIAGE),
    ("Held charges", "referrals:charge-list", Permission.CHARGE_VIEW),
    ("Windows", "casefile:windows", Permission.CASEWORK_VIEW),
    ("Caseloads", "casefile:caseloads", Permission.CASELOADS),
    ("Outreach", "casefile:look", Permission.OUTREACH),
    ("Since I left", "casefile:since", Permission.CASEWORK_VIEW),
    ("Find", "casefile:search", Permission.CASEWORK_VIEW),
    ("Asked of us", "services:inbox", Permission.SERVICE_ANSWER),
    ("My notes", "casefile:privileged-notes", Permission.LEGAL_AID),
    ("Services", "services:list", Permission.DIRECTORY_VIEW),
    ("Asked for", "services:asked-list", Permission.SERVICE_ASK),
    ("Months", "casefile:months", Permission.NOTES),
    ("Counts", "casefile:counts", Permission.COUNTS),
    ("Reports", "reports:list", Permission.REPORTS),
    ("On call", "referrals:on-call", Permission.ON_CALL_VIEW),
    ("Rules", "programs:rules", Permission.RULES_VIEW),
    ("Audit", "audit:list", Permission.AUDIT_VIEW),
    ("Re-opened", "audit:reopened", Permission.AUDIT_VIEW),
    ("Access", "audit:access", Permission.AUDIT_VIEW),
    ("People", "people:list", Permission.PEOPLE_MANAGE),
    ("Organizations", "people:organisations", Permission.PEOPLE_MANAGE),
]


# Whose words are kept on their own phone on every page. The police's are not, but for the referral they are filling in.
KEEPS_WORDS = CASEWORK | {Role.LEGAL_AID}

# How many stand side by side before the rest goes behind "More": on a phone, on a desk.
ON_PHONE, ON_DESK = 4, 7


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Places:
    """Always shown; shown where there is room; behind "More" everywhere."""

    first: list[Place]
    wide: list[Place]
    rest: list[Place]


def places(found: list[Place]) -> Places:
    """One place of each width is kept for "More" where not all of them fit."""
    phone = len(found) if len(found) <= ON_PHONE else ON_PHONE - 1
    desk = len(found) if len(found) <= ON_DESK else ON_DESK - 1
    return Places(found[:phone], found[phone:desk], found[desk:])


def frame(request) -> dict:
    membership = getattr(request, "membership", None)
    found = {"nav": [], "membership": membership, "phone_key": "", "theme": request.COOKIES.get("theme", "auto")}
    found["idle_seconds"] = (
        settings.SESSION_IDLE_SECONDS if getattr(request, "user", None) and request.user.is_authenticated else 0
    )
    if membership is not None:
        if membership.role in KEEPS_WORDS:
            found["phone_key"] = phone_key(request.user)
        for label, name, permission in PLACES:
            if has_permission(membership, permission):
                try:
                    url = reverse(name)
                except NoReverseMatch:
                    continue
                found["nav"].append(Place(label, url, request.path == url))
    found["places"] = places(found["nav"])
    return found
