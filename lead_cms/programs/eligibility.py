"""Can I offer LEAD here, and if not, why not: in the rule's own words (docs/practice.md 1, 5, 6, 13).

API
    assess(rules, door="arrest", offence_codes=["HS 11350(a)"], amount="within",
           answers={"open_case": "no"}, overrides={}, age=34, complainant="agrees") -> Assessment
        .outcome    "eligible" | "needs_approval" | "ineligible" | "under_age" | "not_sure"
        .title      one sentence for the top of the page
        .findings   what made it so, each with its sentence; nothing that does not matter
        .unanswered codes of exclusions without an answer, and "offenses", "amount" where they lack
        .approver   whom to call, when approval is needed; .approvers, when several say yes one after the other
        .reasons    the codes that stand in the way, for the count of people found ineligible
    search_offences(rules, "hs11350" | "possess") -> list[Offence], best first
    none_known(rules, door) -> answers of the one tap "none that I know of"

Pure: nothing is kept.  Officers answer amounts as within, over or not weighed, never as a figure.
What nobody answered or decided is never taken for "no": the outcome is then at best "not_sure".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from lead_cms.programs.parts import Amount, Answer, ChainLink, Door, Exclusion, Limit, Offence
from lead_cms.programs.rules import Rules, code_key

Outcome = Literal["eligible", "needs_approval", "ineligible", "under_age", "not_sure"]
Weight = Literal["proceed", "usual_way", "ask_coordinator", "needs_approval", "presumptive", "ineligible"]

# From the best for the person to the worst; the worst finding decides.
ORDER: tuple[Outcome, ...] = ("eligible", "not_sure", "needs_approval", "ineligible", "under_age")
OUTCOME_OF: dict[Weight, Outcome] = {
    "proceed": "eligible",
    "usual_way": "eligible",
    "ask_coordinator": "not_sure",
    "needs_approval": "needs_approval",
    "presumptive": "ineligible",
    "ineligible": "ineligible",
}


@dataclass(frozen=True, slots=True)
class Approver:
    """Whom to call for a yes; the number is blank where the rules give none."""

    whom: str
    phone: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that matters to the answer: the rule's words, what was answered, and what follows."""

    code: str
    text: str
    answer: str
    effect: Weight
    so: str
    overridable: bool = False
    overridden: bool = False
    override_roles: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What this finding alone would make of the referral."""
        return "eligible" if self.overridden else OUTCOME_OF[self.effect]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer to "can I?"."""

    outcome: Outcome
    title: str
    findings: tuple[Finding, ...] = ()
    unanswered: tuple[str, ...] = ()
    approver: Approver | None = None
    approvers: tuple[ChainLink, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of the findings that make LEAD impossible here."""
        return tuple(finding.code for finding in self.findings if finding.outcome == "ineligible")

    @property
    def overridable(self) -> bool:
        """Whether reasons given by those the rules name would open the way."""
        blocking = [finding for finding in self.findings if finding.outcome == "ineligible"]
        return bool(blocking) and all(finding.overridable for finding in blocking)


def none_known(rules: Rules, door: Door) -> dict[str, Answer]:
    """The answers that one tap on "none that I know of" stands for."""
    return {exclusion.code: "no" for exclusion in rules.exclusions_for(door)}


def assess(
    rules: Rules,
    *,
    door: Door,
    offence_codes: Iterable[str] = (),
    amount: Amount | None = None,
    answers: Mapping[str, Answer] | None = None,
    overrides: Mapping[str, str] | None = None,
    age: int | None = None,
    complainant: str = "",
) -> Assessment:
    """Weigh one referral against the site's rules; an override counts only with a reason, never for a hard rule."""
    if age is not None and rules.minors.min_age is not None and age < rules.minors.min_age:
        return Assessment("under_age", _youth_title(rules))
    findings: list[Finding] = []
    unanswered: list[str] = []
    if age is not None and rules.minors.min_age is None:
        findings.append(_undecided("minors.min_age", "the age from which LEAD may be offered"))
    if not rules.opens(door):
        findings.append(_closed_door(rules, door))
    codes = tuple(offence_codes)
    if door == "arrest" or codes:
        _weigh_offences(rules, codes, amount, findings, unanswered)
    _weigh_exclusions(rules, door, answers or {}, overrides or {}, findings, unanswered)
    if door == "arrest":
        _weigh_complainant(rules, complainant, findings, unanswered)
    findings += _weigh_approval(rules, door)
    outcome = max((finding.outcome for finding in findings), key=ORDER.index, default=ORDER[0])
    if unanswered and outcome == "eligible":
        outcome = "not_sure"
    approver: Approver | None = None
    asked: tuple[ChainLink, ...] = ()
    if outcome == "needs_approval":
        asked = chain(rules, door, [finding.code for finding in findings if finding.outcome == "needs_approval"])
        approver = Approver(asked[0].whom, asked[0].phone) if asked else Approver("", "")
    title = _title(outcome, findings, approver, unanswered)
    return Assessment(outcome, title, tuple(findings), tuple(unanswered), approver, asked)


def _weigh_exclusions(
    rules: Rules,
    door: Door,
    answers: Mapping[str, Answer],
    reasons: Mapping[str, str],
    findings: list[Finding],
    unanswered: list[str],
) -> None:
    if rules.exclusions is None:
        findings.append(_undecided("exclusions", "what keeps LEAD from being offered"))
    for exclusion in rules.exclusions_for(door):
        answer = answers.get(exclusion.code)
        if answer is None:
            unanswered.append(exclusion.code)
        elif found := _weigh_exclusion(exclusion, answer, reasons.get(exclusion.code, "")):
            findings.append(found)


def _weigh_approval(rules: Rules, door: Door) -> list[Finding]:
    approval = rules.approval.at(door)
    if approval.needed == "always":
        text = f"Every {rules.door_name(door)} needs approval."
        return [Finding("approval", text, "", "needs_approval", text)]
    if approval.needed is None:
        return [_undecided(f"approval.{door}.needed", "whether approval is needed")]
    return []


def search_offences(rules: Rules, text: str) -> list[Offence]:
    """The divertible offenses that a word or a code finds, best first; blank text finds all in the rules' order."""
    offences = rules.offences or ()
    wanted, key = _words(text), code_key(text)
    if not text.strip():
        return list(offences)
    if not key:
        return []
    ranked = [(rank, place) for place, one in enumerate(offences) if (rank := _rank(one, wanted, key)) is not None]
    if not ranked:
        vocabulary = sorted({word for one in offences for word in _vocabulary(one)})
        near = [(get_close_matches(word, vocabulary, n=1, cutoff=0.8) or [word])[0] for word in wanted]
        if near != wanted:
            ranked = [(9, place) for place, one in enumerate(offences) if _all_begin(near, _vocabulary(one))]
    return [offences[place] for _, place in sorted(ranked)]


def chain(rules: Rules, door: Door, codes: Iterable[str]) -> tuple[ChainLink, ...]:
    """Who says yes, one after the other: the rules' chain, else the approver of what asks for it, else the door's."""
    approval, asking = rules.approval.at(door), set(codes)
    if approval.chain is not None:
        return tuple(link for link in approval.chain if not link.because or asking & set(link.because))
    named = (one.approver for code in codes if (one := rules.exclusion(code)) and one.approver)
    whom = next(named, None) or approval.whom
    return (ChainLink("approver", whom or "", approval.phone or ""),) if whom or approval.phone else ()


def asks_complainant(rules: Rules) -> bool:
    """Whether the person or business harmed must have been heard before an offer."""
    return rules.complainant.before_offer not in (None, "not_needed")


def because(text: str) -> str:
    """A rule's sentence as it follows "because": small first letter, no full stop."""
    plain = text.strip().rstrip(".")
    return plain if plain[:2].isalpha() and plain[:2].isupper() else plain[:1].lower() + plain[1:]


def _weigh_offences(
    rules: Rules,
    codes: tuple[str, ...],
    amount: Amount | None,
    findings: list[Finding],
    unanswered: list[str],
) -> None:
    if rules.offences is None:
        findings.append(_undecided("offenses", "which offenses can be diverted"))
        return
    if not codes:
        unanswered.append("offenses")
        return
    known = [offence for code in codes if (offence := rules.offence(code))]
    for code in codes:
        if rules.offence(code) is None:
            findings.append(_not_listed(code, blocks=not known))
    for offence in known:
        if offence.condition:
            so = f"{offence.code} only where {because(offence.condition)}."
            findings.append(Finding(offence.code, offence.condition, "", "proceed", so))
    for kind, limit in (("drug", rules.limits.drug), ("property", rules.limits.property)):
        if any(offence.amount_limit == kind for offence in known):
            _weigh_amount(rules, kind, limit, amount, findings, unanswered)


def _weigh_amount(
    rules: Rules,
    kind: str,
    limit: Limit | None,
    amount: Amount | None,
    findings: list[Finding],
    unanswered: list[str],
) -> None:
    code = f"over_{kind}_limit"
    if limit is None:
        findings.append(_undecided(f"limits.{kind}", "the amount above which LEAD is not offered"))
    elif amount is None:
        if "amount" not in unanswered:
            unanswered.append("amount")
    elif amount == "over":
        findings.append(_stands(code, limit.text, "over", limit.effect, "", ()))
    elif amount == "not_weighed":
        follows = rules.limits.when_not_weighed
        if follows != "proceed":
            findings.append(_unknown(code, limit.text, "not_weighed", follows or "ask_coordinator"))


def _weigh_exclusion(exclusion: Exclusion, answer: Answer, reason: str) -> Finding | None:
    if answer == "no":
        return None
    if answer == "yes":
        roles = exclusion.override_roles or ()
        return _stands(exclusion.code, exclusion.text, "yes", exclusion.effect, reason, roles)
    if exclusion.when_not_known == "proceed":
        return None
    return _unknown(exclusion.code, exclusion.text, "not_known", exclusion.when_not_known or "ask_coordinator")


def _stands(code: str, text: str, answer: str, effect: Weight, reason: str, roles: tuple[str, ...]) -> Finding:
    overridable = effect == "presumptive"
    overridden = overridable and bool(reason.strip())
    if overridden:
        so = f"Goes on with a reason, although {because(text)}."
    elif effect == "needs_approval":
        so = f"Needs approval, because {because(text)}."
    else:
        so = f"LEAD cannot be offered here, because {because(text)}."
        so += " The rules let it go on with a reason." if overridable else ""
    return Finding(code, text, answer, effect, so, overridable, overridden, roles)


def _unknown(code: str, text: str, answer: str, effect: Literal["needs_approval", "ask_coordinator"]) -> Finding:
    if effect == "needs_approval":
        so = f"Needs approval, because it is not known whether this is so: {text.rstrip('.')}."
    else:
        so = f"Ask the coordinator, because it is not known whether this is so: {text.rstrip('.')}."
    return Finding(code, text, answer, effect, so)


def _undecided(code: str, what: str) -> Finding:
    text = f"The site's rules do not say {what}."
    return Finding(code, text, "", "ask_coordinator", text)


def _closed_door(rules: Rules, door: Door) -> Finding:
    if rules.doors is None:
        return _undecided("doors", "which doors are open")
    text = f"This site takes no {rules.door_name(door)}."
    return Finding("doors", text, "", "ineligible", f"LEAD cannot be offered here, because {because(text)}.")


def _not_listed(code: str, *, blocks: bool) -> Finding:
    text = f"{code} is not on the site's list of offenses that can be diverted."
    if blocks:
        return Finding(code, text, "", "ineligible", f"LEAD cannot be offered here, because {text}")
    return Finding(code, text, "", "usual_way", f"{code} goes its usual way; it is not held.")


def _weigh_complainant(rules: Rules, position: str, findings: list[Finding], unanswered: list[str]) -> None:
    """What the person or business harmed says, where the site's rules ask before an offer; nobody harmed is no bar."""
    rule, code = rules.complainant.before_offer, "complainant"
    if rule in (None, "not_needed") or position == "none":
        return
    if not position:
        unanswered.append(code)
    elif position == "not_asked":
        findings.append(_unknown(code, "The person or business harmed agrees.", "not_known", "ask_coordinator"))
    elif position == "objects" and rule != "consult":
        text = "The person or business harmed does not agree."
        findings.append(_stands(code, text, "yes", "ineligible", "", ()))
    elif position == "agrees" and rule == "must_decline_prosecution":
        text = "The person or business harmed declines prosecution."
        findings.append(_unknown(code, text, "not_known", "ask_coordinator"))


def _youth_title(rules: Rules) -> str:
    minors = rules.minors
    call = (
        f" Call {minors.youth_service or 'the youth service'} at {minors.youth_number}." if minors.youth_number else ""
    )
    return f"LEAD is for people of {minors.min_age} and over, so this stops here and nothing about them is kept.{call}"


def _title(outcome: Outcome, findings: list[Finding], approver: Approver | None, unanswered: list[str]) -> str:
    if outcome == "ineligible":
        blocking = [because(finding.text) for finding in findings if finding.outcome == "ineligible"]
        return f"LEAD cannot be offered here, because {'; and because '.join(blocking)}."
    if outcome == "needs_approval":
        whom = approver.whom if approver and approver.whom else "the site's approver"
        return (
            f"Needs approval: call {whom[:1].lower() + whom[1:] if whom.startswith('The ') else whom} before the offer."
        )
    if outcome == "not_sure":
        if unanswered and not any(finding.outcome == "not_sure" for finding in findings):
            return "Not sure yet: some questions have no answer. Answer them, or send it to the coordinator."
        return "Not sure: the rules do not settle this. Send it to the coordinator."
    return "Eligible: LEAD can be offered here."


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()


def _vocabulary(offence: Offence) -> set[str]:
    return set(_words(" ".join((offence.code, offence.title, offence.group, *offence.words))))


def _all_begin(wanted: list[str], vocabulary: set[str]) -> bool:
    return all(any(word.startswith(begin) for word in vocabulary) for begin in wanted)


def _rank(offence: Offence, wanted: list[str], key: str) -> int | None:
    """The lower the better: the code itself, its beginning, its number, the title's words, any words."""
    code = code_key(offence.code)
    if key == code:
        return 0
    if code.startswith(key):
        return 1
    if any(letter.isdigit() for letter in key) and (key in code or key == code_key(offence.table_code or "")):
        return 2
    if _all_begin(wanted, set(_words(offence.title))):
        return 3
    return 4 if _all_begin(wanted, _vocabulary(offence)) else None
