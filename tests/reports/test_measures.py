"""T9, T10 and T14 against rows made one by one."""

import random
from datetime import date, timedelta

import pytest

from lead_cms.access.permissions import Role
from lead_cms.reports.measures.ratios import apart, nested
from lead_cms.reports.registry import REPORTS, sheet_from
from lead_cms.reports.tables import HIDDEN
from tests.reports import making


@pytest.fixture
def where(world):
    return world.a


def table(where, name: str, number: int = 0, *, hiding=False, **more) -> list[dict]:
    by = where.person(Role.COORDINATOR)
    found = making.counts(by, name)
    sheet = sheet_from(REPORTS[name], making.asked_by(by), found, "x", hiding=hiding)
    one = sheet.tables[number]
    return [dict(zip([c.label for c in one.columns], row.cells, strict=True)) for row in one.rows]


def test_windows_and_decisions(where):
    for met_on, extended in ((date(2026, 5, 30), 0), (date(2026, 6, 9), 1)):
        referral = making.refer(where)
        made = making.window(where, referral, "met", met_on=met_on, extension_count=extended)
        making.item(where, made, "intake", met_on - timedelta(days=5))
        making.item(where, made, "assessment", met_on)
        making.charge(where, referral, "not_filed_completed")
    making.charge(where, referral, "filed")
    making.window(where, making.refer(where), "stepped_back")
    making.window(where, making.refer(where), "open")  # its last day has passed
    making.window(where, making.refer(where), "open", days=90)
    late = making.window(where, making.refer(where), "open", starts_on=date(2026, 7, 1))
    making.item(where, late, "intake", date(2026, 7, 1))
    everything = table(where, "clock")[0]
    assert everything == {
        "Windows": "All windows", "Begun": 5, "Met inside": 2, "Met, share of begun": 0.4, "Still running": 1,
        "Stepped back": 1, "Ended without": 1, "Had more time": 1, "Median days to intake": 10.0,
        "Median days to assessment": 15.0,
    }  # fmt: skip
    assert [(row["Windows"], row["Begun"]) for row in table(where, "clock")[1:]] == [
        ("Windows of 30 days", 4), ("Windows of 90 days", 1),
    ]  # fmt: skip
    decided = table(where, "clock", 1)[0]
    assert (decided["Held"], decided["Not filed, completed"], decided["Filed"]) == (3, 2, 1)


def test_minutes_to_the_handoff(where):
    target = making.asked_by(where.person(Role.COORDINATOR)).rules.handoff.target_minutes
    for minutes in (target - 10, target, target + 20):
        making.handoff(where, making.refer(where, precinct="tenderloin"), minutes=minutes)
    making.handoff(where, making.refer(where), nobody=True)
    making.handoff(where, making.refer(where), called=False)
    making.handoff(where, making.refer(where), called=True)
    making.handoff(where, making.refer(where, status="declined", answer="no"))
    making.handoff(where, making.refer(where, door="social"), minutes=1)
    everything, none, there = table(where, "handoff")
    assert everything["Handoffs"] == 6 and everything["With both times"] == 3
    assert (everything["Within target"], everything["Over target"], everything["Nobody came"]) == (2, 1, 1)
    assert (everything["No time of call"], everything["No time of arrival"]) == (1, 1)
    assert everything["Median minutes"] == target and there["Handoffs"] == 3 and none["Precinct"] == "Not given"


def test_groups_as_perceived(where):
    seen = {"perceived_race": "black", "perceived_gender": "man", "age_about": 24}
    making.refer(where, seen=seen)
    making.refer(where, seen=seen, answer="no", status="declined")
    making.refer(where, seen={"perceived_race": "not_known", "birth_date": date(1991, 5, 21)}, door="social")
    making.refer(where, seen=seen, status="ineligible")
    making.refer(where, seen=seen, door="community")
    race = {row["Group"]: row for row in table(where, "equity", 0)}
    assert (race["Black or African American"]["Offered"], race["Black or African American"]["Accepted"]) == (2, 1)
    assert race["Could not tell, or not recorded"]["Offered"] == 1
    assert race["All"]["Offered"] == 3 and race["All"]["Supplied"] == "not supplied"
    assert race["Black or African American"]["Ratio to offered"] == pytest.approx((1 / 2) / (2 / 3))
    age = {row["Group"]: row["Offered"] for row in table(where, "equity", 1)}
    assert age == {"18 to 24": 2, "25 to 34": 1, "All": 3}  # 34 on the day before the birthday


