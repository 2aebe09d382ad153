"""Rows for reports, written through the models as the operator writes, one call a person."""

import uuid
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.reports.measures.base import Asked
from lead_cms.reports.models import GettingAlong
from lead_cms.reports.period import Period
from lead_cms.reports.registry import REPORTS, ask
from participants.models import Demographics, Participant, Participation
from participants.selfreport import GENDER, RACE
from referrals.models import (
    Attempt,
    Casework,
    Handoff,
    HeldCharge,
    IntakeWindow,
    OutreachEntry,
    Record,
    Referral,
    ReferredPerson,
    WindowItem,
)

AT = datetime(2026, 5, 20, 19, tzinfo=UTC)
NOW = datetime(2026, 7, 20, 19, tzinfo=UTC)
QUARTER = Period(date(2026, 4, 1), date(2026, 7, 1))


def put(model, where, **fields):
    with acting_as(Duty.OPERATOR), transaction.atomic():
        row = model(site=where.site, **fields)
        row.save(force_insert=True)
    return row


def refer(
    where, *, status="handed_over", at=AT, door="arrest", answer="yes", precinct="", seen=None, **more
) -> Referral:
    """One referral, with the person as the referrer saw them."""
    officer = where.person(Role.OFFICER)
    police = {} if door == "community" else {"officer": officer, "agency": officer.organisation}
    referral = put(
        Referral, where, reference=uuid.uuid4().hex[:9], door=door, status=status, rules=where.rules, entered_by=officer,
        submission_key=uuid.uuid4(), submitted_at=at, status_changed_at=at, person_answer=answer, precinct=precinct,
        cancel_reason="made_twice" if status == "cancelled" else "", **police, **more,
    )  # fmt: skip
    put(ReferredPerson, where, referral=referral, **(seen or {}), **police)
    return referral


def handoff(where, referral, *, minutes=None, called=True, nobody=False):
    called_at = referral.submitted_at if called else None
    arrived = referral.submitted_at + timedelta(minutes=minutes) if minutes is not None else None
    return put(
        Handoff, where, referral=referral, officer=referral.officer, agency=referral.agency, called_at=called_at,
        arrived_at=arrived, nobody_came_at=referral.submitted_at if nobody else None,
    )  # fmt: skip


def take_part(
    where, *referrals, began_on=None, restricted=False, sealed=False, race=(), gender=(), **person
) -> Participant:
    """A participant with an open spell, whose referrals these are."""
    manager = where.person(Role.CASE_MANAGER)
    participant = put(Participant, where, created_at=AT, created_by=manager, **({"given_name": "A"} | person))
    if race or gender:
        put(
            Demographics, where, participant=participant, race=[RACE.coded(one) for one in race],
            gender=[GENDER.coded(one) for one in gender], saved_at=AT, saved_by=manager,
        )  # fmt: skip
    began_on = began_on or referrals[0].submitted_at.date()
    put(Participation, where, participant=participant, began_on=began_on, recorded_by=manager)
    for referral in referrals:
        put(
            Casework, where, referral=referral, participant=participant, case_manager=manager, is_restricted=restricted,
            is_sealed=sealed,
        )  # fmt: skip
    return participant


def intake(where, referral, on: date):
    manager = where.person(Role.CASE_MANAGER)
    return put(
        Record, where, referral=referral, kind="intake", begun_at=AT, begun_by=manager, done_on=on, done_by=manager
    )


def window(where, referral, state="open", *, starts_on=date(2026, 5, 20), days=30, **more) -> IntakeWindow:
    due = starts_on + timedelta(days=days)
    return put(
        IntakeWindow, where, referral=referral, rules=where.rules, state=state, opened_at=AT, starts_on=starts_on, due_on=due,
        first_due_on=due, required_items=["intake"], state_changed_at=AT, **more,
    )  # fmt: skip


def item(where, of, kind, on: date, *, waits=False):
    manager = where.person(Role.CASE_MANAGER)
    return put(
        WindowItem, where, window=of, kind=kind, done_on=on, typed_at=AT, typed_by=manager, needs_confirmation=waits
    )


def reached(where, referral, at: datetime, *, outcome="reached", kind="visit"):
    manager = where.person(Role.CASE_MANAGER)
    return put(
        Attempt, where, referral=referral, tried_at=at, entered_at=at, tried_by=manager, kind=kind, outcome=outcome
    )


def outreach(where, referral, state: str):
    return put(OutreachEntry, where, referral=referral, state=state, listed_at=AT, state_changed_at=AT)


def charge(where, referral, decision=""):
    return put(
        HeldCharge, where, referral=referral, agency=where.person(Role.OFFICER).organisation, incident_number="1",
        code_system="x", code=uuid.uuid4().hex[:8], title="x", held_on=date(2026, 5, 20), due_on=date(2026, 6, 25),
        decision=decision, decided_at=AT if decision else None,
        decided_by=where.person(Role.PROSECUTOR) if decision else None,
    )  # fmt: skip


def gets_along(where, participant, since_on: date):
    return put(
        GettingAlong, where, participant=participant, since_on=since_on, noted_at=AT,
        noted_by=where.person(Role.CASE_MANAGER),
    )  # fmt: skip


def asked_by(by, period=QUARTER, now=NOW) -> Asked:
    with acting_as(by), transaction.atomic():
        return ask(by.site, period, now)


def counts(by, name: str, period=QUARTER, now=NOW):
    """What the report counts, as `by` sees it."""
    with acting_as(by), transaction.atomic():
        return REPORTS[name].compute(ask(by.site, period, now))
