"""Windows and people by urgency: what is missing, the last attempt, the next try, in one query and one shape.

API
    first_windows(site_id, most, who=…), window_row(window, today) -> an item of {% work_list %}
    waiting_handoffs(site_id, now), handed(referral, target, now), handoff_row(handed)
    tries_due(membership, until, most), outreach_untried(site_id, most)
Rows that a person may not see are not there: PostgreSQL says so. What is filtered here is meaning. Rows of lists are
plain values of the columns that they say, not models: a list of many joins costs what it shows.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Subquery
from django.urls import reverse

from lead_cms.core.prepared import prepared
from lead_cms.core.templatetags.dates import days_until, local_day, say_day, say_when
from referrals.enums import (
    AppointmentState,
    AttemptKind,
    AttemptOutcome,
    Door,
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

MOST = 8  # rows of a list on Today; the whole list is one link away
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


NO_KEY = UUID(int=0)


@cache
def _pattern(name: str, *more: str) -> str:
    return reverse(f"casefile:{name}", args=[NO_KEY, *more])


def case_url(name: str, key, *more: str) -> str:
    """The address of one of a referral's pages; a list has many, and resolves each name once."""
    return _pattern(name, *more).replace(str(NO_KEY), str(key))


def open_windows(site_id):
    """Open windows, bare: the caller filters, `first_windows` reads the few that remain."""
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


# What a row says of the person and the tries: attribute, then the path from the referral or from its casework.
OF_REFERRAL = {
    "key": "pk", "door": "door", "name": "person__name", "description": "person__description",
    "where_found": "person__where_found", "greeting": "person__greeting",
}  # fmt: skip
OF_CASEWORK = {
    "attempts": "attempts", "last_attempt_at": "last_attempt_at", "last_outcome": "last_outcome",
    "next_try_at": "next_try_at", "chosen_name": "participant__chosen_name", "given_name": "participant__given_name",
    "family_name": "participant__family_name", "where_to_reach": "participant__where_to_reach",
}  # fmt: skip


def said(*more: str, referral: str = "referral__", case: str = "referral__casework__", manager=False) -> dict[str, str]:
    """The columns of a row by their names: what is said of a person, and `more`."""
    paths = {name: f"{referral}{path}" for name, path in OF_REFERRAL.items()}
    paths |= {name: f"{case}{path}" for name, path in OF_CASEWORK.items()}
    if manager:
        paths["manager"] = f"{case}case_manager__name"
    return paths | {name: name for name in more}


def named(paths: dict[str, str], rows) -> list:
    """Plain values as rows with names."""
    return [SimpleNamespace(**dict(zip(paths, values, strict=True))) for values in rows]


OF_WINDOW = said(
    "pk", "due_on", "required_items", "done_kinds", "unsure_kinds", "last_kind", "away", "away_on", "meets_at",
    "meets_place",
)  # fmt: skip
OF_MANAGED = OF_WINDOW | {"manager": "referral__casework__case_manager__name"}


def told_windows(windows, most: int):
    """The soonest due of a list, with everything that a row of them says."""
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
    found = first(windows, "due_on", "pk", most=most).annotate(
        done_kinds=ArraySubquery(counted.values("kind")),
        unsure_kinds=ArraySubquery(unsure.values("kind")),
        last_kind=Subquery(tries.values("kind")[:1]),
        away=Subquery(events.values("kind")[:1]),
        away_on=Subquery(events.values("happened_on")[:1]),
        meets_at=Subquery(booked.values("at")[:1]),
        meets_place=Subquery(booked.values("place")[:1]),
    )
    return found


