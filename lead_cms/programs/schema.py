"""The table of every rule: its path, what its value must look like, and the question it answers.

A rule with a question is one that the form or the clock needs: unset, the site takes no referral
(docs/practice.md 26).  A rule without one may stay unset.  `validate.faults` walks this table; `Rules.missing`
asks its questions.  A check takes a value and its path and yields one Fault for each thing wrong.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

# What a rules file calls itself. Each format reads every earlier one; what a later one added, an earlier file leaves out.
FORMATS = ("lead-rules/1", "lead-rules/2")
DOORS = ("arrest", "social", "community")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
APPROVER_ROLES = ("liaison", "coordinator")
BEFORE_OFFER = ("not_needed", "consult", "must_agree", "must_decline_prosecution")
ITEMS = ("intake", "assessment", "care_plan", "roi")
RECIPIENTS = ("case_manager", "outreach", "supervisor", "prosecutor", "liaison", "coordinator")
CHANNELS = ("in_app", "email")
EFFECTS = ("ineligible", "presumptive", "needs_approval")
WHEN_NOT_KNOWN = ("proceed", "needs_approval", "ask_coordinator")
FALLBACKS = ("next_on_list", "drop_off", "station", "hold_and_reach_out")
GROUPS = ("drug", "prostitution", "trespass", "theft", "disorder", "other")
CLASSES = ("felony", "gross misdemeanor", "misdemeanor", "infraction")
OVERRIDE_ROLES = ("officer", "liaison", "coordinator", "supervisor", "prosecutor")
LONGEST_SHIFT_HOURS = 24
FIGURES = ("offers", "handed_over", "minutes_to_arrival", "nobody_came")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a rules document: where, and what to do about it."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


Check = Callable[[Any, str], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One rule of the document."""

    path: str
    check: Check
    question: str = ""
    since: int = 1  # the format that brought it


def text(most: int = 300) -> Check:
    def check(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(path, f"must be text in quotes, not {_said(value)}.")
        elif not value.strip():
            yield Fault(path, 'is blank. Write it, or set the value to null with the source "not published".')
        elif len(value) > most:
            yield Fault(path, f"is {len(value)} characters long; at most {most} fit.")
        elif not _is_text(value):
            yield Fault(path, "holds a character that is no text, such as a line break.")

    return check


def _is_text(value: str) -> bool:
    """Whether it can be stored and stands on one line: no control character, no half of a character."""
    return not any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in value)


def whole(low: int, high: int) -> Check:
    def check(value: Any, path: str) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Fault(path, f"must be a whole number, not {_said(value)}.")
        elif not low <= value <= high:
            yield Fault(path, f"must lie between {low} and {high}, not {value}.")

    return check


