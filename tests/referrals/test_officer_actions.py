"""Making a referral: what it sets going, what it refuses, and what it keeps."""

import threading
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import OrganisationKind
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.models import RuleSet
from referrals.actions import approvals, correcting, drafts, handoff_officer, packets
from referrals.actions.referring import UnderAge, as_listed, make_telephone_referral, years_between
from referrals.actions.taking import take_over
from referrals.enums import ReferralStatus
from referrals.models import (
    Approval,
    ChargeIdentity,
    Handoff,
    HeldCharge,
    OutreachEntry,
    Packet,
    Referral,
    ReferredPerson,
)
from tests.referrals.making import given_arrest, make_arrest_referral, rules_of

AT = datetime(2026, 3, 5, 10, 14, tzinfo=UTC)


@pytest.fixture
def officer(world):
    return world.a.person(Role.OFFICER)


@pytest.fixture
def prosecutor(world):
    return world.a.person(Role.PROSECUTOR)


def seen_by(membership, model, **filters):
    with acting_as(membership):
        return list(model.objects.filter(**filters))


def test_a_referral_is_received_and_opens_the_charge(officer, prosecutor):
    referral = make_arrest_referral(officer)
    assert referral.status == ReferralStatus.SUBMITTED
    assert referral.reference and referral.outcome == "eligible"
    (charge,) = seen_by(prosecutor, HeldCharge)
    assert charge.incident_number == referral.incident_number
    assert seen_by(officer, Packet, referral=referral)
    assert seen_by(officer, ReferredPerson)[0].name == "Devon Marsh"


def test_the_same_form_makes_one_referral(officer):
    key = uuid.uuid4()
    first = make_arrest_referral(officer, key=key)
    again = make_arrest_referral(officer, key=key)
    assert first.pk == again.pk
    assert len(seen_by(officer, Referral)) == 1


def test_a_repeated_incident_number_asks_only_over_ones_own(world, officer):
    make_arrest_referral(officer, incident_number="260118402")
    with pytest.raises(DomainError) as refused:
        make_arrest_referral(officer, incident_number="260118402", name="Lina")
    assert refused.value.field == "is_another_person"
    make_arrest_referral(officer, incident_number="260118402", name="Lina", is_another_person=True)
    make_arrest_referral(world.a.person(Role.OFFICER, 1), incident_number="260118402")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"occurred_at": timezone.now() + timedelta(hours=1)}, "occurred_at"),
        ({"occurred_at": datetime(2015, 1, 1, tzinfo=UTC)}, "occurred_at"),
        ({"occurred_at": None}, "occurred_at"),
        ({"birth_date": date(1815, 1, 1)}, "age"),
        ({"age_about": None}, "age"),
        ({"age_about": 190}, "age"),
        ({"name": "", "description": ""}, "name"),
        ({"incident_number": ""}, "incident_number"),
        ({"person_answer": ""}, "person_answer"),
        ({"person_answer": "no"}, "decline_reason"),
        ({"meeting_place": ""}, "meeting"),
        ({"held": ()}, "held"),
        ({"door": "community"}, "door"),
    ],
)
def test_bad_input_names_its_field_and_leaves_nothing(officer, given, field):
    with pytest.raises(DomainError) as refused:
        make_arrest_referral(officer, **given)
    assert refused.value.field == field
    assert not seen_by(officer, Referral)


@pytest.mark.parametrize(
    "given", [{"age_about": 17}, {"age_about": None, "birth_date": timezone.now().date() - timedelta(6000)}]
)
def test_under_age_stops_before_anything_is_saved(officer, given):
    with pytest.raises(UnderAge) as refused:
        make_arrest_referral(officer, **given)
    assert "nothing about them is kept" in str(refused.value)
    assert not seen_by(officer, Referral)