@prepared(site_id=UUID, me=UUID, since=date, until=date, after_on=date, after_key=UUID)
def _windows(*, site_id, who, most, unsure=False, me=None, since=None, until=None, after_on=None, after_key=None):
    windows = open_windows(site_id)
    if unsure:
        late = WindowItem.objects.filter(window=OuterRef("pk"), needs_confirmation=True, confirmed_at=None)
        windows = windows.filter(Exists(late))
    if who != "team":
        windows = of(windows, me)
    if since is not None:
        windows = windows.filter(due_on__gte=since)
    if until is not None:
        windows = windows.filter(due_on__lt=until)
    if after_on is not None:
        later = Q(due_on__gt=after_on) | Q(due_on=after_on, pk__gt=after_key)
        windows = windows.filter(later, due_on__gte=after_on)
    return told_windows(windows, most).values_list(*(OF_MANAGED if who == "team" else OF_WINDOW).values())


def first_windows(site_id, most: int, *, who: str = "team", **bounds) -> list:
    """The soonest due open windows of the team, of one case manager (who="mine", me=…) or of nobody (who="none").

    Bounds: `since` (due on that day or later), `until` (before that day), `after_on` with `after_key` (the next page);
    `unsure`: only those with an item that waits for a supervisor. The team's rows say whose they are.
    """
    return named(OF_MANAGED if who == "team" else OF_WINDOW, _windows(site_id=site_id, who=who, most=most, **bounds))


def missing_of(window) -> list[str]:
    """Required kinds that do not count yet, in the rules' order; of an annotated window."""
    return [kind for kind in window.required_items if kind not in window.done_kinds]


def window_row(window, today: date, *, with_manager: bool = False) -> dict:
    """One window as a row: days left, who, what is missing, the last attempt, the next try, and what to do now."""
    missing = missing_of(window)
    notes = [*state_notes(window), tries_note(window, window.last_kind)]
    if window.unsure_kinds:
        names = ", ".join(Item(kind).label.lower() for kind in window.unsure_kinds)
        notes.append(f"Typed after the due day, waits for a supervisor: {names}")
    if window.meets_at:
        notes.append(f"Appointment {say_when(window.meets_at)}, {window.meets_place}.")
    if with_manager:
        notes.append(getattr(window, "manager", "") or "No case manager yet")
    return {
        "title": name_of(window),
        "url": case_url("case", window.key),
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


def tries_note(case, last_kind: str | None) -> str:
    """How often, when and how last, and when next; of a casework or a row of a list."""
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
    if window.due_on < today:
        return {"label": "Open", "url": case_url("case", window.key)}
    if window.meets_at and local_day(window.meets_at) <= today:
        return {"label": "Kept or missed", "url": case_url("case", window.key) + "#appointments"}
    if window.meets_at or (window.last_outcome == AttemptOutcome.REACHED and missing):
        kind = next((one for one in missing if one in (Item.INTAKE, Item.ASSESSMENT)), None)
        if kind:
            return {"label": f"Record {Item(kind).label.lower()}", "url": case_url("item", window.key, kind)}
    return {"label": "Log a try", "url": case_url("attempt", window.key)}


def name_of(row) -> str:
    """The same of a row of a list as `person_name` of a referral."""
    own = row.chosen_name or f"{row.given_name or ''} {row.family_name or ''}".strip()
    return own or row.name or row.description or "Name not given"


def person_name(referral: Referral) -> str:
    """The participant's own name once linked, else as the referrer described the person."""
    participant = referral.casework.participant
    return participant.shown_name if participant is not None else referral.person.shown_name


@prepared(site_id=UUID, since=datetime)
def _waiting(*, site_id, since):
    waiting = Referral.objects.filter(
        site_id=site_id, status__in=(ReferralStatus.SUBMITTED, ReferralStatus.PENDING), agency__isnull=False,
        submitted_at__gte=since, handoff__handed_over_at=None, handoff__isnull=False,
    )  # fmt: skip
    found = first(waiting, "-submitted_at", "-pk", most=MOST)
    return found.select_related("handoff__acknowledged_by", "person", "officer", "casework__participant").only(
        "submitted_at", "meeting_place", "given_by_name", "officer__name", "person__name", "person__description",
        "handoff__called_at", "handoff__acknowledged_at", "handoff__acknowledged_by__name", "handoff__arrived_at",
        "casework__participant__chosen_name", "casework__participant__given_name",
        "casework__participant__family_name",
    )  # fmt: skip


def waiting_handoffs(site_id, now: datetime) -> list[Referral]:
    """Referrals of these hours that an officer waits with, newest first: nobody has taken them over."""
    return _waiting(site_id=site_id, since=now - HANDOFF_TIME)


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
        "url": case_url("handoff", one.referral.pk),
        "due_says": say_minutes(one),
        "due_tone": "bad" if one.is_over else "waiting",
        "due_note": "since the call" if one.referral.handoff.called_at else "since the referral",
        "notes": [one.says, f"{one.stage}."],
        "action": {"label": "Open the handoff", "url": case_url("handoff", one.referral.pk)},
    }


