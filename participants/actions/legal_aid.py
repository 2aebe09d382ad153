"""Legal aid: a person is given to a lawyer, the lawyer sees what the consent of that moment opens, and writes alone.

API
    lawyers_for(participant, at) -> [Membership]     whom the person said yes to telling
    give(participant=, lawyer=, by=, at=) -> LegalAidGiven;   end(given=, by=, at=)
    open_person(given=, by=) -> Shown | None         shows, and writes down that it was shown
    write_note(given=, text=, by=, at=) -> PrivilegedNote
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.outbox import tell
from participants.actions.disclosing import Told, disclose
from participants.actions.reach import refuse_unless_in_full
from participants.enums import InformationClass
from participants.models import LegalAidGiven, LegalEvent, Participant, PrivilegedNote

LONGEST = 20_000
MOST_LAWYERS, MOST_EVENTS = 50, 50
PURPOSE = "legal aid"
PERSON = ("shown_name", "given_name", "family_name", "pronouns", "language", "phone", "manager", "manager_phone")


@dataclass(frozen=True)
class Shown:
    told: Told
    person: dict
    events: list[LegalEvent]


def lawyers_for(participant: Participant, at: datetime) -> list[Membership]:
    """In office at this moment, under a consent in force at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("select app.lawyers_told(%s)", [participant.pk])
        keys = [key for (key,) in cursor.fetchall()]
    found = Membership.objects.current(at).filter(pk__in=keys, role=Role.LEGAL_AID).select_related("organisation")
    return list(found.order_by("name", "pk")[:MOST_LAWYERS])


@transaction.atomic
def give(*, participant: Participant, lawyer: Membership | None, by: Membership, at: datetime) -> LegalAidGiven:
    """With the person's yes, which stands in a consent. The lawyer is told that there is somebody, not who."""
    if lawyer is None or lawyer not in lawyers_for(participant, at):
        raise DomainError("They have not said yes to telling this lawyer’s office, or took it back.", field="lawyer")
    refuse_unless_in_full(participant=participant, by=by)
    given = LegalAidGiven(site_id=participant.site_id, participant=participant, lawyer=lawyer, given_at=at, given_by=by)
    try:
        with transaction.atomic():
            given.save(force_insert=True)
    except IntegrityError as error:
        raise StaleState(f"{lawyer.name} has them already.") from error
    record(AuditAction.LEGAL_AID_GIVEN, target=given)
    with acting_as(Duty.INTAKE):
        tell(
            [lawyer],
            key=f"legal-aid:{given.pk}",
            text="Somebody asks for your help",
            path=f"/site/legal/{given.pk}/",
            at=at,
        )
    return given


@transaction.atomic
def end(*, given: LegalAidGiven, by: Membership, at: datetime) -> None:
    held = LegalAidGiven.objects.select_for_update(of=("self",), no_key=True).filter(pk=given.pk, ended_at=None).first()
    if held is None:
        raise StaleState("This has ended already.")
    held.ended_at, held.ended_by = at, by
    held.save(update_fields=["ended_at", "ended_by"])
    record(AuditAction.LEGAL_AID_ENDED, target=held)


@transaction.atomic
def open_person(*, given: LegalAidGiven, by: Membership) -> Shown | None:
    told = disclose(
        what=InformationClass.LEGAL_COORDINATION,
        by=by,
        purpose=PURPOSE,
        participant_id=given.participant_id,
        target=given,
    )
    if told is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select * from app.legal_person(app.hung_on(%s, %s))", [given.pk, given.participant_id])
        row = cursor.fetchone()
    events = LegalEvent.objects.filter(participant_id=given.participant_id).only(
        "id", "site_id", "participant_id", "kind", "on", "at_time", "place", "cause_number", "state"
    )
    return (
        Shown(told, dict(zip(PERSON, row, strict=True)), list(events.order_by("-on", "-pk")[:MOST_EVENTS]))
        if row
        else None
    )


@transaction.atomic
def write_note(*, given: LegalAidGiven, text: str, by: Membership, at: datetime) -> PrivilegedNote:
    """That there is one is on record; what it says is its author's alone."""
    if not text.strip():
        raise DomainError("Write something.", field="text")
    if len(text) > LONGEST:
        raise DomainError(f"This is too long. At most {LONGEST:,} characters fit.", field="text")
    note = PrivilegedNote(
        site_id=given.site_id, participant_id=given.participant_id, given=given, author=by, text=text, written_at=at
    )
    note.save(force_insert=True)
    record(AuditAction.PRIVILEGED_NOTE_WRITTEN, target=note)
    return note
