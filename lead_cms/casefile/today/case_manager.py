"""Today of a case manager, by urgency: handoffs, windows ending, tries due, appointments, outreach; who is on call."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import UUID

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, UUIDField, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.safestring import SafeString

from lead_cms.casefile.caseload import since_of as since_of_silence
from lead_cms.casefile.lists import (
    FEW,
    MOST,
    first,
    first_windows,
    foremost,
    named,
    outreach_untried,
    tries_due,
    waiting_handoffs,
    whom,
)
from lead_cms.casefile.silence import says_silent, silent
from lead_cms.casefile.urgency import (
    called_of,
    case_url,
    handed_of,
    handoff_row,
    name_of,
    outreach_row,
    say_minutes,
    try_row,
    window_row,
)
from lead_cms.core.addresses import address
from lead_cms.core.markup import escaped
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, Keys
from lead_cms.core.templatetags.dates import local_day, say_clock, say_day, say_when, when
from lead_cms.core.workrow import badge_mark
from lead_cms.programs.current import rules_on
from lead_cms.programs.rules import Rules
from participants.actions.months import month_after, open_months
from participants.enums import CourtState, LegalKind, NoteKind
from participants.models import ContactNote, LegalEvent
from referrals.actions.roster import LOOK_AHEAD
from referrals.enums import AppointmentState, WindowState
from referrals.models import Appointment, Casework, IntakeWindow, OnCallShift
from services.askedrows import row_of
from services.models import ServiceReferral


def context(request) -> dict:
    """A fixed number of queries, each of them bounded."""
    me, now, today = request.membership, timezone.now(), timezone.localdate()
    rules = rules_of_site(me.site_id, today)
    windows = first_windows(me.site_id, MOST + 1, who="mine", me=me.pk, since=since_of(rules, today))
    soonest = foremost(windows, today)
    tries = tries_due(me, day_end(now), FEW + 1, shown=[window.key for window in soonest])
    untried = outreach_untried(me.site_id, 4)
    visits = appointments_today(me, now)
    return (
        frame_of(handoffs_of(me, rules, now))
        | shifts_of(me, now)
        | waiting_on(me, now, today, rules)
        | {
            "windows": [window_row(window, today) for window in soonest],
            "has_more": len(windows) > len(soonest),
            "need_now": sum(1 for window in soonest if (window.due_on - today).days <= 1),
            "tries": [try_row(case) for case in tries[:FEW]],
            "more_tries": len(tries) > FEW,
            "outreach": [outreach_row(entry, now, rules) for entry in untried],
            "visits": visits,
            "day": f"{today:%A, %B} {today.day}",
            "month": month_said(month_to_confirm(today, rules)),
        }
    )


LAST_DAYS = 5  # of a month, in which its picture is asked for


def month_to_confirm(today: date, rules: Rules | None) -> date | None:
    """The month whose picture is due: the last until the site's day, the running one in its last days."""
    this, last = open_months(today, rules.caseload.month_until_day if rules else None)
    return last or (this if (month_after(this) - today).days <= LAST_DAYS else None)


def month_said(month: date | None) -> dict | None:
    return {"key": f"{month:%Y-%m}", "name": f"{month:%B}"} if month else None


def shifts_of(me, now: datetime) -> dict:
    """Who is on call now, first to call first, and one's own shifts of the next days."""
    shifts = named(OF_SHIFT, _shifts(site_id=me.site_id, me=me.pk, now=now, until=now + LOOK_AHEAD))
    running = sorted((s for s in shifts if s.starts_at <= now), key=lambda s: (s.position, s.starts_at, s.pk))
    return {"on_call": running[:3], "my_shifts": [shift for shift in shifts if shift.person_id == me.pk][:3]}


OF_SHIFT = {name: name for name in ("pk", "person_id", "starts_at", "ends_at", "position")} | {"name": "person__name"}


@prepared(site_id=UUID, me=UUID, now=datetime, until=datetime)
def _shifts(*, site_id, me, now, until):
    """Those that run, whosever they are, and one's own to come, of people who have their role then."""
    found = OnCallShift.objects.filter(Q(starts_at__lte=now) | Q(person=me), site_id=site_id, ends_at__gt=now)
    then = Greatest(F("starts_at"), Value(now))
    found = found.filter(Q(person__ends_at=None) | Q(person__ends_at__gt=then), person__starts_at__lte=then)
    found = found.filter(starts_at__lt=until).order_by("starts_at", "position", "pk")
    return found.values_list(*OF_SHIFT.values())[: 2 * MOST]


WAITING = ("what", "key", "one", "two", "three", "four", "at", "answered_at", "remind_at", "appointment_at")
ASKED = 3  # at a time, of how they are
NOTE, SERVICE, COURT, SILENT = "note", "service", "court", "silent"


