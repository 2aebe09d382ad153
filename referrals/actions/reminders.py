"""Reminders are rows, written in the transaction of their cause; `referrals.tasks.plan` delivers what is due.

API
    tell_now(referral=, recipient=, step=, path=, email=False)     due at once: somebody must look
    write(…)                      all of a window and its charges, at opening
    rewrite_for_extension(…)      the unsent ones, after an extension
    move(…)                       the unsent ones, when the dates were never right
    cancel_casework(referral)     casework's own, when the window is met or left
    resume_casework(referral, at=)   casework's own again, when the person is back
    cancel_all(referral)          every one, when nothing is held any more, at a death, for a sealed record
Casework's reminders belong to the window. Those of the decision, the prosecutor's and the liaison's, have no window: no
result of one moves them (docs/practice.md 20).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.inserting import insert
from lead_cms.core.jobs import poke_on_commit
from lead_cms.programs.clock import ReminderAt, reminder_moments, rewrite
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.rules import Rules
from referrals.actions import paging
from referrals.enums import WindowState
from referrals.models import IntakeWindow, Referral, Reminder
from referrals.tasks import plan

# Whose reminders are of the charge whatever their anchor.
OF_THE_CHARGE = frozenset({"prosecutor", "liaison"})
EVER = datetime.min.replace(tzinfo=UTC)


def case_path(referral_id: UUID) -> str:
    """Casework's page of a referral; it stands in an app above this one."""
    return f"/site/cases/{referral_id}/"


def charge_path(charge_id: UUID) -> str:
    return f"/referrals/charges/{charge_id}/"


def tell_now(
    *, referral: Referral, recipient: str, step: str, path: str, email: bool = False, at: datetime | None = None
) -> None:
    """Tell one kind of recipient, once for each step. E-mail besides, where waiting for the next sign-in is too long."""
    rows = [
        Reminder(
            site_id=referral.site_id, referral_id=referral.pk, step=step, recipient=recipient, channel=channel,
            path=path, due_at=at or timezone.now(),
        )
        for channel in (["in_app", "email"] if email else ["in_app"])
    ]  # fmt: skip
    with acting_as(Duty.INTAKE):
        insert(rows, ignore_conflicts=True)
    poke_on_commit(plan)


def write(
    *,
    referral: Referral,
    window_id: UUID,
    charge_id: UUID,
    rules: Rules,
    start_on: date,
    due_on: date,
    decision_on: date,
    tz: ZoneInfo,
    at: datetime,
) -> None:
    """Every reminder of a window and its charges; those whose moment has passed are left out."""
    moments = _moments(rules, start_on=start_on, due_on=due_on, decision_on=decision_on, tz=tz)
    rows = _rows(
        moments, sent={}, at=at, referral_id=referral.pk, site_id=referral.site_id, window_id=window_id, schedule=0,
        charge_id=charge_id,
    )  # fmt: skip
    with acting_as(Duty.INTAKE):
        insert(rows, ignore_conflicts=True)


def rewrite_for_extension(
    *,
    window: IntakeWindow,
    charge_id: UUID,
    schedule: int,
    rules: Rules,
    decision_on: date,
    for_casework: bool,
    tz: ZoneInfo,
    at: datetime,
) -> None:
    """Drop what is unsent, write what the new dates ask for. A window that is met or left gets none of its own."""
    moments = _moments(rules, start_on=window.starts_on, due_on=window.due_on, decision_on=decision_on, tz=tz)
    with acting_as(Duty.CLOCKWORK):
        # What tells of something else, a handoff that waits, stays.
        steps = [one.step for one in rules.reminders or ()]
        _unsent(window.referral_id).filter(step__in=steps).update(cancelled_at=at)
        sent = Reminder.objects.filter(referral_id=window.referral_id).exclude(delivered_at=None)
        keys: dict[bool, set] = {True: set(), False: set()}
        for one in sent.only("window_id", "step", "recipient", "channel", "due_at"):
            keys[one.window_id is not None].add((one.step, one.recipient, one.channel, one.due_at))
        rows = _rows(
            moments, sent=keys, at=at, referral_id=window.referral_id, site_id=window.site_id,
            window_id=window.pk if for_casework else None, schedule=schedule, charge_id=charge_id,
        )  # fmt: skip
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def move(*, window: IntakeWindow, charge_id: UUID, rules: Rules, decision_on: date, tz: ZoneInfo, at: datetime) -> None:
    """The reminders of dates that were never right, at the right ones; what was sent stays and is not sent again.

    Those of a person who has left stay dropped, at the right date for when they come back; those of one who died for good.
    """
    moments = _moments(rules, start_on=window.starts_on, due_on=window.due_on, decision_on=decision_on, tz=tz)

    def rows(since: datetime) -> dict[tuple, Reminder]:
        made = _rows(
            moments, sent={}, at=since, referral_id=window.referral_id, site_id=window.site_id, window_id=window.pk,
            schedule=0, charge_id=charge_id,
        )  # fmt: skip
        return {_told(one): one for one in made}

    every, coming = rows(EVER), rows(at)
    goes_on = {None: window.state != WindowState.ENDED, window.pk: window.state == WindowState.OPEN}
    with acting_as(Duty.CLOCKWORK):
        steps = [one.step for one in rules.reminders or ()]
        unsent = list(Reminder.objects.filter(referral_id=window.referral_id, step__in=steps, delivered_at=None))
        for one in unsent:
            told = _told(one)
            one.due_at = every[told].due_at
            if coming.pop(told, None) is None:
                one.cancelled_at = one.cancelled_at or at
            elif goes_on[one.window_id]:
                one.cancelled_at = None
        Reminder.objects.bulk_update(unsent, ["due_at", "cancelled_at"])
        new = [one for one in coming.values() if goes_on[one.window_id]]
        Reminder.objects.bulk_create(new, ignore_conflicts=True)


