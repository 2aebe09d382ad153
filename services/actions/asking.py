"""Asking a service for a person, and what comes back.

API
    may_tell(participant=, organisation_id=, at=) -> Covered     which classes a consent in force opens to a provider
    ask(service=, participant=, need=, …, by=, at=) -> ServiceReferral
    answer(asked=, to=, …, by=, at=)        what the provider says, or what the case manager was told by telephone
    set_appointment(asked=, appointment_at=, by=, at=, is_confirmed=False)
    call_off(asked=, by=, at=)
    not_available(participant=, need=, reason=, by=, at=) -> ServiceGap
    open_asked(asked=, by=) -> Shown        what a provider may read of the person, written down as disclosed
"""

import secrets
import string
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func, UUIDField

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.jobs import poke_on_commit
from lead_cms.core.templatetags.dates import local_day, say_day
from lead_cms.notify.models import EmailKind
from lead_cms.notify.outbox import email, tell
from lead_cms.notify.tasks import drain
from lead_cms.programs.current import current_ruleset, rules_for
from participants.actions.disclosing import Told, disclose_each
from participants.actions.once import keyed, written_once
from participants.enums import InformationClass
from participants.models import ConsentCell, Participant
from services.actions.apart import refuse_or_tell
from services.actions.changing import change_status
from services.enums import ANSWERS, AskStatus, Method, Need, NotAvailable
from services.models import AskedPerson, Service, ServiceGap, ServiceReferral, SharedFact

ALPHABET = "".join(letter for letter in string.ascii_uppercase + string.digits if letter not in "AEIOU01")
LONGEST_AHEAD = timedelta(days=365)
INBOX, MINE = "/services/inbox/", "/services/asked/"
FIRST = InformationClass.ENROLMENT
# The record under whose consents it was asked: two that were put together since do not open each other's.
SIGNED_FOR = Func(F("id"), F("participant_id"), function="app.hung_on", output_field=UUIDField())


@dataclass(frozen=True)
class Covered:
    """What a consent in force opens to one provider's organisation. Naming somebody tells that they take part."""

    consent_id: UUID | None
    classes: tuple[str, ...]

    @property
    def names_person(self) -> bool:
        return FIRST in self.classes

    @property
    def further(self) -> list[str]:
        return [code for code in InformationClass.values if code in self.classes and code != FIRST]


@dataclass(frozen=True)
class Shown:
    """What one opening shows: the person or nobody, lines by class, and under which consent."""

    person: dict | None
    facts: list[dict]
    told: Told | None


def may_tell(*, participant: Participant, organisation_id, at: datetime) -> Covered:
    if organisation_id is None:
        return Covered(None, ())
    cells = ConsentCell.objects.filter(
        participant=participant, organisation_id=organisation_id, revoked_at=None, consent__revoked_at=None,
        consent__superseded_at=None, consent__signed_at__isnull=False,
    ).select_related("consent")  # fmt: skip
    held = [cell for cell in cells.order_by("-consent__signed_at", "pk") if cell.consent.is_in_force(at)]
    first = next((cell.consent_id for cell in held if cell.information_class == FIRST), None)
    return Covered(first, tuple({cell.information_class: None for cell in held}))


@transaction.atomic
def ask(
    *, service: Service, participant: Participant, need: str, language: str, method: str, names_person: bool,
    facts: dict[str, str], submission_key: UUID, by: Membership, at: datetime,
) -> ServiceReferral:  # fmt: skip
    """One service is asked. Without a consent that covers its organisation it learns a code, a need and a language."""
    again = ServiceReferral.objects.filter(asked_by=by, submission_key=submission_key).first()
    if again is not None:
        return again
    provider = service.provider
    organisation_id = provider.organisation_id if method == Method.HERE else None
    if participant.died_on is not None:
        raise DomainError("This person has died. Nothing is asked any more.")
    _check(service, organisation_id, need, method, names_person)
    covered = may_tell(participant=participant, organisation_id=organisation_id, at=at)
    if names_person and not covered.names_person:
        raise StaleState("The consent that let you name the person does not stand any more. Nothing was sent.")
    asked = ServiceReferral(
        site_id=by.site_id, reference=_reference(), service=service, provider=provider,
        organisation_id=provider.organisation_id, need=need, language=language, method=method,
        names_person=names_person, submission_key=submission_key, asked_at=at, asked_by=by, status_changed_at=at,
        remind_at=_remind_at(by, at),
    )  # fmt: skip
    _save_once(asked)
    AskedPerson(
        site_id=by.site_id, referral=asked, participant=participant,
        organisation_id=organisation_id if names_person else None,
        consent_id=covered.consent_id if names_person else None,
    ).save(force_insert=True)  # fmt: skip
    told = {code: text.strip() for code, text in facts.items() if text.strip()} if names_person else {}
    if set(told) - set(covered.classes):
        raise StaleState("The consent does not cover all of this any more. Nothing was sent.")
    for code, text in told.items():
        SharedFact(
            site_id=by.site_id, referral=asked, participant=participant, organisation_id=organisation_id,
            information_class=code, text=text, written_at=at, written_by=by,
        ).save(force_insert=True)  # fmt: skip
    record(
        AuditAction.SERVICE_ASKED, target=asked, need=need, method=method, names_person=names_person,
        classes=sorted(told), consent=str(covered.consent_id or ""),
    )  # fmt: skip
    if method == Method.HERE:
        tell_provider(asked, key=f"asked:{asked.pk}", text="Your organization is asked for something", at=at)
    return asked


