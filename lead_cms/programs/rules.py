"""A site's rules, read from their document.

API
    rules = parse(document)               a document without faults (see validate.faults)
    rules.window.days                     plain values; None where nobody has decided
    need(rules.window.days, "window.days")  the value, or RuleNotSet
    rules.value("window.days")            the same by path, for pages and commands
    rules.source("window.days")           its Source; entries are "offenses[HS 11350(a)]",
                                          one field of an entry "exclusions[open_case].when_not_known"
    rules.missing(), rules.ready          what must still be decided; a site that is not ready takes no referral
    rules.offence(code), rules.exclusion(code), rules.exclusions_for(door)
    rules.door_name(door), rules.opens(door)

The path of a rule is its attribute: `rules.handoff.wait_minutes` is "handoff.wait_minutes".  The one
exception is spelling: the document, read by county staff, says "offenses", the code `offences`.
Parts (Window, Offence, Exclusion, ...) are in parts.py, the table of all rules in schema.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, TypeVar

from lead_cms.programs import parts
from lead_cms.programs.parts import (
    DOORS,
    EXTENSION_REASON,
    NOT_PUBLISHED,
    Approval,
    Approvals,
    ChainLink,
    Choice,
    Door,
    Exclusion,
    Fallback,
    HolidayCalendar,
    Item,
    Limit,
    Missing,
    Offence,
    Opening,
    Place,
    Reminder,
    Source,
)
from lead_cms.programs.schema import DAYS, QUESTIONS

__all__ = [
    "DOORS",
    "EXTENSION_REASON",
    "Approval",
    "Choice",
    "Door",
    "Exclusion",
    "Fallback",
    "Item",
    "Limit",
    "Missing",
    "Offence",
    "Place",
    "Reminder",
    "RuleNotSet",
    "Rules",
    "Source",
    "code_key",
    "need",
    "parse",
]

T = TypeVar("T")
Document = Mapping[str, Any]

# The Bureau's names of the doors, where a site has none of its own.
DOOR_NAMES: dict[Door, str] = {
    "arrest": "arrest diversion",
    "social": "social contact referral",
    "community": "community referral",
}


class RuleNotSet(Exception):
    """A rule was needed that nobody has decided."""

    def __init__(self, path: str) -> None:
        super().__init__(f"The site's rules do not say: {path}.")
        self.path = path


def need(value: T | None, path: str) -> T:
    """The value, or RuleNotSet with its path: what nobody decided is never taken for zero."""
    if value is None:
        raise RuleNotSet(path)
    return value


def code_key(text: str) -> str:
    """A code without case, spaces and marks: "HS 11350(a)" and "h&s 11350 a" meet as "hs11350a"."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def parse(document: Document) -> "Rules":
    """Read a document that `validate.faults` finds nothing wrong with."""
    reader = _Reader(document)
    approvals = {door: reader.section(Approval, f"approval.{door}") for door in DOORS}
    return Rules(
        site=document["site"],
        title=document["title"],
        doors=reader.leaf("doors", tuple),
        terms=reader.section(parts.Terms, "terms"),
        window=reader.section(parts.Window, "window"),
        reminders=reader.leaf("reminders", _reminders),
        handoff=reader.section(parts.Handoff, "handoff"),
        offence_kinds=reader.leaf("offense_kinds", _choices),
        offences=reader.entries("offenses", Offence),
        limits=reader.section(parts.Limits, "limits"),
        exclusions=reader.entries("exclusions", Exclusion),
        approval=Approvals(**approvals),
        complainant=reader.section(parts.ComplainantRule, "complainant"),
        community_referrers=reader.leaf("community_referrers", _choices),
        minors=reader.section(parts.Minors, "minors"),
        mandated_reporter_line=reader.leaf("mandated_reporter_line", str),
        hear_back=reader.section(parts.HearBack, "hear_back"),
        visibility=reader.section(parts.Visibility, "visibility"),
        entry=reader.section(parts.Entry, "entry"),
        targets=reader.section(parts.Targets, "targets"),
        submission_start_on=reader.leaf("submission_start_on", date.fromisoformat),
        prosecutor_result_sharing=reader.leaf("prosecutor_result_sharing", str),
        criminal_justice_consent=reader.section(parts.CriminalJusticeConsent, "criminal_justice_consent"),
        consent=reader.section(parts.Consent, "consent"),
        merging=reader.section(parts.Merging, "merging"),
        no_capacity=reader.section(parts.NoCapacity, "no_capacity"),
        caseload=reader.section(parts.Caseload, "caseload"),
        outreach=reader.section(parts.Outreach, "outreach"),
        review=reader.section(parts.Review, "review"),
        completion=reader.section(parts.Completion, "completion"),
        providers=reader.section(parts.Providers, "providers"),
        codes=reader.section(parts.Codes, "codes"),
        precincts=reader.leaf("precincts", _choices),
        languages=reader.leaf("languages", _choices),
        meeting_places=reader.leaf("meeting_places", _places),
        values=reader.values,
        sources=reader.sources,
    )


