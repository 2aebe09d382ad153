"""Asking for a consent and taking it back. What was shown is kept word for word; a revocation is for good.

API
    ask(Asked(...), by=, at=) -> Consent          any answer; the row's insert closes or opens nothing else
    revoke(consent=, how=, by=, at=, has_ended=False) -> Consent
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from participants.consent_texts import ConsentText
from participants.enums import WRITTEN, ConsentAnswer, ConsentKind, HowRevoked
from participants.models import Consent

TALK_FIRST = "First tap “We are talking in private”: consent is asked when officer and cameras are out of hearing."
READS, INTERPRETER = "reads", "interpreter"


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


@transaction.atomic
def ask(asked: Asked, *, by: Membership, at: datetime) -> Consent:
    """Write down what was asked and answered. Only a yes is signed. Raises DomainError or StaleState."""
    _check(asked)
    is_yes = asked.answer == ConsentAnswer.YES
    consent = Consent(
        site_id=by.site_id, kind=ConsentKind.CRIMINAL_JUSTICE, participant_id=asked.participant_id,
        referral_id=asked.referral_id, answer=asked.answer, asked_at=at, asked_by=by, language=asked.text.language,
        interpreter=asked.interpreter.strip() if asked.how_read == INTERPRETER else "",
        scope=asked.scope if is_yes else "", text_shown=asked.text.words, text_hash=asked.text.digest,
        signed_name=asked.signed_name.strip() if is_yes else "", signed_at=at if is_yes else None,
        revocable=asked.is_revocable,
    )  # fmt: skip
    try:
        with transaction.atomic():
            consent.save(force_insert=True)
    except IntegrityError as error:
        if "consent_one_in_force" not in str(error):
            raise
        raise StaleState("A consent is in force already. It can be taken back, and asked again.") from error
    record(AuditAction.CONSENT_SIGNED if is_yes else AuditAction.CONSENT_ASKED, target=consent, kind=consent.kind)
    return consent


@transaction.atomic
def revoke(*, consent: Consent, how: str, by: Membership, at: datetime, has_ended: bool = False) -> Consent:
    """Take it back, in writing or by word of mouth; what it opened is shut with this transaction.

    One that is not revocable before the decision says so on its copy; after it (`has_ended`) it has ended by itself.
    """
    # A revoked row is beyond the lock: row security lets nobody change it again.
    locked = Consent.objects.select_for_update(of=("self",), no_key=True).filter(pk=consent.pk, revoked_at=None).first()
    if locked is None:
        raise StaleState("This consent was taken back already.")
    if locked.signed_at is None:
        raise DomainError("Nothing was signed, so there is nothing to take back.")
    if how not in HowRevoked.values:
        raise DomainError("Say how they took it back.", field="how")
    if not locked.revocable and not has_ended:
        raise DomainError(
            "Under this site’s rules this consent cannot be taken back before the decision; the person’s copy says so."
        )
    locked.revoked_at, locked.revoked_how, locked.revoked_by = at, how, by
    locked.save(update_fields=["revoked_at", "revoked_how", "revoked_by"])
    record(AuditAction.CONSENT_REVOKED, target=locked, how=how)
    return locked


def _check(asked: Asked) -> None:
    if asked.talked_at is None:
        raise DomainError(TALK_FIRST)
    if asked.answer not in ConsentAnswer.values:
        raise DomainError("Choose what they answered.", field="answer")
    if asked.text.language not in WRITTEN:
        raise DomainError("Choose a language the text is written in.", field="language")
    if asked.how_read not in (READS, INTERPRETER):
        raise DomainError("Say how the words reached them.", field="how_read")
    if asked.how_read == INTERPRETER and not asked.interpreter.strip():
        raise DomainError("Enter the interpreter’s name.", field="interpreter")
    if asked.answer == ConsentAnswer.YES and not asked.signed_name.strip():
        raise DomainError("They sign by typing their name.", field="signed_name")
    if asked.seen_digest != asked.text.digest:
        raise StaleState("The words have changed since this page was opened. Read them again, then answer.")