OF_TRY = said(case="")


@prepared(site_id=UUID, me=UUID, until=datetime)
def _tries(*, site_id, me, until, most):
    due = Casework.objects.filter(site_id=site_id, next_try_at__lte=until, case_manager=me)
    return first(due, "next_try_at", "pk", most=most).values_list(*OF_TRY.values())


def tries_due(membership, until: datetime, most: int) -> list:
    """Own cases whose next try has come by `until`, oldest first."""
    return named(OF_TRY, _tries(site_id=membership.site_id, me=membership.pk, until=until, most=most))


def try_row(one) -> dict:
    """A try that is due: no clock of the person's, only when it was meant to be."""
    return {
        "title": name_of(one),
        "url": case_url("case", one.key),
        "due_says": "Try now" if days_until(one.next_try_at) <= 0 else "Next try",
        "due_tone": "waiting",
        "due_note": say_when(one.next_try_at),
        "notes": [tries_note(one, None), where_of(one)],
        "action": {"label": "Log a try", "url": case_url("attempt", one.key)},
    }


def where_of(row) -> str:
    """The same of a row of a list as `where_note` of a referral."""
    where = row.where_to_reach or row.where_found
    return f"Usually at {where}" if where else ""


def where_note(referral: Referral) -> str:
    """Where to look, as the person or else the referrer said it."""
    participant = referral.casework.participant
    where = (participant.where_to_reach if participant else "") or referral.person.where_found
    return f"Usually at {where}" if where else ""


OF_UNTRIED = said("first_try_target_at")


@prepared(site_id=UUID)
def _untried(*, site_id, most):
    untried = OutreachEntry.objects.filter(site_id=site_id, state=OutreachState.TO_FIND, first_tried_at=None)
    return first(untried, "listed_at", "pk", most=most).values_list(*OF_UNTRIED.values())


def outreach_untried(site_id, most: int) -> list:
    """Those to be found whom nobody has tried, first listed first."""
    return named(OF_UNTRIED, _untried(site_id=site_id, most=most))


def outreach_row(entry, now: datetime) -> dict:
    """Somebody to be found. The first-try target is called a target, and shows no days left."""
    target = entry.first_try_target_at
    return {
        "title": name_of(entry),
        "url": case_url("case", entry.key),
        "due_says": "Not tried yet",
        "due_tone": "waiting" if target and target <= now else "neutral",
        "due_note": f"target: first try by {say_when(target)}" if target else "",
        "badge": Door(entry.door).label,
        "notes": [where_of(entry), entry.greeting],
        "action": {"label": "Log a try", "url": case_url("attempt", entry.key)},
    }


def keyed(site_id, after: tuple[date, UUID] | None, most: int, **chosen) -> tuple[list, object]:
    """One page in (due_on, id) order, and the last row of it when more follow."""
    if after is not None:
        chosen |= {"after_on": after[0], "after_key": after[1]}
    rows = first_windows(site_id, most + 1, **chosen)
    return rows[:most], rows[most - 1] if len(rows) > most else None
