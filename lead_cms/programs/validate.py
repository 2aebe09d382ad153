"""Everything wrong with a rules document, at once, in words a county coordinator can act on.

API
    faults(document) -> list[Fault(path, message)]; an empty list means that rules.parse can read it

A document without faults may still lack rules: that is what `Rules.missing` lists.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lead_cms.programs.rules import Rules, code_key, parse
from lead_cms.programs.schema import (
    DOORS,
    ENTRIES,
    FORMATS,
    LEAVES,
    NEWER_KEYS,
    Check,
    Fault,
    code,
    record,
    text,
    url,
)

__all__ = ["FORMAT", "Fault", "faults"]

FORMAT = FORMATS[-1]  # what a new file calls itself; the earlier ones are read as well
WORDS = text(2000)
SOURCES: dict[str, Check] = {
    "published": record(
        {"kind": text(), "citation": text(500), "url": url}, {"quote": WORDS, "summary": WORDS, "note": WORDS}
    ),
    "invented": record({"kind": text(), "note": WORDS}),
    "site": record({"kind": text(), "note": WORDS}),
    "not published": record({"kind": text()}, {"note": WORDS}),
}
# Police and prosecutor read nothing that a met window would change (docs/practice.md 20).
BLIND = ("prosecutor", "liaison")
LATEST_REMINDER = 90


def faults(document: Any) -> list[Fault]:
    """Every fault of the document, in its own order: unknown keys, wrong types, rules that contradict others."""
    if not isinstance(document, Mapping):
        return [Fault("document", "must be one record in braces.")]
    found = [*_head(document), *_unknown_keys(document), *_too_new(document), *_leaves(document)]
    for name, check in ENTRIES.items():
        found += _entries(document, name, check)
    return found + list(_contradictions(parse(_well_formed(document))))


def _well_formed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The rules that are right each by itself: what contradicts among them is listed with the other faults."""
    sound: dict[str, Any] = {"site": "", "title": ""}
    for leaf in LEAVES:
        node = _node(document, leaf.path)
        if node is None or any(_leaf(node, leaf.path, leaf.check)):
            continue
        *sections, last = leaf.path.split(".")
        place = sound
        for section in sections:
            place = place.setdefault(section, {})
        place[last] = node
    for name, check in ENTRIES.items():
        node = document.get(name)
        if isinstance(node, list):
            sound[name] = [entry for entry in node if not any(_entries({name: [entry]}, name, check))]
        elif isinstance(node, Mapping) and not any(_entries(document, name, check)):
            sound[name] = node
    return sound


def _node(document: Mapping[str, Any], path: str) -> Any:
    node: Any = document
    for key in path.split("."):
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _head(document: Mapping[str, Any]) -> Iterator[Fault]:
    if document.get("format") not in FORMATS:
        yield Fault("format", f'must be "{FORMAT}".')
    yield from text(120)(document.get("title"), "title")
    site = document.get("site")
    yield from code(site.replace("-", "_") if isinstance(site, str) else site, "site")


