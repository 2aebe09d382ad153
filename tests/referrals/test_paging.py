"""Whoever is on call is paged, then the next in line, then those who keep the list – until somebody answers."""

import uuid
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.notify.models import Notice, OutboxEmail
from lead_cms.programs.models import RuleSet
from referrals.actions import approvals, correcting, handoff_officer, paging, taking
from referrals.actions.events import seal
from referrals.models import OnCallShift, Page, PageKind, Paging, Referral
from referrals.paging import next_in_line
from referrals.tasks import plan
from tests.referrals.making import make_arrest_referral

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)
MINUTES = 10  # of the demo's rules at the first site
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def site(world):
    return world.a


def shift(site, person, *, starts=NOON - HOUR, ends=NOON + 11 * HOUR, position=1) -> OnCallShift:
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        return OnCallShift.objects.create(
            site=site.site, person=person, starts_at=starts, ends_at=ends, position=position
        )


def poke(at) -> None:
    with time_machine.travel(at, tick=False):
        plan()


def submitted(site, *, at=NOON, **given) -> Referral:
    return make_arrest_referral(site.person(Role.OFFICER), at=at, **given)


def pages(referral) -> list[Page]:
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        return list(Page.objects.filter(referral=referral).select_related("person").order_by("step", "person_id"))


def paged(referral) -> list:
    return [(one.step, one.person_id) for one in pages(referral) if one.kind == PageKind.ON_CALL]


def told_at_last(referral) -> set:
    return {one.person.role for one in pages(referral) if one.kind == PageKind.LAST}


def chain_of(referral) -> Paging:
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        return Paging.objects.get(referral=referral)


def managers(site):
    return site.person(Role.CASE_MANAGER, 0), site.person(Role.CASE_MANAGER, 1)


def test_the_chain_goes_to_the_end_of_the_list_and_then_to_those_who_keep_it(site):
    first, second = managers(site)
    shift(site, second, position=2)
    shift(site, first, position=1)
    referral = submitted(site)
    poke(NOON)
    assert paged(referral) == [(1, first.pk)]
    poke(NOON + MINUTES * MINUTE - SECOND)
    assert paged(referral) == [(1, first.pk)]
    poke(NOON + MINUTES * MINUTE)
    assert paged(referral) == [(1, first.pk), (2, second.pk)] and told_at_last(referral) == set()
    poke(NOON + 2 * MINUTES * MINUTE)
    assert told_at_last(referral) == {Role.SUPERVISOR, Role.COORDINATOR}
    assert chain_of(referral).next_at is None
    poke(NOON + 5 * HOUR)
    assert len(pages(referral)) == 2 + 4


def test_each_page_is_one_notice_and_one_mail_that_say_nothing_of_anybody(site):
    first, _ = managers(site)
    shift(site, first)
    referral = submitted(site)
    for _ in range(3):
        poke(NOON)
    with acting_as(first), transaction.atomic():
        notice = Notice.objects.get(recipient=first)
    assert notice.text == "A handoff is waiting" and "Marsh" not in notice.text
    assert notice.key == f"page:{referral.pk}:1"
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        assert [(one.user_id, one.kind, one.key) for one in OutboxEmail.objects.filter(kind="handoff")] == [
            (first.user_id, "handoff", notice.key)
        ]


def test_a_late_poke_gives_the_first_their_minutes_all_the_same(site):
    """A worker that was away for an hour does not page the whole list at once."""
    first, second = managers(site)
    shift(site, first)
    shift(site, second, position=2)
    referral = submitted(site)
    poke(NOON + HOUR)
    poke(NOON + HOUR + MINUTES * MINUTE - SECOND)
    assert paged(referral) == [(1, first.pk)]


def without_page_minutes(site) -> None:
    """A next version of the site's rules in which nobody has decided it."""
    document = deepcopy(site.rules.document)
    document["handoff"]["page_minutes"] = {"value": None, "source": {"kind": "not published"}}
    with acting_as(Duty.OPERATOR), transaction.atomic():
        RuleSet.objects.create(
            site=site.site, version=2, effective_from=NOON.date() - timedelta(days=9), document=document,
            document_hash="1" * 64, imported_at=NOON, imported_by="tests",
        )  # fmt: skip


