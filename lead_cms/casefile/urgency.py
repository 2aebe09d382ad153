"""Windows and people by urgency: what is missing, the last attempt, the next try, in one query and one shape.

API
    open_windows(site_id) -> IntakeWindow queryset, with `done_kinds`, `unsure_kinds`, `last_kind`, `away`, `away_on`,
                             `meets_at`, `meets_place` annotated and all that a row says joined
    window_row(window, today) -> an item of {% work_list %}
    waiting_handoffs(site_id) / handoff_row(referral, now)
    tries_due(membership, until), outreach_untried(site_id)
Rows that a person may not see are not there: PostgreSQL says so. What is filtered here is meaning.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery
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
    """Open windows with everything a row of them says; order and slice are the caller's."""
    counted = WindowItem.objects.filter(
        Q(needs_confirmation=False) | Q(confirmed_at__isnull=False), window=OuterRef("pk"),
        done_on__gte=OuterRef("starts_on"), done_on__lte=OuterRef("due_on"),
    )  # fmt: skip
    unsure = WindowItem.objects.filter(window=OuterRef("pk"), needs_confirmation=True, confirmed_at=None)
    tries = Attempt.objects.filter(referral=OuterRef("referral_id")).order_by("-tried_at", "-pk")
    events = WindowEvent.objects.filter(window=OuterRef("pk")).exclude(kind=WindowEventKind.NEW_ARREST)
    events = events.order_by("-happened_on", "-recorded_at", "-pk")
    booked = Appointment.objects.filter(referral=OuterRef("referral_id"), state=AppointmentState.BOOKED)
    return (
        IntakeWindow.objects.filter(site_id=site_id, state=WindowState.OPEN)
        .select_related("referral__person", "referral__casework__participant", "referral__casework__case_manager")
        .annotate(
            done_kinds=ArraySubquery(counted.values("kind")),
            unsure_kinds=ArraySubquery(unsure.values("kind")),
            last_kind=Subquery(tries.values("kind")[:1]),
            away=Subquery(events.values("kind")[:1]),
            away_on=Subquery(events.values("happened_on")[:1]),
            meets_at=Subquery(booked.values("at")[:1]),
            meets_place=Subquery(booked.values("place")[:1]),
        )
    )


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


def waiting_handoffs(site_id):
    """Referrals that an officer waits with, longest first: called or just given, and nobody has taken over."""
    return (
        Referral.objects.filter(
            site_id=site_id, status__in=(ReferralStatus.SUBMITTED, ReferralStatus.PENDING),
            handoff__isnull=False, handoff__handed_over_at=None, agency__isnull=False,
        )
        .select_related("handoff__acknowledged_by", "person", "officer", "agency", "casework__participant")
        .order_by("-submitted_at", "-pk")
    )  # fmt: skip


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


def tries_due(membership, until: datetime):
    """Own cases whose next try has come by `until`, oldest first."""
    return (
        Casework.objects.filter(site_id=membership.site_id, next_try_at__lte=until, case_manager=membership)
        .select_related("referral__person", "participant", "referral__casework__participant", "referral__outreach")
        .order_by("next_try_at", "pk")
    )


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


def keyed(queryset, after: tuple[date, str] | None, most: int):
    """One page in (due_on, id) order, and the key of the next one."""
    if after is not None:
        queryset = queryset.filter(Q(due_on__gt=after[0]) | Q(due_on=after[0], pk__gt=after[1]), due_on__gte=after[0])
    rows = list(queryset.order_by(F("due_on").asc(), F("pk").asc())[: most + 1])
    more = rows[most - 1] if len(rows) > most else None
    return rows[:most], more
