"""The published rules of Santa Fe, Clackamas and Los Angeles County: their numbers, their gaps, their sources."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from lead_cms.programs.clock import due_on
from lead_cms.programs.eligibility import assess
from lead_cms.programs.in_words import chapters
from lead_cms.programs.reading import PUBLISHED, demo, shipped, write
from lead_cms.programs.rules import parse
from lead_cms.programs.validate import faults

NEW = ["santa-fe", "clackamas", "los-angeles-county"]
SITE = {"kind": "site", "note": "Decided in March."}


@pytest.fixture(params=NEW)
def slug(request):
    return request.param


def sources(node):
    if isinstance(node, dict):
        if "kind" in node:
            yield node
        for inner in node.values():
            yield from sources(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from sources(inner)


def test_santa_fe():
    rules = parse(shipped("santa-fe"))
    limit = rules.limits.drug
    assert (limit.amount, limit.unit, limit.effect, limit.exempt) == (6, "grams", "ineligible", ("pills",))
    assert (rules.window.days, rules.window.min_days, rules.window.max_days) == (None, 7, 30)
    assert rules.window.required_items == ("intake",) and rules.window.starts == "referral"
    assert rules.minors.min_age == 18
    assert [one.effect for one in rules.exclusions] == ["presumptive"] * 5 + ["ineligible"]
    assert rules.exclusions[-1].code == "informant"
    # Presumptive, and nobody says who may go on: asked, never guessed.
    assert "exclusions[not_amenable].override_roles" in {one.path for one in rules.missing()}
    assert {one.code for one in rules.offence_kinds} == {
        "opiate_possession", "subsistence_sale", "shoplifting", "minor_theft", "paraphernalia",
    }  # fmt: skip
    assert rules.offences is None and "offenses" in rules.sources


def test_clackamas():
    rules = parse(shipped("clackamas"))
    assert (rules.window.days, rules.window.starts) == (14, "referral")
    assert rules.window.required_items == ("assessment", "roi")
    assert rules.criminal_justice_consent.condition_of_diversion is True
    assert due_on(date(2028, 2, 20), 14, last_day_rule="calendar_day", holidays=frozenset()) == date(2028, 3, 5)


def test_los_angeles_county():
    rules = parse(shipped("los-angeles-county"))
    assert (rules.window.days, rules.window.max_days) == (30, 30)
    assert rules.window.required_items == ("assessment", "care_plan")
    assert rules.no_capacity.arrest_first is True
    assert rules.door_name("arrest") == "prebooking referral"
    assert {one.code for one in rules.offences} == {one.code for one in parse(shipped("san-francisco")).offences}
    assert {one.doors for one in rules.exclusions} == {("social",)}
    assert rules.limits.drug is None  # San Francisco's five grams are San Francisco's


def test_what_no_source_gives_stays_open(slug):
    rules = parse(shipped(slug))
    assert not rules.ready and rules.doors is None
    for path in ("handoff.page_minutes", "handoff.wait_minutes", "reminders", "complainant.before_offer"):
        assert rules.value(path) is None and rules.source(path).kind == "not published"


def test_what_the_sources_say_in_our_words_is_marked_so(slug):
    """A summary without the source's own words says that it is a paraphrase, unless it is the Bureau's or the state's."""
    known = {json.dumps(one) for other in ("san-francisco", "seattle") for one in sources(shipped(other))}
    own = [one for one in sources(shipped(slug)) if one["kind"] == "published" and "summary" in one]
    marked = [one for one in own if one["note"].startswith("A paraphrase, not the source's own words.")]
    assert len(marked) >= 3
    for one in own:
        assert one in marked or json.dumps(one) in known or "Of the state's statute" in one["note"]
        assert one["url"].startswith("https://")


def test_the_files_are_written_as_export_writes(slug):
    text = (PUBLISHED / f"{slug}.json").read_text()
    assert write(json.loads(text)) == text


@pytest.mark.django_db
def test_check_lists_what_the_policy_group_must_decide(slug, tmp_path):
    out, file = StringIO(), tmp_path / "rules.json"
    call_command("rules", "export", slug, str(file), "--published", stdout=out)
    call_command("rules", "check", slug, str(file), stdout=out)
    said = out.getvalue()
    assert "nothing wrong" in said and f"must still decide {len(parse(shipped(slug)).missing())}" in said
    assert "[doors]" in said and ("[window.days]" in said) == (slug == "santa-fe")


def test_a_page_says_every_one_of_them(slug):
    lines = [line for chapter in chapters(parse(shipped(slug))) for line in chapter.lines]
    assert any(line.says == "Not decided yet." for line in lines)
    if slug == "santa-fe":
        said = {line.title: line.says for line in lines}
        assert said["Amount of drugs"].endswith("It does not hold for pills.")
        assert said["Kinds that a source names"].startswith("possession of illicit opiates, ")