def test_declined_and_ineligible_are_counted_without_a_name(officer, prosecutor):
    declined = make_arrest_referral(officer, person_answer="no", decline_reason="not_now", perceived_race="white")
    answers = {"open_case": "yes"}
    ineligible = make_arrest_referral(officer, answers=answers, name="", age_about=None, person_answer="")
    unknown = make_arrest_referral(officer, offences=("11395",), person_answer="")
    assert [one.status for one in (declined, ineligible, unknown)] == ["declined", "ineligible", "ineligible"]
    for person in seen_by(officer, ReferredPerson):
        assert (person.name, person.description, person.birth_date) == ("", "", None)
    assert {one.incident_number for one in seen_by(officer, Referral)} == {""}
    assert not seen_by(prosecutor, HeldCharge)


def test_a_declined_offer_keeps_an_age_but_no_birth_date(officer):
    declined = make_arrest_referral(
        officer, person_answer="no", decline_reason="not_now", birth_date=date(1990, 4, 3), age_about=None
    )
    (person,) = seen_by(officer, ReferredPerson, referral=declined)
    assert person.birth_date is None and person.age_about >= 35


def test_an_override_needs_a_reason_and_a_rule_that_allows_it(officer):
    answers = {"complainant_objects": "yes"}
    assert make_arrest_referral(officer, answers=answers).status == ReferralStatus.INELIGIBLE
    everything = {one.code: "no" for one in rules_of_(officer).exclusions_for("arrest")} | answers
    overridden = make_arrest_referral(
        officer, answers=everything, overrides={"complainant_objects": "Owner came round"}
    )
    assert overridden.status == ReferralStatus.SUBMITTED
    hard = everything | {"complainant_objects": "no", "open_case": "yes"}
    refused = make_arrest_referral(officer, answers=hard, overrides={"open_case": "Old"}, is_another_person=True)
    assert refused.status == ReferralStatus.INELIGIBLE


@pytest.mark.parametrize(
    "more", [{"door": "social", "incident_number": ""}, {"person_answer": "no", "decline_reason": "not_now"}]
)
def test_the_same_sent_again_from_the_back_button_is_asked_about(officer, more):
    """The Back button shows a form anew under another key, with all that was typed. Half an hour later it is no slip."""
    at = timezone.now()
    first = make_arrest_referral(officer, at=at - timedelta(minutes=10), **more)
    with pytest.raises(DomainError, match="You sent the same at") as refused:
        make_arrest_referral(officer, at=at, **more)
    assert refused.value.field == "is_another_person"
    make_arrest_referral(officer, at=at, is_another_person=True, **more)
    make_arrest_referral(officer, at=at, age_about=61, **more)
    make_arrest_referral(officer, at=at + timedelta(minutes=41), **more)
    assert first.status in (ReferralStatus.SUBMITTED, ReferralStatus.DECLINED)


def test_a_telephone_referral_with_a_used_number_is_asked_about(world, officer):
    manager, agency = world.a.person(Role.CASE_MANAGER), world.a.organisations[OrganisationKind.POLICE, 0]
    with acting_as(manager):
        given = given_arrest(rules_of(manager), at=timezone.now())
        sent = {"by": manager, "at": timezone.now(), "agency": agency, "name": "Ruiz", "badge": officer.badge}
        make_telephone_referral(given=given, submission_key=uuid.uuid4(), **sent)
        with pytest.raises(DomainError, match="with this incident number") as refused:
            make_telephone_referral(given=given, submission_key=uuid.uuid4(), **sent)
    assert refused.value.field == "is_another_person"


def rules_of_(membership):
    with acting_as(membership):
        return rules_of(membership)


def test_not_sure_goes_to_the_coordinator(officer, prosecutor):
    referral = make_arrest_referral(officer, is_sure=False)
    assert referral.status == ReferralStatus.TRIAGE
    assert not seen_by(prosecutor, HeldCharge)


def approval_needed(officer, **more):
    answers = {one.code: "no" for one in rules_of_(officer).exclusions_for("arrest")} | {"supervision": "yes"}
    return make_arrest_referral(officer, answers=answers, **more)