@dataclass(frozen=True)
class Rules:
    """One version of one site's rules; a referral keeps the version it was made under."""

    site: str
    title: str
    doors: tuple[Door, ...] | None
    terms: parts.Terms
    window: parts.Window
    reminders: tuple[Reminder, ...] | None
    handoff: parts.Handoff
    offence_kinds: tuple[Choice, ...] | None
    offences: tuple[Offence, ...] | None
    limits: parts.Limits
    exclusions: tuple[Exclusion, ...] | None
    approval: Approvals
    complainant: parts.ComplainantRule
    community_referrers: tuple[Choice, ...] | None
    minors: parts.Minors
    mandated_reporter_line: str | None
    hear_back: parts.HearBack
    visibility: parts.Visibility
    entry: parts.Entry
    targets: parts.Targets
    submission_start_on: date | None
    prosecutor_result_sharing: Literal["met_only", "met_and_not_met"] | None
    criminal_justice_consent: parts.CriminalJusticeConsent
    consent: parts.Consent
    merging: parts.Merging
    no_capacity: parts.NoCapacity
    caseload: parts.Caseload
    outreach: parts.Outreach
    review: parts.Review
    completion: parts.Completion
    providers: parts.Providers
    codes: parts.Codes
    precincts: tuple[Choice, ...] | None
    languages: tuple[Choice, ...] | None
    meeting_places: tuple[Place, ...] | None
    values: Mapping[str, Any]
    sources: Mapping[str, Source]

    @property
    def ready(self) -> bool:
        """Whether the site may take referrals at all."""
        return not self.missing()

    def missing(self) -> list[Missing]:
        """What the form or the clock needs and nobody has decided, as questions for the policy group."""
        found = [Missing(path, question) for path, question in QUESTIONS.items() if self.value(path) is None]
        found += _missing_offences(self) + _missing_exclusions(self)
        for door in self.doors or ():
            found += _missing_approval(self, door)
        if self.window.last_day_rule == "next_business_day" and self.window.holiday_calendar is None:
            found.append(Missing("window.holiday_calendar", "Which holidays does the last day skip?"))
        if self.opens("community") and not self.community_referrers:
            found.append(Missing("community_referrers", "Who may refer at the community door?"))
        return found

    def value(self, path: str) -> Any:
        """A rule's plain value by its path; None where nobody has decided."""
        return self.values.get(path)

    def source(self, path: str) -> Source:
        """Where the rule at this path comes from; a field of an entry falls back on the entry's source."""
        found = self.sources.get(path) or self.sources.get(path.rpartition(".")[0])
        return found or NOT_PUBLISHED

    def opens(self, door: Door) -> bool:
        """Whether the site takes referrals at this door."""
        return door in (self.doors or ())

    def door_name(self, door: Door) -> str:
        """The site's own name of the door ("prebooking referral"), else the Bureau's."""
        names = {
            "arrest": self.terms.arrest_door,
            "social": self.terms.social_door,
            "community": self.terms.community_door,
        }
        return names[door] or DOOR_NAMES[door]

    def offence(self, code: str) -> Offence | None:
        """The divertible offense with this code, whatever its case, spaces and marks."""
        wanted = code_key(code)
        return next((offence for offence in self.offences or () if code_key(offence.code) == wanted), None)

    def exclusion(self, code: str) -> Exclusion | None:
        """The exclusion with this code."""
        return next((exclusion for exclusion in self.exclusions or () if exclusion.code == code), None)

    def exclusions_for(self, door: Door) -> tuple[Exclusion, ...]:
        """The exclusions asked at this door, in the rules' order."""
        return tuple(exclusion for exclusion in self.exclusions or () if door in exclusion.doors)


