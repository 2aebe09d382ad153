"""How what is asked reads in a list: a code and a need, how long it waits, whose turn it is. Never a fact of the person."""

from datetime import date, datetime

from lead_cms.core.addresses import address
from lead_cms.core.templatetags.dates import local_day, say_when
from services.enums import AskStatus, Need
from services.models import ServiceReferral

TONES = {
    AskStatus.SENT: "waiting", AskStatus.WAITLIST: "waiting", AskStatus.ACCEPTED: "good", AskStatus.ATTENDED: "good",
    AskStatus.PROVIDER_DECLINED: "bad",
}  # fmt: skip


def days_waited(asked: ServiceReferral, today: date) -> int:
    """Until the first answer, or until today."""
    until = local_day(asked.answered_at) if asked.answered_at else today
    return (until - local_day(asked.asked_at)).days


def say_waited(asked: ServiceReferral, today: date) -> str:
    days = days_waited(asked, today)
    many = "less than a day" if days == 0 else "1 day" if days == 1 else f"{days} days"
    return f"Answered after {many}" if asked.answered_at else f"Waiting {many}"


def row_of(asked: ServiceReferral, today: date, now: datetime, *, page: str) -> dict:
    """One line for `work_list`; of a list that reads plain values as well."""
    late = asked.status == AskStatus.SENT and asked.remind_at is not None and asked.remind_at <= now
    notes = [f"{asked.service.name}, asked {say_when(asked.asked_at)}"]
    if asked.appointment_at and asked.status == AskStatus.ACCEPTED:
        notes.append(f"First appointment {say_when(asked.appointment_at)}")
    return {
        "title": f"{asked.reference}: {Need(asked.need).label}", "url": address(page, asked.pk),
        "due_says": say_waited(asked, today), "due_tone": "bad" if late else "neutral",
        "badge": AskStatus(asked.status).label, "badge_tone": TONES.get(asked.status, "neutral"), "notes": notes,
    }  # fmt: skip


def history(asked: ServiceReferral) -> list[dict]:
    """What happened, newest first, for `timeline`."""
    found = [{"label": "Asked", "at": asked.asked_at}]
    if asked.reminded_at:
        found.append({"label": "Reminded, no answer by then", "at": asked.reminded_at})
    if asked.answered_at:
        found.append({"label": "First answer", "at": asked.answered_at})
    if asked.appointment_at:
        found.append({"label": "First appointment", "at": asked.appointment_at, "state": "ahead"})
    if asked.attended_on:
        found.append({"label": "Came", "at": asked.attended_on})
    if asked.ended_on:
        found.append({"label": "It ended", "at": asked.ended_on})
    return found[::-1]
