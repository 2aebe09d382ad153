"""Whom nobody has talked with for long: a question for their case manager, computed when it is read and never set.

A contact both ways is a signed note of a talk, an appointment kept, a try that reached them, the handover, their yes.

API
    silent(cases, since)        of cases, those of people taking part whom nobody has talked with since
    silent_days(person, …)      the days since, or None
"""

from datetime import datetime

from lead_cms.casefile.caseload import since_of
from lead_cms.programs.rules import Rules
from participants.enums import SpellState
from participants.models import Participant
from referrals.enums import Standing
from referrals.models import Casework


def silent(cases, since: datetime):
    """Longest ago first."""
    found = cases.filter(standing=Standing.ACTIVE, met_at__lt=since)
    taking_part = found.filter(participant__spells__ended_on=None, participant__spells__state=SpellState.ACTIVE)
    return taking_part.order_by("met_at", "pk")


def silent_days(person: Participant, rules: Rules | None, now: datetime) -> int | None:
    """How long there was no contact both ways, where that is longer than the site's days. One query."""
    since = since_of(rules, now)
    case = silent(Casework.objects.filter(participant=person), since).first() if since else None
    return (now - case.met_at).days if case else None


def says_silent(days: int) -> str:
    return f"No two-way contact for {days} days. Still in touch?"