def test_without_minutes_nobody_further_is_paged_and_it_says_so(site):
    without_page_minutes(site)
    first, second = managers(site)
    shift(site, first)
    shift(site, second, position=2)
    referral = submitted(site)
    poke(NOON)
    poke(NOON + HOUR)
    assert paged(referral) == [(1, first.pk)] and told_at_last(referral) == set()
    says = paging.standing(chain_of(referral), pages(referral), [], NOON + 2 * MINUTE).says
    assert says == "Paged Case manager 0 2 minutes ago. The site’s rules page nobody further: call the next yourself."


def by_officer(site, referral, deed):
    officer = site.person(Role.OFFICER)
    with acting_as(officer), transaction.atomic():
        deed(Referral.objects.get(pk=referral.pk), officer)


def by_manager(site, referral, deed):
    manager = site.person(Role.CASE_MANAGER, 1)
    with acting_as(manager), transaction.atomic():
        deed(Referral.objects.get(pk=referral.pk), manager)


AT = NOON + 5 * MINUTE
STOPS = {
    "acknowledged": lambda s, r: by_manager(
        s, r, lambda one, by: taking.stamp(referral=one, step="acknowledged", by=by, at=AT)
    ),
    "arrived": lambda s, r: by_manager(s, r, lambda one, by: taking.stamp(referral=one, step="arrived", by=by, at=AT)),
    "handed_over": lambda s, r: by_manager(s, r, lambda one, by: taking.take_over(referral=one, by=by, at=AT)),
    "outreach": lambda s, r: by_manager(s, r, lambda one, by: taking.person_left(referral=one, by=by, at=AT)),
    "acknowledged ": lambda s, r: by_officer(
        s, r, lambda one, by: handoff_officer.stamp(referral=one, moment="acknowledged", by=by, at=AT)
    ),
    "arrived ": lambda s, r: by_officer(
        s, r, lambda one, by: handoff_officer.stamp(referral=one, moment="arrived", by=by, at=AT)
    ),
    "cancelled": lambda s, r: by_officer(
        s, r, lambda one, by: correcting.cancel(referral=one, reason=first_reason(s), by=by, at=AT)
    ),
    "nobody_came": lambda s, r: by_officer(
        s, r,
        lambda one, by: handoff_officer.nobody_came(
            referral=one, why="no_answer", fallback="next_on_list", by=by, at=AT
        ),
    ),
    "nothing_to_tell": lambda s, r: by_supervisor_sealed(s, r),
}  # fmt: skip


def first_reason(site) -> str:
    return site.rules.document["codes"]["cancel_reasons"]["value"][0]["code"]


def by_supervisor_sealed(site, referral):
    supervisor = site.person(Role.SUPERVISOR)
    with acting_as(supervisor), transaction.atomic():
        seal(referral=Referral.objects.get(pk=referral.pk), by=supervisor, at=AT)


@pytest.mark.parametrize("why", STOPS)
def test_what_ends_the_waiting_ends_the_paging(site, why):
    first, second = managers(site)
    shift(site, first)
    shift(site, second, position=2)
    referral = submitted(site)
    poke(NOON)
    STOPS[why](site, referral)
    chain = chain_of(referral)
    assert (chain.stopped_at, chain.stopped_why) == (AT, why.strip())
    poke(NOON + HOUR)
    assert paged(referral) == [(1, first.pk)] and told_at_last(referral) == set()


def test_an_approval_that_says_no_stops_it_and_one_that_says_yes_does_not(site):
    first, _ = managers(site)
    shift(site, first)
    answers = {one["value"]["code"]: "no" for one in site.rules.document["exclusions"]} | {"supervision": "yes"}
    yes, no = (submitted(site, answers=answers) for _ in range(2))
    for referral, said in ((yes, "yes"), (no, "no")):
        by_officer(
            site, referral,
            lambda one, by, said=said: approvals.record_said(referral=one, said=said, whom="Sgt.", by=by, at=AT),
        )  # fmt: skip
    assert chain_of(yes).stopped_at is None and chain_of(no).stopped_why == "not_approved"