def _unknown_keys(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Keys of the document that no rule has: most often a slip of spelling."""
    leaves = {leaf.path for leaf in LEAVES}
    sections = {path.rpartition(".")[0] for path in leaves} | {"approval"}
    known = leaves | sections | set(ENTRIES) | {"format", "site", "title"}

    def walk(node: Mapping[str, Any], path: str) -> Iterator[Fault]:
        for key, inner in node.items():
            place = f"{path}.{key}" if path else str(key)
            if place not in known:
                yield Fault(place, "is not a known rule.")
            elif place in sections and place:
                if isinstance(inner, Mapping):
                    yield from walk(inner, place)
                else:
                    yield Fault(place, "must be a record in braces.")

    yield from walk(document, "")


def _too_new(document: Mapping[str, Any]) -> Iterator[Fault]:
    """A file of the first format does not use what the second brought: an older reader would not understand it."""
    if document.get("format") != FORMATS[0]:
        return
    told = f'came with "{FORMATS[1]}": say that as the format.'
    for leaf in LEAVES:
        if leaf.since > 1 and _node(document, leaf.path) is not None:
            yield Fault(leaf.path, told)
    for leaf in LEAVES:
        node = _node(document, leaf.path)
        if isinstance(node, Mapping):
            yield from (Fault(f"{leaf.path}.{key}", told) for key in NEWER_KEYS if _has(node.get("value"), key))


def _has(value: Any, key: str) -> bool:
    if isinstance(value, Mapping):
        return key in value or any(_has(inner, key) for inner in value.values())
    return isinstance(value, list) and any(_has(inner, key) for inner in value)


def _leaves(document: Mapping[str, Any]) -> Iterator[Fault]:
    for leaf in LEAVES:
        node = _node(document, leaf.path)
        if node is not None:
            yield from _leaf(node, leaf.path, leaf.check)


def _leaf(node: Any, path: str, check: Check) -> Iterator[Fault]:
    if not isinstance(node, Mapping) or "value" not in node:
        yield Fault(path, 'must be a record with "value" and "source".')
        return
    for key in node:
        if key not in ("value", "source"):
            yield Fault(f"{path}.{key}", 'is not a known key here; a rule has "value" and "source".')
    yield from _source(node.get("source"), path, decided=node["value"] is not None)
    if node["value"] is not None:
        yield from check(node["value"], path)


def _source(source: Any, path: str, *, decided: bool) -> Iterator[Fault]:
    place = f"{path}.source"
    kind = source.get("kind") if isinstance(source, Mapping) else None
    if not isinstance(kind, str) or kind not in SOURCES:
        yield Fault(place, f"is missing or has no kind. The kinds are: {', '.join(SOURCES)}.")
        return
    yield from SOURCES[kind](source, place)
    if kind == "published" and not (source.get("quote") or source.get("summary")):
        yield Fault(place, 'is published, so give its words ("quote") or what it says in ours ("summary").')
    if decided and kind == "not published":
        yield Fault(place, 'says "not published", but there is a value: say who decided it.')
    if not decided and kind != "not published":
        yield Fault(place, 'says where the rule comes from, but the value is null: its kind is "not published".')


def _entries(document: Mapping[str, Any], name: str, check: Check) -> Iterator[Fault]:
    node = document.get(name)
    if node is None:
        return
    if isinstance(node, Mapping):
        yield from _leaf(node, name, _only_empty)
        return
    if not isinstance(node, list) or not node:
        yield Fault(name, 'must be a list of rules, each with "value" and "source".')
        return
    seen: set[str] = set()
    for number, entry in enumerate(node):
        path = f"{name}[{number + 1}]"
        value = entry.get("value") if isinstance(entry, Mapping) else None
        if not isinstance(value, Mapping):
            yield Fault(path, 'must be a record with "value" and "source".')
            continue
        if isinstance(value.get("code"), str):
            path = f"{name}[{value['code']}]"
            if code_key(value["code"]) in seen:
                yield Fault(path, "stands twice.")
            seen.add(code_key(value["code"]))
        yield from check(value, path)
        yield from _source(entry.get("source"), path, decided=True)
        yield from _entry_keys(entry, value, path)


def _entry_keys(entry: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[Fault]:
    for key in entry:
        if key not in ("value", "source", "field_sources"):
            yield Fault(f"{path}.{key}", "is not a known key here.")
    others = entry.get("field_sources", {})
    if not isinstance(others, Mapping):
        yield Fault(f"{path}.field_sources", "must be a record in braces.")
        return
    for key, source in others.items():
        if key not in value:
            yield Fault(f"{path}.field_sources.{key}", "names a field that the rule does not have.")
        yield from _source(source, f"{path}.{key}", decided=value.get(key) is not None)


def _only_empty(value: Any, path: str) -> Iterator[Fault]:
    if value != []:
        yield Fault(
            path, "must be a list of rules, each with its source; null when unpublished, [] when there are none."
        )


def _contradictions(rules: Rules) -> Iterator[Fault]:
    yield from _window(rules)
    yield from _reminders(rules)
    yield from _fallbacks(rules)
    yield from _approvals(rules)
    for exclusion in rules.exclusions or ():
        if exclusion.override_roles and exclusion.effect != "presumptive":
            place = f"exclusions[{exclusion.code}].override_roles"
            yield Fault(place, "has no meaning: only a presumptive exclusion can be overridden.")
    load = [number for number in (rules.caseload.full, rules.caseload.high, rules.caseload.most) if number is not None]
    if load != sorted(load):
        yield Fault("caseload", "must grow from full to high to most.")
    sharing = "prosecutor_result_sharing"
    if rules.prosecutor_result_sharing == "met_and_not_met" and rules.source(sharing).kind == "invented":
        yield Fault(sharing, 'tells a prosecutor "not met": that needs a published source or the site\'s own decision.')


def _window(rules: Rules) -> Iterator[Fault]:
    window = rules.window
    if window.days is not None and window.max_days is not None:
        if window.days > window.max_days:
            yield Fault("window.days", f"is {window.days}, more than the {window.max_days} days allowed.")
        elif window.days == window.max_days and window.last_day_rule == "next_business_day":
            yield Fault("window.last_day_rule", f"would carry a last day beyond the {window.max_days} days allowed.")
    if window.days is not None and window.min_days is not None and window.days < window.min_days:
        yield Fault("window.days", f"is {window.days}, fewer than the {window.min_days} days that must be given.")
    if window.min_days is not None and window.max_days is not None and window.min_days > window.max_days:
        yield Fault("window.min_days", f"is {window.min_days}, more than the {window.max_days} days allowed.")
    if window.holiday_calendar is not None:
        import holidays  # slow to load, and needed here only

        try:
            holidays.country_holidays(window.holiday_calendar.country, window.holiday_calendar.subdivision)
        except NotImplementedError:
            yield Fault("window.holiday_calendar", "is not a country and subdivision with a known holiday calendar.")


def _reminders(rules: Rules) -> Iterator[Fault]:
    days, grace = rules.window.days or 365, rules.window.decision_grace_days or 0
    first = {"start": 0, "due": -days, "decision": -days - grace}
    last = {"start": days, "due": LATEST_REMINDER, "decision": LATEST_REMINDER}
    for number, reminder in enumerate(rules.reminders or (), 1):
        path = f"reminders[{number}]"
        low, high = first[reminder.relative_to], last[reminder.relative_to]
        if not low <= reminder.days <= high:
            allowed = f"counted from the {reminder.relative_to}, it must lie between {low} and {high}"
            yield Fault(f"{path}.days", f"{reminder.days} lies outside the window: {allowed}.")
        if reminder.relative_to != "decision" and any(one in BLIND for one in reminder.recipients):
            yield Fault(
                f"{path}.recipients",
                "names the prosecutor or the liaison before the decision date: whether that reminder comes would "
                'tell them the result. Count it from "decision".',
            )


def _fallbacks(rules: Rules) -> Iterator[Fault]:
    for number, fallback in enumerate(rules.handoff.fallbacks or (), 1):
        path = f"handoff.fallbacks[{number}]"
        if fallback.kind == "drop_off" and not fallback.places:
            yield Fault(f"{path}.places", "is not there: where is the drop-off place, and when is it open?")
        if fallback.kind == "hold_and_reach_out" and fallback.outreach_hours is None:
            yield Fault(f"{path}.outreach_hours", "is not there: within how many hours does outreach go?")


def _approvals(rules: Rules) -> Iterator[Fault]:
    known = {exclusion.code for exclusion in rules.exclusions or ()}
    for door in DOORS:
        approval = rules.approval.at(door)  # type: ignore[arg-type]
        if door == "community" and "liaison" in (approval.roles or ()):
            yield Fault("approval.community.roles", "names the police: no police role sees the community door.")
        for link in approval.chain or ():
            if door == "community" and link.role == "liaison":
                place = f"approval.community.chain[{link.code}].role"
                yield Fault(place, "names the police: no police role sees the community door.")
            for unknown in sorted(set(link.because) - known):
                yield Fault(f"approval.{door}.chain[{link.code}]", f'"{unknown}" is not among the exclusions.')
        if rules.approval.at(door).needed != "never":  # type: ignore[arg-type]
            continue
        for exclusion in rules.exclusions_for(door):  # type: ignore[arg-type]
            if "needs_approval" in (exclusion.effect, exclusion.when_not_known):
                place = f"exclusions[{exclusion.code}]"
                yield Fault(place, f"needs approval, but at the {door} door approval is never needed.")
        limits = rules.limits
        effects = [limit.effect for limit in (limits.drug, limits.property) if limit]
        if door == "arrest" and "needs_approval" in (*effects, limits.when_not_weighed):
            yield Fault("limits", f"asks for approval, but at the {door} door approval is never needed.")
