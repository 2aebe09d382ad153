"""A site's rules as sentences for people, each with its source. What nobody has decided says so.

API
    chapters(rules) -> [Chapter(title, [Line(title, says, source, tone)])]
"""

from dataclasses import dataclass

from lead_cms.programs.parts import Source
from lead_cms.programs.rules import Rules

NOT_DECIDED = "Not decided yet."
ITEMS = {"intake": "intake", "assessment": "assessment", "care_plan": "care plan", "roi": "release of information"}
WAYS = {
    "next_on_list": "call the next on the list",
    "drop_off": "bring the person to a drop-off place",
    "station": "meet at the station",
    "hold_and_reach_out": "hold the charge and let outreach reach the person",
}
EFFECTS = {
    "ineligible": "LEAD cannot be offered.",
    "presumptive": "LEAD is not offered, unless somebody the rules name gives a reason.",
    "needs_approval": "It needs approval.",
}
NOT_KNOWN = {
    "proceed": "When nobody knows, it goes on.",
    "needs_approval": "When nobody knows, it needs approval.",
    "ask_coordinator": "When nobody knows, the coordinator is asked.",
}
FROM = {"start": "after day 0", "due": "from the due day", "decision": "from the decision date"}
COMPLAINANT = {
    "not_needed": "Not asked before an offer.",
    "consult": "Asked before an offer; what they say does not decide.",
    "must_agree": "Must agree before an offer.",
    "must_decline_prosecution": "Must agree and decline prosecution before an offer.",
}
APPROVAL = {"never": "Never.", "always": "Always.", "when_rule_says": "Where a rule says so."}
PEOPLE = {
    "case_manager": "case manager",
    "outreach": "outreach",
    "supervisor": "supervisor",
    "prosecutor": "prosecutor",
    "liaison": "police liaison",
    "coordinator": "coordinator",
    "officer": "officer",
}


@dataclass(frozen=True)
class Line:
    title: str
    says: str
    source: str
    tone: str
    url: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Chapter:
    title: str
    lines: list[Line]


def chapters(rules: Rules) -> list[Chapter]:
    """Everything a person may ask of the rules, in the order of a referral."""
    return [
        Chapter("Doors and people", _doors(rules)),
        Chapter(
            "Offenses that can be diverted",
            [_offence(rules, one) for one in rules.offences or ()] or [_none("Offenses"), *_kinds(rules)],
        ),
        Chapter(
            "What keeps LEAD from being offered",
            [_exclusion(rules, one) for one in rules.exclusions or ()] + _limits(rules),
        ),
        Chapter("Approval", _approvals(rules)),
        Chapter("Handoff and outreach", _handoff(rules)),
        Chapter("The window", _window(rules)),
        Chapter("Reminders", _reminders(rules)),
        Chapter("The prosecutor and the consent", _prosecutor(rules)),
        Chapter("What stays in sight, and for how long", _visibility(rules)),
        Chapter("What an officer types", _entry(rules)),
        Chapter("Caseload and lists", _lists(rules)),
        Chapter("The street", _outreach(rules)),
        Chapter("What the auditor looks twice at", _review(rules)),
    ]


def _line(rules: Rules, path: str, title: str, says) -> Line:
    """One rule by its path; `says` gets the value and is not asked when there is none."""
    value, source = rules.value(path), rules.source(path)
    return _said(title, NOT_DECIDED if value is None else says(value), source, decided=value is not None)


def _said(title: str, says: str, source: Source, *, decided: bool = True) -> Line:
    tone = "waiting" if not decided else "neutral" if source.kind == "invented" else "good"
    label = "Not published" if not decided else source.label
    return Line(
        title, says, label, tone, source.url if decided else "", (source.quote or source.summary) if decided else ""
    )


def _none(title: str) -> Line:
    return Line(title, NOT_DECIDED, "Not published", "waiting")


def _doors(rules: Rules) -> list[Line]:
    return [
        _line(rules, "doors", "Open doors", lambda doors: _list(rules.door_name(door) for door in doors)),
        _line(rules, "submission_start_on", "Referrals from", lambda on: f"{on:%B} {on.day}, {on.year}."),
        _line(rules, "community_referrers", "Who may refer at the community door", lambda found: _names(found)),
        _line(
            rules,
            "minors.min_age",
            "Youngest age",
            lambda age: f"{age} years. Below it the form stops and keeps nothing.",
        ),
        _line(rules, "minors.youth_number", "Number for a young person", str),
        _line(rules, "mandated_reporter_line", "Mandated-reporting line", str),
        _line(rules, "precincts", "Precincts", _names),
        _line(rules, "languages", "Languages of the offer", _names),
        _line(rules, "meeting_places", "Meeting places", _names),
    ]


def _offence(rules: Rules, one) -> Line:
    says = f"{one.title}, {one.charge_class}." + (f" Only where {one.condition}." if one.condition else "")
    return _said(one.code, says, one.source)


