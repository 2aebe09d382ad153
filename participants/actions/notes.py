"""Contact notes: kept as they are typed, signed once, added to afterwards.

API
    keep_note(key=, participant=, given=Written(...), page=Page(...), by=, at=) -> ContactNote
                                                                                 the note of this key, made or written anew
    sign_note(note=, by=, at=)                                                   from now on nothing of it changes
    add_to_note(note=, text=, by=, at=) -> NoteAddendum
    throw_away(note=, by=)                                                       one's own that is not signed
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, ProgrammingError, transaction
from psycopg.errors import InsufficientPrivilege

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, Gone, StaleState
from participants.actions.holding import hold_person
from participants.actions.once import keyed, written_once
from participants.enums import NOTE_DOMAINS, NoteKind, NotePlace
from participants.models import ContactNote, CounsellingNote, NoteAddendum, NoteDetail, NoteLine, Participant

LONGEST_LINE, LONGEST = 200, 20_000
MOST_MINUTES = 24 * 60
KEPT = (
    "happened_at", "kind", "is_two_way", "place", "minutes", "next_on", "domains", "saved_at", "written_from",
)  # fmt: skip
TO_COME = "This is still to come. Enter when it was."
SIGNED = "This note is signed. Add to it instead."
OLD = "This page is old. Open the person’s page again."
ELSEWHERE = (
    "This note was saved from another page since this one was opened. What you typed here stands below, and what was saved "
    "there beside it. Saving again keeps what stands here."
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was typed so far. Nothing of it must be there before it is signed. `minutes` counts from 0 to a day."""

    happened_at: datetime
    kind: str = ""
    is_two_way: bool | None = None
    place: str = ""
    minutes: int | None = None
    domains: tuple[str, ...] = ()
    line: str = ""
    detail: str = ""
    next_step: str = ""
    next_on: date | None = None
    counselling: str = ""


@dataclass(frozen=True)
class Page:
    """The open page that writes, and when it was opened."""

    key: UUID
    opened_at: datetime


class WrittenElsewhere(StaleState):
    """Another page saved the note after this one was opened."""


@transaction.atomic
def keep_note(
    *, key: UUID, participant: Participant, given: Written, page: Page, by: Membership, at: datetime
) -> ContactNote:
    """Keep what is there. Raises StaleState when it was signed, WrittenElsewhere when another page was there since."""
    _check(given, at)
    hold_person(participant)
    mine = ContactNote.objects.select_for_update().filter(pk=key, author=by, participant=participant, signed_at=None)
    note = mine.first() or _begin(key, participant, given, page, by=by, at=at) or mine.first()
    if note is None:
        raise StaleState(SIGNED if _is_mine(key, by) else OLD)
    if note.saved_at > at:
        return note  # what came in before this and was saved since is newer
    if note.written_from != page.key and note.saved_at > page.opened_at and not _stands(note, given):
        raise WrittenElsewhere(ELSEWHERE)
    _fill(note, given, page, at)
    note.save(update_fields=list(KEPT))
    _put_text(NoteLine, note, text=given.line)
    _put_text(NoteDetail, note, text=given.detail, next_step=given.next_step)
    _put_text(CounsellingNote, note, text=given.counselling)
    return note


def _begin(key: UUID, participant: Participant, given: Written, page: Page, *, by, at) -> ContactNote | None:
    """A new note; none where its key is taken: the page saved by itself in this very moment, or it was signed."""
    if _is_mine(key, by):
        return None  # signed, or by now on the record with which this one was put together
    note = ContactNote(pk=key, site_id=by.site_id, participant=participant, author=by, begun_at=at)
    _fill(note, given, page, at)
    try:
        with transaction.atomic():
            note.save(force_insert=True)
    except IntegrityError:
        return None
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise Gone from error  # restricted to others meanwhile
        raise
    return note


def _is_mine(key: UUID, by: Membership) -> bool:
    return ContactNote.objects.filter(pk=key, author=by).exists()


def _fill(note: ContactNote, given: Written, page: Page, at: datetime) -> None:
    for name in ("happened_at", "kind", "is_two_way", "place", "minutes", "next_on"):
        setattr(note, name, getattr(given, name))
    note.domains, note.saved_at, note.written_from = list(given.domains), at, page.key


