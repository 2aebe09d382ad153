"""Windows and people by urgency as rows of a list: what is missing, the last attempt, the next try, what to do now.

API
    window_row(window, today), try_row(case), outreach_row(entry, now, rules) -> an item of {% work_list %}
    handed(referral, target, now), handed_of(row, name, target, now), handoff_row(handed)
What they are made of comes from `lists`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from lead_cms.core.addresses import address
from lead_cms.core.templatetags.dates import days_until, local_day, say_day, say_when
from lead_cms.programs.rules import Rules
from referrals.enums import AttemptKind, AttemptOutcome, Door, Item, WindowEventKind
from referrals.models import Referral

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
# What the officer did when nobody came, and whether they and the person are gone from where they were to be met.
INSTEAD = {
    "next_on_list": ("the next on the list was called", False),
    "drop_off": ("the person was brought to a drop-off place", True),
    "station": ("they meet at the station", True),
    "hold_and_reach_out": ("the person has left and is to be found", True),
    "judgement": ("the officer did as they saw fit", False),
}


@dataclass(frozen=True)
class Handed:
    """A handoff that waits: who, since when, and the minutes against the site's target."""

    row: Any  # as of `waiting_handoffs`
    name: str
    minutes: int | None
    target: int | None
    is_over: bool
    says: str
    stage: str


def case_url(name: str, key, *more: str) -> str:
    """The address of one of a referral's pages."""
    return address(f"casefile:{name}", key, *more)


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
        late = ": after the last day" if local_day(window.meets_at) > window.due_on else ""
        notes.append(f"Appointment {say_when(window.meets_at)}, {window.meets_place}{late}.")
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


def called_of(row) -> str:
    """The same of a waiting handoff, of whom a street name may be all that is known. A list names nobody who is closed to it."""
    if row.is_closed:
        return "Somebody whose record is closed"
    is_named = row.chosen_name or row.given_name or row.family_name
    also = [] if is_named else [*(row.street_names or ()), *(row.aliases or ())]
    return also[0] if also else name_of(row)


def handed(referral: Referral, target: int | None, now: datetime) -> Handed:
    """The handoff of one referral; see `handed_of`."""
    handoff, officer = referral.handoff, referral.officer
    row = SimpleNamespace(
        key=referral.pk, submitted_at=referral.submitted_at, meeting_place=referral.meeting_place,
        given_by_name=referral.given_by_name, officer=officer and officer.name, called_at=handoff.called_at,
        acknowledged_at=handoff.acknowledged_at, arrived_at=handoff.arrived_at,
        acknowledged_by=handoff.acknowledged_by and handoff.acknowledged_by.name, fallback=handoff.fallback,
        nobody_came_at=handoff.nobody_came_at, fallback_note=handoff.fallback_note,
    )  # fmt: skip
    return handed_of(row, person_name(referral), target, now)


def handed_of(row, name: str, target: int | None, now: datetime) -> Handed:
    """A waiting handoff with its minutes, counted from the call or, before one is stamped, from the referral."""
    since = row.called_at or row.submitted_at
    until = row.arrived_at or now
    minutes = max(0, int((until - since).total_seconds() // 60))
    verb = "called" if row.called_at else "sent this"
    says = f"{row.officer or row.given_by_name or 'The officer'} {verb} {say_when(since)}"
    _, is_gone = INSTEAD.get(row.fallback, ("", False))
    if row.meeting_place and not is_gone:
        says += f". To meet: {row.meeting_place}"
    if row.nobody_came_at:
        says += f". Nobody came by {say_when(row.nobody_came_at)}: {instead_of(row)}"
    who = row.acknowledged_by or "A case manager"
    if row.arrived_at:
        stage = f"{who} has arrived"
    elif row.acknowledged_at:
        stage = f"{who} is on the way"
    else:
        stage = "Nobody has answered yet"
    return Handed(
        row=row, name=name, minutes=minutes, target=target, is_over=target is not None and minutes > target,
        says=f"{says}.", stage=stage,
    )  # fmt: skip


def instead_of(row) -> str:
    """What the officer wrote down when nobody came, for whoever comes after all."""
    did, _ = INSTEAD.get(row.fallback, ("", False))
    return ": ".join(part for part in (did, row.fallback_note) if part)


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
        "url": case_url("handoff", one.row.key),
        "due_says": say_minutes(one),
        "due_tone": "bad" if one.is_over else "waiting",
        "due_note": "since the call" if one.row.called_at else "since the referral",
        "notes": [one.says, f"{one.stage}."],
        "action": {"label": "Open the handoff", "url": case_url("handoff", one.row.key)},
    }


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
    return f"Usually found: {where}" if where else ""


def where_note(referral: Referral) -> str:
    """Where to look, as the person or else the referrer said it."""
    participant = referral.casework.participant
    where = (participant.where_to_reach if participant else "") or referral.person.where_found
    return f"Usually found: {where}" if where else ""


def door_of(entry, rules: Rules | None) -> str:
    """The site's own name of the door."""
    return rules.door_name(Door(entry.door)).capitalize() if rules else Door(entry.door).label


def outreach_row(entry, now: datetime, rules: Rules | None) -> dict:
    """Somebody to be found. The first-try target is called a target, and shows no days left."""
    target = entry.first_try_target_at
    return {
        "title": name_of(entry),
        "url": case_url("case", entry.key),
        "due_says": "Not tried yet",
        "due_tone": "waiting" if target and target <= now else "neutral",
        "due_note": f"target: first try by {say_when(target)}" if target else "",
        "badge": door_of(entry, rules),
        "notes": [where_of(entry), entry.greeting],
        "action": {"label": "Log a try", "url": case_url("attempt", entry.key)},
    }
