"""The parts of a site's rules, as plain frozen values.

Every field that a policy group decides is None until somebody has decided it: an unpublished rule
is neither zero nor "no limit" (docs/practice.md 26).  Lists nobody has decided are None too, an empty
tuple is a decision ("there are none").
"""

from dataclasses import dataclass
from typing import Literal

Door = Literal["arrest", "social", "community"]
Answer = Literal["yes", "no", "not_known"]
Amount = Literal["within", "over", "not_weighed"]
Effect = Literal["ineligible", "presumptive", "needs_approval"]
WhenNotKnown = Literal["proceed", "needs_approval", "ask_coordinator"]
Item = Literal["intake", "assessment", "care_plan", "roi"]
Recipient = Literal["case_manager", "outreach", "supervisor", "prosecutor", "liaison", "coordinator"]
Channel = Literal["in_app", "email"]
Kind = Literal["published", "invented", "site", "not published"]

DOORS: tuple[Door, ...] = ("arrest", "social", "community")

# The only reason for more time that a prosecutor may read (docs/practice.md 23); no site can change it.
EXTENSION_REASON = "more time"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from: a citation with its words, the site's policy group, the demo, or nowhere."""

    kind: Kind
    citation: str = ""
    url: str = ""
    quote: str = ""
    summary: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """One line for a page: "Cal. Penal Code 1001.87", "Invented for the demo"."""
        if self.kind == "published":
            return self.citation
        if self.kind == "invented":
            return "Invented for the demo"
        if self.kind == "site":
            return f"Decided by the site: {self.note}"
        return "Not published"


NOT_PUBLISHED = Source(kind="not published")


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing the policy group must still decide before the site may take a referral."""

    path: str
    question: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a site's list: a code for the record, a name for people."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Opening:
    """Open on these weekdays (0 is Monday) from a time until another, in minutes of the site's clock."""

    days: tuple[int, ...]
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a person can be met or brought, with its hours in words."""

    code: str
    name: str
    address: str = ""
    hours: str = ""
    phone: str = ""
    open: tuple["Opening", ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """The site's own names for the doors and for what the law calls them."""

    arrest_door: str | None
    social_door: str | None
    community_door: str | None
    arrest_alternative: str | None
    incident_date: str | None


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """Which public holidays the last-day rule skips: ISO country and subdivision."""

    country: str
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The window of a held charge: calendar days after the start date, in the site's time zone."""

    days: int | None
    min_days: int | None
    max_days: int | None
    starts: Literal["referral", "arrest"] | None
    opens_at: Literal["submission", "approval"] | None
    required_items: tuple[Item, ...] | None
    last_day_rule: Literal["calendar_day", "next_business_day"] | None
    holiday_calendar: HolidayCalendar | None
    decision_grace_days: int | None


@dataclass(frozen=True, slots=True)
class Reminder:
    """One step: days counted from the start, the due day or the decision day; hour local, 0 to 23."""

    step: str
    days: int
    relative_to: Literal["start", "due", "decision"]
    hour: int
    recipients: tuple[Recipient, ...]
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Fallback:
    """What the officer may do when nobody comes (docs/practice.md 3)."""

    kind: Literal["next_on_list", "drop_off", "station", "hold_and_reach_out"]
    places: tuple[Place, ...] = ()
    phone: str = ""
    outreach_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """The warm handoff: minutes aimed at, waited by the officer, until the next is paged; then the ways, in order."""

    target_minutes: int | None
    wait_minutes: int | None
    page_minutes: int | None
    fallbacks: tuple[Fallback, ...] | None


@dataclass(frozen=True, slots=True)
class Offence:
    """A divertible offense with the version of the law it was read from."""

    code: str
    system: str
    version: str
    title: str
    words: tuple[str, ...]
    group: str
    charge_class: str
    amount_limit: Literal["drug", "property"] | None
    condition: str | None
    nibrs: str | None
    table_code: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount beyond which the effect holds; officers answer within / over / not weighed, never a figure."""

    amount: int
    unit: str
    effect: Literal["ineligible", "needs_approval"]
    text: str
    exempt: tuple[str, ...] = ()  # what the limit does not hold for


@dataclass(frozen=True, slots=True)
class Limits:
    """Amount limits by kind, and what follows when nothing was weighed or valued."""

    drug: Limit | None
    property: Limit | None
    when_not_weighed: WhenNotKnown | None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One thing that keeps LEAD from being offered, in the rule's own words, as a sentence that is true or not."""

    code: str
    text: str
    effect: Effect
    doors: tuple[Door, ...]
    lookback_years: int | None
    when_not_known: WhenNotKnown | None
    override_roles: tuple[str, ...] | None
    approver: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One approver of a chain, asked for every referral or only where one of these exclusions is so.

    `role` is whoever may give this word here (`liaison`, `coordinator`); without one it is given by telephone alone.
    """

    code: str
    whom: str
    phone: str = ""
    because: tuple[str, ...] = ()
    role: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who must say yes at a door; at the arrest door by telephone (docs/practice.md 5). `roles` answer here."""

    needed: Literal["never", "always", "when_rule_says"] | None
    whom: str | None
    phone: str | None
    roles: tuple[str, ...] | None
    chain: tuple[ChainLink, ...] | None