# ---- what format 2 can say


def decided(document, path, value, source=SITE):
    *sections, last = path.split(".")
    node = document
    for section in sections:
        node = node.setdefault(section, {})
    node[last] = {"value": value, "source": source}
    return document


def told(document) -> str:
    return "\n".join(str(one) for one in faults(document))


def test_a_file_of_the_first_format_is_read_as_before_and_uses_nothing_newer():
    old = {"format": "lead-rules/1", "site": "x", "title": "X"}
    assert faults(old) == [] and parse(old).handoff.page_minutes is None
    assert parse(old).window.min_days is None and parse(old).approval.arrest.chain is None
    decided(old, "handoff.page_minutes", 5)
    limit = {"amount": 6, "unit": "grams", "effect": "ineligible", "text": "Over six grams.", "exempt": ["pills"]}
    decided(old, "limits.drug", limit)
    assert [one.path for one in faults(old)] == ["handoff.page_minutes", "limits.drug.exempt"]
    assert 'say that as the format' in told(old)  # fmt: skip
    assert faults(old | {"format": "lead-rules/2"}) == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("handoff.page_minutes", 0, "between 1 and 120"),
        ("handoff.page_minutes", "5", "whole number"),
        ("window.min_days", 31, "more than the 30 days allowed"),
        ("complainant.before_offer", "maybe", "must be one of"),
        ("approval.community.roles", ["liaison", "coordinator"], "no police role sees the community door"),
        ("approval.arrest.chain", [{"code": "a", "whom": "A", "because": ["nothing"]}], "not among the exclusions"),
        ("approval.arrest.chain", [{"code": "a", "whom": "A"}, {"code": "a", "whom": "B"}], "stands twice"),
        ("approval.arrest.chain", [], "empty"),
        ("approval.arrest.chain", [{"code": "a", "whom": "A", "role": "officer"}], "one of"),
        ("approval.community.chain", [{"code": "a", "whom": "A", "role": "liaison"}], "names the police"),
        ("meeting_places", [{"code": "a", "name": "A", "open": [{"days": ["mon"], "from": "7"}]}], "such as"),
        ("meeting_places", [{"code": "a", "name": "A", "open": [{"days": [], "from": "07:00", "until": "24:30"}]}], "24"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_new_rules_is_said(path, value, expected):
    document = demo("san-francisco")
    assert expected in told(decided(document, path, value))


def test_a_site_that_asks_the_person_harmed_first():
    """Albany: only where the complainant agrees and declines prosecution. Burien: individual victims are consulted."""

    def ask(rule, position):
        rules = parse(decided(demo("seattle"), "complainant.before_offer", rule))
        offence = next(one for one in rules.offences if not one.amount_limit)
        answers = {one.code: "no" for one in rules.exclusions_for("arrest")}
        return assess(rules, door="arrest", offence_codes=[offence.code], answers=answers, age=30, complainant=position)

    expected = {
        "must_decline_prosecution": ["eligible", "not_sure", "eligible", "ineligible", "not_sure", "not_sure"],
        "must_agree": ["eligible", "eligible", "eligible", "ineligible", "not_sure", "not_sure"],
        "consult": ["eligible", "eligible", "eligible", "eligible", "not_sure", "not_sure"],
        "not_needed": ["eligible"] * 6,
        None: ["eligible"] * 6,
    }
    positions = ["declines_prosecution", "agrees", "none", "objects", "not_asked", ""]
    for rule, outcomes in expected.items():
        if rule is None:
            continue
        assert [ask(rule, one).outcome for one in positions] == outcomes, rule
    assert "does not agree" in ask("must_agree", "objects").title
    assert ask("must_agree", "").unanswered == ("complainant",)


def test_several_approvers_one_after_the_other():
    document = demo("san-francisco")
    chain = [
        {"code": "supervising", "whom": "the agency that supervises the person", "because": ["supervision"]},
        {"code": "sergeant", "whom": "the LEAD sergeant", "phone": "555-0134"},
    ]
    rules = parse(decided(document, "approval.arrest.chain", chain))
    offence = next(one for one in rules.offences if not one.amount_limit)

    def asked(**yes):
        answers = {one.code: yes.get(one.code, "no") for one in rules.exclusions_for("arrest")}
        return assess(rules, door="arrest", offence_codes=[offence.code], answers=answers, age=30)

    assert [one.code for one in asked(supervision="yes").approvers] == ["supervising", "sergeant"]
    assert asked(supervision="yes").approver.whom == "the agency that supervises the person"
    assert asked().approvers == ()
