"""Making a referral: one person at one door. The rules are asked again here, whatever a page was told before.

API
    make_referral(by=officer, at=, given=Given(...), submission_key=uuid) -> Referral
    make_telephone_referral(by=whoever is on call, at=, given=, submission_key=, agency=, name=, badge=) -> Referral
    assess_given(rules, given, at=, zone=) -> Assessment
    faults(given, rules, assessment, at=, zone=) -> [DomainError]     all of them, for a form
Both raise DomainError with the field it belongs beside, and UnderAge before anything is written.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership, Organisation, OrganisationKind
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.core.inserting import insert, pipelined
from lead_cms.core.prepared import prepared
from lead_cms.programs.current import current_ruleset, rules_for
from lead_cms.programs.eligibility import Assessment, assess
from lead_cms.programs.rules import Rules
from referrals.actions.approvals import ask_approval
from referrals.actions.opening import open_up
from referrals.actions.references import new_reference
from referrals.actions.repeating import ask_whether_another, say_time
from referrals.enums import Amount, Complainant, Door, PersonAnswer, ReferralStatus, ThreeWay
from referrals.models import EligibilityAnswer, Handoff, Referral, ReferralOffence, ReferredPerson

Fault = tuple[str, str]  # the field, and what is said beside it

OLDEST_YEARS = 120
# Of an offer that was declined or could not be made no name is kept: it is counted, and that is all.
NAMELESS = (ReferralStatus.DECLINED, ReferralStatus.INELIGIBLE, ReferralStatus.NOT_APPROVED)


class UnderAge(DomainError):
    """Too young for LEAD: nothing may be saved, and the youth number is given."""


class SameForm(Exception):
    """The form was sent twice; the first one made the referral."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was given about one person. Offences are codes, of the site's list or not; `held` is those whose charge is.

    `held=None` holds every one that can be diverted. `approval_said` is what an approver said on the telephone.
    """

    door: str
    offences: tuple[str, ...] = ()
    held: tuple[str, ...] | None = None
    amount: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    is_sure: bool = True
    incident_number: str = ""
    is_another_person: bool = False
    occurred_at: datetime | None = None
    precinct: str = ""
    name: str = ""
    description: str = ""
    birth_date: date | None = None
    age_about: int | None = None
    greeting: str = ""
    perceived_race: str = ""
    perceived_gender: str = ""
    person_answer: str = ""
    decline_reason: str = ""
    meeting_place: str = ""
    nobody_meets: bool = False
    approval_said: str = ""
    approval_whom: str = ""
    approval_at: datetime | None = None
    complainant: str = ""  # what the person or business harmed says, where the rules ask before an offer


@transaction.atomic
def make_referral(*, by: Membership, at: datetime, given: Given, submission_key: uuid.UUID, called_at=None) -> Referral:
    """An officer's referral, with all that follows from it. The same form sent twice makes one."""
    referral = Referral(
        officer=by, agency_id=by.organisation_id, entered_by=by, site_id=by.site_id, submission_key=submission_key
    )
    return _make(referral, by=by, at=at, given=given, called_at=called_at)


@transaction.atomic
def make_telephone_referral(
    *,
    by: Membership,
    at: datetime,
    given: Given,
    submission_key: uuid.UUID,
    agency: Organisation,
    name: str,
    badge: str,
) -> Referral:
    """A referral that an officer gave by telephone: the same clock; it waits for the officer's or the liaison's tap."""
    if agency.kind != OrganisationKind.POLICE or agency.site_id != by.site_id:
        raise DomainError("Choose the officer’s agency.", field="agency")
    if not name.strip() and not badge.strip():
        raise DomainError("Enter the officer’s name or badge.", field="given_by_name")
    officer = officer_with_badge(agency, badge, at)
    referral = Referral(
        officer=officer, agency=agency, entered_by=by, site_id=by.site_id, submission_key=submission_key,
        by_telephone=True, given_by_name=name.strip(), given_by_badge=badge.strip(),
    )  # fmt: skip
    return _make(referral, by=by, at=at, given=given)