def test_the_shift_that_has_begun_is_asked_next(site):
    """Paged at 6:59:59; at 7 the night ends. The next page goes by the list as it is then."""
    seven = datetime(2026, 10, 2, 14, tzinfo=UTC)
    night, night_second = managers(site)
    day = site.person(Role.SUPERVISOR, 0)
    shift(site, night, starts=seven - 12 * HOUR, ends=seven)
    shift(site, night_second, starts=seven - 12 * HOUR, ends=seven, position=2)
    shift(site, day, starts=seven, ends=seven + 12 * HOUR)
    referral = submitted(site, at=seven - SECOND)
    poke(seven - SECOND)
    poke(seven + MINUTES * MINUTE - SECOND)
    assert paged(referral) == [(1, night.pk), (2, day.pk)]
    late = submitted(site, at=seven)
    poke(seven)
    assert paged(late) == [(1, day.pk)]


def test_somebody_who_is_on_the_list_twice_is_paged_once(site):
    first, second = managers(site)
    shift(site, first)
    shift(site, first, position=2)
    shift(site, first, starts=NOON - 2 * HOUR, position=3)
    shift(site, second, position=3)
    referral = submitted(site)
    for number in range(4):
        poke(NOON + number * MINUTES * MINUTE)
    assert paged(referral) == [(1, first.pk), (2, second.pk)]


def test_somebody_whose_role_has_ended_is_passed_over(site):
    first, second = managers(site)
    shift(site, first)
    shift(site, second, position=2)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=first.pk).update(ends_at=NOON - SECOND)
    referral = submitted(site)
    poke(NOON)
    assert paged(referral) == [(1, second.pk)]


def test_with_nobody_on_call_those_who_keep_the_list_are_told_at_once(site):
    referral = submitted(site)
    poke(NOON)
    assert told_at_last(referral) == {Role.SUPERVISOR, Role.COORDINATOR} and paged(referral) == []


def test_a_supervisor_who_was_paged_is_not_told_of_it_again(site):
    on_call = site.person(Role.SUPERVISOR, 0)
    shift(site, on_call)
    referral = submitted(site)
    poke(NOON)
    poke(NOON + MINUTES * MINUTE)
    last = {one.person_id for one in pages(referral) if one.kind == PageKind.LAST}
    assert on_call.pk not in last and site.person(Role.SUPERVISOR, 1).pk in last


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2028, 2, 29, 8, tzinfo=UTC),  # the leap day, midnight at the site
        datetime(2026, 11, 1, 8, 55, tzinfo=UTC),  # the hour that comes twice
        datetime(2026, 3, 8, 9, 55, tzinfo=UTC),  # the hour that does not come
    ],
)
def test_minutes_are_minutes_whatever_the_clocks_do(site, moment):
    first, second = managers(site)
    shift(site, first, starts=moment - HOUR, ends=moment + 3 * HOUR)
    shift(site, second, starts=moment - HOUR, ends=moment + 3 * HOUR, position=2)
    referral = submitted(site, at=moment)
    poke(moment)
    assert chain_of(referral).next_at == moment + MINUTES * MINUTE
    poke(moment + MINUTES * MINUTE)
    assert paged(referral) == [(1, first.pk), (2, second.pk)]


def test_a_call_pages_where_nothing_did_and_a_second_changes_nothing(site):
    first, _ = managers(site)
    shift(site, first)
    referral = submitted(site)
    before = chain_of(referral).begun_at
    by_officer(
        site, referral, lambda one, by: handoff_officer.stamp(referral=one, moment="called", by=by, at=NOON + MINUTE)
    )
    assert chain_of(referral).begun_at == before


