"""What a consent in force opens to the prosecutor's office on one charge; written down each time it is shown.

API
    told_on(charge=, by=) -> Told, with `shared` ("met", or nothing) and `besides` (of a consent to LEAD partners, or nothing)
`charge` is one that `charge_list.opened` gave.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from lead_cms.accounts.models import Membership
from lead_cms.programs.current import current_ruleset, rules_for
from participants.actions.disclosing import disclose_apart
from participants.enums import BARRIERS_TOLD, PROGRESS_TOLD, InformationClass
from referrals.models import HeldCharge

C = InformationClass


@dataclass(frozen=True)
class Shared:
    """ "Met", with the scope of the consent that opens it. There is no other result to show."""

    scope: str
    signed_at: datetime


@dataclass(frozen=True)
class Besides:
    """Who takes part, whom to call, how it goes: where a consent names this office for it; nothing of the window."""

    scopes: list[str]
    case_manager: Membership | None
    is_contact_open: bool
    taking_part_since: date | None
    is_enrolment_open: bool
    progress: list[str]  # words of codes; empty reads the same as no consent to it
    barriers: list[str]


@dataclass(frozen=True)
class Told:
    shared: Shared | None = None
    besides: Besides | None = None


def told_on(*, charge: HeldCharge, by: Membership) -> Told:
    """What row security lets `by` read of the person's result and of what they share besides; None says nothing."""
    facts = _facts(charge, by)
    purposes = {C.WINDOW_RESULT: "filing_decision"} if charge.has_result else {}
    purposes |= dict.fromkeys(facts, "legal_coordination")
    told = disclose_apart(purposes, by=by, referral_id=charge.referral_id, target=charge)
    result = told.pop(C.WINDOW_RESULT, None)
    shared = Shared(scope=result.scope, signed_at=result.signed_at) if result else None
    return Told(shared, _besides({what: facts[what] for what in told}, [one.scope for one in told.values()]))


def _facts(charge: HeldCharge, by: Membership) -> dict[str, object]:
    """What a consent to this office opens now, by information class."""
    with connection.cursor() as cursor:
        cursor.execute("select * from app.told_of_referral(%s, %s)", [charge.referral_id, _days_in_touch(by)])
        found = cursor.fetchall()
    facts: dict[str, object] = {}
    for what, case_manager_id, since, codes in found:
        facts.setdefault(what, codes or (case_manager_id if what == C.LEGAL_COORDINATION else since))
    return facts


def _besides(facts: dict, scopes: list[str]) -> Besides | None:
    if not facts:
        return None
    manager = facts.get(C.LEGAL_COORDINATION)
    return Besides(
        scopes=list(dict.fromkeys(scopes)),
        case_manager=Membership.objects.filter(pk=manager).first() if manager else None,
        is_contact_open=C.LEGAL_COORDINATION in facts,
        taking_part_since=facts.get(C.ENROLMENT),
        is_enrolment_open=C.ENROLMENT in facts,
        progress=[PROGRESS_TOLD[code] for code in facts.get(C.GENERAL_PROGRESS, ())],
        barriers=[BARRIERS_TOLD[code] for code in facts.get(C.BARRIERS, ())],
    )


def _days_in_touch(by: Membership) -> int | None:
    """How long a talk counts as being in touch, by the site's rules; where they say nothing, nothing is told of it."""
    ruleset = current_ruleset(by.site_id, timezone.localdate(timezone=by.site.tz))
    return rules_for(ruleset).caseload.out_of_touch_days if ruleset else None
