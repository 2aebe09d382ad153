"""Rules read from a document: plain values, their sources, and the questions still open."""

import json
import re
from copy import deepcopy

import pytest

from lead_cms.programs.merge import merge
from lead_cms.programs.reading import DEMO, PUBLISHED, demo, document_hash, read, shipped, write
from lead_cms.programs.rules import RuleNotSet, need, parse
from lead_cms.programs.schema import LEAVES
from lead_cms.programs.validate import faults

SITES = ["san-francisco", "seattle"]  # those of the demo
SHIPPED = [*SITES, "santa-fe", "clackamas", "los-angeles-county"]
INVENTED = {"kind": "invented", "note": "Invented for the demo."}


@pytest.mark.parametrize("slug", SHIPPED)
def test_shipped_files_are_faultless_and_leave_gaps_open(slug):
    document = shipped(slug)
    assert faults(document) == []
    rules = parse(document)
    assert not rules.ready
    assert {"window.last_day_rule", "reminders", "minors.youth_number"} <= {one.path for one in rules.missing()}


@pytest.mark.parametrize("folder", [PUBLISHED, DEMO])
@pytest.mark.parametrize("slug", SITES)
def test_shipped_files_are_written_as_export_writes(folder, slug):
    text = (folder / f"{slug}.json").read_text()
    assert write(json.loads(text)) == text


@pytest.mark.parametrize("slug", SHIPPED)
def test_shipped_files_name_every_rule(slug):
    document = shipped(slug)
    for leaf in LEAVES:
        node = document
        for key in leaf.path.split("."):
            assert key in node, leaf.path
            node = node[key]


@pytest.mark.parametrize("slug", SHIPPED)
def test_no_shipped_rule_is_invented(slug):
    text = (PUBLISHED / f"{slug}.json").read_text()
    assert '"invented"' not in text and '"site"' not in re.findall(r'"kind": ("\w+")', text)


@pytest.mark.parametrize("slug", SITES)
def test_demo_rules_are_faultless_and_complete(slug):
    document = demo(slug)
    assert faults(document) == []
    rules = parse(document)
    assert rules.missing() == [] and rules.ready
    groups = {offence.group for offence in rules.offences}
    assert {"drug", "prostitution", "trespass", "theft"} <= groups
    assert any(exclusion.effect == "presumptive" for exclusion in rules.exclusions)


@pytest.mark.parametrize("slug", SITES)
def test_every_value_of_the_overlay_says_that_it_is_invented(slug):
    overlay = json.loads((DEMO / f"{slug}.json").read_text())
    kinds = re.findall(r'"kind": "(\w+)",\s*"note": "([^"]*)"', json.dumps(overlay))
    assert kinds
    for kind, note in kinds:
        assert kind == "site" or note.startswith("Invented for the demo.")


@pytest.mark.parametrize("slug", SITES)
def test_every_telephone_number_of_the_demo_is_fictitious(slug):
    numbers = re.findall(r'"(?:phone|youth_number|mandated_reporter_line)": "([^"]+)"', json.dumps(demo(slug)))
    assert all(number.startswith("555-01") for number in numbers)


@pytest.mark.parametrize("slug", SITES)
def test_merging_keeps_every_published_value(slug):
    base, merged = parse(shipped(slug)), parse(demo(slug))
    for path, value in base.values.items():
        if value is not None and path not in ("offenses", "exclusions"):
            assert merged.value(path) == value, path
            if base.sources.get(path) and base.sources[path].kind == "published":
                assert merged.source(path) == base.source(path)


def test_published_figures():
    francisco, seattle = parse(shipped("san-francisco")), parse(shipped("seattle"))
    assert (francisco.limits.drug.amount, seattle.limits.drug.amount) == (5, 3)
    assert (francisco.window.days, francisco.window.max_days) == (None, 30)
    assert seattle.window.days == 30
    assert francisco.exclusion("strike_conviction").lookback_years == 8
    assert francisco.approval.arrest.needed == "when_rule_says"
    assert francisco.source("limits.drug").quote.startswith("Individuals were excluded from the diversion program if")
    assert francisco.source("window.days").kind == "not published"


def test_names_of_doors_are_the_sites_own():
    francisco = parse(shipped("san-francisco"))
    assert francisco.door_name("arrest") == "prebooking referral"
    assert francisco.door_name("community") == "community referral"
    assert francisco.terms.arrest_alternative == "as an alternative to arrest"


