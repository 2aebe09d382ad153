"""Windows and people by urgency: what is missing, the last attempt, the next try, in one query and one shape.

API
    open_windows(site_id), first_windows(windows, most), window_row(window, today) -> an item of {% work_list %}
    waiting_handoffs(site_id, now), handed(referral, target, now), handoff_row(handed)
    tries_due(membership, until, most), outreach_untried(site_id)
Rows that a person may not see are not there: PostgreSQL says so. What is filtered here is meaning.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Subquery
from django.urls import reverse

from lead_cms.core.templatetags.dates import days_until, local_day, say_day, say_when
from referrals.enums import (
    AppointmentState,
    AttemptKind,
    AttemptOutcome,
    Item,
    OutreachState,
    ReferralStatus,
    WindowEventKind,
    WindowState,
)
from referrals.models import (
    Appointment,
    Attempt,
    Casework,
    IntakeWindow,
    OutreachEntry,
    Referral,
    WindowEvent,
    WindowItem,
)

MOST = 12  # rows of a list on Today; the whole list is one link away
# An officer waits minutes. What nobody took over in this time stands on the lists of windows and outreach.
HANDOFF_TIME = timedelta(hours=12)
TRIED = {
    AttemptKind.VISIT: "in person",
    AttemptKind.CALL: "by phone",
    AttemptKind.TEXT: "by text",
    AttemptKind.JAIL: "at the jail",
    AttemptKind.HOSPITAL: "at the hospital",
    AttemptKind.COURT: "at court",
    AttemptKind.THIRD_PARTY: "through somebody they trust",
}
AWAY = {
    WindowEventKind.CUSTODY: "In custody",
    WindowEventKind.HOSPITAL: "In hospital",
    WindowEventKind.DETOX: "In detox",
}


@dataclass(frozen=True)
class Handed:
    """A handoff that waits: who, since when, and the minutes against the site's target."""

    referral: Referral
    name: str
    minutes: int | None
    target: int | None
    is_over: bool
    says: str
    stage: str


def open_windows(site_id):
    """Open windows, bare: the caller filters, orders and slices, and `told` adds what a row says to the few that remain."""
    return IntakeWindow.objects.filter(site_id=site_id, state=WindowState.OPEN)


def of(rows, case_manager):
    """Those of `rows` (of a referral) that this case manager looks after; None: that nobody does."""
    return rows.filter(Exists(Casework.objects.filter(referral=OuterRef("referral_id"), case_manager=case_manager)))


class AnyOf(Func):
    """`key = any (array(select …))`: the keys are found first, once, and an index takes it from there.

    As `key in (select …)` they would be joined last, after the many joins of a row (join_collapse_limit).
    """

    output_field = BooleanField()
    arg_joiner = " = any "
    template = "%(expressions)s"


class Keys(ArraySubquery):
    template = "(array(%(subquery)s))"


def first(rows, *order: str, most: int):
    """The first few of a list, in one query: keys first, so that the joins are made for the rows that are shown."""
    keys = Keys(rows.order_by(*order).values("pk")[:most])
    return rows.model.objects.filter(AnyOf(F("pk"), keys)).order_by(*order)


def told(windows):
    """A sliced list of windows with everything that a row of them says."""
    counted = WindowItem.objects.filter(
        Q(needs_confirmation=False) | Q(confirmed_at__isnull=False),
        window=OuterRef("pk"),
        done_on__gte=OuterRef("starts_on"),
        done_on__lte=OuterRef("due_on"),
    )
    unsure = WindowItem.objects.filter(window=OuterRef("pk"), needs_confirmation=True, confirmed_at=None)
    tries = Attempt.objects.filter(referral=OuterRef("referral_id")).order_by("-tried_at", "-pk")
    events = WindowEvent.objects.filter(window=OuterRef("pk")).exclude(kind=WindowEventKind.NEW_ARREST)
    events = events.order_by("-happened_on", "-recorded_at", "-pk")
    booked = Appointment.objects.filter(referral=OuterRef("referral_id"), state=AppointmentState.BOOKED)
    joined = windows.select_related(
        "referral__person", "referral__casework__participant", "referral__casework__case_manager"
    )
    return joined.annotate(
        done_kinds=ArraySubquery(counted.values("kind")),
        unsure_kinds=ArraySubquery(unsure.values("kind")),
        last_kind=Subquery(tries.values("kind")[:1]),
        away=Subquery(events.values("kind")[:1]),
        away_on=Subquery(events.values("happened_on")[:1]),
        meets_at=Subquery(booked.values("at")[:1]),
        meets_place=Subquery(booked.values("place")[:1]),
    )


