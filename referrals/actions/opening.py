"""What a referral sets going, in its own transaction: casework, outreach, the window, the held charges, the reminders.

API
    open_up(referral=, offences=, person=, rules=, at=, by=)     right after the referral and its parts are written
    open_window_after_approval(referral=, at=, by=)              when it leaves "waiting for approval" or triage
    open_window_late(referral=, at=, by=)                        when the yes came after they left, or after the handover
    goes_on_to(referral) -> ReferralStatus                       where it goes then
    begin_on_another_day(referral, rules, tz=, at=)              when the day of the arrest was typed wrong
Written as INTAKE, which inserts and reads nothing: an officer causes all of it and may see none of it. The keys are made
from the referral's, so that opening twice opens once.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.inserting import insert, pipelined
from lead_cms.programs import clock
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.rules import Rules, need
from referrals.actions import paging, reminders
from referrals.enums import ENDED, Door, OutreachState, ReferralStatus
from referrals.models import (
    Casework,
    ChargeIdentity,
    Handoff,
    HeldCharge,
    IntakeWindow,
    OutreachEntry,
    Packet,
    Referral,
    ReferralOffence,
    ReferredPerson,
)


@transaction.atomic(savepoint=False)  # a part of its referral's transaction: both stand or neither
def open_up(
    *,
    referral: Referral,
    offences: Iterable[ReferralOffence],
    person: ReferredPerson,
    rules: Rules,
    at: datetime,
    by: Membership,
) -> None:
    """Everything that the referral's status lets begin; what waits for an approval or the coordinator waits."""
    with acting_as(Duty.INTAKE), pipelined():
        insert([Casework(**_part(referral), id=_key(referral, "casework"))], ignore_conflicts=True)
        charges = _begin(referral, offences, person, rules, at=at, by=by)
    _record_opening(referral, charges)


@transaction.atomic
def open_window_after_approval(*, referral: Referral, at: datetime, by: Membership, **_known) -> None:
    """The same once somebody has said yes. The days count from the rules' start, not from the approval."""
    offences = list(ReferralOffence.objects.filter(referral_id=referral.pk))
    person = ReferredPerson.objects.filter(referral_id=referral.pk).first() or ReferredPerson()
    rules = rules_by_id(referral.rules_id)
    with acting_as(Duty.INTAKE), pipelined():
        charges = _begin(referral, offences, person, rules, at=at, by=by)
    _record_opening(referral, charges)


@transaction.atomic
def open_window_late(*, referral: Referral, at: datetime, by: Membership) -> None:
    """Window and charges of a referral that nobody waits for any more, where the site's rules open them at the approval."""
    rules = rules_by_id(referral.rules_id)
    if referral.status in ENDED or referral.door != Door.ARREST or rules.window.opens_at != "approval":
        return
    with acting_as(Duty.CLOCKWORK):
        if IntakeWindow.objects.filter(pk=window_key(referral.pk)).exists():
            return
    held = list(ReferralOffence.objects.filter(referral_id=referral.pk, is_held=True))
    if not held:
        return
    person = ReferredPerson.objects.filter(referral_id=referral.pk).first() or ReferredPerson()
    with acting_as(Duty.INTAKE), pipelined():
        charges = _open_window(referral, held, person, rules, at=at, by=by)
    _record_opening(referral, charges)


def goes_on_to(referral: Referral) -> ReferralStatus:
    """A case manager comes; or outreach finds the person, where nobody meets or the person has left meanwhile."""
    left = Handoff.objects.filter(referral_id=referral.pk, fallback="hold_and_reach_out").exists()
    return ReferralStatus.OUTREACH if left or not referral.meeting_place else ReferralStatus.SUBMITTED


def _record_opening(referral: Referral, charges: int) -> None:
    if charges:
        record(AuditAction.WINDOW_OPENED, target=referral, charges=charges)


def window_key(referral_id: uuid.UUID) -> uuid.UUID:
    """The window's key."""
    return uuid.uuid5(referral_id, "window")


def start_on(referral: Referral, rules: Rules, tz: ZoneInfo) -> date:
    """Day 0 at the site: of the referral or of the arrest, as the rules say."""
    moment = referral.submitted_at
    if need(rules.window.starts, "window.starts") == "arrest":
        moment = referral.occurred_at or referral.submitted_at
    return clock.local_day(moment, tz)


def due_on(start: date, rules: Rules) -> date:
    """The last day of the window by the site's last-day rule and calendar."""
    days = need(rules.window.days, "window.days")
    skipped: frozenset[date] = frozenset()
    if rules.window.holiday_calendar is not None:
        calendar = rules.window.holiday_calendar
        skipped = clock.holidays_for(calendar.country, calendar.subdivision, clock.holiday_years(start, days))
    rule = need(rules.window.last_day_rule, "window.last_day_rule")
    return clock.due_on(start, days, last_day_rule=rule, holidays=skipped)


