"""Whether what is sent is a second one of the same: a question that one tap answers.

API
    ask_whether_another(given, referral, told, kept=, at=, zone=)   before an officer's or a telephone referral is written
    another_person(words) -> DomainError                             the question, beside the field that answers it
    say_time(at, zone) -> "2:14 am"
"""

import uuid
from datetime import datetime, timedelta

from django.db.models import Q

from lead_cms.core.errors import DomainError
from lead_cms.core.prepared import prepared
from referrals.enums import ReferralStatus
from referrals.models import Referral


def ask_whether_another(given, referral: Referral, told: dict, *, kept: bool, at: datetime, zone) -> None:
    """Before a second one of what may be the same: a number used already, or just the same sent a moment ago.

    The Back button shows a form anew with all that was typed, and its key is another. Of another's nothing is revealed.
    """
    if given.is_another_person:
        return
    if given.incident_number and kept:
        number = given.incident_number
        if referral.by_telephone:
            used = _typed_with_it(by=referral.entered_by_id, number=number)
        else:
            used = _mine_with_it(officer=referral.officer_id, number=number)
        if used:
            raise another_person("You have a referral with this incident number.")
        return
    for sent in _just_sent(by=referral.entered_by_id, since=at - JUST_NOW):
        if (sent.door, sent.status) == (given.door, referral.status) and _is_told_of(sent, told):
            raise another_person(f"You sent the same at {say_time(sent.submitted_at, zone)}.")


def another_person(words: str) -> DomainError:
    """A question that one tap answers."""
    return DomainError(f"{words} Is this another person?", field="is_another_person")


def say_time(at: datetime, zone) -> str:
    local = at.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'}"


JUST_NOW, MOST_COMPARED = timedelta(minutes=30), 10


@prepared(by=uuid.UUID, since=datetime)
def _just_sent(*, by, since):
    sent = Referral.objects.filter(entered_by=by, submitted_at__gt=since)
    return sent.select_related("person").order_by("-submitted_at", "-pk")[:MOST_COMPARED]


def _is_told_of(sent: Referral, told: dict) -> bool:
    person = getattr(sent, "person", None)
    return person is not None and all(getattr(person, name) == value for name, value in told.items())


@prepared(by=uuid.UUID, number=str)
def _typed_with_it(*, by, number):
    typed = Referral.objects.filter(~Q(incident_number=""), entered_by=by, by_telephone=True, incident_number=number)
    return typed.exclude(status=ReferralStatus.CANCELLED).values_list("pk")[:1]


@prepared(officer=uuid.UUID, number=str)
def _mine_with_it(*, officer, number):
    # The index of an officer's numbers holds no empty one.
    mine = Referral.objects.filter(~Q(incident_number=""), officer_id=officer, incident_number=number)
    return mine.exclude(status=ReferralStatus.CANCELLED).values_list("pk")[:1]