def first_windows(windows, most: int) -> list:
    """The soonest due of a list, ready to be said."""
    return list(told(first(windows, "due_on", "pk", most=most)))


def missing_of(window) -> list[str]:
    """Required kinds that do not count yet, in the rules' order; of an annotated window."""
    return [kind for kind in window.required_items if kind not in window.done_kinds]


def window_row(window, today: date, *, with_manager: bool = False) -> dict:
    """One window as a row: days left, who, what is missing, the last attempt, the next try, and what to do now."""
    referral, case = window.referral, window.referral.casework
    missing = missing_of(window)
    url = reverse("casefile:case", args=[referral.pk])
    notes = [*state_notes(window), tries_note(case, window.last_kind)]
    if window.unsure_kinds:
        names = ", ".join(Item(kind).label.lower() for kind in window.unsure_kinds)
        notes.append(f"Typed after the due day, waits for a supervisor: {names}")
    if window.meets_at:
        notes.append(f"Appointment {say_when(window.meets_at)}, {window.meets_place}.")
    if with_manager:
        notes.append(case.case_manager.name if case.case_manager else "No case manager yet")
    return {
        "title": person_name(referral),
        "url": url,
        "due_on": window.due_on,
        "missing": ", ".join(Item(kind).label.lower() for kind in missing),
        "notes": notes,
        "action": next_action(window, missing, today),
    }


def state_notes(window) -> list[str]:
    """Where the person is said to be, as long as nothing says that they are back."""
    if window.away in AWAY:
        return [f"{AWAY[window.away]} since {say_day(window.away_on)}."]
    return []


def tries_note(case: Casework, last_kind: str | None) -> str:
    """How often, when and how last, and when next."""
    if not case.attempts:
        words = "No try yet."
    else:
        times = "once" if case.attempts == 1 else f"{case.attempts} times"
        how = f" {TRIED[AttemptKind(last_kind)]}" if last_kind in TRIED else ""
        outcome = AttemptOutcome(case.last_outcome).label.lower() if case.last_outcome else ""
        words = f"Tried {times}, last {say_when(case.last_attempt_at)}{how}: {outcome}."
    if case.next_try_at:
        words += f" Next try {say_when(case.next_try_at)}."
    return words


def next_action(window, missing: list[str], today: date) -> dict:
    """The one thing to do with a window now."""
    key = window.referral_id
    if window.due_on < today:
        return {"label": "Open", "url": reverse("casefile:case", args=[key])}
    if window.meets_at and local_day(window.meets_at) <= today:
        return {"label": "Kept or missed", "url": reverse("casefile:case", args=[key]) + "#appointments"}
    if window.meets_at or (window.referral.casework.last_outcome == AttemptOutcome.REACHED and missing):
        kind = next((one for one in missing if one in (Item.INTAKE, Item.ASSESSMENT)), None)
        if kind:
            return {"label": f"Record {Item(kind).label.lower()}", "url": reverse("casefile:item", args=[key, kind])}
    return {"label": "Log a try", "url": reverse("casefile:attempt", args=[key])}


def person_name(referral: Referral) -> str:
    """The participant's own name once linked, else as the referrer described the person."""
    participant = referral.casework.participant
    return participant.shown_name if participant is not None else referral.person.shown_name


def waiting_handoffs(site_id, now: datetime) -> list[Referral]:
    """Referrals of these hours that an officer waits with, newest first: nobody has taken them over."""
    waiting = Referral.objects.filter(
        site_id=site_id, status__in=(ReferralStatus.SUBMITTED, ReferralStatus.PENDING), agency__isnull=False,
        submitted_at__gte=now - HANDOFF_TIME, handoff__handed_over_at=None, handoff__isnull=False,
    )  # fmt: skip
    found = first(waiting, "-submitted_at", "-pk", most=MOST)
    return list(
        found.select_related("handoff__acknowledged_by", "person", "officer", "agency", "casework__participant")
    )


