"""What the person takes along: a slip that names nothing, and a letter of their own that the window was met.

API
    make_slip(referral=, name=, on=, place=, phone=, language=, by=, at=) -> Slip
    print_letter(referral=, name=, by=, at=) -> Letter
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from participants.enums import WRITTEN
from participants.slip_texts import telling_words
from referrals.models import IntakeWindow, Referral, Slip


@dataclass(frozen=True)
class Letter:
    """What the letter says: that the window was met on a day, for whom, and nothing else."""

    name: str
    reference: str
    met_on: date
    made_at: datetime


@transaction.atomic
def make_slip(
    *,
    referral: Referral,
    name: str,
    on: datetime | None,
    place: str,
    phone: str,
    language: str,
    by: Membership,
    at: datetime,
) -> Slip:
    """A slip with the name they chose. What is typed may not tell what the slip keeps quiet about."""
    if language not in WRITTEN:
        raise DomainError("Choose a language.", field="language")
    for field, said in (("name", name), ("place", place)):
        telling = telling_words(said)
        if telling:
            raise DomainError(f"“{telling[0]}” would tell others what this is about. Say it another way.", field=field)
    if on is not None and on <= at:
        raise DomainError("This time is past. Enter one that is still to come.", field="on")
    if not place.strip():
        raise DomainError("Enter where you meet.", field="place")
    if not phone.strip():
        raise DomainError("Enter the number they can call.", field="phone")
    slip = Slip.objects.create(
        site_id=referral.site_id, referral=referral, name=name.strip(), at=on, place=place.strip(), phone=phone.strip(),
        code=referral.reference, language=language, made_at=at, made_by=by,
    )  # fmt: skip
    record(AuditAction.SLIP_MADE, target=slip, language=language)
    return slip


@transaction.atomic
def print_letter(*, referral: Referral, name: str, by: Membership, at: datetime) -> Letter:
    """The person's own letter, made when they ask for it and only of a window that was met. Handing it over is theirs."""
    met_on = IntakeWindow.objects.filter(referral=referral).values_list("met_on", flat=True).first()
    if met_on is None:
        raise DomainError("A letter can be made once the window is met.")
    if not name.strip():
        raise DomainError("Enter the name the letter is for.", field="name")
    record(AuditAction.LETTER_PRINTED, target=referral)
    return Letter(name.strip(), referral.reference, met_on, at)