class _Reader:
    """Walks a document once, keeping each rule's value and source by path."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.values: dict[str, Any] = {}
        self.sources: dict[str, Source] = {}

    def leaf(self, path: str, convert: Any = None) -> Any:
        node: Any = self.document
        for key in path.split("."):
            node = node.get(key) if isinstance(node, Mapping) else None
        if node is None:
            return None
        self.sources[path] = Source(**node["source"])
        value = node["value"]
        if value is not None and convert is not None:
            value = convert(value)
        self.values[path] = value
        return value

    def section(self, part: type[T], path: str) -> T:
        names = [field.name for field in fields(part)]  # type: ignore[arg-type]
        return part(**{name: self.leaf(f"{path}.{name}", _CONVERTERS.get(name)) for name in names})

    def entries(self, path: str, part: type[T]) -> tuple[T, ...] | None:
        node = self.document.get(path)
        if node is None or isinstance(node, Mapping):
            self.leaf(path)
            return None if node is None or node["value"] is None else ()
        self.values[path] = tuple(entry["value"]["code"] for entry in node)
        return tuple(self._entry(path, part, entry) for entry in node)

    def _entry(self, path: str, part: type[T], entry: Document) -> T:
        value = dict(entry["value"])
        place = f"{path}[{value['code']}]"
        source = Source(**entry["source"])
        self.sources[place] = source
        for name, other in entry.get("field_sources", {}).items():
            self.sources[f"{place}.{name}"] = Source(**other)
        for name, plain in value.items():
            self.values[f"{place}.{name}"] = plain
        if "class" in value:
            value["charge_class"] = value.pop("class")
        frozen = {name: tuple(plain) if isinstance(plain, list) else plain for name, plain in value.items()}
        blank: dict[str, Any] = {field.name: None for field in fields(part)}  # type: ignore[arg-type]
        blank |= {"words": ()} if "words" in blank else {}
        return part(**{**blank, **frozen, "source": source})


def _missing_offences(rules: Rules) -> list[Missing]:
    if not rules.offences:
        return [Missing("offenses", "Which offenses can be diverted?")] if rules.opens("arrest") else []
    limited = {offence.amount_limit for offence in rules.offences} - {None}
    found = []
    if "drug" in limited and rules.limits.drug is None:
        found.append(Missing("limits.drug", "Above which amount of drugs is LEAD not offered?"))
    if "property" in limited and rules.limits.property is None:
        found.append(Missing("limits.property", "Above which value of property is LEAD not offered?"))
    if limited and rules.limits.when_not_weighed is None:
        found.append(Missing("limits.when_not_weighed", "What follows when an amount was not weighed or valued?"))
    return found


def _missing_exclusions(rules: Rules) -> list[Missing]:
    if rules.exclusions is None:
        return [Missing("exclusions", "What keeps LEAD from being offered? (If nothing does, say so.)")]
    found = []
    for exclusion in rules.exclusions:
        path, words = f"exclusions[{exclusion.code}]", exclusion.text.rstrip(".")
        if exclusion.when_not_known is None:
            asked = f'What follows when an officer cannot know whether this is so: "{words}"?'
            found.append(Missing(f"{path}.when_not_known", asked))
        if exclusion.effect == "presumptive" and not exclusion.override_roles:
            asked = f'Who may go on, with a reason, although this is so: "{words}"?'
            found.append(Missing(f"{path}.override_roles", asked))
    return found


def _missing_approval(rules: Rules, door: Door) -> list[Missing]:
    approval, path, name = rules.approval.at(door), f"approval.{door}", rules.door_name(door)
    if approval.needed is None:
        return [Missing(f"{path}.needed", f"When is approval needed for {name}: never, always, or when a rule says?")]
    if approval.needed == "never":
        return []
    found = []
    if approval.whom is None:
        found.append(Missing(f"{path}.whom", f"Who approves, for {name}?"))
    if approval.phone is None:
        found.append(Missing(f"{path}.phone", f"Which number is called for approval, for {name}?"))
    return found


def _choices(value: list[Document]) -> tuple[Choice, ...]:
    return tuple(Choice(**entry) for entry in value)


def _places(value: list[Document]) -> tuple[Place, ...]:
    return tuple(Place(**{**entry, "open": _openings(entry.get("open") or [])}) for entry in value)


def _openings(value: list[Document]) -> tuple[Opening, ...]:
    return tuple(
        Opening(tuple(DAYS.index(day) for day in one["days"]), _minutes(one["from"]), _minutes(one["until"]))
        for one in value
    )


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _limit(value: Document) -> Limit:
    return Limit(**{**value, "exempt": tuple(value.get("exempt") or ())})


def _chain(value: list[Document]) -> tuple[ChainLink, ...]:
    return tuple(
        ChainLink(
            one["code"], one["whom"], one.get("phone") or "", tuple(one.get("because") or ()), one.get("role") or ""
        )
        for one in value
    )


def _reminders(value: list[Document]) -> tuple[Reminder, ...]:
    return tuple(
        Reminder(**{**entry, "recipients": tuple(entry["recipients"]), "channels": tuple(entry["channels"])})
        for entry in value
    )


def _fallbacks(value: list[Document]) -> tuple[Fallback, ...]:
    return tuple(Fallback(**{**entry, "places": _places(entry.get("places") or [])}) for entry in value)


_CONVERTERS: dict[str, Any] = {
    "required_items": tuple,
    "figures": tuple,
    "fallbacks": _fallbacks,
    "holiday_calendar": lambda value: HolidayCalendar(**value),
    "drug": _limit,
    "property": _limit,
    "roles": tuple,
    "chain": _chain,
    "decline_reasons": _choices,
    "cancel_reasons": _choices,
    "closing_reasons": _choices,
}