def _kinds(rules: Rules) -> list[Line]:
    """What a source names without a section: said, while the policy group must still decide."""
    return [_line(rules, "offense_kinds", "Kinds that a source names", _names)] if rules.offence_kinds else []


def _exclusion(rules: Rules, one) -> Line:
    says = EFFECTS[one.effect]
    if one.lookback_years:
        says += f" It looks back {one.lookback_years} years."
    says += (
        f" {NOT_KNOWN[one.when_not_known]}"
        if one.when_not_known
        else " What follows when nobody knows is not decided yet."
    )
    return _said(one.text, says, one.source, decided=one.when_not_known is not None)


def _limits(rules: Rules) -> list[Line]:
    found = [
        _line(rules, f"limits.{kind}", title, _limit_says)
        for kind, title in (("drug", "Amount of drugs"), ("property", "Value of property"))
    ]
    return [*found, _line(rules, "limits.when_not_weighed", "Not weighed or valued", lambda code: NOT_KNOWN[code])]


def _limit_says(limit) -> str:
    return limit.text + (f" It does not hold for {', '.join(limit.exempt)}." if limit.exempt else "")


def _approvals(rules: Rules) -> list[Line]:
    path = "complainant.before_offer"
    found = [_line(rules, path, "The person or business harmed", lambda code: COMPLAINANT[code])]
    for door in rules.doors or ():
        approval, path = rules.approval.at(door), f"approval.{door}.needed"
        whom = f" By {approval.whom}{', ' + approval.phone if approval.phone else ''}." if approval.whom else ""
        if approval.chain:
            whom = " One after the other: " + _list(
                link.whom
                + (" (only where a rule asks for them)" if link.because else "")
                + (f" (answers here: {PEOPLE[link.role]})" if link.role else "")
                for link in approval.chain
            )
        if approval.roles:
            whom += f" Confirmed here by: {_list(PEOPLE[role] for role in approval.roles)}"
        found.append(
            _line(
                rules,
                path,
                rules.door_name(door).capitalize(),
                lambda code, by=whom: APPROVAL[code] + (by if code != "never" else ""),
            )
        )
    return found


def _handoff(rules: Rules) -> list[Line]:
    return [
        _line(rules, "handoff.target_minutes", "Arrival", lambda n: f"{n} minutes after the call is the target."),
        _line(
            rules,
            "handoff.wait_minutes",
            "Waiting",
            lambda n: f"An officer waits {n} minutes, then does something else.",
        ),
        _line(
            rules,
            "handoff.page_minutes",
            "Paging",
            lambda n: (
                f"After {n} minutes without an answer the next on call is paged, in the end those who keep the list."
            ),
        ),
        _line(
            rules,
            "handoff.fallbacks",
            "When nobody comes",
            lambda ways: "In this order: " + _list(WAYS[way.kind] for way in ways),
        ),
        _line(
            rules,
            "targets.first_try_hours",
            "First try without a charge",
            lambda n: f"Within {n} hours. A target, and no clock.",
        ),
        _line(
            rules,
            "no_capacity.arrest_first",
            "When there is no room",
            lambda first: "People at the arrest door go first." if first else "No door goes first.",
        ),
    ]


def _window(rules: Rules) -> list[Line]:
    return [
        _line(
            rules,
            "window.days",
            "Length",
            lambda n: (
                f"{n} days after day 0."
                + (f" At least {rules.window.min_days}." if rules.window.min_days else "")
                + (f" At most {rules.window.max_days}." if rules.window.max_days else "")
            ),
        ),
        _line(rules, "window.starts", "Day 0", lambda code: f"The day of the {code}."),
        _line(rules, "window.opens_at", "Opens", lambda code: f"At {code}."),
        _line(
            rules,
            "window.required_items",
            "Met when these are done",
            lambda items: _list(ITEMS[item] for item in items),
        ),
        _line(
            rules,
            "window.last_day_rule",
            "Last day on a weekend or holiday",
            lambda code: "Moves to the next business day." if code == "next_business_day" else "Stays.",
        ),
        _line(rules, "window.decision_grace_days", "Decision date", lambda n: f"{n} days after the due day."),
        _line(rules, "targets.packet_days", "Report packet", lambda n: f"Sent within {n} days."),
        _line(rules, "targets.answer_days", "Answer to a referral", lambda n: f"Within {n} days."),
    ]


def _reminders(rules: Rules) -> list[Line]:
    source = rules.source("reminders")
    if rules.reminders is None:
        return [_none("Reminders")]
    return [_said(_when(one), _list(PEOPLE[who] for who in one.recipients), source) for one in rules.reminders]


def _when(one) -> str:
    """ "2 days before the due day, 9:00"."""
    anchor = {"start": "day 0", "due": "the due day", "decision": "the decision date"}[one.relative_to]
    many = "day" if abs(one.days) == 1 else "days"
    if one.days == 0:
        return f"On {anchor}, {one.hour}:00"
    return f"{abs(one.days)} {many} {'after' if one.days > 0 else 'before'} {anchor}, {one.hour}:00"


