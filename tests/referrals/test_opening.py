"""What a referral sets going: in its own transaction, by the site's rules, seen by nobody who may not see it."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.urls import resolve

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import StaleState
from referrals.actions.changing import change_status, change_window_state
from referrals.actions.opening import open_window_after_approval
from referrals.enums import ENDED, TRANSITIONS, WINDOW_TRANSITIONS, ReferralStatus, WindowState
from referrals.models import (
    Casework,
    ChargeIdentity,
    HeldCharge,
    IntakeWindow,
    OutreachEntry,
    Packet,
    Paging,
    Referral,
    ReferralOffence,
)
from tests.referrals.charging import charge_of, held_charge, reminders_of, window_of
from tests.referrals.making import make_arrest_referral, rules_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)


@pytest.fixture
def site(world):
    return world.a


def made(site, **given) -> Referral:
    with transaction.atomic():
        return make_arrest_referral(site.person(Role.OFFICER), at=NOON, **given)


def of_casework(site, model, referral):
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        return list(model.objects.filter(referral_id=referral.pk))


def of_the_prosecutor(site, model, referral):
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        return list(model.objects.filter(referral_id=referral.pk))


def recipients(site, referral) -> set:
    """Who is told of something at once, and of what."""
    return {(one.recipient, one.step) for one in reminders_of(site, referral, due_at=NOON)}


def test_an_arrest_opens_window_charge_identity_packet_and_reminders(site):
    referral = made(site, birth_date=date(1990, 2, 28), age_about=None)
    window = window_of(site, referral)
    assert (window.starts_on, window.due_on, window.opened_at) == (date(2026, 10, 1), date(2026, 10, 31), NOON)
    assert window.required_items == ["intake", "assessment"] and window.rules_id == site.rules.pk
    [charge], [identity], [packet] = (
        of_the_prosecutor(site, model, referral) for model in (HeldCharge, ChargeIdentity, Packet)
    )
    assert (charge.due_on, charge.held_on, charge.decision) == (date(2026, 11, 7), date(2026, 10, 1), "")
    assert charge.limitation_on is None
    assert (identity.name, identity.birth_date) == ("Devon Marsh", date(1990, 2, 28))
    assert (packet.sent_at, packet.received_at, packet.officer_id) == (None, None, site.person(Role.OFFICER).pk)
    [case] = of_casework(site, Casework, referral)
    assert case.case_manager_id is None and of_casework(site, OutreachEntry, referral) == []
    assert recipients(site, referral) == set()
    [paging] = of_casework(site, Paging, referral)  # whoever is on call is paged instead
    assert (paging.next_step, paging.next_at, paging.minutes) == (1, NOON, 10)


def test_reminders_of_casework_have_the_window_those_of_the_decision_have_none(site):
    referral = made(site)
    of_window = {one.recipient for one in reminders_of(site, referral) if one.window_id}
    of_charge = {(one.recipient, one.step) for one in reminders_of(site, referral) if not one.window_id}
    assert of_window == {"case_manager", "outreach", "supervisor", "coordinator"}
    assert of_charge == {
        ("prosecutor", "decision_soon"), ("prosecutor", "decision_today"),
        ("prosecutor", "decision_waits"), ("coordinator", "decision_waits"),
    }  # fmt: skip


def test_each_held_offense_is_a_charge_and_what_is_not_held_goes_its_usual_way(site):
    with acting_as(site.person(Role.OFFICER)), transaction.atomic():
        codes = tuple(one.code for one in rules_of(site.person(Role.OFFICER)).offences[:3])
    referral = made(site, offences=(*codes, "VC 23152"), held=codes[:2])
    charges = of_the_prosecutor(site, HeldCharge, referral)
    assert {one.code for one in charges} == set(codes[:2])
    assert len({one.due_on for one in charges}) == 1
    assert len(of_casework(site, ReferralOffence, referral)) == 4
    assert len(of_the_prosecutor(site, Packet, referral)) == 1


@pytest.mark.parametrize("door", ["social"])
def test_a_referral_without_a_charge_is_listed_and_opens_no_clock(site, door):
    referral = made(site, door=door, offences=(), incident_number="", occurred_at=None)
    assert of_casework(site, IntakeWindow, referral) == []
    assert of_the_prosecutor(site, HeldCharge, referral) == of_the_prosecutor(site, Packet, referral) == []
    [entry] = of_casework(site, OutreachEntry, referral)
    assert (entry.state, entry.listed_at, entry.first_try_target_at) == ("to_find", NOON, NOON + timedelta(hours=72))
    assert recipients(site, referral) == {("outreach", "to_find")}


def test_held_while_nobody_meets_is_listed_and_has_its_clock(site):
    referral = made(site, nobody_meets=True, meeting_place="")
    [entry] = of_casework(site, OutreachEntry, referral)
    assert entry.first_try_target_at == NOON + timedelta(hours=48)  # the hours of "hold and reach out"
    assert window_of(site, referral).due_on == date(2026, 10, 31) and charge_of(site, referral)


def test_what_an_officer_was_not_sure_of_waits_for_the_coordinator_and_counts_from_its_own_day(site):
    referral = made(site, is_sure=False)
    assert referral.status == ReferralStatus.TRIAGE
    assert of_casework(site, IntakeWindow, referral) == [] and charge_of(site, referral) is None
    assert {one.recipient for one in reminders_of(site, referral)} == {"coordinator"}
    coordinator, later = site.person(Role.COORDINATOR), NOON + timedelta(days=1)
    with acting_as(coordinator), transaction.atomic():
        own = change_status(Referral.objects.get(pk=referral.pk), ReferralStatus.SUBMITTED, by=coordinator, at=later)
        for _ in range(2):  # opened twice is opened once
            open_window_after_approval(referral=own, by=coordinator, at=later)
    window = window_of(site, referral)
    assert (window.starts_on, window.opened_at) == (date(2026, 10, 1), later)
    assert charge_of(site, referral).due_on == date(2026, 11, 7)
    keys = [(one.step, one.recipient, one.channel) for one in reminders_of(site, referral)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("opens_at", "open_before"), [("submission", True), ("approval", False)])
def test_a_window_opens_at_the_moment_the_rules_name(site, opens_at, open_before):
    document = deepcopy(site.rules.document)
    document["window"]["opens_at"] = {"value": opens_at, "source": {"kind": "site", "note": "a test"}}
    with acting_as(Duty.OPERATOR), transaction.atomic():
        rules = type(site.rules).objects.create(
            site=site.site, version=2, effective_from=date(2026, 1, 1), document=document, document_hash="1" * 64,
            imported_at=NOON, imported_by="tests",
        )  # fmt: skip
    with acting_as(site.person(Role.OFFICER)), transaction.atomic():
        asked = rules_of(site.person(Role.OFFICER)).exclusions_for("arrest")
    answers = {one.code: "yes" if one.effect == "needs_approval" else "no" for one in asked}
    referral = made(site, answers=answers)
    assert (referral.status, referral.rules_id) == (ReferralStatus.PENDING, rules.pk)
    assert bool(of_casework(site, IntakeWindow, referral)) == open_before
    assert ("liaison", "approval") in recipients(site, referral)
    liaison, later = site.person(Role.LIAISON), NOON + timedelta(days=2)
    with acting_as(liaison), transaction.atomic():
        own = change_status(Referral.objects.get(pk=referral.pk), ReferralStatus.SUBMITTED, by=liaison, at=later)
        open_window_after_approval(referral=own, by=liaison, at=later)
    window = window_of(site, referral)
    assert (window.starts_on, window.opened_at) == (date(2026, 10, 1), NOON if open_before else later)
    assert charge_of(site, referral).due_on == date(2026, 11, 7)


@pytest.mark.parametrize(
    "table", ["intakewindow", "heldcharge", "chargeidentity", "casework", "reminder", "outreachentry"]
)
def test_the_officer_who_causes_it_may_read_none_of_it(site, table):
    made(site)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        acting_as(site.person(Role.OFFICER)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"select * from referrals_{table}")


@pytest.mark.parametrize("to", ["cancelled", "not_approved"])
def test_a_referral_that_ends_before_the_handover_holds_nothing_any_more(site, to):
    referral, _ = held_charge(site, at=NOON)
    person = site.person(Role.OFFICER if to == "cancelled" else Role.LIAISON)
    with acting_as(person), transaction.atomic():
        own = Referral.objects.get(pk=referral.pk)
        if to == "cancelled":
            own.cancel_reason = "mistake"
            own.save(update_fields=["cancel_reason"])
        change_status(own, to, by=person, at=datetime(2025, 1, 1, tzinfo=UTC))
    assert charge_of(site, referral) is None
    assert window_of(site, referral).state == "ended"
    assert [one for one in reminders_of(site, referral) if not one.cancelled_at] == []


def test_a_status_follows_the_table_and_nothing_else(site):
    """Every state against every other: what the table does not name is refused in words, and nothing is written."""
    template = made(site)
    supervisor = site.person(Role.SUPERVISOR)
    for status in ReferralStatus:
        for to in ReferralStatus:
            with transaction.atomic():
                referral = copy_of(template, status)
                with acting_as(supervisor), transaction.atomic():
                    if to in TRANSITIONS[status]:
                        assert change_status(referral, to, by=supervisor, at=NOON).status == to
                    else:
                        with pytest.raises(StaleState, match=status.label):
                            change_status(referral, to, by=supervisor, at=NOON)
                        assert Referral.objects.get(pk=referral.pk).status == status
                transaction.set_rollback(True)


def copy_of(template: Referral, status: str) -> Referral:
    copy = Referral(**{field.attname: getattr(template, field.attname) for field in Referral._meta.concrete_fields})
    copy.pk, copy.submission_key, copy.reference = uuid4(), uuid4(), uuid4().hex[:9]
    copy.status, copy.cancel_reason = status, "mistake"
    with acting_as(Duty.OPERATOR), transaction.atomic():
        copy.save(force_insert=True)
    return copy


def test_a_window_follows_its_table_and_nothing_else(site):
    supervisor = site.person(Role.SUPERVISOR)
    window = window_of(site, made(site))
    day = date(2026, 10, 3)
    paths = {"open": [], "met": ["met"], "stepped_back": ["stepped_back"], "ended": ["ended"]}
    for state, path in paths.items():
        for to in WindowState:
            with acting_as(supervisor), transaction.atomic():
                for step in path:
                    change_window_state(window, step, by=supervisor, at=NOON, met_on=day)
                if to in WINDOW_TRANSITIONS[WindowState(state)]:
                    assert change_window_state(window, to, by=supervisor, at=NOON, met_on=day).state == to
                else:
                    with pytest.raises(StaleState, match="moved on"):
                        change_window_state(window, to, by=supervisor, at=NOON, met_on=day)
                transaction.set_rollback(True)


def test_ended_referrals_open_nothing(site):
    for status in ENDED:
        assert TRANSITIONS[status] == frozenset()
    referral = made(site, person_answer="no", decline_reason=decline(site))
    assert of_casework(site, Casework, referral) == [] and reminders_of(site, referral) == []


def decline(site) -> str:
    with acting_as(site.person(Role.OFFICER)), transaction.atomic():
        return rules_of(site.person(Role.OFFICER)).codes.decline_reasons[0].code


def test_paths_in_reminders_are_pages_of_this_application(site):
    referral, charge = held_charge(site, at=NOON)
    paths = {one.path for one in reminders_of(site, referral)}
    assert paths >= {f"/site/cases/{referral.pk}/", f"/referrals/charges/{charge.pk}/"}
    for path in paths:
        assert resolve(path)
