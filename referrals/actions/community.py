"""The community door: a partner organisation refers somebody. No police, no offence, from end to end.

API
    refer_community(by=referrer, at=, given=CommunityGiven(...), submission_key=) -> Referral
    status_for_referrer(referral) -> "received" | "in_review" | "done"
The same form sent twice makes one. Raises DomainError with its field, UnderAge before anything is written.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, models, transaction

from lead_cms.access.permissions import POLICE
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.programs.eligibility import assess
from lead_cms.programs.rules import Rules
from referrals.actions.opening import open_up
from referrals.actions.references import new_reference
from referrals.actions.referring import OLDEST_YEARS, UnderAge, site_rules, years_between
from referrals.actions.repeating import another_person, say_time
from referrals.enums import ENDED, Door, ReferralStatus
from referrals.models import Approval, EligibilityAnswer, Referral, ReferredPerson


class Concern(models.TextChoices):
    """Why somebody is referred: what outreach should be ready for, never what somebody did."""

    HOUSING = "housing", "Nowhere safe to stay"
    NEEDS = "needs", "Food, clothing or money"
    SUBSTANCE = "substance", "Alcohol or drugs"
    DISTRESS = "distress", "Distress or confusion"
    HEALTH = "health", "Health, a wound, a disability"
    DANGER = "danger", "In danger from others"
    CONFLICT = "conflict", "Trouble with neighbors or a business"
    OTHER = "other", "Something else"


MARK = "concern."
IN_REVIEW = (ReferralStatus.SUBMITTED, ReferralStatus.OUTREACH, ReferralStatus.HANDED_OVER)


@dataclass(frozen=True, kw_only=True)
class CommunityGiven:
    concerns: tuple[str, ...]
    where_found: str
    name: str = ""
    description: str = ""
    birth_date: date | None = None
    age_about: int | None = None
    language: str = ""
    phone: str = ""
    greeting: str = ""
    safety: str = ""
    is_another_person: bool = False

    def age(self, today: date) -> int | None:
        return self.age_about if self.birth_date is None else years_between(self.birth_date, today)


@transaction.atomic
def refer_community(*, by: Membership, at: datetime, given: CommunityGiven, submission_key: uuid.UUID) -> Referral:
    """Write the referral as the referrer and, unseen by them, the person and what it sets going."""
    sent = Referral.objects.filter(entered_by=by, submission_key=submission_key).first()
    if sent is not None:
        return sent
    ruleset, rules = site_rules(by, at)
    _check(given, rules, at.astimezone(by.site.tz).date())
    _ask_whether_another(given, by=by, at=at)
    # What the rules ask at this door is for whoever meets the person; a partner is not asked about somebody's record.
    waits = rules.approval.at(Door.COMMUNITY).needed == "always"
    referral = Referral(
        site_id=by.site_id, door=Door.COMMUNITY, rules=ruleset, entered_by=by, submission_key=submission_key,
        status=ReferralStatus.PENDING if waits else ReferralStatus.OUTREACH, submitted_at=at, status_changed_at=at,
    )  # fmt: skip
    if not _insert(referral):
        return Referral.objects.get(entered_by=by, submission_key=submission_key)
    person = _write_person(referral, given)
    record(AuditAction.REFERRAL_MADE, target=referral, door=referral.door, status=referral.status)
    if waits:
        with acting_as(Duty.INTAKE):
            Approval(
                site_id=referral.site_id, referral_id=referral.pk, because=["approval"], asked_at=at,
                roles=[role for role in rules.approval.at(Door.COMMUNITY).roles or () if role not in POLICE],
            ).save(force_insert=True)  # fmt: skip
    open_up(referral=referral, offences=[], person=person, rules=rules, at=at, by=by)
    return referral


JUST_NOW = timedelta(minutes=10)


def _ask_whether_another(given: CommunityGiven, *, by: Membership, at: datetime) -> None:
    """The Back button shows a sent form anew. A referrer does not read whom they referred, so only the time can be asked."""
    if given.is_another_person:
        return
    mine = Referral.objects.referred_by(by).filter(submitted_at__gt=at - JUST_NOW).order_by("-submitted_at", "-pk")
    if (sent := mine.first()) is not None:
        raise another_person(f"You referred somebody at {say_time(sent.submitted_at, by.site.tz)}.")


def status_for_referrer(referral: Referral) -> str:
    """Received, in review, done: nothing about the person's choices, nor whether anybody was found."""
    if referral.status in ENDED:
        return "done"
    return "in_review" if referral.status in IN_REVIEW else "received"


def _check(given: CommunityGiven, rules: Rules, today: date) -> None:
    if not rules.opens(Door.COMMUNITY):
        raise DomainError("This site takes no referrals from partners.")
    if rules.submission_start_on is not None and today < rules.submission_start_on:
        raise DomainError("This site does not take referrals yet.")
    if given.birth_date is not None:
        if given.birth_date > today:
            raise DomainError("This birth date is in the future.", field="age")
        if today.year - given.birth_date.year > OLDEST_YEARS:
            raise DomainError("This birth date is too long ago. Check the year.", field="age")
    age = given.age(today)
    if age is not None and age > OLDEST_YEARS:
        raise DomainError("This age is too high. Check it.", field="age")
    assessment = assess(rules, door=Door.COMMUNITY, age=age)
    if assessment.outcome == "under_age":
        raise UnderAge(assessment.title, field="age")
    if not given.name.strip() and not given.description.strip():
        raise DomainError("Enter a name, or what the person looks like.", field="name")
    if not given.where_found.strip() and not given.phone.strip():
        raise DomainError("Say where outreach can meet the person, or a number to call.", field="where_found")
    if not given.concerns:
        raise DomainError("Choose at least one reason.", field="concerns")


def _insert(referral: Referral) -> bool:
    """Whether this tap made the referral; False when another tap of the same form was quicker."""
    for _ in range(5):
        referral.reference = new_reference()
        try:
            with transaction.atomic():
                referral.save(force_insert=True)
            return True
        except IntegrityError as error:
            if "referral_one_per_form" in str(error):
                return False
            if "referral_reference_once" not in str(error):
                raise
    raise DomainError("No free reference was found. Send it again.")


def _write_person(referral: Referral, given: CommunityGiven) -> ReferredPerson:
    """The referrer may not read it again: it is casework's from now on."""
    part = {"site_id": referral.site_id, "referral_id": referral.pk}
    person = ReferredPerson(
        **part, name=given.name.strip(), description=given.description.strip(), birth_date=given.birth_date,
        age_about=given.age_about if given.birth_date is None else None, language=given.language,
        phone=given.phone.strip(), where_found=given.where_found.strip(), greeting=given.greeting.strip(),
        safety=given.safety.strip(),
    )  # fmt: skip
    reasons = [
        EligibilityAnswer(**part, rule_code=f"{MARK}{one}", rule_text=Concern(one).label, answer="yes")
        for one in dict.fromkeys(given.concerns)
    ]
    with acting_as(Duty.INTAKE):
        person.save(force_insert=True)
        EligibilityAnswer.objects.bulk_create(reasons)
    return person
