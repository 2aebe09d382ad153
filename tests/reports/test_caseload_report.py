"""T11 against rows made one by one: whom each looked after at the end of the period, active and out of touch apart."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.reports.period import Period
from lead_cms.reports.registry import REPORTS, sheet_from
from lead_cms.reports.tables import HIDDEN
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.models import Participant, Participation
from referrals.actions.assigning import assign
from referrals.models import Casework, Referral
from tests.reports import making

END = Period(date(2026, 4, 1), date(2026, 7, 1))
LATE = making.AT + timedelta(days=30)


@pytest.fixture
def where(world):
    return world.a


def table(where, *, hiding=False, period=END, role=Role.COORDINATOR) -> list[dict]:
    by = where.person(role)
    found = making.counts(by, "caseload", period)
    sheet = sheet_from(REPORTS["caseload"], making.asked_by(by, period), found, "x", hiding=hiding)
    (one,) = sheet.tables
    return [dict(zip([c.label for c in one.columns], row.cells, strict=True)) for row in one.rows]


def held(where, *, at=LATE, **person) -> Participant:
    return making.take_part(where, making.refer(where, at=at), **person)


def set_state(where, participant, state: str) -> None:
    with acting_as(where.person(Role.SUPERVISOR)), transaction.atomic():
        Participation.objects.filter(participant=participant).update(state=state)


def line(row: dict) -> tuple:
    return tuple(row[key] for key in ("Active", "Inactive", "Suggested", "Together"))


def test_active_and_out_of_touch_are_counted_apart_for_each_case_manager(where):
    for _ in range(2):
        held(where)
    held(where, at=making.AT)
    set_state(where, held(where), "inactive")
    set_state(where, held(where), "door_open")
    held(where, restricted=True)
    held(where, sealed=True)
    held(where, died_on=date(2026, 6, 25))
    making.take_part(where, making.refer(where, status="done", at=LATE))
    making.window(where, (left := making.refer(where, at=LATE)), "stepped_back")
    making.take_part(where, left)
    everybody, one = table(where)
    assert line(everybody) == line(one) == (2, 1, 1, 4) and one["Case managers"] == "Case manager 1"
    assert everybody["Out of touch"] == 2
    assert table(where, role=Role.SUPERVISOR) == [everybody, one]


@pytest.mark.parametrize("how", ["try", "note"])
def test_a_contact_before_the_end_of_the_period_counts_and_one_after_it_does_not(where, how):
    person = held(where, at=making.AT)
    manager, referral = where.person(Role.CASE_MANAGER), person.caseworks

    def talk(at):
        with acting_as(manager), transaction.atomic():
            case = referral.select_related("referral").get()
            if how == "note":
                given = Written(happened_at=at, kind="phone", is_two_way=True)
                note = keep_note(
                    key=uuid.uuid4(), participant=person, given=given, page=Page(uuid.uuid4(), at), by=manager, at=at
                )
                return sign_note(note=note, by=manager, at=at)
        return making.reached(where, case.referral, at)

    talk(making.NOW)
    assert line(table(where)[0]) == (0, 0, 1, 1)
    talk(LATE)
    assert line(table(where)[0]) == (1, 0, 0, 1)


def test_one_person_with_two_referrals_is_one_and_a_case_of_nobody_is_said_to_be_missing(where):
    making.take_part(where, making.refer(where, at=LATE), making.refer(where, at=LATE))
    person = held(where)
    with acting_as(where.person(Role.SUPERVISOR)), transaction.atomic():
        Casework.objects.filter(participant=person).update(case_manager=None)
    assert line(table(where)[0]) == (1, 0, 0, 1)
    by = where.person(Role.COORDINATOR)
    sheet = sheet_from(REPORTS["caseload"], making.asked_by(by), making.counts(by, "caseload"), "x", hiding=False)
    assert sheet.missing == ("Nobody looks after them: 1. No contact entered: 0.",)


def test_who_was_handed_on_since_then_counts_where_they_were(where):
    person, supervisor = held(where), where.person(Role.SUPERVISOR)
    former, new = where.person(Role.CASE_MANAGER), where.person(Role.CASE_MANAGER, 1)
    with acting_as(supervisor), transaction.atomic():
        referral = Referral.objects.get(casework__participant=person)
        assign(referral=referral, to=new, by=supervisor, at=making.NOW, why="share")
    found = making.counts(supervisor, "caseload", END)
    assert found.extra["ends"] == [f":{former.pk}"]
    now = making.counts(supervisor, "caseload", Period(date(2026, 4, 1), date(2026, 8, 1)), making.NOW)
    assert now.extra["ends"] == [f":{new.pk}"]


def test_a_load_is_said_against_the_thresholds_and_hidden_with_its_number(where):
    for _ in range(26):
        held(where)
    one = table(where)[1]
    assert one["Active"] == 26 and "More than 25" in one["Against the thresholds"]
    set_state(where, held(where), "inactive")
    everybody, one = table(where, hiding=True)
    assert one["Inactive"] is HIDDEN and one["Active"] is HIDDEN and one["Against the thresholds"] is HIDDEN


def test_no_name_of_a_case_manager_leaves_in_a_file(where, sign_in):
    for _ in range(12):
        held(where)
    supervisor = where.person(Role.SUPERVISOR)
    said = sign_in(supervisor).get(
        f"{reverse('reports:export', args=['caseload', 'csv'])}?from=2026-04-01&to=2026-07-01"
    )
    text = said.content.decode("utf-8-sig")
    assert "Case manager 1,12" in text and "Case manager 0" not in text