def test_an_officer_who_meets_somebody_without_a_charge_pages_too_and_the_community_door_never(site):
    first, _ = managers(site)
    shift(site, first)
    met = submitted(site, door="social", offences=(), incident_number="")
    later = submitted(site, door="social", offences=(), incident_number="", meeting_place="", nobody_meets=True)
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert set(Paging.objects.values_list("referral_id", flat=True)) == {met.pk}
    assert later.pk != met.pk


def test_the_number_of_queries_does_not_grow_with_the_chains(site):
    first, _ = managers(site)
    shift(site, first)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            poke(NOON)
        return len(queries)

    submitted(site)
    one = asked()
    for _ in range(6):
        submitted(site)
    assert asked() == one


def test_only_the_officers_own_chain_is_theirs_to_see(site, world):
    shift(site, managers(site)[0])
    referral = submitted(site)
    poke(NOON)
    for person, seen in (
        (site.person(Role.OFFICER), True), (site.person(Role.OFFICER, 1), False),
        (world.b.person(Role.OFFICER), False), (site.person(Role.LIAISON), True), (site.person(Role.COORDINATOR), True),
    ):  # fmt: skip
        with acting_as(person), transaction.atomic():
            assert Page.objects.filter(referral=referral).exists() is seen
            assert Paging.objects.filter(referral=referral).exists() is seen


# ---- pure


def line(*entries):
    return [
        SimpleNamespace(
            pk=uuid.UUID(int=number), person_id=uuid.UUID(int=who), position=position, starts_at=NOON + starts * HOUR,
            person=SimpleNamespace(pk=uuid.UUID(int=who), name=f"P{who}", phone="1"),
        )
        for number, (who, position, starts) in enumerate(entries)
    ]  # fmt: skip


ENTRIES = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(0, 3)), max_size=10)


@settings(max_examples=100, deadline=None)
@given(entries=ENTRIES)
def test_everybody_on_the_list_comes_once_in_order_and_nobody_else(entries):
    shifts, come = line(*entries), []
    while (shift_ := next_in_line(shifts, {one.person_id for one in come})) is not None:
        come.append(shift_)
        assert len(come) <= len(entries)
    assert [one.person_id for one in come] == list(
        dict.fromkeys(one.person_id for one in sorted(shifts, key=lambda one: (one.position, one.starts_at, one.pk)))
    )


def test_what_the_officer_reads():
    chain = SimpleNamespace(stopped_at=None, next_step=2, next_at=NOON + 10 * MINUTE, minutes=10)
    shifts = line((1, 1, 0), (2, 2, 0))
    now = NOON + 2 * MINUTE

    def page(who, kind="on_call", step=1, at=NOON):
        person = SimpleNamespace(pk=uuid.UUID(int=who), name=f"P{who}", phone="1")
        return SimpleNamespace(person_id=person.pk, person=person, kind=kind, step=step, paged_at=at)

    says = paging.standing(chain, [page(1)], shifts, now).says
    assert says == "Paged P1 2 minutes ago. Next is P2, in 8 minutes."
    assert "coordinators are told in 8 minutes" in paging.standing(chain, [page(1)], shifts[:1], now).says
    begun = paging.standing(chain, [], shifts, now)
    assert (begun.says, begun.paged.name, begun.after) == ("P1 is being paged now.", "P1", None)
    # The first was paged between the reading of the chain and that of its pages: nobody else is next "now".
    as_begun = SimpleNamespace(stopped_at=None, next_step=1, next_at=NOON, minutes=10)
    assert paging.standing(as_begun, [page(1)], shifts, NOON).says == "P1 is being paged now."
    over = SimpleNamespace(stopped_at=None, next_step=3, next_at=None, minutes=10)
    last = [page(1), page(7, "last", 2, NOON + MINUTE)]
    assert paging.standing(over, last, shifts, now).says == (
        "Everybody on the list was paged, and nobody has answered. Supervisors and coordinators were told 1 minute ago."
    )
    assert paging.standing(SimpleNamespace(stopped_at=now), [page(1)], shifts, now) is None
    assert paging.standing(None, [], shifts, now) is None