def _check(service: Service, organisation_id, need: str, method: str, names_person: bool) -> None:
    if not service.is_listed:
        raise StaleState("This service is not in the directory any more.")
    if need not in Need.values:
        raise DomainError("Choose a need.", field="need")
    if method == Method.HERE and organisation_id is None:
        raise DomainError("Nobody signs in for this provider. Ask by telephone or in person.", field="method")
    if names_person and organisation_id is None:
        raise DomainError(
            "Nobody is named where nobody signs in: what you say aloud follows the consent.", field="method"
        )


def _save_once(asked: ServiceReferral) -> None:
    for _ in range(5):
        try:
            with transaction.atomic():
                asked.save(force_insert=True)
            return
        except IntegrityError as error:
            if "servicereferral_code_once" not in str(error):
                raise
            asked.reference = _reference()
    raise DomainError("Please send it again.")


def _reference() -> str:
    """A code to quote that says nothing."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _remind_at(by: Membership, at: datetime) -> datetime | None:
    """The end of the last day of the site's days, by its own clock; None where the rules name none."""
    today = local_day(at.astimezone(by.site.tz))
    ruleset = current_ruleset(by.site_id, today)
    days = rules_for(ruleset).providers.answer_days if ruleset else None
    return None if days is None else datetime.combine(today + timedelta(days=days + 1), time.min, by.site.tz)


def tell_provider(asked: ServiceReferral, *, key: str, text: str, at: datetime) -> None:
    """Its staff, here and by an e-mail without a name and without a fact."""
    staff = list(
        Membership.objects.current(at).filter(organisation_id=asked.organisation_id, role=Role.PROVIDER).only(
            "pk", "site_id", "user_id"
        )
    )  # fmt: skip
    with acting_as(Duty.INTAKE):
        tell(staff, key=key, text=text, path=INBOX, at=at)
        email([one.user_id for one in staff], key=key, kind=EmailKind.ATTENTION, path=INBOX, at=at)
    poke_on_commit(drain)


@transaction.atomic
def answer(
    *, asked: ServiceReferral, to: str, by: Membership, at: datetime, reason: str = "",
    appointment_at: datetime | None = None, happened_on: date | None = None, is_confirmed: bool = False,
    seen: str = "",
) -> ServiceReferral:  # fmt: skip
    """One step of the provider's, to the status `seen`. Whoever asked is told that there is an answer, and not which."""
    if to not in ANSWERS:
        raise DomainError("Choose an answer.", field="to")
    columns: dict = {}
    if to == AskStatus.PROVIDER_DECLINED:
        if reason not in NotAvailable.values or reason == NotAvailable.NO_SUCH_SERVICE:
            raise DomainError("Choose the reason.", field="reason")
        columns["decline_reason"] = reason
    if to == AskStatus.ACCEPTED and appointment_at is not None:
        _check_appointment(asked, appointment_at, by=by, at=at, is_confirmed=is_confirmed)
        columns["appointment_at"] = appointment_at
    if to in (AskStatus.ATTENDED, AskStatus.COMPLETED):
        today = local_day(at.astimezone(by.site.tz))
        day = happened_on or today
        if day > today:
            raise DomainError("This day has not come yet.", field="happened_on")
        if day < local_day(asked.asked_at.astimezone(by.site.tz)):
            raise DomainError("This lies before the service was asked.", field="happened_on")
        if to == AskStatus.COMPLETED and asked.attended_on is not None and day < asked.attended_on:
            raise DomainError(f"The first visit was {say_day(asked.attended_on, today)}.", field="happened_on")
        columns["attended_on" if to == AskStatus.ATTENDED else "ended_on"] = day
    changed = change_status(asked, to, by=by, at=at, seen=seen, **columns)
    _tell_asker(changed, by=by, at=at)
    return changed