def test_approval_by_telephone(world, officer):
    pending = approval_needed(officer)
    assert pending.status == ReferralStatus.PENDING
    with acting_as(officer):
        with pytest.raises(DomainError) as refused:
            approvals.record_said(referral=pending, said="yes", whom="", by=officer, at=timezone.now())
        assert refused.value.field == "whom"
        approvals.record_said(referral=pending, said="yes", whom="Sgt. Okafor", by=officer, at=timezone.now())
    assert pending.status == ReferralStatus.SUBMITTED
    said_no = approval_needed(officer, approval_said="no", approval_whom="Sgt. Okafor")
    assert said_no.status == ReferralStatus.NOT_APPROVED
    assert seen_by(officer, ReferredPerson, referral=said_no)[0].name == ""
    later_no = approval_needed(officer)
    with acting_as(officer):
        approvals.record_said(referral=later_no, said="no", whom="Sgt. Okafor", by=officer, at=timezone.now())
    assert later_no.status == ReferralStatus.NOT_APPROVED
    assert seen_by(officer, ReferredPerson, referral=later_no)[0].name == ""


def test_a_refusal_after_the_handover_undoes_nothing(world, officer):
    referral = approval_needed(officer, approval_said="yes", approval_whom="Sgt. Okafor")
    hand_over(world, referral)
    liaison = world.a.person(Role.LIAISON)
    with acting_as(liaison):
        row = Referral.objects.get(pk=referral.pk)
        with pytest.raises(DomainError) as refused:
            approvals.answer_approval(referral=row, answered="no", by=liaison, at=timezone.now())
        assert refused.value.field == "because"
        approvals.answer_approval(referral=row, answered="no", because="rule", by=liaison, at=timezone.now())
        assert Approval.objects.get(referral=row).answered_because == "rule"
        with pytest.raises(StaleState):
            approvals.answer_approval(referral=row, answered="yes", by=liaison, at=timezone.now())
    assert seen_by(officer, Referral, pk=referral.pk)[0].status == ReferralStatus.HANDED_OVER


def hand_over(world, referral):
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(manager):
        take_over(referral=Referral.objects.get(pk=referral.pk), by=manager, at=timezone.now())


def test_before_the_handover_an_officer_corrects_and_the_charge_follows(world, officer, prosecutor):
    referral = make_arrest_referral(officer)
    changes = {"incident_number": "260999999", "name": "Devon Marshall", "birth_date": date(1991, 2, 3)}
    with acting_as(officer):
        correcting.correct(referral=referral, changes=changes, by=officer, at=timezone.now())
    assert seen_by(prosecutor, HeldCharge)[0].incident_number == "260999999"
    assert seen_by(prosecutor, ChargeIdentity)[0].name == "Devon Marshall"
    hand_over(world, referral)
    with acting_as(officer), pytest.raises(StaleState):
        correcting.correct(referral=referral, changes=changes, by=officer, at=timezone.now())
    with acting_as(officer), pytest.raises(StaleState):
        correcting.cancel(referral=referral, reason="made_twice", by=officer, at=timezone.now())
    with acting_as(officer):
        correcting.add_correction(referral=referral, field="name", text="Marshal", by=officer, at=timezone.now())


def test_a_correction_to_under_age_changes_nothing(officer):
    referral = make_arrest_referral(officer)
    with acting_as(officer), pytest.raises(UnderAge):
        correcting.correct(referral=referral, changes={"age_about": 16}, by=officer, at=timezone.now())
    assert seen_by(officer, ReferredPerson)[0].age_about == 35


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"occurred_at": timezone.now() + timedelta(hours=1)}, "occurred_at"),
        ({"occurred_at": datetime(2015, 1, 1, tzinfo=UTC)}, "occurred_at"),
        ({"birth_date": date(1815, 1, 1)}, "age"),
        ({"birth_date": timezone.now().date() + timedelta(days=2)}, "age"),
        ({"age_about": 190}, "age"),
    ],
)
def test_a_correction_is_held_to_what_a_referral_is(officer, changes, field):
    referral = make_arrest_referral(officer)
    before = seen_by(officer, Referral)[0].occurred_at
    with acting_as(officer), pytest.raises(DomainError) as refused:
        correcting.correct(referral=referral, changes=changes, by=officer, at=timezone.now())
    assert refused.value.field == field
    person = seen_by(officer, ReferredPerson)[0]
    assert (person.birth_date, person.age_about, seen_by(officer, Referral)[0].occurred_at) == (None, 35, before)


