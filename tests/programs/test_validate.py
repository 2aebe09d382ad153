"""Every fault of a rules file is listed, at its place, in words that say what to do."""

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_cms.programs.reading import demo
from lead_cms.programs.schema import LEAVES
from lead_cms.programs.validate import faults

GOOD = demo("san-francisco")
SITE = {"kind": "site", "note": "Decided in March."}


def leaf(value, source=SITE):
    return {"value": value, "source": source}


def spoiled(path, value):
    document = deepcopy(GOOD)
    node = document
    *steps, last = path.split(".")
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "place", "told"),
    [
        ("format", "lead-rules/9", "format", "must be"),
        ("site", "San Francisco!", "site", "must be a code"),
        ("title", "", "title", "blank"),
        ("windw", {}, "windw", "not a known rule"),
        ("window.dayz", leaf(30), "window.dayz", "not a known rule"),
        ("window", 30, "window", "must be a record"),
        ("window.days", 30, "window.days", '"value" and "source"'),
        ("window.days", leaf("30"), "window.days", "must be a whole number"),
        ("window.days", leaf(True), "window.days", "must be a whole number"),
        ("window.days", leaf(30.0), "window.days", "must be a whole number"),
        ("window.days", leaf(0), "window.days", "between 1 and 365"),
        ("window.days", leaf(-3), "window.days", "between 1 and 365"),
        ("window.days", leaf(31), "window.days", "more than the 30 days allowed"),
        ("window.days", {"value": 30}, "window.days.source", "missing"),
        ("window.days", leaf(30, {"kind": "rumor"}), "window.days.source", "missing or has no kind"),
        ("window.days", leaf(30, {"kind": ["site"]}), "window.days.source", "missing or has no kind"),
        ("window.days", leaf(30, {"kind": "site"}), "window.days.source.note", "is not there"),
        ("window.days", leaf(30, {"kind": "not published"}), "window.days.source", "there is a value"),
        ("window.days", leaf(None), "window.days.source", "the value is null"),
        ("window.days", leaf(30) | {"extra": 1}, "window.days.extra", "not a known key"),
        ("window.starts", leaf("booking"), "window.starts", "one of referral, arrest"),
        ("window.required_items", leaf([]), "window.required_items", "empty"),
        ("window.required_items", leaf(["intake", "intake"]), "window.required_items[2]", "stands twice"),
        ("window.required_items", leaf("intake"), "window.required_items", "must be a list"),
        ("window.last_day_rule", leaf("next_business_day"), "window.last_day_rule", "beyond the 30 days"),
        ("window.holiday_calendar", leaf({"country": "ZZ"}), "window.holiday_calendar", "holiday calendar"),
        ("submission_start_on", leaf("2017-02-30"), "submission_start_on", "must be a date"),
        ("submission_start_on", leaf("1817-02-01"), "submission_start_on", "must be a date"),
        ("minors.min_age", leaf(16), "minors.min_age", "between 18 and 30"),
        ("minors.youth_number", leaf("call us"), "minors.youth_number", "telephone number"),
        ("caseload.high", leaf(40), "caseload", "must grow"),
        ("precincts", leaf([]), "precincts", "empty"),
        ("precincts", leaf([{"code": "a", "name": "A"}, {"code": "A", "name": "B"}]), "precincts[2]", "stands twice"),
        ("precincts", leaf([{"code": "ä b", "name": "A"}]), "precincts[1].code", "must be a code"),
        ("reminders.value.0.step", "due_today", "reminders[6]", "stands twice"),
        ("reminders.value.0.days", 31, "reminders[1].days", "outside the window"),
        ("reminders.value.0.days", -1, "reminders[1].days", "outside the window"),
        ("reminders.value.3.days", -31, "reminders[4].days", "outside the window"),
        ("reminders.value.0.hour", 24, "reminders[1].hour", "between 0 and 23"),
        ("reminders.value.0.recipients", ["everyone"], "reminders[1].recipients[1]", "one of"),
        ("reminders.value.0.recipients", ["prosecutor"], "reminders[1].recipients", "would tell them the result"),
        ("reminders.value.5.recipients", ["liaison"], "reminders[6].recipients", "would tell them the result"),
        ("handoff.fallbacks.value.1.places", [], "handoff.fallbacks[2].places", "empty"),
        ("handoff.fallbacks.value.1.places", None, "handoff.fallbacks[2].places", "where is the drop-off"),
        ("handoff.fallbacks.value.1", {"kind": "drop_off"}, "handoff.fallbacks[2].places", "where is the drop-off"),
        ("handoff.fallbacks.value.3", {"kind": "hold_and_reach_out"}, "handoff.fallbacks[4].outreach_hours", "hours"),
        ("offenses", [], "offenses", "must be a list of rules"),
        ("offenses.0.value.class", "crime", "offenses[HS 11350(a)].class", "one of"),
        ("offenses.0.value.code", "hs-11377 A", "offenses[HS 11377(a)]", "stands twice"),
        ("offenses.0.source.url", "ask Jane", "offenses[HS 11350(a)].source.url", "web address"),
        ("offenses.0.source.url", "https://example.org/\0", "offenses[HS 11350(a)].source.url", "web address"),
        ("offenses.1.value.code", "HS 1\ud800", "offenses[HS 1\ud800].code", "must be a section"),
        ("offenses.0.source.url", "javascript:alert(1)", "offenses[HS 11350(a)].source.url", "web address"),
        ("offenses.0.value.colour", "red", "offenses[HS 11350(a)].colour", "not a known key"),
        ("exclusions.0.value.doors", [], "exclusions[sold_to_minors].doors", "empty"),
        ("exclusions.0.value.override_roles", ["officer"], "exclusions[sold_to_minors].override_roles", "no meaning"),
        ("exclusions.0.value.text", "A\u0000B", "exclusions[sold_to_minors].text", "no text"),
        ("exclusions", leaf(["x"]), "exclusions", "must be a list of rules"),
        ("approval.arrest.needed", leaf("never"), "exclusions[supervision]", "approval is never needed"),
        ("criminal_justice_consent.condition_of_diversion", leaf("no"), "criminal_justice_consent", "true or false"),
        (
            "prosecutor_result_sharing",
            leaf("met_and_not_met", {"kind": "invented", "note": "x"}),
            "prosecutor_result_sharing",
            "published source",
        ),
    ],
)
def test_each_fault_has_its_place_and_its_words(path, value, place, told):
    found = faults(spoiled(path, value))
    assert any(fault.path.startswith(place) and told in fault.message for fault in found), found