def officer_with_badge(agency: Organisation, badge: str, at: datetime) -> Membership | None:
    """The one officer of the agency with this badge; None when nobody, or more than one, has it."""
    if not badge.strip():
        return None
    found = Membership.objects.current(at).filter(
        site_id=agency.site_id, organisation=agency, role=Role.OFFICER, badge__iexact=badge.strip()
    )
    officers = list(found[:2])
    return officers[0] if len(officers) == 1 else None


def assess_given(rules: Rules, given: Given, *, at: datetime, zone) -> Assessment:
    """What the rules say to all that was given; an override counts where the rules let an officer give one."""
    amount = given.amount if given.amount in Amount.values else None
    answers = {code: answer for code, answer in given.answers.items() if answer in ThreeWay.values}
    allowed = {one.code for one in rules.exclusions or () if Role.OFFICER in (one.override_roles or ())}
    return assess(
        rules, door=given.door, offence_codes=given.offences, amount=amount, answers=answers,
        overrides={code: reason for code, reason in given.overrides.items() if code in allowed},
        age=age_given(given, at=at, zone=zone), complainant=given.complainant,
    )  # fmt: skip


def as_listed(rules: Rules, codes) -> tuple[str, ...]:
    """Codes as the site writes them, each once; what the site does not list stays as it was typed."""
    listed = (known.code if (known := rules.offence(code)) else code.strip()[:40] for code in codes)
    return tuple(dict.fromkeys(code for code in listed if code))


def age_given(given: Given, *, at: datetime, zone) -> int | None:
    """The age that was given, or whole years since the birth date on the site's day."""
    if given.birth_date is None:
        return given.age_about
    return years_between(given.birth_date, at.astimezone(zone).date())