def _begin(referral, offences, person, rules: Rules, *, at: datetime, by: Membership) -> int:
    """What begins now, written as INTAKE; the number of held charges whose window it opened."""
    charges = 0
    if referral.status in ENDED:
        return charges
    if referral.status == ReferralStatus.TRIAGE:
        reminders.tell_now(referral=referral, recipient="coordinator", step="triage", path="/", email=True, at=at)
        return charges
    waits = referral.status == ReferralStatus.PENDING
    if waits:
        # Those whom the rules name; at the community door never the police.
        named = rules.approval.at(referral.door).roles or ("liaison" if referral.agency_id else "coordinator",)
        for approver in named:
            if approver != "liaison" or referral.agency_id:
                reminders.tell_now(referral=referral, recipient=approver, step="approval", path="/", at=at)
    held = [one for one in offences if one.is_held] if referral.door == Door.ARREST else []
    if held and not (waits and need(rules.window.opens_at, "window.opens_at") == "approval"):
        charges = _open_window(referral, held, person, rules, at=at, by=by)
    finding = referral.status == ReferralStatus.OUTREACH or referral.door != Door.ARREST
    if finding and not waits:
        _list_for_outreach(referral, rules, at=at)
    if finding and not waits:
        path = reminders.case_path(referral.pk)
        reminders.tell_now(referral=referral, recipient="outreach", step="to_find", path=path, at=at)
    # Somebody is waiting at the curb: whoever is on call is paged at once. Nobody waits on the list of outreach.
    if not finding or (referral.meeting_place and referral.status in paging.OFFICER_WAITS):
        paging.begin(referral=referral, minutes=rules.handoff.page_minutes, at=at)
    return charges


def _open_window(referral, held, person, rules: Rules, *, at: datetime, by: Membership) -> int:
    """The clock and, apart from it, the charges: all fall due on one date, whatever becomes of the window."""
    tz = by.site.tz
    start = start_on(referral, rules, tz)
    due = due_on(start, rules)
    decision_on = _decision_on(due, rules)
    part, held_on = _part(referral), clock.local_day(referral.submitted_at, tz)
    window = IntakeWindow(
        **part, id=window_key(referral.pk), rules_id=referral.rules_id, opened_at=at, starts_on=start, due_on=due,
        first_due_on=due, required_items=list(need(rules.window.required_items, "window.required_items")),
        state_changed_at=at,
    )  # fmt: skip
    police = {"agency_id": referral.agency_id, "incident_number": referral.incident_number, "held_on": held_on}
    charges = [
        HeldCharge(
            **part, **police, id=_key(referral, f"charge {one.code}"), code_system=one.code_system, code=one.code,
            title=one.title, offence_class=one.offence_class, due_on=decision_on,
        )
        for one in held
    ]  # fmt: skip
    for rows in (
        [window],
        charges,
        [ChargeIdentity(**part, id=_key(referral, "identity"), name=person.name, birth_date=person.birth_date)],
        [Packet(**part, **police, id=_key(referral, "packet"), officer_id=referral.officer_id)],
    ):
        insert(rows, ignore_conflicts=True)
    reminders.write(
        referral=referral, window_id=window.pk, charge_id=charges[0].pk, rules=rules, start_on=start, due_on=due,
        decision_on=decision_on, tz=tz, at=at,
    )  # fmt: skip
    return len(charges)


def begin_on_another_day(referral: Referral, rules: Rules, *, tz: ZoneInfo, at: datetime) -> None:
    """Where the days count from the arrest and its day is put right: window, charges and unsent reminders follow.

    A date that the prosecutor gave stands, and so do all dates once they have decided on every charge.
    """
    if rules.window.starts != "arrest":
        return
    start = start_on(referral, rules, tz)
    due = due_on(start, rules)
    with acting_as(Duty.CLOCKWORK):
        # Charges before the window, as everywhere: the prosecutor's word waits, or is read here. Row security lets
        # nobody but the prosecutor hold a charge that is decided.
        rows = HeldCharge.objects.select_for_update(of=("self",), no_key=True).only("id", "extension_count")
        waiting = list(rows.filter(referral_id=referral.pk).order_by("pk"))
        if not waiting or any(one.extension_count for one in waiting):
            return
        known = ("id", "site_id", "referral_id", "state", "starts_on")
        windows = IntakeWindow.objects.select_for_update(of=("self",), no_key=True).only(*known)
        window = windows.get(pk=window_key(referral.pk))
        if window.starts_on == start:
            return
        decision_on = _decision_on(due, rules)
        HeldCharge.objects.filter(pk__in=[one.pk for one in waiting]).update(due_on=decision_on)
        window.starts_on, window.due_on = start, due
        IntakeWindow.objects.filter(pk=window.pk).update(starts_on=start, due_on=due, first_due_on=due)
    reminders.move(window=window, charge_id=waiting[0].pk, rules=rules, decision_on=decision_on, tz=tz, at=at)


def _decision_on(due: date, rules: Rules) -> date:
    return clock.decision_on(due, need(rules.window.decision_grace_days, "window.decision_grace_days"))


def _list_for_outreach(referral, rules: Rules, *, at: datetime) -> None:
    """On the list of those to be found: with a target for the first try, and no clock."""
    hours = rules.targets.first_try_hours
    if referral.status == ReferralStatus.OUTREACH:
        ways = (way.outreach_hours for way in rules.handoff.fallbacks or () if way.kind == "hold_and_reach_out")
        hours = next((known for known in ways if known is not None), hours)
    entry = OutreachEntry(
        **_part(referral), id=_key(referral, "outreach"), state=OutreachState.TO_FIND, listed_at=at,
        first_try_target_at=at + timedelta(hours=hours) if hours is not None else None, state_changed_at=at,
    )  # fmt: skip
    insert([entry], ignore_conflicts=True)


def _key(referral: Referral, what: str) -> uuid.UUID:
    return uuid.uuid5(referral.pk, what)


def _part(referral: Referral) -> dict:
    return {"site_id": referral.site_id, "referral_id": referral.pk}
