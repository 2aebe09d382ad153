"""Whom nobody has talked with for long: a question for their case manager, computed when it is read and never set.

A contact both ways is a signed note of a talk, an appointment kept, a try that reached them, the handover, their yes.

API
    last_met()                  an expression on a Participation: the last contact both ways with its person
    silent_for(person, …)       the days since, or None
"""

from datetime import datetime, time

from django.db.models import DateTimeField, ExpressionWrapper, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Greatest

from lead_cms.casefile.caseload import since_of
from lead_cms.programs.rules import Rules
from participants.enums import SpellState
from participants.models import ContactNote, Participant, Participation
from referrals.enums import AppointmentState, AttemptOutcome
from referrals.models import Appointment, Attempt, Handoff


def _latest(rows, person: str, column: str) -> Subquery:
    found = rows.filter(**{person: OuterRef("participant_id")}).order_by().values(person)
    return Subquery(found.annotate(latest=Max(column)).values("latest"))


def last_met() -> Greatest:
    by_referral = "referral__casework__participant"
    return Greatest(
        _latest(Attempt.objects.filter(outcome=AttemptOutcome.REACHED), by_referral, "tried_at"),
        _latest(Appointment.objects.filter(state=AppointmentState.KEPT), by_referral, "at"),
        _latest(Handoff.objects.filter(handed_over_at__isnull=False), by_referral, "handed_over_at"),
        _latest(ContactNote.objects.filter(is_two_way=True, signed_at__isnull=False), "participant", "happened_at"),
        ExpressionWrapper(F("began_on") + Value(time.min), output_field=DateTimeField()),
        output_field=DateTimeField(),
    )


def silent(spells, rules: Rules | None, now: datetime):
    """Of spells, the active ones of people with whom there was no contact both ways in the site's days, as `met_at`."""
    since = since_of(rules, now)
    if since is None:
        return spells.none()
    found = spells.filter(ended_on=None, state=SpellState.ACTIVE, participant__died_on=None)
    return found.annotate(met_at=last_met()).filter(met_at__lt=since)


def silent_days(person: Participant, rules: Rules | None, now: datetime) -> int | None:
    """How long there was no contact both ways, where that is longer than the site's days. One query."""
    spell = silent(Participation.objects.filter(participant=person), rules, now).first()
    return (now - spell.met_at).days if spell else None


def says_silent(days: int) -> str:
    return f"No two-way contact for {days} days. Still in touch?"
