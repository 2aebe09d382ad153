"""The prosecutor's three deeds: the packet is here, more time, the decision; and what each is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.core.errors import DomainError, StaleState
from referrals.actions.charges import decide, extend, receive
from referrals.enums import Decision
from referrals.models import HeldCharge, Packet
from tests.referrals.charging import (
    charge_of,
    extensions_of,
    hand_over,
    held_charge,
    meet,
    reminders_of,
    shared,
    window_of,
)
from tests.referrals.making import rules_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)  # noon in San Francisco; the decision falls due on November 7
DUE = date(2026, 11, 7)
ON_THE_DAY = datetime(2026, 11, 7, 18, tzinfo=UTC)


@pytest.fixture
def site(world):
    return world.a


def act(site, action, *, number=0, **given):
    prosecutor = site.person(Role.PROSECUTOR, number)
    with acting_as(prosecutor), transaction.atomic():
        return action(by=prosecutor, **given)


def test_a_decision_is_recorded_on_the_due_day_and_ends_every_reminder(site):
    referral, charge = held_charge(site, at=NOON)
    act(site, decide, charge=charge, decision="filed", at=ON_THE_DAY)
    charge = charge_of(site, referral)
    assert (charge.decision, charge.decided_at, charge.decided_by.role) == ("filed", ON_THE_DAY, "prosecutor")
    assert charge.hidden_at == ON_THE_DAY + timedelta(days=90)
    unsent = [one for one in reminders_of(site, referral) if not one.delivered_at and not one.cancelled_at]
    assert {(one.step[:8], one.recipient) for one in unsent} == {("decided_", "case_manager")}
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        assert Packet.objects.get(referral_id=referral.pk).hidden_at == charge.hidden_at


@pytest.mark.parametrize("decision", Decision.values)
def test_every_decision_is_the_prosecutors_whatever_was_shared(site, decision):
    _, charge = held_charge(site, at=NOON)
    assert act(site, decide, charge=charge, decision=decision, at=ON_THE_DAY).decision == decision


@pytest.mark.parametrize(
    ("decision", "at", "says"),
    [
        (
            "filed",
            datetime(2026, 11, 7, 7, 59, 59, tzinfo=UTC),
            "from November 7, 2026 on",
        ),  # one second before midnight
        ("closed", ON_THE_DAY, "Choose a decision"),
        ("", ON_THE_DAY, "Choose a decision"),
    ],
)
def test_a_decision_before_its_day_or_of_no_kind_is_refused(site, decision, at, says):
    referral, charge = held_charge(site, at=NOON)
    with pytest.raises(DomainError, match=says):
        act(site, decide, charge=charge, decision=decision, at=at)
    assert charge_of(site, referral).decided_at is None


def test_the_first_second_of_the_due_day_is_in_time(site):
    _, charge = held_charge(site, at=NOON)
    assert act(site, decide, charge=charge, decision="filed", at=datetime(2026, 11, 7, 8, tzinfo=UTC)).decided_at


def test_the_second_of_two_who_decide_reads_what_the_first_did(site):
    referral, charge = held_charge(site, at=NOON)
    act(site, decide, charge=charge, decision="not_filed_discretion", at=ON_THE_DAY)
    for action, given in [
        (decide, {"decision": "filed"}),
        (extend, {"until_on": date(2026, 12, 1)}),
        (receive, {"file_number": "7", "limitation_on": None}),
    ]:
        with pytest.raises(StaleState, match="Prosecutor 0 recorded “Not filed, discretion”"):
            act(site, action, number=1, charge=charge, at=ON_THE_DAY + timedelta(minutes=1), **given)
    assert charge_of(site, referral).decision == "not_filed_discretion"


def test_reminders_go_on_until_the_last_charge_of_a_referral_is_decided(site):
    codes = tuple(one.code for one in made_rules(site).offences[:2])
    referral, first = held_charge(site, at=NOON, offences=codes)
    act(site, decide, charge=first, decision="filed", at=ON_THE_DAY)
    left = [one for one in reminders_of(site, referral) if not one.cancelled_at and one.recipient == "prosecutor"]
    assert left
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        second = HeldCharge.objects.undecided().get(referral_id=referral.pk)
        assert Packet.objects.get(referral_id=referral.pk).hidden_at is None
    act(site, decide, charge=second, decision="filed", at=ON_THE_DAY)
    left = [one for one in reminders_of(site, referral) if not one.cancelled_at]
    assert {(one.step, one.recipient) for one in left} == {(f"decided_{second.pk.hex[:12]}", "case_manager")}


@pytest.mark.parametrize("at", [NOON + timedelta(days=20), NOON + timedelta(days=60)], ids=["before", "after"])
def test_more_time_moves_charge_window_and_reminders_before_and_after_the_due_day(site, at):
    referral, charge = held_charge(site, at=NOON)
    until = date(2026, 12, 15)
    act(site, extend, charge=charge, until_on=until, at=at)
    charge, window = charge_of(site, referral), window_of(site, referral)
    assert (charge.due_on, charge.extension_count) == (until, 1)
    assert (window.due_on, window.first_due_on, window.extension_count) == (date(2026, 12, 8), date(2026, 10, 31), 1)
    assert [(one.number, one.until_on, one.granted_at) for one in extensions_of(site, charge)] == [(1, until, at)]
    waiting = reminders_of(site, referral, cancelled_at=None, delivered_at=None, schedule=1)
    assert {one.step for one in waiting} >= {"decision_soon", "decision_today", "due_today", "due_in_2"}
    assert all(one.due_at >= at for one in waiting)
    stale = reminders_of(site, referral, cancelled_at=None, delivered_at=None, schedule=0)
    assert {one.step for one in stale} == {"extended_1"}
    act(site, extend, charge=charge, until_on=date(2026, 12, 20), at=at)
    assert [one.number for one in extensions_of(site, charge)] == [1, 2]
    assert window_of(site, referral).due_on == date(2026, 12, 13)


def test_more_time_is_for_every_undecided_charge_of_the_referral(site):
    codes = tuple(one.code for one in made_rules(site).offences[:3])
    referral, first = held_charge(site, at=NOON, offences=codes)
    act(site, decide, charge=first, decision="filed", at=ON_THE_DAY)
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        second = HeldCharge.objects.undecided().filter(referral_id=referral.pk).order_by("pk")[0]
    act(site, extend, charge=second, until_on=date(2026, 12, 1), at=ON_THE_DAY)
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        dates = dict(HeldCharge.objects.filter(referral_id=referral.pk).values_list("pk", "due_on"))
    assert dates.pop(first.pk) == DUE
    assert set(dates.values()) == {date(2026, 12, 1)} and len(dates) == 2


def test_a_window_that_is_met_gets_no_more_days_and_no_reminders_but_the_charge_does(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    meet(site, referral, on=date(2026, 10, 2), at=NOON + timedelta(days=1))
    act(site, extend, charge=charge, until_on=date(2026, 12, 1), at=NOON + timedelta(days=2))
    window = window_of(site, referral)
    assert (window.state, window.due_on) == ("met", date(2026, 10, 31))
    rewritten = reminders_of(site, referral, schedule=1)
    assert rewritten and all(one.window_id is None for one in rewritten)


@pytest.mark.parametrize(
    ("until_on", "limitation_on", "says"),
    [
        (DUE, None, "falls due"),
        (date(2026, 10, 30), None, "falls due"),
        (date(2062, 1, 1), None, "Check the year"),
        (date(2026, 12, 2), date(2026, 12, 1), "after the limitation date, December 1, 2026"),
    ],
)
def test_more_time_until_a_day_that_cannot_be_is_refused_beside_its_field(site, until_on, limitation_on, says):
    referral, charge = held_charge(site, at=NOON)
    act(site, receive, charge=charge, file_number="", limitation_on=limitation_on, at=NOON)
    with pytest.raises(DomainError, match=says) as refused:
        act(site, extend, charge=charge, until_on=until_on, at=NOON)
    assert refused.value.field == "until_on"
    assert window_of(site, referral).extension_count == 0


def test_a_day_that_has_passed_is_refused_after_the_due_day(site):
    _, charge = held_charge(site, at=NOON)
    with pytest.raises(DomainError, match="has passed"):
        act(site, extend, charge=charge, until_on=date(2026, 11, 20), at=datetime(2026, 11, 25, tzinfo=UTC))


def test_two_people_do_not_add_their_days_up(site):
    _, charge = held_charge(site, at=NOON)
    act(site, extend, charge=charge, until_on=date(2026, 12, 1), seen_due_on=DUE, at=NOON)
    with pytest.raises(StaleState, match="gave more time already"):
        act(site, extend, number=1, charge=charge, until_on=date(2026, 12, 10), seen_due_on=DUE, at=NOON)


def test_the_packet_is_received_once_and_what_is_typed_may_be_put_right(site):
    referral, charge = held_charge(site, at=NOON)
    act(site, receive, charge=charge, file_number=" 26-118 ", limitation_on=None, at=NOON)
    act(site, receive, number=1, charge=charge, file_number="26-119", limitation_on=date(2027, 10, 1), at=ON_THE_DAY)
    charge = charge_of(site, referral)
    assert (charge.file_number, charge.limitation_on) == ("26-119", date(2027, 10, 1))
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        packet = Packet.objects.get(referral_id=referral.pk)
    assert (packet.received_at, packet.received_by_id) == (NOON, site.person(Role.PROSECUTOR).pk)
    with pytest.raises(DomainError, match="before the charge was held") as refused:
        act(site, receive, charge=charge, file_number="", limitation_on=date(2026, 9, 30), at=NOON)
    assert refused.value.field == "limitation_on"


def test_the_result_is_read_under_the_consent_and_no_longer_than_it(site):
    _, charge = shared(site, at=NOON)
    client_sees = "select count(*) from referrals_windowresult"
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(client_sees)
        assert cursor.fetchone() == (1,)
    act(site, decide, charge=charge, decision="not_filed_completed", at=ON_THE_DAY)
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(client_sees)
        assert cursor.fetchone() == (0,)


def test_another_sites_charge_does_not_exist(world):
    _, charge = held_charge(world.a, at=NOON)
    with time_machine.travel(ON_THE_DAY, tick=False), pytest.raises(StaleState):
        act(world.b, decide, charge=charge, decision="filed", at=ON_THE_DAY)


def made_rules(site):
    with acting_as(site.person(Role.OFFICER)), transaction.atomic():
        return rules_of(site.person(Role.OFFICER))
