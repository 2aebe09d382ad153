"""Can I offer LEAD here: every rule of the answer, by case and by property."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_cms.programs.eligibility import ORDER, assess, because, none_known, search_offences
from lead_cms.programs.reading import demo, shipped
from lead_cms.programs.rules import parse

FRANCISCO, SEATTLE = parse(demo("san-francisco")), parse(demo("seattle"))
DRUG = "HS 11350(a)"


def ask(rules=FRANCISCO, door="arrest", **given):
    answers = none_known(rules, door) | given.pop("answers", {})
    defaults = {"offence_codes": [DRUG], "amount": "within", "age": 34}
    return assess(rules, door=door, answers=answers, **(defaults | given))


def test_eligible():
    answer = ask()
    assert (answer.outcome, answer.findings, answer.unanswered, answer.approver) == ("eligible", (), (), None)


def test_a_hard_exclusion_speaks_in_the_rules_words():
    answer = ask(answers={"open_case": "yes"})
    assert answer.outcome == "ineligible" and answer.reasons == ("open_case",) and not answer.overridable
    assert answer.title == (
        "LEAD cannot be offered here, because the person has an open case involving violence or weapons."
    )


def test_two_reasons_are_both_said():
    answer = ask(amount="over", answers={"open_case": "yes"})
    assert answer.reasons == ("over_drug_limit", "open_case")
    assert "over 5 grams; and because the person has an open case" in answer.title


def test_an_override_helps_where_the_rules_allow_and_only_with_a_reason():
    for reason in ("", "   "):
        blocked = ask(answers={"complainant_objects": "yes"}, overrides={"complainant_objects": reason})
        assert blocked.outcome == "ineligible" and blocked.overridable
    answer = ask(answers={"complainant_objects": "yes"}, overrides={"complainant_objects": "Owner agreed by phone"})
    assert answer.outcome == "eligible" and answer.findings[0].overridden
    assert answer.findings[0].override_roles == ("officer", "liaison")


def test_an_override_never_helps_a_hard_exclusion_or_a_limit():
    everything = {one.code: "Because" for one in FRANCISCO.exclusions} | {"over_drug_limit": "Because"}
    assert ask(answers={"open_case": "yes"}, overrides=everything).outcome == "ineligible"
    assert ask(amount="over", overrides=everything).outcome == "ineligible"


def test_approval_names_whom_and_the_number():
    answer = ask(answers={"supervision": "yes"})
    assert answer.outcome == "needs_approval"
    assert (answer.approver.whom, answer.approver.phone) == ("the agency that supervises the person", "555-0134")
    always = ask(SEATTLE, door="social", offence_codes=[])
    assert always.outcome == "needs_approval" and always.approver.phone == "555-0144"


def test_not_known_does_what_the_rules_say():
    assert ask(answers={"open_case": "not_known"}).outcome == "eligible"
    assert ask(answers={"no_contact_order": "not_known"}).outcome == "not_sure"
    undecided = tuple(replace(one, when_not_known=None) for one in FRANCISCO.exclusions)
    assert ask(replace(FRANCISCO, exclusions=undecided), answers={"open_case": "not_known"}).outcome == "not_sure"


def test_silence_is_not_no():
    answer = assess(FRANCISCO, door="arrest", offence_codes=[DRUG], age=34)
    assert answer.outcome == "not_sure"
    assert answer.unanswered == ("amount", *none_known(FRANCISCO, "arrest"))


def test_amounts():
    assert ask(amount="not_weighed").outcome == "eligible"
    assert ask(amount=None).unanswered == ("amount",)
    assert ask(offence_codes=["PC 647(b)"], amount=None).outcome == "eligible"
    strict = replace(FRANCISCO, limits=replace(FRANCISCO.limits, when_not_weighed="needs_approval"))
    assert ask(strict, amount="not_weighed").outcome == "needs_approval"
    unset = replace(FRANCISCO, limits=replace(FRANCISCO.limits, drug=None))
    assert ask(unset, amount="over").outcome == "not_sure"
    unsaid = replace(FRANCISCO, limits=replace(FRANCISCO.limits, when_not_weighed=None))
    assert ask(unsaid, amount="not_weighed").outcome == "not_sure"


def test_offenses_that_are_not_listed():
    answer = ask(offence_codes=["PC 211"])
    assert answer.outcome == "ineligible" and "PC 211 is not on the site's list" in answer.title
    mixed = ask(offence_codes=[DRUG, "PC 211"])
    assert mixed.outcome == "eligible" and mixed.findings[0].effect == "usual_way"
    assert ask(offence_codes=[]).unanswered == ("offenses",)
    assert ask(offence_codes=["hs 11350 A"]).outcome == "eligible"


def test_conditions_are_said():
    answer = ask(offence_codes=["HS 11351"])
    assert answer.outcome == "eligible"
    assert answer.findings[0].so == "HS 11351 only where it is for subsistence or to afford own use."


def test_under_age_stops_before_everything():
    answer = ask(age=17, answers={"open_case": "yes"})
    assert answer.outcome == "under_age" and answer.findings == () and answer.reasons == ()
    assert "555-0136" in answer.title and "nothing about them is kept" in answer.title
    assert ask(age=18).outcome == "eligible" and ask(age=None).outcome == "eligible"


def test_each_door_asks_its_own_exclusions():
    assert "treatment_court" in none_known(FRANCISCO, "social")
    assert "treatment_court" not in none_known(FRANCISCO, "arrest")
    assert ask(answers={"treatment_court": "yes"}).outcome == "eligible"
    assert ask(door="social", offence_codes=[], answers={"treatment_court": "yes"}).outcome == "ineligible"


def test_a_closed_door_and_undecided_doors():
    assert ask(replace(FRANCISCO, doors=("social",))).outcome == "ineligible"
    assert ask(replace(FRANCISCO, doors=None)).outcome == "not_sure"


def test_incomplete_rules_never_say_eligible():
    for slug in ("san-francisco", "seattle"):
        rules = parse(shipped(slug))
        code = rules.offences[0].code
        assert ask(rules, offence_codes=[code], answers=none_known(rules, "arrest")).outcome == "not_sure"


def test_because():
    assert because("The person sells.") == "the person sells"
    assert because("HS 11350 is not listed.") == "HS 11350 is not listed"
    assert because("A case is open.") == "a case is open"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("hs11350", "HS 11350(a)"),
        ("H&S 11350(A)", "HS 11350(a)"),
        ("11350", "HS 11350(a)"),
        ("35422", "HS 11350(a)"),
        ("  possess ", "HS 11350(a)"),
        ("POSSESSION narcotic", "HS 11350(a)"),
        ("meth", "HS 11377(a)"),
        ("647b", "PC 647(b)"),
        ("pc 647 (b)", "PC 647(b)"),
        ("sex work", "PC 647(b)"),
        ("shoplift", "PC 459.5"),
        ("tresspass", "PC 602(m)"),
    ],
)
def test_search_finds_first(typed, first):
    assert search_offences(FRANCISCO, typed)[0].code == first


def test_search_finds_nothing_and_everything():
    assert search_offences(FRANCISCO, "zzzz qqqq") == []
    assert search_offences(FRANCISCO, "\U0001f600") == []
    assert search_offences(FRANCISCO, "") == list(FRANCISCO.offences)


CODES = [one.code for one in FRANCISCO.exclusions]
SAID = st.sampled_from(["yes", "no", "not_known", None])
QUESTIONS = st.fixed_dictionaries(
    {
        "door": st.sampled_from(["arrest", "social", "community"]),
        "offence_codes": st.lists(st.sampled_from([one.code for one in FRANCISCO.offences] + ["PC 211"]), max_size=3),
        "amount": st.sampled_from(["within", "over", "not_weighed", None]),
        "answers": st.dictionaries(st.sampled_from(CODES), st.sampled_from(["yes", "no", "not_known"])),
        "overrides": st.dictionaries(st.sampled_from(CODES), st.sampled_from(["", " ", "Reason"])),
        "age": st.integers(0, 120) | st.none(),
    }
)
RULES = st.sampled_from([FRANCISCO, SEATTLE, parse(shipped("san-francisco")), parse(shipped("seattle"))])


def rank(answer):
    return ORDER.index(answer.outcome)


@settings(max_examples=120, deadline=None)
@given(rules=RULES, asked=QUESTIONS, code=st.sampled_from(CODES))
def test_one_more_yes_never_improves_the_answer(rules, asked, code):
    without = {one: reason for one, reason in asked["overrides"].items() if one != code}
    worse = asked | {"answers": asked["answers"] | {code: "yes"}, "overrides": without}
    assert rank(assess(rules, **worse)) >= rank(assess(rules, **asked | {"overrides": without}))


@settings(max_examples=120, deadline=None)
@given(rules=RULES, asked=QUESTIONS)
def test_overrides_help_only_presumptive_exclusions(rules, asked):
    answer, plain = assess(rules, **asked), assess(rules, **asked | {"overrides": {}})
    assert rank(answer) <= rank(plain)
    for finding in answer.findings:
        assert not finding.overridden or (finding.effect == "presumptive" and asked["overrides"][finding.code].strip())
    if rank(answer) < rank(plain):
        assert any(finding.overridden for finding in answer.findings)


@settings(max_examples=120, deadline=None)
@given(rules=RULES, asked=QUESTIONS)
def test_every_answer_is_whole(rules, asked):
    before = deepcopy(asked)
    answer = assess(rules, **asked)
    assert asked == before and assess(rules, **asked) == answer
    assert answer.title.endswith(".") and ".." not in answer.title
    assert (answer.outcome == "ineligible") == bool(answer.reasons)
    assert (answer.approver is not None) == (answer.outcome == "needs_approval")
    if asked["age"] is not None and asked["age"] < 18 and rules.minors.min_age:
        assert answer.outcome == "under_age"
    if answer.outcome == "eligible":
        assert not answer.unanswered and rules.opens(asked["door"])
    assert set(answer.unanswered) <= {"offenses", "amount", *none_known(rules, asked["door"])}


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=30))
def test_search_never_fails_and_never_repeats(text):
    codes = [one.code for one in search_offences(FRANCISCO, text)]
    assert len(codes) == len(set(codes))


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, len(FRANCISCO.offences) - 1), data=st.data())
def test_search_finds_a_code_however_it_is_typed(place, data):
    code = FRANCISCO.offences[place].code
    marks = data.draw(st.lists(st.sampled_from([" ", "-", ".", ""]), min_size=len(code), max_size=len(code)))
    typed = "".join(letter + mark for letter, mark in zip(code.swapcase(), marks, strict=True))
    assert search_offences(FRANCISCO, typed)[0].code == code