def test_cancelling_needs_a_coded_reason(officer):
    referral = make_arrest_referral(officer)
    with acting_as(officer):
        with pytest.raises(DomainError) as refused:
            correcting.cancel(referral=referral, reason="because", by=officer, at=timezone.now())
        assert refused.value.field == "reason"
        correcting.cancel(referral=referral, reason="made_twice", by=officer, at=timezone.now())
    assert seen_by(officer, Referral)[0].status == ReferralStatus.CANCELLED


def test_times_of_the_handoff_typed_later(officer):
    referral = make_arrest_referral(officer)
    now = timezone.now()
    with acting_as(officer):
        handoff_officer.stamp(referral=referral, moment="called", by=officer, at=now)
        handoff_officer.stamp(
            referral=referral, moment="arrived", by=officer, at=now + timedelta(hours=1),
            happened_at=now + timedelta(minutes=22),
        )  # fmt: skip
        handoff = Handoff.objects.get(referral=referral)
        assert handoff.minutes == 22 and handoff.typed_later == ["arrived"]
        for moment, happened_at in [("arrived", now - timedelta(hours=2)), ("arrived", now + timedelta(days=2))]:
            with pytest.raises(DomainError):
                handoff_officer.stamp(
                    referral=referral, moment=moment, by=officer, at=now + timedelta(hours=1), happened_at=happened_at
                )


def test_a_clock_time_is_the_last_one(world):
    zone = world.a.site.tz
    two = datetime(2026, 3, 5, 2, 5, tzinfo=zone).astimezone(UTC)
    before = handoff_officer.latest(time(23, 50), two, zone)
    assert before.astimezone(zone).day == 4
    # An hour that comes twice, on November 1, 2026: at the second 1:40 it is twenty minutes ago.
    second = datetime(2026, 11, 1, 1, 40, fold=1, tzinfo=zone).astimezone(UTC)
    assert second - handoff_officer.latest(time(1, 20), second, zone) == timedelta(minutes=20)


def test_nobody_came(officer):
    referral = make_arrest_referral(officer)
    with acting_as(officer):
        for fallback, note, field in [("taxi", "", "fallback"), ("judgement", " ", "note")]:
            with pytest.raises(DomainError) as refused:
                handoff_officer.nobody_came(
                    referral=referral, why="no_answer", fallback=fallback, note=note, by=officer, at=timezone.now()
                )
            assert refused.value.field == field
        handoff_officer.nobody_came(
            referral=referral, why="no_answer", fallback="hold_and_reach_out", by=officer, at=timezone.now()
        )
        assert Referral.objects.get().status == ReferralStatus.OUTREACH


def test_an_old_tab_puts_nobody_of_a_canceled_referral_on_the_list_of_outreach(world, officer):
    referral = make_arrest_referral(officer)
    with acting_as(officer):
        correcting.cancel(referral=referral, reason="made_twice", by=officer, at=timezone.now())
        told = {"referral": referral, "by": officer, "at": timezone.now()}
        with pytest.raises(StaleState):
            handoff_officer.nobody_came(why="no_answer", fallback="hold_and_reach_out", **told)
        with pytest.raises(StaleState):
            handoff_officer.stamp(moment="arrived", **told)
        handoff = Handoff.objects.get(referral=referral)
        assert (handoff.nobody_came_at, handoff.arrived_at) == (None, None)
    assert not seen_by(world.a.person(Role.CASE_MANAGER), OutreachEntry)


def test_a_referral_by_telephone_waits_for_one_tap(world, officer):
    manager = world.a.person(Role.CASE_MANAGER)
    agency = world.a.organisations[OrganisationKind.POLICE, 0]
    with acting_as(manager):
        given = given_arrest(rules_of(manager), at=timezone.now())
        referral = make_telephone_referral(
            by=manager, at=timezone.now(), given=given, submission_key=uuid.uuid4(), agency=agency, name="Ruiz",
            badge=officer.badge,
        )  # fmt: skip
        stranger = make_telephone_referral(
            by=manager, at=timezone.now(), given=replace(given, is_another_person=True), submission_key=uuid.uuid4(),
            agency=agency, name="Ruiz", badge="unknown",
        )  # fmt: skip
    assert referral.officer_id == officer.pk and stranger.officer_id is None
    hand_over(world, referral)
    with acting_as(officer):
        row = Referral.objects.get()
        approvals.confirm_telephone(referral=row, by=officer, at=timezone.now())
        with pytest.raises(StaleState):
            approvals.confirm_telephone(referral=row, by=officer, at=timezone.now())
    liaison = world.a.person(Role.LIAISON)
    with acting_as(liaison):
        approvals.confirm_telephone(referral=Referral.objects.get(pk=stranger.pk), by=liaison, at=timezone.now())