@transaction.atomic
def sign_note(*, note: ContactNote, by: Membership, at: datetime) -> None:
    """Lock it. Raises DomainError beside what is missing, StaleState when it was signed already."""
    held = ContactNote.objects.select_for_update().filter(pk=note.pk, author=by).first()
    if held is None or held.signed_at is not None:
        raise StaleState(SIGNED)
    if not held.kind:
        raise DomainError("Say how.", field="kind")
    if held.is_two_way is None:
        raise DomainError("Say whether you talked, or tried.", field="reached")
    held.signed_at = at
    held.save(update_fields=["signed_at"])
    record(AuditAction.NOTE_SIGNED, target=held)


@transaction.atomic
def add_to_note(*, note: ContactNote, text: str, by: Membership, at: datetime, key: UUID | None = None) -> NoteAddendum:
    """Beside a signed note, under today's date; nothing of the note itself changes. The same key again is the same words."""
    if note.signed_at is None:
        raise DomainError("This note is not signed yet: change it instead.", field="text")
    if not text.strip():
        raise DomainError("Write what is to be added.", field="text")
    if len(text) > LONGEST:
        raise DomainError(f"This is too long. At most {LONGEST:,} characters fit.", field="text")
    made = NoteAddendum(
        **keyed(key), site_id=note.site_id, note=note, participant_id=note.participant_id, text=text, added_at=at,
        added_by=by,
    )  # fmt: skip
    if written_once(made, "text", author="added_by_id"):
        record(AuditAction.NOTE_ADDED_TO, target=note)
    return made


@transaction.atomic
def throw_away(*, note: ContactNote, by: Membership) -> None:
    """A note begun for the wrong person, say. Only its author can, and only before it is signed."""
    held = ContactNote.objects.select_for_update().filter(pk=note.pk, author=by, signed_at=None).first()
    if held is None:
        raise StaleState(SIGNED)
    for model in (NoteLine, NoteDetail, CounsellingNote):
        model.objects.filter(note=held).delete()
    record(AuditAction.NOTE_THROWN_AWAY, target=held)
    held.delete()


def _stands(note: ContactNote, given: Written) -> bool:
    """Whether the other page saved just this."""
    texts = {"line": (NoteLine, "text"), "detail": (NoteDetail, "text"), "next_step": (NoteDetail, "next_step"),
             "counselling": (CounsellingNote, "text")}  # fmt: skip
    rows = {model: model.objects.filter(note=note).first() for model, _ in texts.values()}
    held = {name: getattr(rows[model], column, "") for name, (model, column) in texts.items()}
    facts = {name: getattr(note, name) for name in ("kind", "is_two_way", "place", "minutes", "next_on")}
    return all(getattr(given, name) == value for name, value in (held | facts).items()) and note.domains == list(
        given.domains
    )


def _check(given: Written, at: datetime) -> None:
    if given.happened_at > at:
        raise DomainError(TO_COME, field="happened_at")
    if given.kind and given.kind not in NoteKind.values:
        raise DomainError("Choose how.", field="kind")
    if given.place and given.place not in NotePlace.values:
        raise DomainError("Choose where.", field="place")
    if given.minutes is not None and not 0 <= given.minutes <= MOST_MINUTES:
        raise DomainError(f"Enter minutes, 0 to {MOST_MINUTES}.", field="minutes")
    if not set(given.domains) <= set(NOTE_DOMAINS):
        raise DomainError("Choose what it was about.", field="domains")
    if len(given.line) > LONGEST_LINE:
        raise DomainError(f"At most {LONGEST_LINE} characters fit on one line.", field="line")
    for name in ("detail", "next_step", "counselling"):
        if len(getattr(given, name)) > LONGEST:
            raise DomainError(f"This is too long. At most {LONGEST:,} characters fit.", field=name)


def _put_text(model, note: ContactNote, **texts: str) -> None:
    """Its row, written anew, or none where nothing is typed."""
    held = model.objects.filter(note=note).first()
    if not any(texts.values()):
        if held is not None:
            held.delete()
    elif held is None:
        model.objects.create(site_id=note.site_id, note=note, participant_id=note.participant_id, **texts)
    elif any(getattr(held, name) != value for name, value in texts.items()):
        for name, value in texts.items():
            setattr(held, name, value)
        held.save(update_fields=list(texts))
