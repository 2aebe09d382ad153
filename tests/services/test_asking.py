"""A person is referred to a service: what is asked, what the provider reads, what they answer, and who sees it."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.models import Notice, OutboxEmail
from participants.models import Consent, ConsentCell, Disclosure
from services.actions.asking import answer, ask, call_off, not_available, set_appointment
from services.enums import CLOSED, OPEN, TRANSITIONS, AskStatus
from services.models import AskedPerson, ServiceGap, ServiceReferral, SharedFact
from services.tasks import remind, remind_batch
from tests.services.making import make_asked, make_consent, make_linked, make_person, make_service

pytestmark = pytest.mark.django_db
A = AskStatus
MONDAY = datetime(2026, 10, 5, 20, tzinfo=UTC)  # 1 pm at the sites
INBOX, TODAY = reverse("services:inbox"), reverse("today")


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


@pytest.fixture
def staff(world):
    return world.a.person(Role.PROVIDER)


@pytest.fixture
def named(world, staff):
    """Marisol, named to the first provider under her consent, with one line about housing."""
    person = make_person(world.a)
    make_consent(world.a, person, staff.organisation, ("enrolment", "housing"))
    return make_asked(
        world.a, make_linked(world.a), person, names_person=True, facts={"housing": "A bed near the clinic"}
    )


def seen(by, model, **filters):
    with acting_as(by), transaction.atomic():
        return list(model.objects.filter(**filters))


def keys(by, model):
    """What a role that may read few columns sees."""
    with acting_as(by), transaction.atomic():
        return list(model.objects.values_list("pk", flat=True))


def do(by, action, asked, **more):
    with acting_as(by), transaction.atomic():
        return action(asked=ServiceReferral.objects.get(pk=asked.pk), by=by, at=more.pop("at", timezone.now()), **more)


def page_of(client, asked):
    return client.get(reverse("services:request", args=[asked.pk]))


def asked_of_it(queries) -> int:
    return sum(1 for one in queries.captured_queries if "SAVEPOINT" not in one["sql"])


# ---- what the provider reads


def test_the_list_holds_a_code_and_a_need_and_no_fact(named, sign_in, staff):
    for path in (INBOX, TODAY):
        page = sign_in(staff).get(path).content.decode()
        assert named.reference in page and "Shelter, housing" in page
        for secret in ("Marisol", "Quint", "555-0199", "A bed near the clinic"):
            assert secret not in page


def test_opening_shows_what_the_consent_lists_and_writes_it_down(world, named, sign_in, staff):
    page = page_of(sign_in(staff), named).content.decode()
    for part in ("Marisol Quint", "(415) 555-0199", "A bed near the clinic", "42 CFR part 2"):
        assert part in page
    told = seen(world.a.person(Role.SUPERVISOR), Disclosure)
    assert sorted(row.what for row in told) == ["enrolment", "housing"]
    assert {row.to_membership_id for row in told} == {staff.pk}
    page_of(sign_in(staff), named)
    assert len(seen(world.a.person(Role.SUPERVISOR), Disclosure)) == 4


def test_a_cell_that_is_taken_back_closes_at_once(world, named, sign_in, staff, manager):
    client = sign_in(staff)
    with acting_as(manager), transaction.atomic():
        cell = ConsentCell.objects.get(information_class="housing")
        ConsentCell.objects.filter(pk=cell.pk).update(
            revoked_at=timezone.now(), revoked_how="spoken", revoked_by=manager
        )
    page = page_of(client, named).content.decode()
    assert "Marisol" in page and "A bed near the clinic" not in page
    with acting_as(manager), transaction.atomic():
        Consent.objects.all().update(revoked_at=timezone.now(), revoked_how="spoken", revoked_by=manager)
    page = page_of(client, named).content.decode()
    assert "Marisol" not in page and "The person is not named" in page and "42 CFR" not in page
    assert keys(staff, AskedPerson) == keys(staff, SharedFact) == []
    assert [row.what for row in seen(world.a.person(Role.SUPERVISOR), Disclosure)] == ["enrolment"]


def test_an_enquiry_names_nobody(world, sign_in, staff):
    asked = make_asked(world.a)
    page = page_of(sign_in(staff), asked).content.decode()
    assert "The person is not named" in page and "Marisol" not in page
    assert keys(staff, AskedPerson) == [] and seen(world.a.person(Role.SUPERVISOR), Disclosure) == []


def test_another_organizations_is_not_there(world, named, sign_in):
    for stranger in (world.a.person(Role.PROVIDER, 1), world.b.person(Role.PROVIDER)):
        client = sign_in(stranger)
        assert page_of(client, named).status_code == 404
        assert client.post(reverse("services:answer", args=[named.pk]), {"to": "accepted"}).status_code == 404
        assert named.reference not in client.get(INBOX).content.decode()


# ---- asking


def test_naming_somebody_needs_a_consent_for_that_provider(world, manager, staff):
    person, service = make_person(world.a), make_linked(world.a)
    make_consent(world.a, person, world.a.person(Role.PROVIDER, 1).organisation)
    with pytest.raises(StaleState, match="does not stand"):
        make_asked(world.a, service, person, names_person=True)
    make_consent(world.a, make_person(world.a), staff.organisation)
    with pytest.raises(StaleState, match="does not stand"):
        make_asked(world.a, service, person, names_person=True)


def test_nothing_is_asked_after_a_death(world):
    with pytest.raises(DomainError, match="has died"):
        make_asked(world.a, make_linked(world.a), make_person(world.a, died_on=date(2026, 10, 1)))


def test_an_ended_consent_names_nobody(world, staff):
    person = make_person(world.a)
    make_consent(world.a, person, staff.organisation, ends_at=MONDAY)
    with pytest.raises(StaleState):
        make_asked(world.a, make_linked(world.a), person, names_person=True)


def test_a_line_of_a_class_that_is_not_covered_is_not_sent(world, staff):
    person = make_person(world.a)
    make_consent(world.a, person, staff.organisation)
    with pytest.raises(StaleState, match="does not cover all"):
        make_asked(world.a, make_linked(world.a), person, names_person=True, facts={"health": "x"})
    assert seen(world.a.person(Role.SUPERVISOR), ServiceReferral) == []


def test_the_database_lets_no_uncovered_line_in(world, named, manager, staff):
    (one,) = seen(manager, AskedPerson)
    with pytest.raises(Exception, match="row-level security"), acting_as(manager), transaction.atomic():
        SharedFact(
            site=world.a.site, referral=named, participant_id=one.participant_id, organisation=staff.organisation,
            information_class="health", text="x", written_at=MONDAY, written_by=manager,
        ).save(force_insert=True)  # fmt: skip


def test_a_restricted_person_is_nobody_to_others(world, named):
    other = world.a.person(Role.CASE_MANAGER, 1)
    assert len(seen(other, AskedPerson)) == 1
    hidden = make_asked(world.a, make_linked(world.a, 1), make_person(world.a, is_restricted=True))
    assert hidden.pk not in {row.pk for row in seen(other, ServiceReferral)}


def test_the_page_says_what_they_will_read_and_offers_consent(world, sign_in, manager, staff):
    person, service = make_person(world.a), make_linked(world.a)
    client, path = sign_in(manager), reverse("services:ask", args=[service.pk])
    page = client.get(path, {"for": person.pk}).content.decode()
    assert "No consent lets them know who it is" in page and "Name the person" not in page
    make_consent(world.a, person, staff.organisation, ("enrolment", "housing"))
    page = client.get(path, {"for": person.pk}).content.decode()
    for part in ("What they will read", "(415) 555-0199", "Housing"):
        assert part in page
    form = {"submission_key": uuid.uuid4(), "need": "housing", "language": "es", "method": "here"}
    page = client.post(f"{path}?for={person.pk}", form | {"fact_housing": "kept words"}).content.decode()
    assert "kept words" in page
    for _ in range(2):  # sent twice, asked once
        page = client.post(f"{path}?for={person.pk}", form | {"names_person": "yes", "fact_housing": "A bed"})
        assert page.status_code == 302
    (made,) = seen(manager, ServiceReferral)
    assert made.names_person and [row.text for row in seen(manager, SharedFact)] == ["A bed"]
    assert client.get(path, {"for": "nobody"}).status_code == client.get(path, {"for": uuid.uuid4()}).status_code == 404


def test_a_provider_without_sign_in_is_asked_by_word_of_mouth(world, sign_in, manager):
    person, service = make_person(world.a), make_service(world.a)
    with pytest.raises(DomainError, match="Nobody signs in"):
        make_asked(world.a, service, person)
    asked = make_asked(world.a, service, person, method="telephone")
    client = sign_in(manager)
    assert "What they said" in client.get(reverse("services:asked", args=[asked.pk])).content.decode()
    client.post(reverse("services:asked-answer", args=[asked.pk]), {"to": "provider_declined", "reason": "full"})
    (after,) = seen(manager, ServiceReferral)
    assert (after.status, after.decline_reason, after.result) == ("provider_declined", "full", "3")


def test_not_available_is_counted_without_a_name(world, sign_in, manager):
    person = make_person(world.a)
    client, path = sign_in(manager), reverse("services:gap", args=[person.pk])
    assert "Choose the reason." in client.post(path, {"need": "housing"}).content.decode()
    assert client.post(path, {"need": "housing", "reason": "abstinence"}).status_code == 302
    with acting_as(world.a.person(Role.COORDINATOR)), transaction.atomic():
        assert list(ServiceGap.objects.values_list("need", "reason")) == [("housing", "abstinence")]
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            list(ServiceGap.objects.values_list("participant_id"))
    with pytest.raises(DomainError), acting_as(manager), transaction.atomic():
        not_available(participant=person, need="housing", reason="x", by=manager, at=MONDAY)


# ---- answering


def test_every_state_is_final_or_has_a_way_on_and_none_is_both():
    assert set(TRANSITIONS) == set(A) and set(OPEN) | set(CLOSED) == set(A) and not set(OPEN) & set(CLOSED)
    assert set().union(*TRANSITIONS.values()) == set(A) - {A.SENT}


WAY = {
    A.SENT: [], A.WAITLIST: [A.WAITLIST], A.ACCEPTED: [A.ACCEPTED], A.ATTENDED: [A.ACCEPTED, A.ATTENDED],
    A.COMPLETED: [A.ACCEPTED, A.ATTENDED, A.COMPLETED], A.PROVIDER_DECLINED: [A.PROVIDER_DECLINED],
    A.PERSON_DECLINED: [A.PERSON_DECLINED], A.CALLED_OFF: [A.CALLED_OFF],
}  # fmt: skip


def step(world, asked, to):
    if to == A.CALLED_OFF:
        return do(world.a.person(Role.CASE_MANAGER), call_off, asked)
    return do(world.a.person(Role.PROVIDER), answer, asked, to=to, reason="full" if to == A.PROVIDER_DECLINED else "")


@pytest.mark.parametrize("start", A)
def test_the_full_square_of_states(world, manager, start):
    asked = make_asked(world.a)
    for to in WAY[start]:
        step(world, asked, to)
    for to in A:
        if to == A.SENT:
            continue
        with acting_as(Duty.OPERATOR), transaction.atomic():
            point = transaction.savepoint()
            if to in TRANSITIONS[start]:
                assert step(world, asked, to).status == to
            else:
                with pytest.raises(StaleState):
                    step(world, asked, to)
            transaction.savepoint_rollback(point)
    (now,) = seen(manager, ServiceReferral)
    assert now.status == start


def test_the_case_manager_sees_each_answer_at_once(world, named, sign_in, manager, staff):
    client, own = sign_in(staff), sign_in(manager)
    when = timezone.localtime(timezone.now() + timedelta(days=2), staff.site.tz)
    form = {"to": "accepted", "appointment_at_0": f"{when:%Y-%m-%d}", "appointment_at_1": "10:00"}
    page = client.post(reverse("services:answer", args=[named.pk]), form, follow=True).content.decode()
    assert "Answered. The case manager sees it now." in page
    page = own.get(reverse("services:asked", args=[named.pk])).content.decode()
    assert "Accepted" in page and "10:00 am" in page and "1: the person accepted" in page
    assert [row.text for row in seen(manager, Notice)] == ["A service that you asked has answered"]
    client.post(reverse("services:answer", args=[named.pk]), {"to": "attended"})
    client.post(reverse("services:answer", args=[named.pk]), {"to": "completed"})
    (after,) = seen(manager, ServiceReferral)
    assert after.status == "completed" and after.attended_on == after.ended_on
    assert len(seen(manager, Notice)) == 3 and "Ended" in own.get(reverse("services:asked-list")).content.decode()


def test_bad_answers_are_said_beside_their_field(named, sign_in, staff):
    client, path = sign_in(staff), reverse("services:answer", args=[named.pk])
    assert "Choose an answer." in client.post(path, {}).content.decode()
    assert "Choose the reason." in client.post(path, {"to": "provider_declined"}).content.decode()
    page = client.post(path, {"to": "accepted", "appointment_at_0": "2020-01-01", "appointment_at_1": "10:00"})
    assert "This moment has passed." in page.content.decode() and 'value="2020-01-01"' in page.content.decode()
    assert (
        "Choose one of the answers"
        in client.post(path, {"to": "provider_declined", "reason": "no_such_service"}).content.decode()
    )
    assert [row.status for row in seen(staff, ServiceReferral)] == ["sent"]


def test_an_answer_to_what_a_tab_still_shows_does_not_undo_a_newer_one(named, sign_in, staff):
    """Both answers may follow the one before, and the second was given without having seen the first."""
    client, url = sign_in(staff), reverse("services:answer", args=[named.pk])
    assert 'name="seen" value="sent"' in page_of(client, named).content.decode()
    assert client.post(url, {"to": "accepted", "seen": "sent"}).status_code == 302
    said = client.post(url, {"to": "person_declined", "seen": "sent"}, follow=True).content.decode()
    assert "This has moved on" in said and "Accepted" in said
    with acting_as(staff), transaction.atomic():
        assert ServiceReferral.objects.get(pk=named.pk).status == "accepted"
    assert client.post(url, {"to": "person_declined", "seen": "accepted"}).status_code == 302
    with acting_as(staff), transaction.atomic():
        assert ServiceReferral.objects.get(pk=named.pk).status == "person_declined"


def test_a_stale_tab_is_told_and_changes_nothing(named, sign_in, staff):
    client, path = sign_in(staff), reverse("services:answer", args=[named.pk])
    client.post(path, {"to": "person_declined"})
    for to in ("accepted", "waitlist", "nonsense"):
        assert "Nothing was changed" in client.post(path, {"to": to}, follow=True).content.decode()
    page = client.post(reverse("services:appointment", args=[named.pk]), {}, follow=True).content.decode()
    assert "Nothing was changed" in page
    assert [row.status for row in seen(staff, ServiceReferral)] == ["person_declined"]


def test_days_lie_between_asking_and_today(world, staff):
    asked = make_asked(world.a, at=MONDAY)
    do(staff, answer, asked, to="accepted", at=MONDAY)
    for day, says in ((date(2026, 10, 4), "before the service was asked"), (date(2026, 10, 7), "has not come")):
        with pytest.raises(DomainError, match=says):
            do(staff, answer, asked, to="attended", happened_on=day, at=MONDAY + timedelta(days=1))
    do(staff, answer, asked, to="attended", happened_on=date(2026, 10, 6), at=MONDAY + timedelta(days=1))
    with pytest.raises(DomainError, match="first visit"):
        do(staff, answer, asked, to="completed", happened_on=date(2026, 10, 5), at=MONDAY + timedelta(days=1))


def test_an_appointment_is_moved_until_the_first_visit(world, staff, manager):
    asked = make_asked(world.a, at=MONDAY)
    with pytest.raises(StaleState):
        do(staff, set_appointment, asked, appointment_at=MONDAY + timedelta(days=1), at=MONDAY)
    do(staff, answer, asked, to="accepted", at=MONDAY)
    do(staff, set_appointment, asked, appointment_at=MONDAY + timedelta(days=1), at=MONDAY)
    with pytest.raises(DomainError, match="year"):
        do(staff, set_appointment, asked, appointment_at=MONDAY + timedelta(days=500), at=MONDAY)
    (after,) = seen(manager, ServiceReferral)
    assert after.appointment_at == MONDAY + timedelta(days=1)


def test_constraints_hold_for_every_writer(world, staff):
    asked = make_asked(world.a)
    for bad in ({"status": "accepted"}, {"decline_reason": "full"}, {"result": "1"}, {"ended_on": date(2026, 1, 1)}):
        with pytest.raises(IntegrityError), acting_as(staff), transaction.atomic():
            ServiceReferral.objects.filter(pk=asked.pk).update(**bad)


# ---- unanswered


def test_a_provider_is_told_when_asked_and_reminded_once(world, staff, manager):
    asked = make_asked(world.a, at=MONDAY)
    assert [row.text for row in seen(staff, Notice)] == ["Your organization is asked for something"]
    for moment, handled in (
        (datetime(2026, 10, 9, 6, 59, tzinfo=UTC), 0),  # Thursday 11:59 pm: three whole days
        (datetime(2026, 10, 9, 7, 0, tzinfo=UTC), 1),
        (datetime(2026, 10, 10, 7, 0, tzinfo=UTC), 0),
    ):
        with time_machine.travel(moment, tick=False):
            assert remind_batch() == handled
    remind()
    assert [row.text for row in seen(staff, Notice, key=f"unanswered:{asked.pk}")] == [
        "Something asked of you waits for an answer"
    ]
    assert [row.text for row in seen(manager, Notice)] == ["A service has not answered you"]
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        mails = OutboxEmail.objects.filter(user_id=staff.user_id)
        assert {(mail.kind, mail.path) for mail in mails} == {("attention", INBOX)} and len(mails) == 2


def test_who_has_answered_is_not_reminded(world, staff):
    asked = make_asked(world.a, at=MONDAY)
    do(staff, answer, asked, to="waitlist", at=MONDAY)
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        assert remind_batch() == 0


def test_unanswered_stands_on_the_case_managers_today(world, sign_in, manager):
    with time_machine.travel(MONDAY, tick=False):
        asked = make_asked(world.a)
        assert asked.reference not in sign_in(manager).get(TODAY).content.decode()
    with time_machine.travel(MONDAY + timedelta(days=5), tick=False):
        client = sign_in(manager)
        assert asked.reference in client.get(TODAY).content.decode()
        assert asked.reference in client.get(reverse("services:asked-list"), {"show": "late"}).content.decode()


def test_the_persons_page_lists_what_was_asked(world, sign_in, manager):
    person = make_person(world.a)
    asked = make_asked(world.a, person=person)
    page = sign_in(manager).get(reverse("casefile:person", args=[person.pk])).content.decode()
    assert asked.reference in page and reverse("services:gap", args=[person.pk]) in page


# ---- cost


@pytest.mark.parametrize("page", ["inbox", "today", "request", "asked-list", "asked"])
def test_a_page_asks_as_much_for_12_as_for_1(world, sign_in, manager, staff, page):
    person, service = make_person(world.a), make_linked(world.a)
    make_consent(world.a, person, staff.organisation, ("enrolment", "housing"))
    client = sign_in(manager if page in ("asked-list", "asked") else staff)
    counts = []
    for number in range(12):
        asked = make_asked(world.a, service, person, names_person=True, facts={"housing": "x"})
        if number in (0, 11):
            key = [asked.pk] if page in ("request", "asked") else []
            path = TODAY if page == "today" else reverse(f"services:{page}", args=key)
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            counts.append(asked_of_it(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12, [q["sql"][:90] for q in queries]


def test_asking_twice_from_two_tabs_with_one_key_is_one(world, manager):
    person, service, key = make_person(world.a), make_linked(world.a), uuid.uuid4()
    given = {"need": "housing", "language": "en", "method": "here", "names_person": False, "facts": {}}
    for _ in range(2):
        with acting_as(manager), transaction.atomic():
            ask(service=service, participant=person, submission_key=key, by=manager, at=MONDAY, **given)
    assert len(seen(manager, ServiceReferral)) == 1