def waiting_on(me, now: datetime, today, rules: Rules | None) -> dict:
    """Services that have not answered within the site's days, own notes to sign, own people's court dates: one query."""
    long_ago = since_of_silence(rules, now)
    rows = _waiting(
        site_id=me.site_id, me=me.pk, now=now, court_until=court_until(rules, today),
        **{"silent_since": long_ago} if long_ago else {},
    )  # fmt: skip
    found = [dict(zip(WAITING, row, strict=True)) for row in rows]
    # Of somebody who came twice one row.
    quiet = {one["key"]: one for one in found if one["what"] == SILENT}
    return {
        "unanswered": [
            row_of(_asked(one), today, now, page="services:asked") for one in found if one["what"] == SERVICE
        ],
        "unsigned": [note_row(one) for one in found if one["what"] == NOTE],
        "court": [_court_row(one, today) for one in found if one["what"] == COURT],
        "silent": [_silent_row(one, now) for one in list(quiet.values())[:ASKED]],
    }


def court_until(rules: Rules | None, today: date) -> date:
    """Court dates before this day stand on Today; while the site has not decided how far ahead, any day."""
    days = rules.outreach.court_days if rules else None
    return date.max if days is None else today + timedelta(days=days + 1)


@prepared(site_id=UUID, me=UUID, now=datetime, court_until=date, silent_since=datetime)
def _waiting(*, site_id, me, now, court_until, silent_since=None):
    cases = Casework.objects.filter(case_manager=me)
    mine = cases.filter(is_sealed=False, participant__isnull=False)
    ahead = LegalEvent.objects.filter(
        site_id=site_id, kind=LegalKind.HEARING, state=CourtState.AHEAD, on__lt=court_until,
        participant_id__in=mine.values("participant_id"), participant__died_on=None,
    ).order_by("on", "at_time", "pk")[:MOST]  # fmt: skip
    late = ServiceReferral.objects.filter(asked_by=me).unanswered(now).order_by("remind_at", "pk")[:MOST]
    notes = ContactNote.objects.filter(author=me, signed_at=None).order_by("saved_at", "pk")[:FEW]
    no_moment = Value(None, output_field=DateTimeField())
    found = [
        notes.values_list(
            Value(NOTE), "pk", "participant__chosen_name", "participant__given_name", "participant__family_name", "kind",
            "happened_at", no_moment, no_moment, no_moment,
        ),
        ahead.values_list(
            Value(COURT), "pk", "participant__chosen_name", "participant__given_name", "participant__family_name", "place",
            _on_the_clock("on"), _on_the_clock("told_on"), no_moment, no_moment,
        ),
    ]  # fmt: skip
    if silent_since is not None:
        found.append(
            silent(cases, silent_since)[: 2 * ASKED].values_list(
                Value(SILENT), "participant_id", "participant__chosen_name", "participant__given_name",
                "participant__family_name", Value(""), "met_at", no_moment, no_moment, no_moment,
            )
        )  # fmt: skip
    return late.values_list(
        Value(SERVICE), "pk", "reference", "need", "status", "service__name", "asked_at", "answered_at", "remind_at",
        "appointment_at",
    ).union(*found, all=True)  # fmt: skip


def _asked(row: dict) -> SimpleNamespace:
    return SimpleNamespace(
        pk=row["key"], reference=row["one"], need=row["two"], status=row["three"], service=SimpleNamespace(name=row["four"]),
        asked_at=row["at"], **{name: row[name] for name in ("answered_at", "remind_at", "appointment_at")},
    )  # fmt: skip


def _on_the_clock(day: str):
    """A court's day, and its own time or midnight, as a moment in UTC that is only read back as what it was."""
    clock = Coalesce("at_time", Value(time.min)) if day == "on" else Value(time.min)
    return ExpressionWrapper(F(day) + clock, output_field=DateTimeField())


def _court_row(row: dict, today: date) -> dict:
    """The day is the court's; what is past waits for how it went."""
    on, who = row["at"].date(), _named(row)
    clock = f", {say_clock(row['at'].time())}" if row["at"].time() != time.min else ""
    is_told = row["answered_at"] is not None
    return {
        "title": who, "url": address("casefile:court-date", row["key"]),
        "due_says": f"Court {say_day(on)}{clock}", "due_tone": "bad" if on < today or (on - today).days <= 1 else "waiting",
        "notes": [row["four"], "How did it go?" if on < today else "They know of it" if is_told else "Tell them"],
    }  # fmt: skip