def handed(referral: Referral, target: int | None, now: datetime) -> Handed:
    """A waiting handoff with its minutes, counted from the call or, before one is stamped, from the referral."""
    handoff = referral.handoff
    since = handoff.called_at or referral.submitted_at
    until = handoff.arrived_at or now
    minutes = max(0, int((until - since).total_seconds() // 60))
    who = f"{referral.officer.name}" if referral.officer else referral.given_by_name or "The officer"
    verb = "called" if handoff.called_at else "sent this"
    says = f"{who} {verb} {say_when(since)}"
    if referral.meeting_place:
        says += f". To meet: {referral.meeting_place}"
    if handoff.arrived_at:
        stage = f"{handoff.acknowledged_by.name if handoff.acknowledged_by else 'A case manager'} has arrived"
    elif handoff.acknowledged_at:
        stage = f"{handoff.acknowledged_by.name} is on the way"
    else:
        stage = "Nobody has answered yet"
    return Handed(
        referral=referral, name=person_name(referral), minutes=minutes, target=target,
        is_over=target is not None and minutes > target, says=f"{says}.", stage=stage,
    )  # fmt: skip


def say_minutes(one: Handed) -> str:
    """ "12 minutes of 30"; after a few hours the clock says nothing more."""
    if one.minutes >= 180:
        return f"{one.minutes // 60} hours"
    many = "" if one.minutes == 1 else "s"
    return f"{one.minutes} minute{many}" + (f" of {one.target}" if one.target is not None else "")


def handoff_row(one: Handed) -> dict:
    """A handoff as a row of the list."""
    return {
        "title": one.name,
        "url": reverse("casefile:handoff", args=[one.referral.pk]),
        "due_says": say_minutes(one),
        "due_tone": "bad" if one.is_over else "waiting",
        "due_note": "since the call" if one.referral.handoff.called_at else "since the referral",
        "notes": [one.says, f"{one.stage}."],
        "action": {"label": "Open the handoff", "url": reverse("casefile:handoff", args=[one.referral.pk])},
    }


def tries_due(membership, until: datetime, most: int) -> list[Casework]:
    """Own cases whose next try has come by `until`, oldest first."""
    due = Casework.objects.filter(site_id=membership.site_id, next_try_at__lte=until, case_manager=membership)
    found = first(due, "next_try_at", "pk", most=most)
    return list(found.select_related("referral__person", "participant", "referral__casework__participant"))


def try_row(case: Casework) -> dict:
    """A try that is due: no clock of the person's, only when it was meant to be."""
    referral = case.referral
    return {
        "title": person_name(referral),
        "url": reverse("casefile:case", args=[referral.pk]),
        "due_says": "Try now" if days_until(case.next_try_at) <= 0 else "Next try",
        "due_tone": "waiting",
        "due_note": say_when(case.next_try_at),
        "notes": [tries_note(case, None), where_note(referral)],
        "action": {"label": "Log a try", "url": reverse("casefile:attempt", args=[referral.pk])},
    }


def where_note(referral: Referral) -> str:
    """Where to look, as the person or else the referrer said it."""
    participant = referral.casework.participant
    where = (participant.where_to_reach if participant else "") or referral.person.where_found
    return f"Usually at {where}" if where else ""


def outreach_untried(site_id):
    """Those to be found whom nobody has tried, first listed first."""
    return (
        OutreachEntry.objects.filter(site_id=site_id, state=OutreachState.TO_FIND, first_tried_at=None)
        .select_related("referral__person", "referral__casework__participant", "referral__casework__case_manager")
        .order_by("listed_at", "pk")
    )


def outreach_row(entry: OutreachEntry, now: datetime) -> dict:
    """Somebody to be found. The first-try target is called a target, and shows no days left."""
    referral = entry.referral
    target = entry.first_try_target_at
    return {
        "title": person_name(referral),
        "url": reverse("casefile:case", args=[referral.pk]),
        "due_says": "Not tried yet",
        "due_tone": "waiting" if target and target <= now else "neutral",
        "due_note": f"target: first try by {say_when(target)}" if target else "",
        "badge": referral.get_door_display(),
        "notes": [where_note(referral), referral.person.greeting],
        "action": {"label": "Log a try", "url": reverse("casefile:attempt", args=[referral.pk])},
    }


def keyed(windows, after: tuple[date, UUID] | None, most: int) -> tuple[list, IntakeWindow | None]:
    """One page in (due_on, id) order, and the last row of it when more follow."""
    if after is not None:
        later = Q(due_on__gt=after[0]) | Q(due_on=after[0], pk__gt=after[1])
        windows = windows.filter(later, due_on__gte=after[0])
    rows = first_windows(windows, most + 1)
    return rows[:most], rows[most - 1] if len(rows) > most else None
