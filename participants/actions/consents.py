"""Asking for a consent and taking it back. What was shown is kept word for word; a revocation is for good.

API
    ask(Asked(...), by=, at=) -> Consent          any answer; a signed matrix stands in the place of the one before
    revoke(consent=, how=, by=, at=, has_ended=False) -> Consent        all of it
    revoke_cells(consent=, cells=, how=, by=, at=) -> Consent           some of a matrix; with the last cell all of it
    standing(kind=, participant_id=, referral_id=) -> Consent | None    the one of its kind that is neither
    state_of(consent=, cells=, at=, is_taking_part=, has_ended=) -> ConsentState
Nothing here rewrites what was told: disclosures are rows of their own, and a consent is never deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from participants.consent_texts import ConsentText
from participants.enums import MATRIX_KINDS, WRITTEN, ConsentAnswer, ConsentKind, ConsentState, EndsWith, HowRevoked
from participants.models import Consent, ConsentCell

TALK_FIRST = "First tap “We are talking in private”: consent is asked when officer and cameras are out of hearing."
READS, INTERPRETER = "reads", "interpreter"


REPLACED = "A newer consent stands in the place of this one. Look at that one."
# Of a kind there is one at a time; these names of constraints say that somebody was quicker.
IN_FORCE_ALREADY = "A consent is in force already. It can be taken back, and asked again."
ONE_AT_A_TIME = ("consent_one_in_force", "consent_one_matrix_in_force")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One yes: this organisation may be told this class."""

    organisation_id: UUID
    organisation_kind: str
    information_class: str

    @property
    def code(self) -> str:
        return f"{self.organisation_id}:{self.information_class}"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One asking: about what, in which words, how they reached the person, and what the person answered."""

    referral_id: UUID
    participant_id: UUID | None
    talked_at: datetime | None  # when the private talk began; nothing is asked before
    text: ConsentText
    scope: str
    is_revocable: bool
    seen_digest: str  # of the text that stood on the page
    answer: str
    how_read: str = READS
    interpreter: str = ""
    signed_name: str = ""
    kind: str = ConsentKind.CRIMINAL_JUSTICE
    cells: tuple[Cell, ...] = ()
    purpose: str = ""
    ends_at: datetime | None = None
    ends_with: str = ""
    # The one that stood when the page was opened; a criminal-justice consent takes nobody's place.
    replaces_id: UUID | None = None


@transaction.atomic
def ask(asked: Asked, *, by: Membership, at: datetime) -> Consent:
    """Write down what was asked and answered. Only a yes is signed. Raises DomainError or StaleState."""
    _check(asked)
    is_yes = asked.answer == ConsentAnswer.YES
    if not is_yes:
        _refuse_over_one_in_force(asked, at)
    consent = _row(asked, by=by, at=at)
    try:
        with transaction.atomic():
            if is_yes and asked.kind != ConsentKind.CRIMINAL_JUSTICE:
                _replace(asked, by_consent=consent.pk, at=at)
            consent.save(force_insert=True)
    except IntegrityError as error:
        if not any(name in str(error) for name in ONE_AT_A_TIME):
            raise
        raise StaleState(IN_FORCE_ALREADY) from error
    if is_yes:
        ConsentCell.objects.bulk_create(_cells(asked, consent))
    record(AuditAction.CONSENT_SIGNED if is_yes else AuditAction.CONSENT_ASKED, target=consent, kind=consent.kind)
    return consent


def _refuse_over_one_in_force(asked: Asked, at: datetime) -> None:
    """A "no" from a page that knew of no consent would read as taking back the one that was signed since, and is not."""
    held = standing(kind=asked.kind, participant_id=asked.participant_id, referral_id=asked.referral_id)
    if held is not None and held.is_in_force(at) and held.pk != asked.replaces_id:
        raise StaleState(IN_FORCE_ALREADY)


def standing(*, kind: str, participant_id: UUID | None, referral_id: UUID) -> Consent | None:
    """The signed one of its kind that was neither taken back nor replaced; of a matrix one a person, else one a referral."""
    whose = {"participant_id": participant_id} if kind in MATRIX_KINDS else {"referral_id": referral_id}
    found = Consent.objects.filter(kind=kind, answer=ConsentAnswer.YES, revoked_at=None, superseded_at=None, **whose)
    return found.order_by("-signed_at", "-pk").first()


def state_of(
    *,
    consent: Consent,
    cells: Iterable[ConsentCell],
    at: datetime,
    is_taking_part: bool = True,
    has_ended: bool = False,
) -> ConsentState:
    """How it stands at a moment. Taken back comes before ended, and ended before replaced: what happened first."""
    if consent.signed_at is None:
        return ConsentState.NOT_SIGNED
    if consent.revoked_at is not None:
        return ConsentState.REVOKED
    last = consent.superseded_at or at
    if consent.ends_at is not None and consent.ends_at <= last:
        return ConsentState.EXPIRED
    if consent.superseded_at is not None:
        return ConsentState.SUPERSEDED
    if has_ended or (consent.ends_with == EndsWith.TAKING_PART and not is_taking_part):
        return ConsentState.EXPIRED
    if any(cell.revoked_at is not None for cell in cells):
        return ConsentState.PARTLY_REVOKED
    return ConsentState.SIGNED


@transaction.atomic
def revoke(*, consent: Consent, how: str, by: Membership, at: datetime, has_ended: bool = False) -> Consent:
    """Take it back, in writing or by word of mouth; what it opened is shut with this transaction.

    One that is not revocable before the decision says so on its copy; after it (`has_ended`) it has ended by itself.
    """
    # A revoked row is beyond the lock: row security lets nobody change it again.
    locked = _lock(consent, how)
    if not locked.revocable and not has_ended:
        raise DomainError(
            "Under this site’s rules this consent cannot be taken back before the decision; the person’s copy says so."
        )
    locked.revoked_at, locked.revoked_how, locked.revoked_by = at, how, by
    locked.save(update_fields=["revoked_at", "revoked_how", "revoked_by"])
    record(AuditAction.CONSENT_REVOKED, target=locked, how=how)
    return locked


@transaction.atomic
def revoke_cells(*, consent: Consent, cells: Iterable[UUID], how: str, by: Membership, at: datetime) -> Consent:
    """Take some cells back; the others stand. With the last one the consent itself is taken back."""
    locked = _lock(consent, how)
    wanted = set(cells)
    rows = list(
        ConsentCell.objects.select_for_update(of=("self",), no_key=True).filter(consent=locked, revoked_at=None)
    )
    chosen = [cell for cell in rows if cell.pk in wanted]
    if not wanted:
        raise DomainError("Choose what they take back.", field="cells")
    if not chosen:
        raise StaleState("This was taken back already.")
    if len(chosen) == len(rows):
        return revoke(consent=locked, how=how, by=by, at=at)
    for cell in chosen:
        cell.revoked_at, cell.revoked_how, cell.revoked_by = at, how, by
        cell.save(update_fields=["revoked_at", "revoked_how", "revoked_by"])
    classes = sorted({cell.information_class for cell in chosen})
    record(AuditAction.CONSENT_REVOKED, target=locked, how=how, cells=len(chosen), classes=classes)
    return locked


def _lock(consent: Consent, how: str) -> Consent:
    """The consent, locked, when it can still be taken back and it was said how."""
    rows = Consent.objects.select_for_update(of=("self",), no_key=True).filter(pk=consent.pk)
    # Taken back or replaced it is beyond the lock: row security lets nobody change it again.
    locked = rows.filter(revoked_at=None, superseded_at=None).first()
    if locked is None:
        was = Consent.objects.filter(pk=consent.pk).values_list("superseded_at", flat=True).first()
        raise StaleState(REPLACED if was else "This consent was taken back already.")
    if locked.signed_at is None:
        raise DomainError("Nothing was signed, so there is nothing to take back.")
    if how not in HowRevoked.values:
        raise DomainError("Say how they took it back.", field="how")
    return locked


def _row(asked: Asked, *, by: Membership, at: datetime) -> Consent:
    is_yes = asked.answer == ConsentAnswer.YES
    return Consent(
        id=uuid4(), site_id=by.site_id, kind=asked.kind, participant_id=asked.participant_id,
        referral_id=asked.referral_id, answer=asked.answer, asked_at=at, asked_by=by, language=asked.text.language,
        interpreter=asked.interpreter.strip() if asked.how_read == INTERPRETER else "",
        scope=asked.scope if is_yes else "", text_shown=asked.text.words, text_hash=asked.text.digest,
        signed_name=asked.signed_name.strip() if is_yes else "", signed_at=at if is_yes else None,
        revocable=asked.is_revocable, purpose=asked.purpose, matrix=[cell.code for cell in asked.cells] if is_yes else [],
        ends_at=asked.ends_at if is_yes else None, ends_with=asked.ends_with if is_yes else "",
    )  # fmt: skip


def _cells(asked: Asked, consent: Consent) -> list[ConsentCell]:
    return [
        ConsentCell(
            site_id=consent.site_id, consent=consent, participant_id=asked.participant_id, kind=asked.kind,
            organisation_id=cell.organisation_id, organisation_kind=cell.organisation_kind,
            information_class=cell.information_class,
        )
        for cell in asked.cells
    ]  # fmt: skip


def _replace(asked: Asked, *, by_consent: UUID, at: datetime) -> None:
    """Put the new one in the place of the one that stood when the page was opened, and of no other."""
    before = standing(kind=asked.kind, participant_id=asked.participant_id, referral_id=asked.referral_id)
    if (before.pk if before else None) != asked.replaces_id:
        raise StaleState(
            "Somebody signed or took back one of this kind meanwhile. Look at how it stands, then ask again."
        )
    if before is not None:
        changed = Consent.objects.filter(pk=before.pk, revoked_at=None, superseded_at=None).update(
            superseded_at=at, superseded_by_consent=by_consent
        )
        if not changed:
            raise StaleState("It was taken back meanwhile. Look at how it stands, then ask again.")
    if asked.kind in MATRIX_KINDS:
        _replace_of_former_records(asked, by_consent=by_consent, at=at)


def _replace_of_former_records(asked: Asked, *, by_consent: UUID, at: datetime) -> None:
    """What the person signed on a record that was since put together with this one: the newer word is theirs for both."""
    with connection.cursor() as cursor:
        cursor.execute("select * from app.left_overs(%s)", [asked.participant_id])
        former = [key for (key,) in cursor.fetchall()]
    if former:
        held = Consent.objects.filter(participant_id__in=former, kind=asked.kind, answer=ConsentAnswer.YES)
        held.filter(revoked_at=None, superseded_at=None).update(superseded_at=at, superseded_by_consent=by_consent)


def _check(asked: Asked) -> None:
    if asked.talked_at is None:
        raise DomainError(TALK_FIRST)
    if asked.answer not in ConsentAnswer.values:
        raise DomainError("Choose what they answered.", field="answer")
    if asked.text.language not in WRITTEN:
        raise DomainError("Choose a language the text is written in.", field="language")
    # Somebody too unwell to decide may have read nothing; only a yes needs that they were reached.
    if asked.how_read not in (READS, INTERPRETER) and (asked.how_read or asked.answer == ConsentAnswer.YES):
        raise DomainError("Say how the words reached them.", field="how_read")
    if asked.how_read == INTERPRETER and not asked.interpreter.strip():
        raise DomainError("Enter the interpreter’s name.", field="interpreter")
    if asked.answer == ConsentAnswer.YES and not asked.signed_name.strip():
        raise DomainError("They sign by typing their name.", field="signed_name")
    if asked.kind in MATRIX_KINDS and not asked.cells:
        raise DomainError("Choose at least one organization and what it may be told.", field="cells")
    if asked.kind in MATRIX_KINDS and asked.participant_id is None:
        raise DomainError("Link the referral to their record first: this consent is the person’s, not the referral’s.")
    if asked.seen_digest != asked.text.digest:
        raise StaleState("The words have changed since this page was opened. Read them again, then answer.")