def test_groups_in_their_own_words(where):
    races = [["black"], ["black", "white"], ["white"], [], ["black", "hispanic", "hispanic.cuban"]]
    for number, race in enumerate(races):
        referral = making.refer(where, seen={"perceived_race": "asian"})
        making.take_part(where, referral, race=race, gender=[["0"], ["1"], ["2"], ["no-9"], ["0", "5"]][number])
        making.intake(where, referral, date(2026, 5, 30))
        if number == 1:
            making.window(where, referral, "met", met_on=date(2026, 6, 1))
    race = {row["Group"]: row for row in table(where, "equity", 4)}
    black = race["Black or African American"]
    assert (black["Intake done, alone"], black["Intake, alone or in combination"]) == (1, 3)
    assert (race["White"]["Intake done, alone"], race["White"]["Intake, alone or in combination"]) == (1, 2)
    assert (race["Two or more"]["Intake done, alone"], race["Two or more"]["Completed, alone"]) == (2, 1)
    assert race["Not answered"]["Intake done, alone"] == 1 and race["All"]["Completed, alone"] == 1
    assert "Asian" not in race
    gender = {row["Group"]: row["Intake done"] for row in table(where, "equity", 6)}
    assert gender == {"Woman": 2, "Man": 1, "Another": 1, "Not answered": 1, "All": 5}


def test_no_ratio_crosses_the_line(where):
    """What an officer perceived and what people say of themselves stand in tables of their own."""
    making.refer(where, seen={"perceived_race": "black"})
    for number in range(8):
        columns = set(table(where, "equity", number)[0])
        assert not ({"Offered", "Accepted"} & columns and any("Intake" in one or "Completed" in one for one in columns))


def test_completion_says_how_it_was_counted(where):
    by = where.person(Role.COORDINATOR)
    sheet = sheet_from(REPORTS["equity"], making.asked_by(by), making.counts(by, "equity"), "x", hiding=False)
    assert any("not published" in note and "inside" in note for note in sheet.notes)


def test_hiding_a_group_hides_its_shares_and_ratios(where):
    for number in range(40):
        making.refer(
            where, seen={"perceived_race": "white" if number < 35 else "black"}, answer="yes" if number % 2 else "no"
        )
    race = {row["Group"]: row for row in table(where, "equity", 0, hiding=True)}
    black = race["Black or African American"]
    assert all(black[key] is HIDDEN for key in ("Offered", "Share of offered", "Accepted", "Ratio to offered"))
    assert race["White"]["Offered"] is HIDDEN and race["All"]["Offered"] == 40


def test_the_interval_of_a_nested_ratio():
    """By hand, 30 of 60 where all of the other 40 passed: variance (1/30 - 1/70)² · 15 on the logarithm."""
    found = nested(30, 60, 70, 100)
    assert found.value == pytest.approx((30 / 70) / (60 / 100))
    assert found.low == pytest.approx(0.618, abs=0.001) and found.high == pytest.approx(0.825, abs=0.001)
    assert nested(0, 10, 5, 20).low is None and nested(5, 0, 5, 20) is None
    assert nested(7, 10, 7, 10).value == 1


def test_the_interval_holds_what_chance_does():
    """Nineteen times of twenty chance stays inside: 2,000 draws of 80 and 120 people."""
    dice, inside = random.Random(5), 0
    low, high = (found := nested(48, 80, 138, 200)).low / found.value, found.high / found.value
    for _ in range(2000):
        mine = sum(dice.random() < 0.6 for _ in range(80))
        others = sum(dice.random() < 0.75 for _ in range(120))
        inside += low <= nested(mine, 80, mine + others, 200).value / found.value <= high
    assert 0.935 < inside / 2000 < 0.965


def test_the_interval_of_counts_apart():
    found = apart(20, 50, 40, 200)
    assert found.value == pytest.approx(2.0) and found.low < 2 < found.high
    assert apart(1, 0, 2, 2) is None