def _told(one: Reminder) -> tuple:
    """Who is told what of a window or its charges, and how: once, whatever the date."""
    return one.window_id, one.step, one.recipient, one.channel


def cancel_casework(referral: Referral, *, at: datetime | None = None) -> None:
    """Casework's unsent reminders of the window; those of the charge go on, whatever became of the window."""
    with acting_as(Duty.CLOCKWORK):
        _unsent(referral.pk).exclude(window=None).update(cancelled_at=at or timezone.now())


def resume_casework(referral: Referral, *, at: datetime) -> None:
    """What is still to come of the window's reminders, for the dates as they stand now."""
    window = IntakeWindow.objects.select_related("site").get(referral_id=referral.pk)
    moments = _moments(
        rules_by_id(window.rules_id), start_on=window.starts_on, due_on=window.due_on, decision_on=None,
        tz=window.site.tz,
    )  # fmt: skip
    rows = _rows(
        {True: moments[True]}, sent={}, at=at, referral_id=referral.pk, site_id=window.site_id, window_id=window.pk,
        schedule=window.extension_count,
    )  # fmt: skip
    with acting_as(Duty.CLOCKWORK):
        dropped = Reminder.objects.filter(
            window=window, schedule=window.extension_count, delivered_at=None, due_at__gt=at
        )
        dropped.update(cancelled_at=None)
        # An extension while the person was away wrote none for them.
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def cancel_all(referral: Referral, *, at: datetime | None = None) -> None:
    """Every unsent reminder of the referral."""
    cancel_all_of(referral.pk, at=at or timezone.now())


def cancel_all_of(referral_id: UUID, *, at: datetime) -> None:
    """The same for somebody who may not read the referral."""
    with acting_as(Duty.CLOCKWORK):
        _unsent(referral_id).update(cancelled_at=at)
    paging.stop(referral_id, why="nothing_to_tell", at=at)


def _unsent(referral_id: UUID):
    return Reminder.objects.filter(referral_id=referral_id, delivered_at=None, cancelled_at=None)


def _moments(
    rules: Rules, *, start_on: date, due_on: date, decision_on: date | None, tz: ZoneInfo
) -> dict[bool, list[ReminderAt]]:
    """The moments of casework (True) and of the charge (False)."""
    found: dict[bool, list[ReminderAt]] = {True: [], False: []}
    for anchored in (False, True):
        plans = [one for one in rules.reminders or () if (one.relative_to == "decision") == anchored]
        for moment in reminder_moments(plans, start_on=start_on, due=due_on, decision_on=decision_on, tz=tz):
            found[not anchored and moment.recipient not in OF_THE_CHARGE].append(moment)
    return found


def _rows(
    moments: dict[bool, list[ReminderAt]],
    *,
    sent: dict[bool, Iterable],
    at: datetime,
    referral_id: UUID,
    site_id: UUID,
    window_id: UUID | None,
    schedule: int,
    charge_id: UUID | None = None,
) -> list[Reminder]:
    rows = []
    for of_window, planned in moments.items():
        if of_window and window_id is None:
            continue
        for one in rewrite(frozenset(sent.get(of_window, ())), planned, at):
            rows.append(
                Reminder(
                    site_id=site_id, referral_id=referral_id, window_id=window_id if of_window else None,
                    schedule=schedule, step=one.step, recipient=one.recipient, channel=one.channel, due_at=one.at,
                    path=path_for(one.recipient, referral_id, charge_id),
                )
            )  # fmt: skip
    return rows


def path_for(recipient: str, referral_id: UUID, charge_id: UUID | None) -> str:
    """Where a recipient goes: only to pages that they may open."""
    if recipient == "prosecutor" and charge_id is not None:
        return charge_path(charge_id)
    if recipient in ("liaison", "coordinator"):
        return "/"
    return case_path(referral_id)
