"""The clock at its edges, in the database: changes of clocks, leap days, year ends, rules that change, words typed late."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.programs.models import RuleSet
from referrals.actions.charges import decide, extend
from referrals.actions.correcting import correct
from referrals.actions.events import come_back, record_event
from referrals.actions.items import confirm_item
from referrals.models import Referral, Reminder, WindowItem, WindowResult
from tests.referrals.charging import (
    charge_of,
    hand_over,
    held_charge,
    leave,
    meet,
    reminders_of,
    window_of,
)
from tests.rules import demo_document

pytestmark = pytest.mark.django_db
PACIFIC = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)
DUE = date(2026, 10, 31)
LAST_SECOND = datetime(
    2026, 11, 1, 6, 59, 59, tzinfo=UTC
)  # of October 31 in San Francisco, the night before clocks change

ONE = [
    {"step": "only", "days": 1, "relative_to": "due", "hour": 6, "recipients": ["prosecutor"], "channels": ["in_app"]},
]  # fmt: skip


@pytest.fixture
def site(world):
    return world.a


def local(*parts) -> datetime:
    return datetime(*parts, tzinfo=PACIFIC).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "starts_on", "due_on"),
    [
        pytest.param(local(2026, 10, 15, 12), date(2026, 10, 15), date(2026, 11, 14), id="clocks-go-back"),
        pytest.param(local(2027, 3, 1, 12), date(2027, 3, 1), date(2027, 3, 31), id="clocks-go-forward"),
        pytest.param(local(2026, 11, 1, 1, 30), date(2026, 11, 1), date(2026, 12, 1), id="in-the-repeated-hour"),
        pytest.param(local(2028, 2, 10, 12), date(2028, 2, 10), date(2028, 3, 11), id="over-a-leap-day"),
        pytest.param(local(2028, 2, 29, 12), date(2028, 2, 29), date(2028, 3, 30), id="on-a-leap-day"),
        pytest.param(local(2026, 12, 15, 12), date(2026, 12, 15), date(2027, 1, 14), id="over-the-year-end"),
        pytest.param(
            local(2026, 12, 31, 23, 59, 59), date(2026, 12, 31), date(2027, 1, 30), id="last-second-of-a-year"
        ),
        pytest.param(
            local(2026, 10, 1, 23, 59, 59), date(2026, 10, 1), date(2026, 10, 31), id="second-before-midnight"
        ),
        pytest.param(local(2026, 10, 2, 0, 0, 0), date(2026, 10, 2), date(2026, 11, 1), id="midnight"),
    ],
)
def test_days_are_the_sites_calendar_days(site, at, starts_on, due_on):
    referral, charge = held_charge(site, at=at)
    window = window_of(site, referral)
    assert (window.starts_on, window.due_on, window.first_due_on) == (starts_on, due_on, due_on)
    assert charge.due_on == due_on + timedelta(days=7)
    today = [one for one in reminders_of(site, referral) if one.step == "due_today"]
    moments = {one.due_at.astimezone(PACIFIC) for one in today}
    assert {(one.date(), one.hour, one.minute) for one in moments} == {(due_on, 8, 0)}


def test_a_last_day_on_a_weekend_moves_where_the_rules_say_so(world):
    referral, charge = held_charge(world.b, at=NOON)  # 30 days on, October 31, is a Saturday
    assert window_of(world.b, referral).due_on == date(2026, 11, 2)
    assert charge.due_on == date(2026, 11, 7)  # five days of grace in Seattle's rules


def new_rules(site, *, reminders=ONE, **window) -> RuleSet:
    """A second version, in force from its day on; None leaves the reminders as they were."""
    document = {**demo_document(site.site.slug)}
    document["window"] = {**document["window"]}
    source = {"kind": "site", "note": "decided in a test"}
    for name, value in window.items():
        document["window"][name] = {"value": value, "source": source}
    document["visibility"] = {**document["visibility"], "decided_visible_days": {"value": 5, "source": source}}
    if reminders is not None:
        document["reminders"] = {"value": reminders, "source": source}
    with acting_as(Duty.OPERATOR), transaction.atomic():
        return RuleSet.objects.create(
            site=site.site, version=2, effective_from=date(2026, 10, 10), document=document, document_hash="1" * 64,
            imported_at=NOON, imported_by="tests",
        )  # fmt: skip


def test_rules_that_change_leave_an_open_window_and_its_charge_alone(site):
    referral, charge = held_charge(site, at=NOON)
    new_rules(site, days=10, decision_grace_days=0)
    later, _ = held_charge(site, at=NOON + timedelta(days=10))
    assert window_of(site, later).due_on == date(2026, 10, 21)
    assert window_of(site, referral).due_on == DUE
    prosecutor, at = site.person(Role.PROSECUTOR), NOON + timedelta(days=12)
    with acting_as(prosecutor), transaction.atomic():
        extend(charge=charge, until_on=date(2026, 11, 20), by=prosecutor, at=at)
    assert window_of(site, referral).due_on == date(2026, 11, 13)  # with the seven days of its own version
    assert "due_today" in {one.step for one in reminders_of(site, referral, schedule=1)}
    decided_at = datetime(2026, 11, 20, 20, tzinfo=UTC)
    with acting_as(prosecutor), transaction.atomic():
        decided = decide(charge=charge, decision="filed", by=prosecutor, at=decided_at)
    assert decided.hidden_at == decided_at + timedelta(days=90)


def test_days_may_count_from_the_arrest(site):
    new_rules(site, starts="arrest")
    at = NOON + timedelta(days=20)
    referral, _ = held_charge(site, at=at, occurred_at=at - timedelta(days=2))
    assert window_of(site, referral).starts_on == date(2026, 10, 19)


def correct_arrest(site, referral, moment, *, at):
    officer = site.person(Role.OFFICER)
    with acting_as(officer), transaction.atomic():
        correct(referral=referral, changes={"occurred_at": moment}, by=officer, at=at)


def dates_of(site, referral) -> tuple:
    window = window_of(site, referral)
    return window.starts_on, window.due_on, window.first_due_on, charge_of(site, referral).due_on


def told_on(site, referral) -> set:
    """What is still to be sent: step, recipient, channel, moment."""
    return {
        (one.step, one.recipient, one.channel, one.due_at)
        for one in reminders_of(site, referral, delivered_at=None, cancelled_at=None)
        if one.step not in ("called", "referred")
    }


@pytest.mark.parametrize("days", [3, -3, 0])
def test_where_days_count_from_the_arrest_a_corrected_arrest_moves_every_date(site, days):
    """As if it had been typed right at once: window, charge and reminders, also after a first wrong correction."""
    new_rules(site, starts="arrest")
    at = NOON + timedelta(days=20)
    wrong, right = at - timedelta(days=5), at - timedelta(days=5) + timedelta(days=days)
    referral, _ = held_charge(site, at=at, occurred_at=wrong)
    as_wanted, _ = held_charge(site, at=at, occurred_at=right)
    correct_arrest(site, referral, at - timedelta(days=60), at=at)
    correct_arrest(site, referral, right, at=at)
    assert dates_of(site, referral) == dates_of(site, as_wanted)
    assert dates_of(site, referral)[0] == right.astimezone(PACIFIC).date()
    assert told_on(site, referral) == told_on(site, as_wanted)


def test_a_corrected_arrest_moves_no_date_that_counts_from_the_referral(site):
    referral, _ = held_charge(site, at=NOON)
    before = dates_of(site, referral), told_on(site, referral)
    correct_arrest(site, referral, NOON - timedelta(days=4), at=NOON)
    assert (dates_of(site, referral), told_on(site, referral)) == before


@pytest.mark.parametrize("is_met", [False, True])
def test_a_corrected_arrest_takes_back_no_time_that_the_prosecutor_gave(site, is_met):
    """Nor where the window is met, and does not grow with the charge."""
    new_rules(site, starts="arrest")
    at = NOON + timedelta(days=20)
    referral, charge = held_charge(site, at=at)
    if is_met:
        meet(site, referral, on=at.astimezone(PACIFIC).date(), at=at)
    prosecutor = site.person(Role.PROSECUTOR)
    with acting_as(prosecutor), transaction.atomic():
        extend(charge=charge, until_on=date(2026, 12, 20), by=prosecutor, at=at)
    before = dates_of(site, referral), told_on(site, referral)
    correct_arrest(site, referral, at - timedelta(days=6), at=at)
    assert (dates_of(site, referral), told_on(site, referral)) == before


def test_a_corrected_arrest_moves_nothing_once_the_prosecutor_has_decided(site):
    """Outreach may look for a person for longer than the charge waits; nobody is reminded of it again."""
    new_rules(site, reminders=None, starts="arrest")
    at = NOON + timedelta(days=20)
    referral, charge = held_charge(site, at=at, occurred_at=at - timedelta(days=5))
    prosecutor, decided_at = site.person(Role.PROSECUTOR), at + timedelta(days=33)
    with acting_as(prosecutor), transaction.atomic():
        decide(charge=charge, decision="filed", by=prosecutor, at=decided_at)
    before = dates_of(site, referral), told_on(site, referral)
    correct_arrest(site, referral, at - timedelta(hours=1), at=decided_at)
    assert (dates_of(site, referral), told_on(site, referral)) == before


@pytest.mark.parametrize("is_away", [False, True])
@pytest.mark.parametrize(("wrong", "right"), [(29, 0), (0, 29)])
def test_a_corrected_arrest_reminds_of_nobody_who_is_away_and_is_right_when_they_are_back(site, wrong, right, is_away):
    new_rules(site, reminders=None, starts="arrest")
    at = NOON + timedelta(days=40)
    referral, _ = held_charge(site, at=at, occurred_at=at - timedelta(days=wrong))
    as_wanted, _ = held_charge(site, at=at, occurred_at=at - timedelta(days=right))
    if is_away:
        leave(site, referral, at=at)
    correct_arrest(site, referral, at - timedelta(days=right), at=at)
    if not is_away:
        leave(site, referral, at=at)
    waiting = reminders_of(site, referral, delivered_at=None, cancelled_at=None)
    assert waiting and not [one for one in waiting if one.window_id]
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        come_back(referral=Referral.objects.get(pk=referral.pk), by=manager, at=at)
    assert told_on(site, referral) == told_on(site, as_wanted)


def test_a_corrected_arrest_reminds_of_nobody_who_has_died(site):
    new_rules(site, reminders=None, starts="arrest")
    at = NOON + timedelta(days=20)
    referral, _ = held_charge(site, at=at, occurred_at=at - timedelta(days=5))
    manager, died_on = site.person(Role.CASE_MANAGER), at.astimezone(PACIFIC).date()
    with acting_as(manager), transaction.atomic():
        own = Referral.objects.get(pk=referral.pk)
        record_event(referral=own, kind="death", happened_on=died_on, is_confirmed=True, by=manager, at=at)
    correct_arrest(site, referral, at - timedelta(days=1), at=at)
    assert told_on(site, referral) == set()


def test_what_was_sent_before_a_correction_is_not_sent_again(site):
    new_rules(site, starts="arrest")
    at = NOON + timedelta(days=20)
    referral, _ = held_charge(site, at=at, occurred_at=at - timedelta(days=5))
    first = min(one.due_at for one in reminders_of(site, referral) if one.schedule == 0 and one.due_at > at)
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        sent = Reminder.objects.filter(referral_id=referral.pk, due_at=first)
        keys = set(sent.values_list("step", "recipient", "channel"))
        sent.update(delivered_at=first)
    correct_arrest(site, referral, at - timedelta(days=1), at=at)
    assert keys and not keys & {one[:3] for one in told_on(site, referral)}


def record_both(site, referral, *, on, at):
    meet(site, referral, on=on, at=at)
    return window_of(site, referral)


def test_done_and_typed_in_the_last_second_is_met(site):
    referral, _ = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    window = record_both(site, referral, on=DUE, at=LAST_SECOND)
    assert (window.state, window.met_on) == ("met", DUE)


def test_typed_one_second_late_waits_for_somebody_elses_word(site):
    referral, _ = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    window = record_both(site, referral, on=DUE, at=LAST_SECOND + timedelta(seconds=1))
    assert window.state == "open"


def test_done_one_day_late_does_not_count_however_it_is_confirmed(site):
    referral, _ = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    assert record_both(site, referral, on=DUE + timedelta(days=1), at=LAST_SECOND + timedelta(days=1)).state == "open"


def test_done_on_the_last_day_and_typed_three_days_later_counts_once_confirmed(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    late = LAST_SECOND + timedelta(days=3)
    assert record_both(site, referral, on=DUE, at=late).state == "open"
    supervisor = site.person(Role.SUPERVISOR)
    with acting_as(supervisor), transaction.atomic():
        items = list(WindowItem.objects.filter(window__referral=referral))
        assert {(one.done_on, one.typed_at, one.needs_confirmation) for one in items} == {(DUE, late, True)}
        for item in items:
            confirm_item(item=item, by=supervisor, at=late + timedelta(hours=1))
        assert WindowResult.objects.get(charge_id=charge.pk).met_on == DUE
    window = window_of(site, referral)
    assert (window.state, window.met_on) == ("met", DUE)


def test_an_extension_makes_a_late_day_count_again(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    prosecutor, at = site.person(Role.PROSECUTOR), datetime(2026, 11, 12, 20, tzinfo=UTC)
    with acting_as(prosecutor), transaction.atomic():
        extend(charge=charge, until_on=date(2026, 11, 30), by=prosecutor, at=at)
    window = record_both(site, referral, on=date(2026, 11, 12), at=at)
    assert (window.state, window.met_on, window.due_on) == ("met", date(2026, 11, 12), date(2026, 11, 23))


def test_a_new_arrest_opens_a_second_charge_while_the_first_clock_runs_on(site):
    first, first_charge = held_charge(site, at=NOON)
    hand_over(site, first, at=NOON)
    before = window_of(site, first), reminders_of(site, first, cancelled_at=None)
    second, second_charge = held_charge(site, at=NOON + timedelta(days=10))
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        own = Referral.objects.get(pk=first.pk)
        record_event(
            referral=own, kind="new_arrest", happened_on=date(2026, 10, 11), by=manager, at=NOON + timedelta(days=10)
        )
    after = window_of(site, first)
    assert (after.state, after.due_on) == (before[0].state, before[0].due_on) == ("open", DUE)
    assert charge_of(site, first).due_on == first_charge.due_on
    assert window_of(site, second).due_on == date(2026, 11, 10) and second_charge.due_on == date(2026, 11, 17)
    still = {one.pk for one in reminders_of(site, first, cancelled_at=None)}
    assert {one.pk for one in before[1]} <= still


def test_stepping_back_and_coming_back_silences_casework_and_wakes_it_again(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    written = [one.pk for one in reminders_of(site, referral, cancelled_at=None)]
    of_the_charge = [one.pk for one in reminders_of(site, referral, cancelled_at=None, window=None)]
    leave(site, referral, at=NOON + timedelta(days=1))
    assert [one.pk for one in reminders_of(site, referral, cancelled_at=None)] == of_the_charge
    manager, back = site.person(Role.CASE_MANAGER), NOON + timedelta(days=2)
    with acting_as(manager), transaction.atomic():
        come_back(referral=Referral.objects.get(pk=referral.pk), by=manager, at=back)
    assert [one.pk for one in reminders_of(site, referral, cancelled_at=None)] == written


def test_more_time_while_the_person_was_away_counts_when_they_are_back(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    leave(site, referral, at=NOON + timedelta(days=1))
    prosecutor, manager = site.person(Role.PROSECUTOR), site.person(Role.CASE_MANAGER)
    with acting_as(prosecutor), transaction.atomic():
        extend(charge=charge, until_on=date(2026, 11, 30), by=prosecutor, at=NOON + timedelta(days=2))
    assert not [one for one in reminders_of(site, referral, schedule=1) if one.window_id]
    with acting_as(manager), transaction.atomic():
        come_back(referral=Referral.objects.get(pk=referral.pk), by=manager, at=NOON + timedelta(days=3))
    again = [one for one in reminders_of(site, referral, schedule=1, cancelled_at=None) if one.window_id]
    assert "due_today" in {one.step for one in again}
    assert window_of(site, referral).due_on == date(2026, 11, 23)