def _prosecutor(rules: Rules) -> list[Line]:
    path = "criminal_justice_consent"
    shares = {"met_only": "“Met”, or nothing.", "met_and_not_met": "“Met” or “not met”."}
    revocable = {"always": "At any time.", "not_before_decision": "Not before the decision."}
    return [
        _line(rules, "prosecutor_result_sharing", "With consent, the prosecutor reads", lambda code: shares[code]),
        _line(rules, f"{path}.revocable", "The consent may be taken back", lambda code: revocable[code]),
        _line(
            rules,
            f"{path}.condition_of_diversion",
            "The consent is a condition of diversion",
            lambda yes: "Yes: required, so not a free choice; ask counsel." if yes else "No.",
        ),
        _line(rules, f"{path}.expires", "The consent ends", lambda code: "With the filing decision."),
    ]


def _visibility(rules: Rules) -> list[Line]:
    return [
        _line(rules, "visibility.name_visible_days", "A name, for police", lambda n: f"{n} days after handover."),
        _line(rules, "visibility.decided_visible_days", "A decided charge", lambda n: f"{n} days after the decision."),
        _line(rules, "visibility.last_seen_days", "A last-seen place", lambda n: f"Erased after {n} days."),
        _line(
            rules, "consent.banner_days", "The end of a consent", lambda n: f"Said on the page from {n} days before it."
        ),
        _line(
            rules,
            "consent.emergency_minutes",
            "A restricted record in an emergency",
            lambda n: f"Opened for {n} minutes, and the supervisor is told.",
        ),
        _line(
            rules,
            "consent.apart_minutes",
            "Two people who must not meet",
            lambda n: f"{n} minutes between them at the same place.",
        ),
        _line(
            rules,
            "merging.apart_days",
            "Two records of one person, put together",
            lambda n: f"Can be taken apart again for {n} days.",
        ),
        _line(rules, "hear_back.fewer_than", "Small figures", lambda n: f"Read “fewer than {n}”."),
    ]


def _entry(rules: Rules) -> list[Line]:
    return [
        _line(
            rules,
            "entry.old_arrest_days",
            "An arrest long ago",
            lambda n: f"A date more than {n} days back is asked about once more.",
        ),
        _line(
            rules,
            "entry.shift_hours",
            "A shift",
            lambda n: f"{n} hours. So long after the referral an officer may add what could wait.",
        ),
    ]


def _lists(rules: Rules) -> list[Line]:
    return [
        _line(rules, "caseload.full", "A full load", lambda n: f"{n} people."),
        _line(rules, "caseload.high", "A high load", lambda n: f"{n} people."),
        _line(rules, "caseload.most", "Never more than", lambda n: f"{n} people."),
        _line(
            rules,
            "caseload.out_of_touch_days",
            "Out of touch is suggested",
            lambda n: f"After {n} days without contact.",
        ),
        _line(
            rules,
            "caseload.month_until_day",
            "A month’s picture",
            lambda n: f"Is confirmed until day {n} of the next month.",
        ),
        _line(
            rules,
            "caseload.unsigned_days",
            "A contact note that is not signed",
            lambda n: f"Stands on the supervisor’s list after {n} day{'' if n == 1 else 's'}.",
        ),
        _line(rules, "completion.definition", "Completing the program", str),
        _line(rules, "providers.verified_days", "An entry of the directory", lambda n: f"Stays verified {n} days."),
        _line(
            rules, "providers.answer_days", "A provider who has not answered", lambda n: f"Is reminded after {n} days."
        ),
        _line(rules, "codes.decline_reasons", "Reasons for a no", _names),
        _line(rules, "codes.cancel_reasons", "Reasons for canceling", _names),
        _line(rules, "codes.closing_reasons", "Reasons for ending casework", _names),
    ]


def _outreach(rules: Rules) -> list[Line]:
    tries = (("no_answer", "Nobody answered"), ("not_found", "Not found"), ("left_word", "Word was left"))
    return [
        *(_line(rules, f"outreach.{code}_days", says, lambda n: f"Next try after {_days(n)}.") for code, says in tries),
        _line(rules, "outreach.court_days", "A court date", lambda n: f"Stands on Today from {_days(n)} before it."),
        _line(rules, "outreach.shift_line_days", "A line to the next shift", lambda n: f"Erased after {_days(n)}."),
    ]


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _review(rules: Rules) -> list[Line]:
    return [
        _line(rules, "review.old_referral_days", "A referral is old", lambda n: f"After {n} days."),
        _line(rules, "review.reopened_count", "Many old ones re-opened", lambda n: f"{n} or more in one shift."),
        _line(rules, "review.shift_hours", "Re-opened within", lambda n: f"{n} hours."),
        _line(rules, "review.idle_days", "A sign-in rests", lambda n: f"After {n} days without signing in."),
        _line(rules, "review.ending_days", "A role is about to end", lambda n: f"In its last {n} days."),
    ]


def _names(found) -> str:
    return _list(one.name for one in found)


def _list(words) -> str:
    return ", ".join(words) + "."