def test_sources_of_single_fields():
    rules = parse(demo("san-francisco"))
    assert rules.source("exclusions[open_case]").kind == "published"
    assert rules.source("exclusions[open_case].text").kind == "published"
    assert rules.source("exclusions[open_case].when_not_known").kind == "invented"
    assert rules.source("nothing.like.it").kind == "not published"
    assert rules.source("reminders").label == "Invented for the demo"


def test_what_nobody_decided_is_not_zero():
    rules = parse(shipped("san-francisco"))
    assert rules.window.days is None and rules.value("window.days") is None
    with pytest.raises(RuleNotSet, match=r"window\.days"):
        need(rules.window.days, "window.days")
    assert need(0, "window.decision_grace_days") == 0


def test_questions_follow_from_other_rules():
    document = demo("san-francisco")
    document["window"]["last_day_rule"]["value"] = "next_business_day"
    document["window"]["holiday_calendar"] = {"value": None, "source": {"kind": "not published"}}
    document["approval"]["arrest"]["phone"] = {"value": None, "source": {"kind": "not published"}}
    document["limits"]["drug"] = {"value": None, "source": {"kind": "not published"}}
    paths = [one.path for one in parse(document).missing()]
    assert sorted(paths) == ["approval.arrest.phone", "limits.drug", "window.holiday_calendar"]
    document["doors"]["value"] = ["social"]
    assert "approval.arrest.phone" not in [one.path for one in parse(document).missing()]


def test_questions_are_questions():
    for slug in SHIPPED:
        for one in parse(shipped(slug)).missing():
            assert one.question.rstrip(")").endswith(("?", ".")) and one.question[0].isupper()
    empty = parse({"format": "lead-rules/1", "site": "x", "title": "X"})
    assert len(empty.missing()) > 30 and empty.offences is None


def test_no_exclusions_is_a_decision_and_silence_is_not():
    document = demo("seattle")
    document["exclusions"] = {"value": [], "source": {"kind": "site", "note": "Nothing keeps LEAD away."}}
    assert faults(document) == [] and parse(document).ready
    document["exclusions"] = {"value": None, "source": {"kind": "not published"}}
    assert faults(document) == []
    assert [one.path for one in parse(document).missing()] == ["exclusions"]


def test_merge_lets_only_the_site_decide_against_a_published_rule():
    base = shipped("seattle")
    invented = {"window": {"days": {"value": 14, "source": INVENTED}}}
    decided = {"window": {"days": {"value": 14, "source": {"kind": "site", "note": "Decided in March."}}}}
    before = deepcopy(base)
    assert parse(merge(base, invented)).window.days == 30
    assert parse(merge(base, decided)).window.days == 14
    assert base == before
    text = {"exclusions": [{"value": {"code": "delivery", "text": "Other."}, "source": INVENTED}]}
    assert parse(merge(base, text)).exclusion("delivery").text.startswith("The suspected drug activity")
    text["exclusions"][0]["source"] = {"kind": "site", "note": "Decided in March."}
    merged = parse(merge(base, text))
    assert merged.exclusion("delivery").text == "Other."
    assert merged.source("exclusions[delivery].text").kind == "site"
    assert merged.source("exclusions[delivery].effect").kind == "published"


def test_files_survive_reading_and_writing():
    document = demo("seattle")
    again, found = read(write(document))
    assert again == document and found == []
    shuffled = dict(reversed(list(document.items())))
    assert document_hash(shuffled) == document_hash(document)
    assert write(json.loads(json.dumps(document, sort_keys=True))) == write(document)
    shuffled["title"] = "Another"
    assert document_hash(shuffled) != document_hash(document)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "this is not JSON"),
        ("date,name\n1,2", "this is not JSON"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "not a number"),
        ("[" * 100_000, "this is not JSON"),
    ],
)
def test_files_that_are_not_json(text, told):
    _, found = read(text)
    assert told in str(found[0])


def test_sections_are_those_of_the_tables():
    """Classes of the shipped offenses were not typed from memory: each California section has its table number."""
    numbers = [entry["value"]["table_code"] for entry in demo("san-francisco")["offenses"]]
    assert all(re.fullmatch(r"\d{5}", number) for number in numbers) and len(set(numbers)) == len(numbers)
