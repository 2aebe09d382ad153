"""What an officer may still change: all they typed until the handover; afterwards a dated line beside the original.

API
    correct(referral=, changes=, by=, at=)           before the handover
    save_details(referral=, details=, by=, at=)      what may wait until the end of the shift
    cancel(referral=, reason=, by=, at=)             before the handover, with a coded reason
    add_correction(referral=, field=, text=, by=, at=)
    count_under_age(by=, door=, precinct=, at=)      somebody too young was met: date, precinct and door
"""

from datetime import datetime, timedelta

from django.db import transaction

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.schema import LONGEST_SHIFT_HOURS
from referrals.actions.changing import change_status
from referrals.actions.holding import hold
from referrals.actions.opening import begin_on_another_day
from referrals.actions.referring import UnderAge, date_faults, years_between
from referrals.actions.reminders import tell_now
from referrals.enums import ReferralStatus
from referrals.models import ChargeIdentity, Correction, HeldCharge, Packet, Referral, ReferredPerson, UnderageCount

BEFORE_HANDOVER = (
    ReferralStatus.TRIAGE, ReferralStatus.PENDING, ReferralStatus.SUBMITTED, ReferralStatus.OUTREACH,
)  # fmt: skip
SHIFT = timedelta(hours=LONGEST_SHIFT_HOURS)  # what lists look back over; how long a shift is, the site's rules say
OF_REFERRAL = ("incident_number", "precinct", "occurred_at", "meeting_place")
OF_PERSON = ("name", "description", "birth_date", "age_about", "greeting")
DETAILS_OF_REFERRAL = ("precinct", "children_present", "complainant_position")
DETAILS_OF_PERSON = ("perceived_race", "perceived_gender", "language", "phone", "where_found", "safety")
# What a correction after the handover may be about; its text stands beside the original.
CORRECTABLE = {
    "incident_number": "Incident number", "occurred_at": "Date and time", "name": "Name",
    "birth_date": "Birth date or age", "description": "Description", "offence": "Offense", "place": "Place",
}  # fmt: skip
TOO_LATE = "This referral was handed over or ended. What you add now stands beside the original."


@transaction.atomic
def correct(*, referral: Referral, changes: dict, by: Membership, at: datetime) -> None:
    """Put right what was typed. The copies that stand with a held charge follow; the officer never sees those."""
    referral = locked(referral)
    rules = rules_by_id(referral.rules_id)
    given = (changes.get(name) for name in ("occurred_at", "birth_date", "age_about"))
    for field, words in date_faults(*given, rules, at=at, zone=by.site.tz):
        raise DomainError(words, field=field)
    age = changes.get("age_about")
    if changes.get("birth_date"):
        age = years_between(changes["birth_date"], at.astimezone(by.site.tz).date())
    if age is not None and rules.minors.min_age is not None and age < rules.minors.min_age:
        raise UnderAge(
            f"LEAD is for people of {rules.minors.min_age} and over. Nothing was changed: cancel this referral, and call "
            f"{rules.minors.youth_service} at {rules.minors.youth_number}.", field="age",
        )  # fmt: skip
    person = _person(referral)
    _set(referral, {key: changes[key] for key in OF_REFERRAL if key in changes})
    if person is not None:
        _set(person, {key: changes[key] for key in OF_PERSON if key in changes})
    with acting_as(Duty.CLOCKWORK):
        if "incident_number" in changes:
            number = {"incident_number": changes["incident_number"]}
            HeldCharge.objects.filter(referral_id=referral.pk).update(**number)
            Packet.objects.filter(referral_id=referral.pk).update(**number)
        identity = {key: changes[key] for key in ("name", "birth_date") if key in changes}
        if identity and person is not None:
            ChargeIdentity.objects.filter(referral_id=referral.pk).update(**identity)
    if "occurred_at" in changes:
        begin_on_another_day(referral, rules, tz=by.site.tz, at=at)
    record(AuditAction.REFERRAL_CORRECTED, target=referral, fields=sorted(changes))