def years_between(born: date, today: date) -> int:
    """Whole years; a birthday on February 29 comes on March 1 in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def starting_status(given: Given, assessment: Assessment) -> ReferralStatus:
    """Where a referral begins."""
    if given.person_answer == PersonAnswer.NO:
        return ReferralStatus.DECLINED
    if assessment.outcome == "ineligible":
        return ReferralStatus.INELIGIBLE
    if assessment.outcome == "not_sure" or not given.is_sure:
        return ReferralStatus.TRIAGE
    if assessment.outcome == "needs_approval":
        if given.approval_said == "no":
            return ReferralStatus.NOT_APPROVED
        # Where several say yes, the first of them is not the last.
        if given.approval_said != "yes" or len(assessment.approvers) > 1:
            return ReferralStatus.PENDING
    return ReferralStatus.OUTREACH if given.nobody_meets else ReferralStatus.SUBMITTED


def site_rules(by: Membership, at: datetime):
    """The version in force and its rules, or a DomainError: a site that lacks rules takes no referral."""
    ruleset = current_ruleset(by.site_id, at.astimezone(by.site.tz).date())
    if ruleset is None or not rules_for(ruleset).ready:
        raise DomainError("This site cannot take a referral yet: its rules are not complete.")
    return ruleset, rules_for(ruleset)


def _make(referral: Referral, *, by: Membership, at: datetime, given: Given, called_at=None) -> Referral:
    for sent in sent_before(by=by.pk, key=referral.submission_key):
        return _the_same(sent, given)
    ruleset, rules = site_rules(by, at)
    held = None if given.held is None else as_listed(rules, given.held)
    given = replace(given, offences=as_listed(rules, given.offences), held=held)
    assessment = assess_given(rules, given, at=at, zone=by.site.tz)
    if assessment.outcome == "under_age":
        raise UnderAge(assessment.title)
    status = starting_status(given, assessment)
    if found := faults(given, rules, assessment, at=at, zone=by.site.tz):
        raise found[0]
    kept = status not in NAMELESS
    referral.door, referral.status = given.door, status
    told = _told(given, kept=kept, age=age_given(given, at=at, zone=by.site.tz))
    ask_whether_another(given, referral, told, kept=kept, at=at, zone=by.site.tz)
    referral.rules = ruleset
    referral.outcome = assessment.outcome
    referral.submitted_at = referral.status_changed_at = at
    referral.occurred_at = given.occurred_at or (at if given.door != Door.ARREST else None)
    referral.precinct, referral.amount = given.precinct, given.amount
    referral.incident_number = given.incident_number if kept else ""
    referral.meeting_place = given.meeting_place if kept else ""
    referral.person_answer = given.person_answer
    referral.complainant_position = given.complainant if given.complainant in Complainant.values else ""
    referral.decline_reason = given.decline_reason if status == ReferralStatus.DECLINED else ""
    try:
        _insert(referral)
    except SameForm:
        return Referral.objects.get(entered_by=by, submission_key=referral.submission_key)
    with pipelined():
        person = _write_person(referral, told)
        offences = _write_offences(referral, given, rules, kept=kept)
        _write_answers(referral, given, rules, assessment)
        if assessment.outcome == "needs_approval" and status != ReferralStatus.DECLINED:
            _write_approval(referral, given, assessment, by=by, at=at)
        if kept:
            insert([Handoff(**_part(referral), called_at=called_at if called_at and called_at <= at else None)])
        record(AuditAction.REFERRAL_MADE, target=referral, door=referral.door, status=status, outcome=referral.outcome)
    if kept:
        open_up(referral=referral, offences=offences, person=person, rules=rules, at=at, by=by)
    return referral


def _the_same(sent: Referral, given: Given) -> Referral:
    """What this form made; an old page filled in for somebody else is not swallowed by it."""
    person = ReferredPerson.objects.filter(referral=sent).first()
    if sent.status not in NAMELESS and person is not None and person.name != given.name.strip():
        words = "This page was sent already, for somebody else. For another person begin a new referral from Today."
        raise DomainError(words, field="name")
    return sent


@prepared(by=uuid.UUID, key=uuid.UUID)
def sent_before(*, by, key):
    """What a form of this key made before."""
    return Referral.objects.filter(entered_by=by, submission_key=key)


def faults(given: Given, rules: Rules, assessment: Assessment, *, at: datetime, zone) -> list[DomainError]:
    """All that must be so before anything is written and is not, each with its field."""
    status, found = starting_status(given, assessment), []
    if given.door not in (Door.ARREST, Door.SOCIAL):
        found.append(("door", "Choose a door."))
    found += date_faults(given.occurred_at, given.birth_date, given.age_about, rules, at=at, zone=zone)
    if status != ReferralStatus.INELIGIBLE:
        found += _of_the_answer(given, rules, status)
    if status not in (ReferralStatus.INELIGIBLE, ReferralStatus.DECLINED, ReferralStatus.NOT_APPROVED):
        found += _of_the_charge(given, rules, status) if given.door == Door.ARREST else ()
        found += _of_the_handover(given)
    return [DomainError(words, field=field) for field, words in found]


def date_faults(
    occurred_at: datetime | None, birth_date: date | None, age_about: int | None, rules: Rules, *, at: datetime, zone
) -> Iterator[Fault]:
    """An arrest in the future or before the site's start, and an age that nobody has."""
    start, today = rules.submission_start_on, at.astimezone(zone).date()
    if occurred_at is not None and occurred_at > at:
        yield "occurred_at", f"This is in the future. It is now {say_time(at, zone)}."
    elif occurred_at is not None and start is not None and occurred_at.astimezone(zone).date() < start:
        first = f"{start:%B} {start.day}, {start.year}"
        yield "occurred_at", f"This site takes referrals from {first} on; this is before it."
    if birth_date is not None and birth_date > today:
        yield "age", "This birth date is in the future."
    elif birth_date is not None and today.year - birth_date.year > OLDEST_YEARS:
        yield "age", "This birth date is too long ago. Check the year."
    elif age_about is not None and age_about > OLDEST_YEARS:
        yield "age", "This age is too high. Check it."


def _of_the_answer(given: Given, rules: Rules, status: ReferralStatus) -> Iterator[Fault]:
    if given.person_answer not in PersonAnswer.values:
        yield "person_answer", "Say what the person answered to the offer."
    reasons = {choice.code for choice in rules.codes.decline_reasons or ()}
    if status == ReferralStatus.DECLINED and given.decline_reason not in reasons:
        yield "decline_reason", "Choose why, from the list."