def _silent_row(row: dict, now: datetime) -> dict:
    """A question, and nothing that is set: their case manager answers it, or not."""
    days = (now - row["at"]).days
    return {
        "title": _named(row), "url": address("casefile:person", row["key"]), "due_says": f"{days} days",
        "due_tone": "neutral", "due_note": "without a talk", "notes": [says_silent(days)],
        "action": {"label": "How they take part", "url": address("casefile:taking-part", row["key"])},
    }  # fmt: skip


def _named(row: dict) -> str:
    return row["one"] or f"{row['two']} {row['three']}".strip() or "Name not given"


def note_row(row: dict) -> dict:
    """An own note that waits for its signature."""
    how = NoteKind(row["four"]).label if row["four"] else "Contact"
    return {
        "title": _named(row), "due_says": "Not signed", "due_tone": "waiting",
        "notes": [f"{how}, {say_when(row['at'])}"],
        "action": {"label": "Go on", "url": address("casefile:note-write", row["key"]), "kind": "secondary"},
    }  # fmt: skip


def frame_of(handoffs: list) -> dict:
    """The first handoff as the next step, the others as rows; one for which this person was paged says so."""
    first = handoffs[0] if handoffs else None
    return {
        "first": first,
        "first_paged": first is not None and first.row.is_paged,
        "first_minutes": say_minutes(first) if first else "",
        "first_url": case_url("handoff", first.row.key) if first else "",
        "first_stamp_url": case_url("stamp", first.row.key) if first else "",
        "handoffs": [handoff_row(one) for one in handoffs[1:FEW]],
        "handoff_count": len(handoffs[:FEW]),
        "more_handoffs": len(handoffs) > FEW,
    }


def handoffs_of(me, rules: Rules | None, now: datetime) -> list:
    """Handoffs of these hours: one's own pages first, then those that nobody has answered, then the longest waiting."""
    target = rules.handoff.target_minutes if rules else None
    waiting = [handed_of(row, called_of(row), target, now) for row in waiting_handoffs(me, now)]
    return sorted(waiting, key=lambda one: (not one.row.is_paged, one.row.acknowledged_at is not None, -one.minutes))


OF_VISIT = whom("at", "state", "place")


@prepared(site_id=UUID, me=UUID, start=datetime, end=datetime)
def _visits(*, site_id, me, start, end):
    # Asked of the appointments of these days one by one, in their order: the list ends after a few.
    case = Casework.objects.filter(referral=OuterRef("referral_id"), case_manager=me, participant__died_on=None)
    shut = IntakeWindow.objects.filter(
        referral=OuterRef("referral_id"), state__in=[WindowState.ENDED, WindowState.STEPPED_BACK]
    )
    agreed = Appointment.objects.filter(
        AnyOf(Value(me, output_field=UUIDField()), Keys(case.values("case_manager_id"))),
        ~Exists(shut), site_id=site_id, at__gte=start, at__lt=end,
    ).exclude(state=AppointmentState.MOVED)  # fmt: skip
    return first(agreed, "at", "pk", most=MOST).values_list(*OF_VISIT.values())


def appointments_today(me, now: datetime) -> list[SafeString]:
    """Own appointments from yesterday's unanswered ones to the end of tomorrow, of people whose window is not closed."""
    start, end = day_end(now) - timedelta(days=2), day_end(now) + timedelta(days=1)
    found = named(OF_VISIT, _visits(site_id=me.site_id, me=me.pk, start=start, end=end))
    tones = {"kept": "good", "missed": "neutral"}
    rows = []
    for one in found:
        booked = one.state == AppointmentState.BOOKED
        if not booked and local_day(one.at) < local_day(now):
            continue
        state = "ahead" if booked and one.at > now else "now" if booked else "done"
        says = "" if booked else AppointmentState(one.state).label
        rows.append(_visit_row(one, state, badge_mark(says, tones.get(one.state, "waiting")) if says else ""))
    return rows


def _visit_row(one, state: str, badge: str) -> SafeString:
    """One line as HTML (see core/markup.py)."""
    name = f'<a href="{case_url("case", one.key)}#appointments">{escaped(name_of(one))}</a>'
    place = f'<span class="muted">{escaped(one.place)}</span>'
    return SafeString(f'<li class="{state}"><span class="muted">{when(one.at)}</span>{name} {badge}{place}</li>')


def day_end(now: datetime) -> datetime:
    """The end of today at the site."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min))


def rules_of_site(site_id, today) -> Rules | None:
    return rules_on(site_id, today)


def since_of(rules: Rules | None, today):
    """Windows whose decision day has passed as well stand on their own list, not here."""
    grace = (rules.window.decision_grace_days or 0) if rules else 0
    return today - timedelta(days=grace)
