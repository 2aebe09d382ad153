"""Person, then cases, then what hangs on them: whoever writes holds them in this order, and nobody waits for ever."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.core.errors import StaleState
from participants.actions import legal
from participants.actions.notes import Page, Written, keep_note
from participants.actions.plan import Said, Wanted, begin_goal, review_goal
from participants.actions.spells import change_spell
from participants.models import Participant, Participation
from referrals.actions import charges, correcting, events, handoff_officer, linking, taking
from referrals.actions.holding import hold_case
from referrals.models import Casework
from tests.casefile.person_making import act, linked, manager_of
from tests.casefile.working import done, fresh, referred, taken
from tests.factories import World
from tests.participants.test_merging import put_together
from tests.referrals.charging import charge_of, held_charge
from tests.referrals.test_clock_edges import new_rules
from tests.referrals.test_standing_races import NOW, Beside, draft, two_records

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
TODAY = NOW.date() - DAY


@pytest.fixture
def where():
    return World.build().a


@pytest.fixture
def by(where):
    return manager_of(where)


@pytest.fixture
def supervisor(where):
    return where.person(Role.SUPERVISOR)


def held(*people) -> None:
    """As a deed about a person begins; a merge holds both so."""
    rows = Participant.objects.select_for_update(no_key=len(people) == 1).filter(pk__in=[one.pk for one in people])
    list(rows.order_by("pk"))


def death(by, referral):
    events.record_event(referral=fresh(referral), kind="death", happened_on=TODAY, is_confirmed=True, by=by, at=NOW)


def restrict(by, person):
    linking.set_restricted(participant=fresh(person), restricted=True, by=by, at=NOW)


@pytest.mark.parametrize("deed", ["death", "seal"])
def test_what_closes_a_record_and_how_they_take_part(where, by, deed):
    referral = taken(where, at=NOW - 9 * DAY)
    person = linked(where, referral, at=NOW - 8 * DAY)
    spell = act(by, lambda: Participation.objects.get(participant=person))
    deeds = {"death": death, "seal": lambda by, one: events.seal(referral=fresh(one), by=by, at=NOW)}
    with acting_as(by), transaction.atomic():
        held(person)
        beside = Beside(by, lambda: deeds[deed](by, referral))
        assert beside.waits()
        change_spell(participant=person, state="inactive", reason="moved", since=TODAY, seen=spell.pk, by=by, at=NOW)
    beside.done()


@pytest.mark.parametrize("which", [0, 1])
def test_a_death_while_two_records_are_put_together(where, by, which):
    *cases, one, other = two_records(where)
    with acting_as(by), transaction.atomic():
        held(one, other)
        beside = Beside(by, lambda: death(by, cases[which]))
        assert beside.waits()
        put_together(by, one, other)
    beside.done()
    died = act(by, lambda: Participant.objects.values_list("died_on", flat=True).get(caseworks__referral=cases[which]))
    assert died == TODAY


def test_a_record_is_restricted_while_its_cases_are_held_in_their_order(where, by, supervisor):
    first, second, one, other = two_records(where)
    kept = put_together(by, one, other).kept
    low, high = act(by, lambda: list(Casework.objects.order_by("pk")))
    # Written last, so that it is found last by whoever looks in no order.
    act(by, lambda: Casework.objects.filter(pk=low.pk).update(next_try_at=NOW + DAY))
    with acting_as(by), transaction.atomic():
        rows = Casework.objects.select_for_update(no_key=True)
        rows.get(pk=low.pk)
        beside = Beside(supervisor, lambda: restrict(supervisor, kept))
        assert beside.waits()
        rows.get(pk=high.pk)
    beside.done()
    assert act(supervisor, lambda: Casework.objects.filter(is_restricted=True).count()) == 2


def test_a_case_that_is_linked_while_the_record_is_restricted_is_restricted(where, by, supervisor):
    referral = taken(where, at=NOW - 9 * DAY)
    person = linked(where, referral, at=NOW - 8 * DAY)
    more = taken(where, at=NOW - 5 * DAY)
    known = act(by, lambda: fresh(person))
    with acting_as(supervisor), transaction.atomic():
        restrict(supervisor, person)
        given = {"participant": known, "said_yes": True, "by": by, "at": NOW}
        beside = Beside(by, lambda: linking.link(referral=fresh(more), **given))
        assert beside.waits()
    beside.done()
    assert act(supervisor, lambda: Casework.objects.filter(participant=person, is_restricted=False).count()) == 0


def test_a_record_that_is_restricted_to_others_meanwhile_is_said_to_be_gone(where, supervisor):
    """To whoever is not its case manager: they are told, and the page does not break."""
    person = linked(where, taken(where, at=NOW - 9 * DAY), at=NOW - 8 * DAY)
    more, colleague = taken(where, at=NOW - 5 * DAY), manager_of(where, 1)
    known = act(colleague, lambda: fresh(person))
    with acting_as(supervisor), transaction.atomic():
        restrict(supervisor, person)
        given = {"participant": known, "said_yes": True, "by": colleague, "at": NOW}
        beside = Beside(colleague, lambda: linking.link(referral=fresh(more), **given))
        assert beside.waits()
    beside.done(StaleState)


def typed_on(by, person):
    """What is written anew on a row that is there already, by what it is."""
    note = act(by, lambda: draft(by, person))
    goal = act(by, lambda: begin_goal(participant=fresh(person), given=Wanted(words="A door"), by=by, at=NOW))
    court = legal.Event(kind="hearing", on=TODAY + 9 * DAY)
    hearing = act(by, lambda: legal.note_event(participant=fresh(person), given=court, by=by, at=NOW))
    line = Written(happened_at=NOW - DAY / 2, kind="phone", is_two_way=True, line="They came")
    page = Page(uuid4(), NOW + DAY)
    return {
        "note": lambda: keep_note(key=note.pk, participant=person, given=line, page=page, by=by, at=NOW + DAY),
        "goal": lambda: review_goal(goal=fresh(goal), given=Said(state="active", went_well="It did"), by=by, at=NOW),
        "court": lambda: legal.answer_move(
            event=fresh(hearing), on=TODAY + 20 * DAY, at_time=time(9), place="", by=by, at=NOW
        ),
    }


@pytest.mark.parametrize("deed", ["note", "goal", "court"])
def test_a_row_written_anew_while_two_records_are_put_together(where, by, deed):
    *_, one, other = two_records(where)
    deeds = typed_on(by, other)
    with acting_as(by), transaction.atomic():
        held(one, other)
        beside = Beside(by, deeds[deed])
        assert beside.waits()
        put_together(by, one, other)
    beside.done(StaleState if deed == "note" else None)


@pytest.mark.parametrize("deed", ["cancel", "nobody_came", "left"])
def test_a_referral_moves_along_while_it_is_taken_over(where, by, deed):
    """The officer, or a colleague, at the moment in which the case manager has the person with them."""
    referral, officer = referred(where, at=NOW - DAY / 24), where.person(Role.OFFICER)
    told = {"why": "too_long", "fallback": "judgement", "note": "drove them home"}
    deeds = {
        "cancel": lambda: correcting.cancel(referral=fresh(referral), reason="mistake", by=officer, at=NOW),
        "nobody_came": lambda: handoff_officer.nobody_came(referral=fresh(referral), by=officer, at=NOW, **told),
        "left": lambda: taking.person_left(referral=fresh(referral), by=manager_of(where, 1), at=NOW),
    }
    with acting_as(by), transaction.atomic():
        hold_case(referral.pk)
        beside = Beside(manager_of(where, 1) if deed == "left" else officer, deeds[deed])
        assert beside.waits()
        taking.take_over(referral=fresh(referral), by=by, at=NOW)
    beside.done(StaleState)


def test_an_item_is_ticked_while_something_happens_in_the_window(where, by):
    referral = taken(where, at=NOW - 9 * DAY)
    linked(where, referral, at=NOW - 8 * DAY)
    done(by, referral, "assessment", "care_plan", "roi", on=TODAY, at=NOW)
    with acting_as(by), transaction.atomic():
        hold_case(referral.pk)
        beside = Beside(by, lambda: done(by, referral, "intake", on=TODAY, at=NOW))
        assert beside.waits()
        events.record_event(referral=fresh(referral), kind="custody", happened_on=TODAY, by=by, at=NOW)
    beside.done()


def test_more_time_while_the_day_of_the_arrest_is_put_right(where):
    """The prosecutor's date stands, whoever of the two is first."""
    new_rules(where, reminders=None, starts="arrest")
    officer, prosecutor, until = where.person(Role.OFFICER), where.person(Role.PROSECUTOR), TODAY + 60 * DAY

    def put_right(referral):
        changes = {"occurred_at": NOW - 3 * DAY}
        correcting.correct(referral=fresh(referral), changes=changes, by=officer, at=NOW)

    def give(charge):
        charges.extend(charge=charge, until_on=until, by=prosecutor, at=NOW)

    referral, charge = held_charge(where, at=NOW, occurred_at=NOW - DAY)
    other, its_charge = held_charge(where, at=NOW, occurred_at=NOW - DAY)
    with acting_as(prosecutor), transaction.atomic():
        give(charge)
        beside = Beside(officer, lambda: put_right(referral))
        assert beside.waits()
    beside.done()
    with acting_as(officer), transaction.atomic():
        put_right(other)
        beside = Beside(prosecutor, lambda: give(its_charge))
        assert beside.waits()
    beside.done()
    assert [charge_of(where, one).due_on for one in (referral, other)] == [until, until]