def truth(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield Fault(path, f"must be true or false, not {_said(value)}.")


def day(value: Any, path: str) -> Iterator[Fault]:
    try:
        if isinstance(value, str) and len(value) == 10 and date.fromisoformat(value).year >= 1990:
            return
    except ValueError:
        pass
    yield Fault(path, f'must be a date such as "2025-01-31", from 1990 on, not {_said(value)}.')


def url(value: Any, path: str) -> Iterator[Fault]:
    try:
        split = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        split = None
    if (
        split is None
        or split.scheme not in ("http", "https")
        or "." not in split.netloc
        or " " in value
        or not _is_text(value)
    ):
        yield Fault(path, f"must be a web address beginning with https:// or http://, not {_said(value)}.")


def one_of(*allowed: str) -> Check:
    def check(value: Any, path: str) -> Iterator[Fault]:
        if value not in allowed or not isinstance(value, str):
            yield Fault(path, f"must be one of {', '.join(allowed)}, not {_said(value)}.")

    return check


def list_of(item: Check, *, unique: str = "", least: int = 0) -> Check:
    """A list; with `unique`, no two of its records share that key, without it no value stands twice."""

    def check(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(path, f"must be a list in square brackets, not {_said(value)}.")
            return
        if len(value) < least:
            yield Fault(path, "is empty.")
        seen: set[str] = set()
        for number, entry in enumerate(value):
            place = f"{path}[{number + 1}]"
            yield from item(entry, place)
            name = entry.get(unique) if unique and isinstance(entry, Mapping) else entry
            if isinstance(name, str):
                if name.casefold() in seen:
                    yield Fault(place, f'"{name}" stands twice.')
                seen.add(name.casefold())

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """A record with these keys and no other; an optional one may be left out or null."""
    extra = optional or {}

    def check(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield Fault(path, f"must be a record in braces, not {_said(value)}.")
            return
        for key in value:
            if key not in required and key not in extra:
                yield Fault(f"{path}.{key}", "is not a known key here.")
        for key, inner in required.items():
            if key not in value:
                yield Fault(f"{path}.{key}", "is not there.")
            else:
                yield from inner(value[key], f"{path}.{key}")
        for key, inner in extra.items():
            if value.get(key) is not None:
                yield from inner(value[key], f"{path}.{key}")

    return check


def code(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, str) or not value.isascii() or not value.replace("_", "a").isalnum() or len(value) > 60:
        yield Fault(path, f'must be a code of letters, digits and "_", at most 60, not {_said(value)}.')


def offense_code(value: Any, path: str) -> Iterator[Fault]:
    plain = isinstance(value, str) and len(value) <= 40 and _is_text(value)
    if not plain or not any(letter.isdigit() for letter in value):
        yield Fault(path, f'must be a section such as "HS 11350(a)", not {_said(value)}.')


def phone(value: Any, path: str) -> Iterator[Fault]:
    plain = isinstance(value, str) and all(letter.isdigit() or letter in " +-.()" for letter in value)
    if not plain or not 3 <= sum(letter.isdigit() for letter in value) <= 15:
        yield Fault(path, f'must be a telephone number such as "555-0100", not {_said(value)}.')


def clock(value: Any, path: str) -> Iterator[Fault]:
    """A time of the day at the site; 24:00 ends a day."""
    hours, _, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
    plain = len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit()
    if not plain or int(minutes) > 59 or int(hours) > 24 or (int(hours) == 24 and int(minutes)):
        yield Fault(path, f'must be a time such as "07:00" or "24:00", not {_said(value)}.')


def _said(value: Any) -> str:
    if value is None:
        return "null"
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


CHOICES = list_of(record({"code": code, "name": text(120)}), unique="code", least=1)
# Open from one time until another on these days; until before from, or the same, goes on into the next day.
OPEN = list_of(
    record({"days": list_of(one_of(*DAYS), least=1), "from": clock, "until": clock}),
    least=1,
)
PLACE = record({"code": code, "name": text(120)}, {"address": text(), "hours": text(), "phone": phone, "open": OPEN})
PLACES = list_of(PLACE, unique="code", least=1)
LIMIT = record(
    {"amount": whole(1, 1_000_000), "unit": text(40), "effect": one_of("ineligible", "needs_approval"), "text": text()},
    {"exempt": list_of(text(60), least=1)},
)
# One after the other says yes; `because` names the exclusions for which alone somebody is asked.
CHAIN = list_of(
    record(
        {"code": code, "whom": text(120)},
        {"phone": phone, "because": list_of(code, least=1), "role": one_of(*APPROVER_ROLES)},
    ),
    unique="code",
    least=1,
)
# Keys inside a value that format 2 brought.
NEWER_KEYS = ("open", "exempt")
REMINDERS = list_of(
    record(
        {
            "step": code,
            "days": whole(-365, 365),
            "relative_to": one_of("start", "due", "decision"),
            "hour": whole(0, 23),
            "recipients": list_of(one_of(*RECIPIENTS), least=1),
            "channels": list_of(one_of(*CHANNELS), least=1),
        }
    ),
    unique="step",
    least=1,
)
FALLBACK = record({"kind": one_of(*FALLBACKS)}, {"places": PLACES, "phone": phone, "outreach_hours": whole(1, 720)})
OFFENSE = record(
    {
        "code": offense_code,
        "system": text(60),
        "version": text(),
        "title": text(160),
        "group": one_of(*GROUPS),
        "class": one_of(*CLASSES),
    },
    {
        "words": list_of(text(60)),
        "amount_limit": one_of("drug", "property"),
        "condition": text(),
        "nibrs": text(4),
        "table_code": text(20),
    },
)
EXCLUSION = record(
    {"code": code, "text": text(), "effect": one_of(*EFFECTS), "doors": list_of(one_of(*DOORS), least=1)},
    {
        "lookback_years": whole(1, 100),
        "when_not_known": one_of(*WHEN_NOT_KNOWN),
        "approver": text(120),
        "override_roles": list_of(one_of(*OVERRIDE_ROLES)),
    },
)
ENTRIES: dict[str, Check] = {"offenses": OFFENSE, "exclusions": EXCLUSION}


def _approval(door: str) -> tuple[Leaf, ...]:
    # Whom and phone are asked for only where approval can be needed: Rules.missing asks them itself.
    return (
        Leaf(f"approval.{door}.needed", one_of("never", "always", "when_rule_says")),
        Leaf(f"approval.{door}.whom", text(120)),
        Leaf(f"approval.{door}.phone", phone),
        Leaf(f"approval.{door}.roles", list_of(one_of(*APPROVER_ROLES), least=1), since=2),
        Leaf(f"approval.{door}.chain", CHAIN, since=2),
    )


LEAVES: tuple[Leaf, ...] = (
    Leaf("doors", list_of(one_of(*DOORS), least=1), "Which doors are open: arrest, social contact, community?"),
    Leaf("terms.arrest_door", text(80)),
    Leaf("terms.social_door", text(80)),
    Leaf("terms.community_door", text(80)),
    Leaf("terms.arrest_alternative", text(120)),
    Leaf("terms.incident_date", text(80)),
    Leaf("window.days", whole(1, 365), "How many days does the window last?"),
    Leaf("window.min_days", whole(1, 365), since=2),
    Leaf("window.max_days", whole(1, 365)),
    Leaf("window.starts", one_of("referral", "arrest"), "From which day does the window count, referral or arrest?"),
    Leaf(
        "window.opens_at",
        one_of("submission", "approval"),
        "When does the window open: when the officer submits, or when the referral is approved?",
    ),
    Leaf("window.required_items", list_of(one_of(*ITEMS), least=1), "What must be done for the window to be met?"),
    Leaf(
        "window.last_day_rule",
        one_of("calendar_day", "next_business_day"),
        "Does a last day on a weekend or holiday move to the next business day?",
    ),
    Leaf("window.holiday_calendar", record({"country": text(2)}, {"subdivision": text(3)})),
    Leaf("window.decision_grace_days", whole(0, 90), "How many days after the due date does the prosecutor decide?"),
    Leaf("reminders", REMINDERS, "Who is reminded, on which days before, on and after the due day?"),
    Leaf("handoff.target_minutes", whole(1, 240), "How many minutes may a case manager take to arrive?"),
    Leaf("handoff.wait_minutes", whole(1, 240), "How many minutes does an officer wait before doing something else?"),
    Leaf("handoff.page_minutes", whole(1, 120), since=2),
    Leaf("handoff.fallbacks", list_of(FALLBACK, unique="kind")),
    # Kinds of offense as a source names them, while nobody has said which sections they are; they divert nothing.
    Leaf("offense_kinds", CHOICES, since=2),
    Leaf("limits.drug", LIMIT),
    Leaf("limits.property", LIMIT),
    Leaf("limits.when_not_weighed", one_of(*WHEN_NOT_KNOWN)),
    *_approval("arrest"),
    *_approval("social"),
    *_approval("community"),
    Leaf("complainant.before_offer", one_of(*BEFORE_OFFER), since=2),
    Leaf("community_referrers", CHOICES),
    Leaf("minors.min_age", whole(18, 30), "From what age may a person be referred?"),
    Leaf("minors.youth_service", text(120)),
    Leaf("minors.youth_number", phone, "Which number is given for a young person?"),
    Leaf("mandated_reporter_line", phone, "What is the mandated-reporting line?"),
    Leaf("hear_back.figures", list_of(one_of(*FIGURES)), "Which figures does an officer's unit hear back?"),
    Leaf("hear_back.fewer_than", whole(2, 50), 'Below what count does a figure read "fewer than"?'),
    Leaf("visibility.name_visible_days", whole(0, 365), "For how many days after handover do police see a name?"),
    Leaf("visibility.decided_visible_days", whole(0, 3650), "For how many days does a decided charge stay on lists?"),
    Leaf("visibility.last_seen_days", whole(1, 365), "After how many days is a last-seen place erased?"),
    # Without a question: a date is then not asked about, and what could wait closes with the handover.
    Leaf("entry.old_arrest_days", whole(1, 3650)),
    Leaf("entry.shift_hours", whole(1, LONGEST_SHIFT_HOURS)),
    Leaf("targets.packet_days", whole(1, 90), "Within how many days is the charge packet to be sent?"),
    Leaf("targets.answer_days", whole(1, 90), "Within how many days does a referral that needs an answer get one?"),
    Leaf("targets.first_try_hours", whole(1, 2160), "Within how many hours is a person without a charge first tried?"),
    Leaf("submission_start_on", day, "From which day does the site take referrals?"),
    Leaf(
        "prosecutor_result_sharing",
        one_of("met_only", "met_and_not_met"),
        'With consent, does the prosecutor read "met" only, or "not met" as well?',
    ),
    Leaf(
        "criminal_justice_consent.revocable",
        one_of("always", "not_before_decision"),
        "May the consent to tell the prosecutor be taken back at any time?",
    ),
    Leaf("criminal_justice_consent.condition_of_diversion", truth, "Is a release a condition of diversion?"),
    Leaf(
        "criminal_justice_consent.expires",
        one_of("filing_decision"),
        "When does the consent to tell the prosecutor end?",
    ),
    Leaf("consent.banner_days", whole(1, 365)),
    Leaf("consent.emergency_minutes", whole(5, 1440)),
    Leaf("consent.apart_minutes", whole(1, 1440)),
    Leaf("merging.apart_days", whole(1, 365)),
    Leaf("no_capacity.arrest_first", truth, "When there is no room, do people at the arrest door go first?"),
    Leaf("caseload.full", whole(1, 100), "How many people are a full load for a case manager?"),
    Leaf("caseload.high", whole(1, 100), "At how many people is a load high?"),
    Leaf("caseload.most", whole(1, 100), "How many people may a case manager never exceed?"),
    Leaf("caseload.out_of_touch_days", whole(1, 365)),
    Leaf("caseload.unsigned_days", whole(1, 60), since=2),
    # Without a question: what is unset sets no next try, cuts no court date off, keeps no line.
    Leaf("outreach.no_answer_days", whole(1, 60), since=2),
    Leaf("outreach.not_found_days", whole(1, 60), since=2),
    Leaf("outreach.left_word_days", whole(1, 60), since=2),
    Leaf("outreach.court_days", whole(1, 365), since=2),
    Leaf("outreach.shift_line_days", whole(1, 60), since=2),
    Leaf("caseload.month_until_day", whole(1, 28), since=2),
    Leaf("review.old_referral_days", whole(1, 3650)),
    Leaf("review.reopened_count", whole(2, 1000)),
    Leaf("review.shift_hours", whole(1, 24)),
    Leaf("review.idle_days", whole(1, 730)),
    Leaf("review.ending_days", whole(1, 365)),
    Leaf("providers.verified_days", whole(1, 1095)),
    Leaf("providers.answer_days", whole(1, 90)),
    Leaf("codes.decline_reasons", CHOICES, "Which reasons are listed for a person's no?"),
    Leaf("codes.cancel_reasons", CHOICES, "Which reasons are listed for an officer's canceling?"),
    Leaf("codes.closing_reasons", CHOICES, "Which reasons are listed for ending casework?"),
    Leaf("completion.definition", text(600)),
    Leaf("completion.counted_by", one_of("window_met", "not_filed_completed")),
    Leaf("precincts", CHOICES, "Which precincts are there?"),
    Leaf("languages", CHOICES, "Which languages can the offer be read in?"),
    Leaf("meeting_places", PLACES, "Where can the officer and the case manager meet?"),
)
QUESTIONS = {leaf.path: leaf.question for leaf in LEAVES if leaf.question}