def _of_the_charge(given: Given, rules: Rules, status: ReferralStatus) -> Iterator[Fault]:
    if given.occurred_at is None:
        yield "occurred_at", "Enter the day and time."
    if not given.incident_number:
        yield "incident_number", "Enter the incident number: the report packet goes by it."
    held = [code for code in given.offences if rules.offence(code) and (given.held is None or code in given.held)]
    if not held and status != ReferralStatus.TRIAGE:
        yield "held", "Mark at least one offense as held, or choose the other door."


def _of_the_handover(given: Given) -> Iterator[Fault]:
    if not given.name and not given.description:
        yield "name", "Enter a name, or what the person looks like."
    if given.birth_date is None and given.age_about is None:
        yield "age", "Enter a birth date or an age, as near as you know."
    if not given.meeting_place and not given.nobody_meets:
        yield "meeting", "Choose where the case manager meets you."


def _insert(referral: Referral) -> None:
    """Insert with a reference that nobody has; SameForm when another tap of this form was quicker."""
    for _ in range(5):
        referral.reference = new_reference()
        try:
            with transaction.atomic():
                insert([referral])
            return
        except IntegrityError as error:
            if "referral_one_per_form" in str(error):
                raise SameForm from error
            if "referral_reference_once" not in str(error):
                raise
    raise DomainError("No free reference was found. Send it again.")


def _part(referral: Referral) -> dict:
    return {
        "site_id": referral.site_id, "referral": referral, "officer_id": referral.officer_id,
        "agency_id": referral.agency_id,
    }  # fmt: skip


def _told(given: Given, *, kept: bool, age: int | None) -> dict:
    """What is written of the person; of one who is only counted the age and what was perceived."""
    told = {"perceived_race": given.perceived_race, "perceived_gender": given.perceived_gender}
    if not kept:
        return told | {"age_about": age}
    return told | {
        "name": given.name, "description": given.description, "birth_date": given.birth_date,
        "age_about": given.age_about if given.birth_date is None else None, "greeting": given.greeting,
    }  # fmt: skip


def _write_person(referral: Referral, told: dict) -> ReferredPerson:
    person = ReferredPerson(**_part(referral), **told)
    insert([person])
    return person


def _write_offences(referral: Referral, given: Given, rules: Rules, *, kept: bool) -> list[ReferralOffence]:
    rows = []
    for code in given.offences:
        known = rules.offence(code)
        is_held = bool(
            kept and known and referral.door == Door.ARREST and (given.held is None or known.code in given.held)
        )
        rows.append(
            ReferralOffence(
                **_part(referral), is_held=is_held, code=known.code if known else code,
                title=known.title if known else "Not on the site’s list", code_system=known.system if known else "",
                code_version=(known.version if known else "")[:40], group=(known.group if known else "") or "",
                offence_class=(known.charge_class if known else "") or "",
            )
        )  # fmt: skip
    insert(rows)
    return rows


def _write_answers(referral: Referral, given: Given, rules: Rules, assessment: Assessment) -> None:
    effects = {finding.code: finding for finding in assessment.findings}
    rows = []
    for exclusion in rules.exclusions_for(given.door):
        if answer := given.answers.get(exclusion.code):
            finding = effects.get(exclusion.code)
            reason = given.overrides.get(exclusion.code, "") if finding and finding.overridden else ""
            rows.append(
                EligibilityAnswer(
                    **_part(referral), rule_code=exclusion.code, rule_text=exclusion.text[:300], answer=answer,
                    effect=finding.effect if finding else "", override_reason=reason[:200],
                )
            )  # fmt: skip
    insert(rows)


def _write_approval(referral: Referral, given: Given, assessment: Assessment, *, by: Membership, at: datetime) -> None:
    because = [finding.code for finding in assessment.findings if finding.outcome == "needs_approval"]
    said = given.approval_said
    ask_approval(
        referral, because=because, at=at, said=said, whom=given.approval_whom, said_at=given.approval_at or at, by=by
    )
    if said:
        record(AuditAction.APPROVAL_RECORDED, target=referral, said=said)
