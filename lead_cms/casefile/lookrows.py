"""Who to look for, as rows of a page: the name to call them by, where, why today, the last try, and the next."""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery

from lead_cms.casefile.lists import named, said
from lead_cms.casefile.looking import Looked
from lead_cms.casefile.silence import says_silent
from lead_cms.casefile.urgency import AWAY, TRIED, case_url, name_of, where_of
from lead_cms.core.addresses import address
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList
from lead_cms.core.templatetags.dates import days_until, local_day, say_day, say_when
from participants.models import LastSeen
from referrals.enums import AppointmentState, AttemptKind, AttemptOutcome, Item, WindowEventKind
from referrals.models import Appointment, Attempt, Casework, WindowEvent, WindowItem

OF_LOOK = said(
    "pk", "participant_id", "case_manager_id", "last_kind", "required", "done_kinds", "meets_place", "away", "away_on",
    case="", manager=True,
) | {"phone": "participant__phone", "may_call": "referral__person__phone"}  # fmt: skip


@prepared(keys=list)
def _told(*, keys):
    tries = Attempt.objects.filter(referral=OuterRef("referral_id")).order_by("-tried_at", "-pk")
    booked = Appointment.objects.filter(referral=OuterRef("referral_id"), state=AppointmentState.BOOKED)
    events = WindowEvent.objects.filter(window__referral=OuterRef("referral_id")).exclude(
        kind=WindowEventKind.NEW_ARREST
    )
    events = events.order_by("-happened_on", "-recorded_at", "-pk")
    counted = WindowItem.objects.filter(
        Q(needs_confirmation=False) | Q(confirmed_at__isnull=False), window__referral=OuterRef("referral_id"),
        done_on__gte=F("window__starts_on"), done_on__lte=F("window__due_on"),
    )  # fmt: skip
    found = Casework.objects.filter(AnyOf(F("pk"), KeyList(keys))).annotate(
        last_kind=Subquery(tries.values("kind")[:1]), required=F("referral__window__required_items"),
        done_kinds=ArraySubquery(counted.values("kind")), meets_place=Subquery(booked.values("place")[:1]),
        away=Subquery(events.values("kind")[:1]), away_on=Subquery(events.values("happened_on")[:1]),
    )  # fmt: skip
    return found.values_list(*OF_LOOK.values())


@prepared(people=list, now=datetime)
def _seen(*, people, now):
    found = LastSeen.objects.filter(AnyOf(F("participant_id"), KeyList(people))).standing(now)
    return found.order_by("seen_at", "pk")


def look_rows(found: list[Looked], me, now: datetime, today: date, *, may_see_all: bool) -> list[dict]:
    """Two queries for any number of them: what each row says, and where people were last seen."""
    rows = {one.pk: one for one in named(OF_LOOK, _told(keys=[one.case for one in found]))} if found else {}
    people = [one.participant_id for one in rows.values() if one.participant_id]
    places = {one.participant_id: one for one in (_seen(people=people, now=now) if people else ())}
    return [
        _row(one, rows[one.case], places.get(rows[one.case].participant_id), me, now, today, may_see_all)
        for one in found
        if one.case in rows
    ]


def _row(one: Looked, told, seen, me, now: datetime, today: date, may_see_all: bool) -> dict:
    # Of people whom a colleague looks after a case manager reads an outline: no place and no number.
    is_full = may_see_all or told.case_manager_id in (None, me.pk)
    missing = [Item(kind).label.lower() for kind in told.required or () if kind not in told.done_kinds]
    says, note = _why(one, now, today)
    return {
        "pk": told.key, "name": name_of(told), "url": case_url("case", told.key), "due_on": one.due_on, "says": says,
        "note": note, "missing": ", ".join(missing) if one.due_on else "", "lines": _lines(one, told, now, today),
        "where": _where(told, seen) if is_full else [], "phone": (told.phone or told.may_call or "") if is_full else "",
        "manager": "" if told.case_manager_id == me.pk else told.manager or "Nobody looks after this yet",
        "person": told.participant_id if is_full else None, "key": uuid4(), "try_url": case_url("attempt", told.key),
        "log_url": address("casefile:look-try", told.key), "is_silent": one.is_silent,
    }  # fmt: skip


def _why(one: Looked, now: datetime, today: date) -> tuple[str, str]:
    """What stands where a window has its days left: when they are promised, else why they are looked for."""
    if one.due_on is not None:
        return "", ""
    if one.promised_at is not None:
        is_moment = one.promised_at in (one.try_at, one.meets_at)
        left = days_until(one.promised_at)
        word = "Today" if left == 0 else "Since" if left < 0 else "Next"
        return word, say_when(one.promised_at) if is_moment else say_day(one.promised_at)
    if one.is_silent:
        return f"{(now - one.met_at).days} days", "without a talk"
    return "To be found", ""


def _lines(one: Looked, told, now: datetime, today: date) -> list[str]:
    lines = [_last_try(told)]
    if one.meets_at:
        place = f", {told.meets_place}" if told.meets_place else ""
        lines.append(f"Appointment {say_when(one.meets_at)}{place}.")
    if one.note_on:
        lines.append(f"Next step from a note: {say_day(one.note_on)}.")
    if one.step_on:
        lines.append(f"Step of the plan: {say_day(one.step_on)}.")
    if one.try_at and local_day(one.try_at) != today:
        lines.append(f"Next try {say_when(one.try_at)}.")
    if told.away in AWAY:
        lines.append(f"{AWAY[told.away]} since {say_day(told.away_on)}.")
    if one.is_silent:
        lines.append(says_silent((now - one.met_at).days))
    return lines


def _last_try(told) -> str:
    if not told.attempts:
        return "No try yet."
    how = f" {TRIED[AttemptKind(told.last_kind)]}" if told.last_kind in TRIED else ""
    came = AttemptOutcome(told.last_outcome).label.lower() if told.last_outcome else "logged"
    return f"Last try {say_when(told.last_attempt_at)}{how}: {came}."


def _where(told, seen: LastSeen | None) -> list[str]:
    lines = [f"Last seen: {seen.place}, {say_when(seen.seen_at)}"] if seen else []
    return [*lines, *([where_of(told)] if where_of(told) else [])]


def says_try(attempt: Attempt) -> str:
    """What was just logged, and when they are looked for again."""
    words = {
        AttemptOutcome.NOT_FOUND: "not there",
        AttemptOutcome.REACHED: "talked",
        AttemptOutcome.LEFT_WORD: "left word",
    }
    came = words.get(AttemptOutcome(attempt.outcome), attempt.get_outcome_display().lower())
    again = f" Next try {say_when(attempt.next_try_at)}." if attempt.next_try_at else ""
    if not again and attempt.outcome != AttemptOutcome.REACHED:
        again = " No next try is set: your site’s rules give none."
    return f"{came[0].upper()}{came[1:]}.{again}"


def key_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