@transaction.atomic
def save_details(*, referral: Referral, details: dict, by: Membership, at: datetime) -> None:
    """What could wait: perceived groups, language, where found, safety, children, the complainant.

    Until the handover as often as one likes; after it once, within a shift: none of these is among what was handed over.
    """
    now = Referral.objects.get(pk=referral.pk)
    of_referral = {key: details[key] for key in DETAILS_OF_REFERRAL if key in details} | {"details_done_at": at}
    of_person = {key: details[key] for key in DETAILS_OF_PERSON if key in details}
    if not details_wait(now, at):
        raise StaleState("The details are closed. What you add now stands beside the original.")
    if now.status in BEFORE_HANDOVER:
        _set(locked(now), of_referral)
        ReferredPerson.objects.filter(referral_id=now.pk).update(**of_person)
    else:
        with acting_as(Duty.CLOCKWORK):
            if not Referral.objects.filter(pk=now.pk, details_done_at=None).update(**of_referral):
                raise StaleState("The details are entered already.")
            ReferredPerson.objects.filter(referral_id=now.pk).update(**of_person)
    record(AuditAction.REFERRAL_CORRECTED, target=now, fields=["details"])


def details_wait(referral: Referral, at: datetime) -> bool:
    """Whether the details may still be entered."""
    if referral.status in BEFORE_HANDOVER:
        return True
    first = referral.status == ReferralStatus.HANDED_OVER and referral.details_done_at is None
    shift = rules_by_id(referral.rules_id).entry.shift_hours if first else None
    return shift is not None and at - referral.submitted_at <= timedelta(hours=shift)


def details_closed_because(referral: Referral, at: datetime) -> str:
    """Why what could wait is closed; empty while it is open and where it was entered."""
    if referral.status != ReferralStatus.HANDED_OVER or referral.details_done_at or details_wait(referral, at):
        return ""
    shift = rules_by_id(referral.rules_id).entry.shift_hours
    if shift is None:
        return (
            "The rest of the details closed with the handover: this site’s rules do not say how long a shift is. "
            "A correction can still be added."
        )
    return f"The rest of the details was open for {shift} hours, a shift at this site. A correction can still be added."


@transaction.atomic
def cancel(*, referral: Referral, reason: str, by: Membership, at: datetime) -> None:
    """Before the handover only: no police role can end a referral that the person has accepted."""
    hold(referral.pk)
    referral = locked(referral)
    rules = rules_by_id(referral.rules_id)
    if reason not in {choice.code for choice in rules.codes.cancel_reasons or ()}:
        raise DomainError("Choose why, from the list.", field="reason")
    _set(referral, {"cancel_reason": reason})
    change_status(referral, ReferralStatus.CANCELLED, by=by, at=at)
    tell_now(referral=referral, recipient="case_manager", step="cancelled", path="/", at=at)


@transaction.atomic
def add_correction(*, referral: Referral, field: str, text: str, by: Membership, at: datetime) -> Correction:
    """A dated line beside the original, which stays as it was."""
    if field not in CORRECTABLE:
        raise DomainError("Choose what the correction is about.", field="field")
    if not text.strip():
        raise DomainError("Write what is right.", field="text")
    correction = Correction(
        site_id=referral.site_id, referral=referral, officer_id=referral.officer_id, agency_id=referral.agency_id,
        field=field, text=text.strip(), made_at=at, made_by=by,
    )  # fmt: skip
    correction.save(force_insert=True)
    record(AuditAction.REFERRAL_CORRECTED, target=referral, fields=[field], dated=True)
    return correction


@transaction.atomic
def count_under_age(*, by: Membership, door: str, at: datetime, precinct: str = "") -> None:
    """Date, precinct and door, and nothing else; not even the one who wrote it may read it."""
    with acting_as(Duty.INTAKE):
        UnderageCount(
            site_id=by.site_id, met_on=at.astimezone(by.site.tz).date(), precinct=precinct[:60], door=door
        ).save(force_insert=True)
    record(AuditAction.UNDERAGE_COUNTED, door=door)


def locked(referral: Referral) -> Referral:
    """The referral as it is now, locked; StaleState once it is handed over or ended."""
    found = (
        Referral.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=referral.pk, status__in=BEFORE_HANDOVER)
        .first()
    )
    if found is None:
        raise StaleState(TOO_LATE)
    return found


def _person(referral: Referral) -> ReferredPerson | None:
    return ReferredPerson.objects.filter(referral_id=referral.pk).first()


def _set(row, values: dict) -> None:
    if values:
        for key, value in values.items():
            setattr(row, key, value)
        row.save(update_fields=list(values))