def test_a_published_source_gives_its_words():
    source = {"kind": "published", "citation": "A law", "url": "https://example.org/law"}
    found = faults(spoiled("window.days", leaf(30, source)))
    assert [fault.path for fault in found] == ["window.days.source"]
    assert faults(spoiled("window.days", leaf(30, source | {"quote": "within 30 days"}))) == []


def test_all_faults_are_listed_at_once():
    document = spoiled("window.days", leaf("thirty"))
    document["extra"] = 1
    document["caseload"]["full"] = leaf(0)
    document["offenses"][0]["value"]["title"] = 5
    document["reminders"]["value"][0]["recipients"] = ["prosecutor"]
    assert len(faults(document)) == 5


@pytest.mark.parametrize("thing", [None, [], "text", 5, {}, {"window": None}, {"offenses": {"a": 1}}])
def test_things_that_are_no_rules_document(thing):
    assert faults(thing)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from([one.path for one in LEAVES] + ["offenses", "exclusions"]), value=ANYTHING)
def test_nothing_in_a_file_breaks_the_check(path, value):
    """Whatever stands at a rule's place, bare or as its value, the check answers and never raises."""
    for placed in (value, leaf(value), leaf(value, value), leaf(value, {"kind": value})):
        document = spoiled(path, placed)
        found = faults(document)
        assert all(fault.path and fault.message for fault in found)
    json.dumps(document)