@transaction.atomic
def set_appointment(
    *, asked: ServiceReferral, appointment_at: datetime, by: Membership, at: datetime, is_confirmed: bool = False
) -> ServiceReferral:
    """The first appointment of what was accepted; it may be moved until the first visit."""
    locked = ServiceReferral.objects.select_for_update(of=("self",), no_key=True).get(pk=asked.pk)
    if locked.status != AskStatus.ACCEPTED:
        raise StaleState(f"This has moved on: “{locked.get_status_display()}”. Nothing was changed.")
    if locked.appointment_at != appointment_at:
        _check_appointment(locked, appointment_at, by=by, at=at, is_confirmed=is_confirmed)
        locked.appointment_at = appointment_at
        locked.save(update_fields=["appointment_at"])
        record(AuditAction.SERVICE_REFERRAL_CHANGED, target=locked, appointment_at=appointment_at.isoformat())
        _tell_asker(locked, by=by, at=at)
    return locked


@transaction.atomic
def call_off(*, asked: ServiceReferral, by: Membership, at: datetime) -> ServiceReferral:
    """The case manager's: nothing is asked any more. The provider is told by the list."""
    changed = change_status(asked, AskStatus.CALLED_OFF, by=by, at=at)
    if changed.method == Method.HERE:
        tell_provider(changed, key=f"called-off:{changed.pk}", text="Something asked of you was called off", at=at)
    return changed


@transaction.atomic
def not_available(
    *, participant: Participant, need: str, reason: str, by: Membership, at: datetime, key: UUID | None = None
) -> ServiceGap:
    """No service could take the person, because …"""
    if need not in Need.values:
        raise DomainError("Choose a need.", field="need")
    if reason not in NotAvailable.values:
        raise DomainError("Choose the reason.", field="reason")
    gap = ServiceGap(
        **keyed(key),
        site_id=by.site_id,
        participant=participant,
        need=need,
        reason=reason,
        recorded_at=at,
        recorded_by=by,
    )
    if written_once(gap, "need", "reason"):
        record(AuditAction.SERVICE_NOT_AVAILABLE, target=gap)
    return gap


@transaction.atomic
def open_asked(*, asked: ServiceReferral, by: Membership) -> Shown:
    """Opened one at a time. Each class that is shown is a disclosure of its own, under the consent of this moment."""
    record(AuditAction.SERVICE_REFERRAL_VIEWED, target=asked)
    one = AskedPerson.objects.filter(referral=asked).annotate(signed_for=SIGNED_FOR).only("id").first()
    if one is None:
        return Shown(None, [], None)
    # Row security gives only the lines whose class stands open; under a closed first class nothing is shown at all.
    facts = list(
        SharedFact.objects.filter(referral=asked).only("information_class", "text").order_by("information_class")
    )
    classes = list(dict.fromkeys([FIRST, *(fact.information_class for fact in facts)]))
    told = disclose_each(classes, by=by, purpose="service_referral", participant_id=one.signed_for, target=asked)
    if FIRST not in told:
        return Shown(None, [], None)
    with connection.cursor() as cursor:
        cursor.execute("select * from app.person_for_me(%s)", [one.signed_for])
        found = cursor.fetchone()
    person = dict(zip(("name", "pronouns", "language", "phone"), found, strict=True)) if found else None
    shown = [fact for fact in facts if fact.information_class in told]
    lines = [{"label": fact.get_information_class_display(), "value": fact.text} for fact in shown]
    return Shown(person, lines, told[FIRST])


def _check_appointment(
    asked: ServiceReferral, appointment_at: datetime, *, by: Membership, at: datetime, is_confirmed: bool
) -> None:
    if appointment_at < at - timedelta(hours=1):
        raise DomainError("This moment has passed.", field="appointment_at")
    if appointment_at > at + LONGEST_AHEAD:
        raise DomainError("This is more than a year ahead. Check the year.", field="appointment_at")
    refuse_or_tell(
        asked, appointment_at=appointment_at, path=f"{MINE}{asked.pk}/", by=by, at=at, is_confirmed=is_confirmed
    )


def _tell_asker(asked: ServiceReferral, *, by: Membership, at: datetime) -> None:
    if by.pk == asked.asked_by_id:
        return
    asker = Membership(pk=asked.asked_by_id, site_id=asked.site_id)
    with acting_as(Duty.INTAKE):
        tell(
            [asker], key=f"answered:{asked.pk}:{at.isoformat()}"[:120], text="A service that you asked has answered",
            path=f"{MINE}{asked.pk}/", at=at,
        )  # fmt: skip
