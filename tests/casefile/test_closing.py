"""Records shut or opened by name, people kept apart, and a closed record in an emergency."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent
from lead_cms.core.errors import DomainError
from lead_cms.notify.models import Notice
from participants.actions import closing
from participants.actions.persons import likely_matches
from participants.models import EmergencyAccess, NeverTogether, Participant, RecordAccess
from referrals.actions import appointments, assigning, linking, taking
from referrals.models import Casework, Referral
from tests.casefile.person_making import act, linked, manager_of, talked, words_of
from tests.casefile.working import fresh, referred
from tests.factories import membership


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def supervisor(where):
    return where.person(Role.SUPERVISOR)


def now() -> datetime:
    return datetime.now(UTC)


def seen(by, person) -> dict[str, bool]:
    """Where a case manager can come across somebody: record, search, case, list."""

    def look():
        return {
            "record": Participant.objects.filter(pk=person.pk).exists(),
            "search": person.pk in [key for key, _ in likely_matches(words=person.given_name, birth_date=None, most=9)],
            "case": Casework.objects.filter(participant=person).exists(),
            "referral": Referral.objects.filter(casework__participant=person).exists(),
        }  # fmt: skip

    return act(by, look)


EVERYWHERE, NOWHERE = dict.fromkeys(("record", "search", "case", "referral"), True), dict.fromkeys(
    ("record", "search", "case", "referral"), False
)  # fmt: skip


def name(supervisor, person, to, kind, reason="relative"):
    return act(
        supervisor,
        lambda: closing.name_staff(participant=person, to=to, kind=kind, reason=reason, by=supervisor, at=now()),
    )


# ---- staff by name


def test_shut_to_one_by_name_it_is_nowhere_for_them_and_open_to_the_others(where, supervisor):
    person = linked(where, talked(where))
    other = manager_of(where, 1)
    assert seen(other, person) == EVERYWHERE
    access = name(supervisor, person, other, "shut")
    assert seen(other, person) == NOWHERE
    assert seen(manager_of(where), person) == seen(supervisor, person) == EVERYWHERE
    act(supervisor, lambda: closing.end_staff(access=access, by=supervisor, at=now()))
    assert seen(other, person) == EVERYWHERE


def test_shut_by_name_holds_for_the_own_case_manager_too(where, supervisor):
    person = linked(where, talked(where))
    name(supervisor, person, manager_of(where), "shut")
    assert seen(manager_of(where), person) == NOWHERE


def test_opened_to_one_by_name_a_restricted_record_is_open_to_them(where, supervisor):
    person = linked(where, talked(where), restricted=True)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        third = membership(where, Role.CASE_MANAGER, 0, name="third")
    other = manager_of(where, 1)
    assert seen(other, person) == NOWHERE
    name(supervisor, person, other, "open", "covers")
    assert seen(other, person) == EVERYWHERE
    assert seen(third, person) == NOWHERE


def test_a_supervisor_names_them_on_a_page(where, supervisor, sign_in):
    person, other = linked(where, talked(where)), manager_of(where, 1)
    url, client = reverse("casefile:person-staff", args=[person.pk]), sign_in(supervisor)
    assert "Nobody is named" in words_of(client.get(url))
    bad = client.post(url, {"kind": "x"})
    assert set(bad.context["form"].errors) == {"to", "kind", "reason"}
    client.post(url, {"to": other.pk, "kind": "shut", "reason": "relative"})
    assert other.name in words_of(client.get(url))
    twice = client.post(url, {"to": other.pk, "kind": "open", "reason": "covers"})
    assert "named already" in words_of(twice)
    row = act(supervisor, lambda: RecordAccess.objects.get())
    end = reverse("casefile:person-staff-end", args=[person.pk, row.pk])
    client.post(end)
    assert "ended already" in words_of(client.post(end, follow=True))
    assert sign_in(manager_of(where)).get(url).status_code == 403


# ---- never together


def two(where, supervisor):
    """Two people, one looked after by each case manager, who must not meet."""
    one = linked(where, talked(where), given_name="Ann")
    referral = talked(where)
    act(
        supervisor,
        lambda: assigning.assign(
            referral=fresh(referral), to=manager_of(where, 1), by=supervisor, at=now(), why="share"
        ),
    )
    other = linked(where, referral, by=manager_of(where, 1), given_name="Bob")
    act(supervisor, lambda: closing.keep_apart(one=one, other=other, reason="violence", by=supervisor, at=now()))
    return one, other, referral


def test_a_case_is_not_given_to_whoever_looks_after_the_other_until_a_supervisor_confirms(where, supervisor, sign_in):
    one, _, referral = two(where, supervisor)
    client, url = sign_in(supervisor), reverse("casefile:assign", args=[referral.pk])
    page = client.post(url, {"to": manager_of(where).pk, "why": "share", "note": "n"})
    assert page.context["form"].errors["apart"] and 'name="apart"' in page.content.decode()
    assert one.shown_name not in words_of(page)
    case = act(supervisor, lambda: Casework.objects.get(referral=referral))
    assert case.case_manager_id == manager_of(where, 1).pk
    assert client.post(url, {"to": manager_of(where).pk, "why": "share", "note": "n", "apart": "on"}).status_code == 302


def test_a_case_manager_hears_only_ask_your_supervisor_and_cannot_confirm(where, supervisor):
    one, other, referral = two(where, supervisor)
    act(supervisor, lambda: Casework.objects.filter(referral=referral).update(case_manager=None))
    by = manager_of(where)
    with pytest.raises(DomainError) as refusal:
        act(by, lambda: assigning.assign(referral=fresh(referral), to=by, by=by, at=now(), is_confirmed=True))
    assert str(refusal.value) == "Ask your supervisor."
    with pytest.raises(ProgrammingError, match="permission denied"):
        act(by, lambda: list(NeverTogether.objects.values("id")))


def test_nobody_links_the_other_to_a_case_of_the_same_worker(where, supervisor):
    _, other, _ = two(where, supervisor)
    by, again = manager_of(where), talked(where)
    with pytest.raises(DomainError, match="^Ask your supervisor"):
        act(by, lambda: linking.link(referral=fresh(again), participant=other, said_yes=True, by=by, at=now()))
    given = {"participant": other, "said_yes": True, "by": supervisor, "at": now()}
    with pytest.raises(closing.MustNotMeet) as refusal:
        act(supervisor, lambda: linking.link(referral=fresh(again), **given))
    assert refusal.value.field == "apart"
    act(supervisor, lambda: linking.link(referral=fresh(again), is_confirmed=True, **given))


def test_a_supervisor_confirms_a_link_on_its_page(where, supervisor, sign_in):
    _, other, _ = two(where, supervisor)
    again, client = talked(where, name="Bob Marsh"), sign_in(supervisor)
    url, sent = reverse("casefile:link", args=[again.pk]), {"who": str(other.pk), "said_yes": "yes", "language": "en"}
    assert 'name="apart"' not in client.get(url).content.decode()
    page = client.post(url, sent)
    assert page.context["form"].errors["apart"] and 'name="apart"' in page.content.decode()
    assert client.post(url, sent | {"apart": "on"}).status_code == 302


def waiting(where, person):
    """A referral about somebody known whom nobody has taken over."""
    made = referred(where, at=now() - timedelta(minutes=9))
    supervisor = where.person(Role.SUPERVISOR)
    act(
        supervisor,
        lambda: linking.link(referral=fresh(made), participant=person, said_yes=True, by=supervisor, at=now()),
    )
    return made


def test_nobody_sets_out_or_takes_over_whom_the_other_they_look_after_must_not_meet(where, supervisor):
    _, other, _ = two(where, supervisor)
    by, free, made = manager_of(where), manager_of(where, 1), waiting(where, other)
    for deed in (
        lambda: taking.stamp(referral=fresh(made), step="acknowledged", by=by, at=now()),
        lambda: taking.take_over(referral=fresh(made), by=by, at=now(), is_confirmed=True),
    ):
        with pytest.raises(DomainError) as refusal:
            act(by, deed)
        assert (str(refusal.value), refusal.value.field) == ("Ask your supervisor.", None)
    assert act(supervisor, lambda: Referral.objects.get(pk=made.pk)).status == "submitted"
    # What has happened is written down as it was; and whoever looks after neither takes over.
    late = {"at": now(), "true_at": now() - timedelta(minutes=1)}
    act(by, lambda: taking.stamp(referral=fresh(made), step="acknowledged", by=by, **late))
    assert act(free, lambda: taking.take_over(referral=fresh(made), by=free, at=now())).status == "handed_over"


def test_whom_a_supervisor_gave_it_takes_over_without_being_asked_again(where, supervisor):
    _, other, _ = two(where, supervisor)
    by, made = manager_of(where), waiting(where, other)
    given = {"to": by, "by": supervisor, "at": now(), "is_confirmed": True}
    act(supervisor, lambda: assigning.assign(referral=fresh(made), **given))
    assert act(by, lambda: taking.take_over(referral=fresh(made), by=by, at=now())).status == "handed_over"


@pytest.mark.parametrize("page", ["stamp", "take"])
def test_a_supervisor_who_takes_over_is_asked_once_more_and_loses_nothing(where, supervisor, sign_in, page):
    _, other, referral = two(where, supervisor)
    given = {"to": supervisor, "by": supervisor, "at": now(), "why": "share"}
    act(supervisor, lambda: assigning.assign(referral=fresh(referral), **given))
    first = act(supervisor, lambda: NeverTogether.objects.get())
    one = next(key for key in (first.first_id, first.second_id) if key != other.pk)
    made = waiting(where, act(supervisor, lambda: Participant.objects.get(pk=one)))
    client, url = sign_in(supervisor), reverse(f"casefile:{page}", args=[made.pk])
    asked = client.post(url, {"step": "handed_over"})
    assert "Two people must not meet" in words_of(asked) and 'value="handed_over"' in asked.content.decode()
    assert client.post(url, {"step": "handed_over", "confirmed": "1"}).status_code == 302
    assert act(supervisor, lambda: Referral.objects.get(pk=made.pk)).status == "handed_over"


def test_a_case_manager_reads_no_more_than_ask_your_supervisor_on_the_handoff(where, supervisor, sign_in):
    _, other, _ = two(where, supervisor)
    made, client = waiting(where, other), sign_in(manager_of(where))
    said = words_of(client.post(reverse("casefile:take", args=[made.pk]), {"confirmed": "1"}, follow=True))
    assert "Ask your supervisor." in said and "must not meet" not in said


@pytest.mark.parametrize(("apart", "place", "allowed"), [
    (timedelta(minutes=119), "180 Turk St", False), (timedelta(minutes=-119), " 180 turk st ", False),
    (timedelta(minutes=121), "180 Turk St", True), (timedelta(0), "Elsewhere", True),
])  # fmt: skip
def test_the_same_place_is_not_booked_within_the_sites_minutes(where, supervisor, apart, place, allowed):
    one, _, referral = two(where, supervisor)
    at, by, second = now() + timedelta(days=2), manager_of(where), manager_of(where, 1)
    first = act(by, lambda: Referral.objects.get(casework__participant=one))
    act(by, lambda: appointments.book(referral=fresh(first), on=at, place="180 Turk St", by=by, at=now()))

    def book(who, **more):
        return act(who, lambda: appointments.book(
            referral=fresh(referral), on=at + apart, place=place, by=who, at=now(), **more))  # fmt: skip

    if allowed:
        assert book(second).place == place
        return
    with pytest.raises(DomainError, match="^Ask your supervisor"):
        book(second, is_confirmed=True)
    with pytest.raises(DomainError) as refusal:
        book(supervisor)
    assert refusal.value.field == "apart"
    assert book(supervisor, is_confirmed=True).place == place.strip()


def test_lifted_they_may_meet_again(where, supervisor):
    _, _, referral = two(where, supervisor)
    pair = act(supervisor, lambda: NeverTogether.objects.get())
    act(supervisor, lambda: closing.lift(pair=pair, by=supervisor, at=now()))
    act(
        supervisor,
        lambda: assigning.assign(referral=fresh(referral), to=manager_of(where), by=supervisor, at=now(), why="share"),
    )


def test_a_case_manager_writes_it_down_of_their_own_and_reads_nothing_back(where, supervisor, sign_in):
    one, other = linked(where, talked(where), given_name="Ann"), linked(where, talked(where), given_name="Bob")
    url, client = reverse("casefile:person-apart", args=[one.pk]), sign_in(manager_of(where))
    assert "Nobody with a record" in words_of(client.post(url, {"words": "Zzyzx"}))
    page = client.post(url, {"words": "Bob"})
    assert "Bob" in words_of(page)
    missing = client.post(url, {"words": "Bob", "save": "1"})
    assert set(missing.context["form"].errors) == {"other", "reason"}
    client.post(url, {"words": "Bob", "save": "1", "other": str(other.pk), "reason": "asked"})
    said = words_of(client.get(url))
    assert "Ask your supervisor" in said and "Bob" not in said
    assert "Ask your supervisor" in words_of(client.get(reverse("casefile:person", args=[other.pk])))
    twice = client.post(url, {"words": "Bob", "save": "1", "other": str(other.pk), "reason": "asked"})
    assert "written down already" in words_of(twice)
    boss = sign_in(supervisor)
    assert "Bob" in words_of(boss.get(url))
    pair = act(supervisor, lambda: NeverTogether.objects.get())
    boss.post(reverse("casefile:person-apart-lift", args=[one.pk, pair.pk]))
    assert "Ask your supervisor" not in words_of(client.get(url)).replace("“ask your supervisor”", "")
    # Another's people are not theirs to write of.
    assert "Only their case manager" in words_of(sign_in(manager_of(where, 1)).get(url))


# ---- in an emergency


def in_need(where, **more):
    referral = talked(where)
    return referral, linked(where, referral, restricted=True, birth_date=date(1985, 3, 4), **more)


GIVEN = {"emergency": "medical", "reason": "Unconscious at General", "told_whom": "Dr. Roe, General"}


def test_a_closed_record_opens_for_the_sites_minutes_and_is_told_at_once(where, supervisor, sign_in):
    referral, person = in_need(where)
    other = manager_of(where, 1)
    client = sign_in(other)
    assert client.get(reverse("casefile:person", args=[person.pk])).status_code == 404
    response = client.post(reverse("casefile:emergency"), GIVEN | {"words": "Marsh", "birth_date": "1985-03-04"})
    assert response["Location"] == reverse("casefile:person", args=[person.pk])
    assert "Open to you in an emergency" in words_of(client.get(response["Location"]))
    assert seen(other, person) == EVERYWHERE
    access = act(other, lambda: EmergencyAccess.objects.get())
    assert access.until_at - access.granted_at == timedelta(minutes=60)
    for whom in (supervisor, where.person(Role.AUDITOR)):
        notices = act(whom, lambda whom=whom: list(Notice.objects.filter(recipient=whom, key__startswith="emergency:")))
        assert len(notices) == 1 and "Marsh" not in notices[0].text and "Devon" not in notices[0].text
    auditor = where.person(Role.AUDITOR)
    event = act(auditor, lambda: AuditEvent.objects.get(action=AuditAction.EMERGENCY_ACCESS))
    assert event.details["emergency"] == "medical" and "Unconscious" not in str(event.details)
    assert "Unconscious" in words_of(sign_in(supervisor).get(reverse("casefile:emergency")))


def test_it_ends_by_the_clock_and_before_it_when_closed(where, supervisor):
    referral, person = in_need(where)
    other = manager_of(where, 1)

    def opened(at):
        return act(other, lambda: closing.open_in_emergency(
            words="", birth_date=None, code=referral.reference.lower(), minutes=30, by=other, at=at, **GIVEN))  # fmt: skip

    opened(now() - timedelta(minutes=30, seconds=1))
    assert seen(other, person) == NOWHERE
    access = opened(now() - timedelta(minutes=29))
    assert seen(other, person) == EVERYWHERE
    act(supervisor, lambda: closing.end_emergency(access=access, by=supervisor, at=now()))
    assert seen(other, person) == NOWHERE


def test_what_does_not_fit_exactly_opens_nothing_and_is_told_all_the_same(where, supervisor, sign_in):
    in_need(where)
    linked(where, talked(where), given_name="Open", family_name="Record", birth_date=date(1990, 1, 1))
    client = sign_in(manager_of(where, 1))
    for wrong in ({"words": "Marsh", "birth_date": "1985-03-05"}, {"words": "Open", "birth_date": "1990-01-01"},
                  {"code": "AAAA-BBBB"}):  # fmt: skip
        page = client.post(reverse("casefile:emergency"), GIVEN | wrong)
        assert "No closed record fits" in words_of(page) and "Unconscious" in page.content.decode()
    assert len(act(supervisor, lambda: list(Notice.objects.filter(key__startswith="emergency:")))) == 3
    for bad in ({"words": "M"}, {"words": "Marsh"}, {"words": "Marsh", "birth_date": "soon"}):
        page = client.post(reverse("casefile:emergency"), GIVEN | bad)
        assert page.status_code == 200 and page.context["form"].errors
    assert "reason" in client.post(reverse("casefile:emergency"), GIVEN | {"reason": " "}).context["form"].errors


def test_shut_by_name_stays_shut_in_an_emergency(where, supervisor, sign_in):
    referral, person = in_need(where)
    other = manager_of(where, 1)
    name(supervisor, person, other, "shut")
    page = sign_in(other).post(reverse("casefile:emergency"), GIVEN | {"code": referral.reference})
    assert "No closed record fits" in words_of(page)
    assert seen(other, person) == NOWHERE


def test_where_the_site_has_decided_no_minutes_none_is_opened(where, sign_in):
    referral, _ = in_need(where)
    with acting_as(Duty.OPERATOR):
        _without_minutes(where)
    client = sign_in(manager_of(where, 1))
    page = client.get(reverse("casefile:emergency"))
    assert "has not decided" in words_of(page) and 'name="reason"' not in page.content.decode()
    client.post(reverse("casefile:emergency"), GIVEN | {"code": referral.reference})
    assert not act(manager_of(where, 1), lambda: EmergencyAccess.objects.exists())
    by = manager_of(where, 1)
    with pytest.raises(DomainError, match="has not decided"):
        act(by, lambda: closing.open_in_emergency(
            words="", birth_date=None, code=referral.reference, minutes=None, by=by, at=now(), **GIVEN))  # fmt: skip


def _without_minutes(where) -> None:
    from lead_cms.programs import current
    from lead_cms.programs.models import RuleSet
    from tests.factories import LONG_AGO

    document = {key: value for key, value in where.rules.document.items() if key != "consent"}
    with transaction.atomic():
        RuleSet.objects.create(
            site=where.site, version=2, effective_from=LONG_AGO.date(), document=document, document_hash="2" * 64,
            imported_at=LONG_AGO, imported_by="tests",
        )  # fmt: skip
    current._kept.clear()


def test_another_site_is_not_searched(world):
    referral, _ = in_need(world.a)
    by = manager_of(world.b)
    made = act(by, lambda: closing.open_in_emergency(
        words="", birth_date=None, code=referral.reference, minutes=30, by=by, at=now(), **GIVEN))  # fmt: skip
    assert made is None