@dataclass(frozen=True, slots=True)
class Approvals:
    """One approval per door."""

    arrest: Approval
    social: Approval
    community: Approval

    def at(self, door: Door) -> Approval:
        """The approval of one door."""
        return {"arrest": self.arrest, "social": self.social, "community": self.community}[door]


@dataclass(frozen=True, slots=True)
class ComplainantRule:
    """What the person or business harmed must have said before an offer at the arrest door."""

    before_offer: Literal["not_needed", "consult", "must_agree", "must_decline_prosecution"] | None


@dataclass(frozen=True, slots=True)
class Minors:
    """Below this age the form stops before anything is saved, and gives this number (docs/practice.md 13)."""

    min_age: int | None
    youth_service: str | None
    youth_number: str | None


@dataclass(frozen=True, slots=True)
class HearBack:
    """What an officer's unit hears of its own referrals; cells below the number read "fewer than" it."""

    figures: tuple[str, ...] | None
    fewer_than: int | None


@dataclass(frozen=True, slots=True)
class Visibility:
    """Days a record stays in sight: a name after handover, a decided charge, a last-seen place."""

    name_visible_days: int | None
    decided_visible_days: int | None
    last_seen_days: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What an officer types: from how many days back a date is asked about once more; how long a shift lasts."""

    old_arrest_days: int | None
    shift_hours: int | None


@dataclass(frozen=True, slots=True)
class Targets:
    """Targets of work, never deadlines of a person: packet and answer in days, first try in hours."""

    packet_days: int | None
    answer_days: int | None
    first_try_hours: int | None


@dataclass(frozen=True, slots=True)
class CriminalJusticeConsent:
    """How the consent that lets a prosecutor read "met" may be taken back, and when it ends (42 CFR 2.35)."""

    revocable: Literal["always", "not_before_decision"] | None
    condition_of_diversion: bool | None
    expires: Literal["filing_decision"] | None


@dataclass(frozen=True, slots=True)
class Consent:
    """Days before its end that pages say so; minutes an emergency opens a record; minutes between two who must not meet."""

    banner_days: int | None
    emergency_minutes: int | None
    apart_minutes: int | None


@dataclass(frozen=True, slots=True)
class Merging:
    """For how many days two records that were put together can be taken apart again. Unset: none are put together."""

    apart_days: int | None


@dataclass(frozen=True, slots=True)
class NoCapacity:
    """Who goes first when nobody has room."""

    arrest_first: bool | None


@dataclass(frozen=True, slots=True)
class Caseload:
    """People per case manager: a full load, the most on average, and never more than."""

    full: int | None
    high: int | None
    most: int | None
    # After so many days without a contact both ways a person counts as out of touch: suggested, never set.
    out_of_touch_days: int | None
    # Until which day of the next one a month’s picture is confirmed.
    month_until_day: int | None
    # After so many days a contact note that is not signed stands on the supervisor's list.
    unsigned_days: int | None

    def against(self, active: int) -> tuple[str, str]:
        """What the thresholds say of a number of active people, and the tone of it; what is not published says nothing."""
        if self.most is not None and active > self.most:
            return f"More than {self.most}: the most is exceeded", "bad"
        if self.high is not None and active > self.high:
            return f"More than {self.high}: high", "waiting"
        if self.full is not None and active >= self.full:
            return f"{self.full} or more: a full load", "neutral"
        return "", "neutral"


@dataclass(frozen=True, slots=True)
class Outreach:
    """Days until the next try by what came of the last; before a court date that it stands on Today; that a line to the next
    shift is kept.
    """

    no_answer_days: int | None
    not_found_days: int | None
    left_word_days: int | None
    court_days: int | None
    shift_line_days: int | None


@dataclass(frozen=True, slots=True)
class Review:
    """What an auditor looks twice at: many old referrals re-opened in one shift, sign-ins that rest, roles that end."""

    old_referral_days: int | None
    reopened_count: int | None
    shift_hours: int | None
    idle_days: int | None
    ending_days: int | None


@dataclass(frozen=True, slots=True)
class Completion:
    """What completing the program means here, in the site's words, and by which fact reports count it."""

    definition: str | None
    counted_by: Literal["window_met", "not_filed_completed"] | None


@dataclass(frozen=True, slots=True)
class Providers:
    """Days an entry of the directory stays verified, and days a provider has to answer before being reminded."""

    verified_days: int | None
    answer_days: int | None


@dataclass(frozen=True, slots=True)
class Codes:
    """The site's coded reasons; none of them takes free text."""

    decline_reasons: tuple[Choice, ...] | None
    cancel_reasons: tuple[Choice, ...] | None
    closing_reasons: tuple[Choice, ...] | None