def test_the_packet_holds_only_what_the_officer_entered(officer):
    referral = make_arrest_referral(officer, offences=("HS 11350(a)", "PC 148"))
    with acting_as(officer):
        text = packets.report_text(Referral.objects.select_related("person").get())
        assert "Charge held for review: HS 11350(a)" in text and "Goes its usual way: PC 148" in text
        assert "Devon Marsh" in text and referral.reference in text
        packets.mark_sent(referral=referral, by=officer, at=timezone.now())
        with pytest.raises(StaleState):
            packets.mark_sent(referral=referral, by=officer, at=timezone.now())


def test_drafts_are_their_authors_and_gone_after_a_day(world, officer):
    key, now = uuid.uuid4(), timezone.now()
    with acting_as(officer):
        drafts.save_draft(by=officer, at=now, key=key, fields={"name": ["Dev"]})
        draft = drafts.save_draft(by=officer, at=now, key=key, fields={"name": ["Devon"]})
        assert [one.fields for one in drafts.drafts_of(officer, now)] == [{"name": ["Devon"]}]
        assert not drafts.drafts_of(officer, now + timedelta(hours=25))
        with pytest.raises(DomainError):
            drafts.save_draft(by=officer, at=now, key=key, fields={"name": ["x" * 30_000]})
    other = world.a.person(Role.OFFICER, 1)
    with acting_as(other):
        assert drafts.draft_of(other, now, draft.pk) is None
        drafts.save_draft(by=other, at=now, key=key, fields={"name": ["Mine"]})
    with acting_as(officer):
        drafts.drop_draft(by=officer, key=key)
        assert not drafts.drafts_of(officer, now)


def test_ages_and_codes(world):
    assert years_between(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert years_between(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert as_listed(rules_of_(world.a.person(Role.OFFICER)), ["hs 11350 a", "HS 11350(a)", " PC 148 ", ""]) == (
        "HS 11350(a)", "PC 148",
    )  # fmt: skip


def test_incomplete_rules_take_no_referral(world, officer):
    with acting_as(Duty.OPERATOR):
        old = RuleSet.objects.get(site=world.a.site)
        document = old.document | {"minors": {key: None for key in old.document["minors"]}}
        RuleSet.objects.create(
            site=world.a.site, version=2, effective_from=date(2024, 1, 2), document=document, document_hash="1" * 64,
            imported_at=AT, imported_by="tests",
        )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        make_arrest_referral(officer)
    assert "not complete" in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_make_one_referral(world):
    officer, key, start = world.a.person(Role.OFFICER), uuid.uuid4(), threading.Barrier(2)
    made = []

    def tap():
        try:
            start.wait(10)
            made.append(make_arrest_referral(officer, key=key).pk)
        finally:
            connection.close()

    taps = [threading.Thread(target=tap) for _ in range(2)]
    for one in taps:
        one.start()
    for one in taps:
        one.join(30)
    assert len(made) == 2 and len(set(made)) == 1


def test_an_old_page_filled_in_for_somebody_else_is_not_swallowed(world):
    """The same form twice makes one referral; the same page with another name says so."""
    officer, key = world.a.person(Role.OFFICER), uuid.uuid4()
    first = make_arrest_referral(officer, key=key, name="Devon Marsh")
    assert make_arrest_referral(officer, key=key, name="Devon Marsh").pk == first.pk
    with pytest.raises(DomainError, match="somebody else"):
        make_arrest_referral(officer, key=key, name="Ruth Calder")
