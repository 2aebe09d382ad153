"""Whom a referral is about: likely matches, a new record on their yes, restricted and sealed records, the page."""

import uuid
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.persons import Names
from participants.models import Participant, Participation
from referrals.actions import linking
from referrals.models import Casework, ReferredPerson
from tests.casefile.person_making import LATER, act, linked, manager_of, signed, talked, words_of
from tests.casefile.working import fresh, taken

MOST_QUERIES = 17  # the frame's own five and the savepoints among them
BORN = date(1985, 3, 4)


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


@pytest.fixture
def clock():
    with time_machine.travel(LATER, tick=False):
        yield


def given(**more):
    return {
        "who": "new", "given_name": "Devon", "family_name": "Marsh", "chosen_name": "Dee", "street_names": "Red",
        "aliases": "Big D", "born": "3/4/1985", "language": "es", "pronouns": "they", "said_yes": "yes",
    } | more  # fmt: skip


def matches(by, referral):
    return act(by, lambda: linking.find_matches(person=ReferredPerson.objects.get(referral_id=referral.pk)))


def at(name, key):
    return reverse(f"casefile:{name}", args=[key])


# ---- linking


def test_their_yes_makes_a_participant(where, manager, sign_in, clock):
    referral = taken(where)
    client = sign_in(manager)
    page = client.get(at("link", referral.pk))
    assert "person referred" in words_of(page) and page.context["form"]["family_name"].value() == "Marsh"
    assert client.post(at("link", referral.pk), given())["Location"] == at("case", referral.pk)
    person = act(manager, lambda: Participant.objects.get())
    assert (person.shown_name, person.street_names, person.aliases) == ("Dee", ["Red"], ["Big D"])
    assert person.birth_date == BORN
    assert person.language == "es" and not person.may_text
    spell = act(manager, lambda: Participation.objects.get())
    assert (spell.state, spell.began_on, spell.ended_on) == ("active", LATER.date(), None)
    assert act(manager, lambda: Casework.objects.get().participant_id) == person.pk
    # The referrer's own row stays as it was.
    assert act(manager, lambda: ReferredPerson.objects.get().name) == "Devon Marsh"
    assert client.get(at("link", referral.pk))["Location"] == at("person", person.pk)


def test_without_a_yes_they_stay_a_person_referred(where, manager, sign_in, clock):
    referral = taken(where)
    response = sign_in(manager).post(at("link", referral.pk), given(said_yes="no"))
    assert "Until they say yes they are a person referred" in words_of(response)
    assert response.context["form"]["chosen_name"].value() == "Dee"
    assert not act(manager, lambda: Participant.objects.exists())


def test_likely_ones_come_with_their_reasons(where, manager):
    first = linked(where, taken(where), birth_date=BORN, aliases=("Red",))
    alike = linked(where, taken(where), given_name="Devin", family_name="March", aliases=())
    linked(where, taken(where), given_name="Quincy", family_name="Oyelaran")
    found = matches(manager, taken(where, name="Devon Marsh", birth_date=BORN))
    assert [match.participant.pk for match in found] == [first.pk, alike.pk]
    assert found[0].reasons == ("Same date of birth", "Same given name", "Same surname")
    assert found[0].is_participant and found[1].reasons == ("Given name sounds alike", "Surname sounds alike")
    by_day = matches(manager, taken(where, name="", description="Tall", birth_date=BORN, age_about=None))
    assert [match.reasons for match in by_day] == [("Same date of birth",)]


def test_a_nickname_an_alias_and_dates_the_other_way_round_are_seen_through(where, manager):
    turned = linked(where, taken(where), birth_date=BORN, aliases=("Bear",))
    day_first = BORN.replace(month=BORN.day, day=BORN.month)
    for name, born, reason in (
        ("Marsh Devon", BORN, "Given name and surname the other way round"),
        ("Bear Marsh", None, "Given name is the other's alias"),
        ("Devon Marsh", day_first, "Day and month of birth the other way round"),
        ("Deven Mersh", BORN.replace(year=BORN.year - 1), "Date of birth one digit off"),
    ):
        found = matches(manager, taken(where, name=name, birth_date=born, age_about=None if born else 40))
        assert [match.participant.pk for match in found] == [turned.pk]
        assert reason in found[0].reasons, (name, found[0].reasons)


def test_a_second_referral_of_the_same_person_opens_no_second_spell(where, manager, sign_in, clock):
    person, again = linked(where, taken(where)), taken(where)
    client = sign_in(manager)
    assert "Already a participant" in words_of(client.get(at("link", again.pk)))
    client.post(at("link", again.pk), given(who=str(person.pk), given_name="", said_yes="yes"))
    assert act(manager, lambda: Casework.objects.filter(participant=person).count()) == 2
    assert act(manager, lambda: Participation.objects.count()) == 1


def test_somebody_who_is_not_offered_cannot_be_chosen(world, manager, sign_in, clock):
    elsewhere = linked(world.b, taken(world.b), by=manager_of(world.b))
    referral = taken(world.a)
    response = sign_in(manager).post(at("link", referral.pk), given(who=str(elsewhere.pk)))
    assert response.status_code == 200 and response.context["form"].errors["who"]


def test_linked_by_somebody_else_meanwhile(where, manager):
    referral = taken(where)
    linked(where, referral)
    with pytest.raises(StaleState):
        linked(where, referral)
    assert act(manager, lambda: Participant.objects.count()) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"given_name": ""}, "chosen_name"),
        ({"birth_date": date(1826, 1, 1)}, "birth_date"),
        ({"birth_date": date(2099, 1, 1)}, "birth_date"),
        ({"age_about": 200}, "age_about"),
        ({"language": "xx"}, "language"),
    ],
)
def test_wrong_names_are_said_beside_their_field(where, manager, wrong, field):
    referral = taken(where)
    with pytest.raises(DomainError) as refusal:
        linked(where, referral, **({"family_name": ""} | wrong))
    assert refusal.value.field == field


def test_right_to_left_names_and_emoji_are_names(where, manager, sign_in, clock):
    referral = taken(where)
    sign_in(manager).post(at("link", referral.pk), given(chosen_name="מרים 🌷", born="about 40"))
    person = act(manager, lambda: Participant.objects.get())
    assert (person.shown_name, person.age_about, person.birth_date) == ("מרים 🌷", 40, None)
    response = sign_in(manager).post(at("person-edit", person.pk), given(chosen_name="a\x00b"))
    assert "cannot be stored" in words_of(response)


# ---- too young


def test_found_to_be_too_young_closes_the_record_at_once(where, manager, sign_in, clock):
    referral = taken(where)
    client = sign_in(manager)
    asked = client.post(at("link", referral.pk), given(born="16"))
    assert "This makes them 16." in words_of(asked) and 'name="sure"' in asked.content.decode()
    assert not act(manager, lambda: Casework.objects.get().is_sealed)  # a slip of the finger closes nothing
    response = client.post(at("link", referral.pk), given(born="16", sure="on"), follow=True)
    assert "This person is under 18. The record is closed and your supervisor is told." in words_of(response)
    assert client.get(at("case", referral.pk)).status_code == 404
    assert not act(where.person(Role.SUPERVISOR), lambda: Participant.objects.exists())
    assert act(where.person(Role.SUPERVISOR), lambda: Casework.objects.get().is_sealed)


def test_a_corrected_birth_date_closes_it_as_well(where, manager, sign_in, clock):
    referral = taken(where)
    person = linked(where, referral)
    asked = sign_in(manager).post(at("person-edit", person.pk), given(born="2/2/2012"))
    assert "This makes them" in words_of(asked) and 'value="2/2/2012"' in asked.content.decode()
    assert act(manager, lambda: Participant.objects.get().birth_date) != date(2012, 2, 2)
    response = sign_in(manager).post(at("person-edit", person.pk), given(born="2/2/2012", sure="on"))
    assert response["Location"] == "/"
    assert sign_in(manager).get(at("case", referral.pk)).status_code == 404


# ---- restricted


def test_a_restricted_person_is_not_there_for_other_case_managers(where, manager, sign_in, clock):
    referral = talked(where)
    client = sign_in(manager)
    client.post(at("link", referral.pk), given(is_restricted="on"))
    person = act(manager, lambda: Participant.objects.get())
    consent = signed(where, referral)
    assert client.get(at("person", person.pk)).status_code == 200
    assert "Restricted record" in words_of(client.get(at("person", person.pk)))
    other = sign_in(manager_of(where, 1))
    for name, key in [
        ("person", person), ("person-edit", person), ("person-phone", person), ("case", referral), ("consent", referral),
        ("slip", referral), ("consent-copy", consent), ("talk", referral),
    ]:  # fmt: skip
        assert other.get(at(name, key.pk)).status_code == 404, name
    # Not in search, by name, day, number or code; and not among likely matches.
    number = act(manager, lambda: fresh(referral).incident_number)
    for words in ("Marsh", "Dee", "3/4/1985", number, referral.reference):
        assert "Nobody found" in words_of(other.post(reverse("casefile:search"), {"words": words})), words
        assert "Nobody found" not in words_of(client.post(reverse("casefile:search"), {"words": words})), words
    assert matches(manager_of(where, 1), taken(where, by=manager_of(where, 1), birth_date=BORN)) == []
    supervisor = sign_in(where.person(Role.SUPERVISOR))
    assert supervisor.get(at("person", person.pk)).status_code == 200
    assert "Dee" not in words_of(supervisor.post(reverse("casefile:search"), {"words": "Marsh"}))
    assert referral.reference in words_of(supervisor.post(reverse("casefile:search"), {"words": referral.reference}))


def test_the_supervisor_closes_and_opens_it(where, manager, sign_in, clock):
    referral = taken(where)
    person = linked(where, referral)
    other, supervisor = sign_in(manager_of(where, 1)), sign_in(where.person(Role.SUPERVISOR))
    assert other.get(at("person", person.pk)).status_code == 200
    supervisor.post(at("person-restrict", person.pk), {"restricted": "yes"})
    assert other.get(at("person", person.pk)).status_code == 404
    assert other.get(at("case", referral.pk)).status_code == 404
    assert sign_in(manager).get(at("person", person.pk)).status_code == 200
    assert sign_in(manager).post(at("person-restrict", person.pk), {"restricted": "no"}).status_code == 403
    supervisor.post(at("person-restrict", person.pk), {"restricted": "no"})
    assert other.get(at("person", person.pk)).status_code == 200


def test_only_their_own_case_manager_closes_it_at_creation(where, manager):
    other = manager_of(where, 1)
    referral = taken(where)
    with pytest.raises(DomainError) as refusal:
        linked(where, referral, by=other, restricted=True)
    assert refusal.value.field == "is_restricted"
    with pytest.raises(DomainError):
        act(manager, lambda: linking.set_restricted(participant=None, restricted=True, by=manager, at=LATER))


def test_a_restricted_person_s_next_referral_is_closed_as_well(where, manager):
    person, again = linked(where, taken(where), restricted=True), taken(where)
    act(
        manager,
        lambda: linking.link(referral=fresh(again), participant=person, said_yes=True, by=manager, at=LATER),
    )
    assert not act(manager_of(where, 1), lambda: Casework.objects.filter(referral_id=again.pk).exists())


# ---- the number


def test_texting_is_asked_anew_each_time_the_number_changes(where, manager, sign_in, clock):
    person = linked(where, taken(where))
    client, address = sign_in(manager), at("person-phone", person.pk)
    assert client.get(address).context["form"]["may_text"].value() == "no"
    number = {"phone": "415 555 0163", "may_text": "yes", "may_leave_message": "yes", "others_read": "partner"}
    client.post(address, number)
    person = act(manager, lambda: Participant.objects.get())
    assert (person.may_text, person.may_leave_message, person.others_read_phone) == (True, True, "partner")
    # Nothing is carried over: the form begins with no, and a number that is gone leaves nothing allowed.
    page = client.get(address)
    assert page.context["form"]["may_text"].value() == "no" and page.context["form"]["others_read"].value() is None
    client.post(address, {"phone": "415 555 0164", "may_text": "no", "may_leave_message": "no"})
    assert not act(manager, lambda: Participant.objects.get().may_text)
    client.post(address, {"phone": "", "may_text": "yes", "may_leave_message": "yes"})
    person = act(manager, lambda: Participant.objects.get())
    assert (person.phone, person.may_text, person.may_leave_message) == ("", False, False)


@pytest.mark.parametrize(
    ("page", "first", "second", "stands"),
    [
        ("person-edit", given(chosen_name="Dee"), given(chosen_name="Devi"), "Dee"),
        ("person-phone", {"phone": "415 555 0163", "may_text": "yes", "may_leave_message": "no"},
         {"phone": "415 555 0164", "may_text": "no", "may_leave_message": "no"}, "(415) 555-0163"),
    ],
)  # fmt: skip
def test_two_pages_do_not_overrule_each_other_unseen(where, manager, sign_in, clock, page, first, second, stands):
    person = linked(where, taken(where))
    client, address = sign_in(manager), at(page, person.pk)
    opened = {"seen": client.get(address).context["form"]["seen"].value()}
    assert client.post(address, first | opened).status_code == 302
    late = client.post(address, second | opened)
    assert "Somebody changed this since" in words_of(late) and stands in words_of(late)
    again = second | {"seen": late.context["form"]["seen"].value()}
    assert client.post(address, again).status_code == 302


@pytest.mark.parametrize("typed", ["not a phone", "ask Ana"])
def test_what_is_no_number_is_said_beside_it(where, manager, sign_in, clock, typed):
    person, client = linked(where, taken(where)), sign_in(manager)
    trusted = {"name": "Ana", "may_say": "nothing", "agreed_on": "2026-10-01", "key": str(uuid.uuid4())}
    number = {"may_text": "no", "may_leave_message": "no", "others_read": "partner"}
    for page, more in (("person-phone", number), ("trusted-new", trusted)):
        sent = client.post(at(page, person.pk), {"phone": typed} | more)
        assert "Enter a telephone number" in words_of(sent) and f'value="{typed}"' in sent.content.decode()
    assert act(manager, lambda: Participant.objects.get().phone) == ""


# ---- the page


def test_at_the_top_stands_who_it_is_and_how_they_are_spoken_to(where, manager, sign_in, clock):
    told = {
        "chosen_name": "Mari",
        "street_names": ("Estrella",),
        "pronouns": "she",
        "language": "es",
        "birth_date": BORN,
    }
    person = linked(where, taken(where), given_name="Marisol", family_name="Johnson", **told)
    client = sign_in(manager)
    said = words_of(client.get(at("person", person.pk)))
    assert "Mari Participant she · Spanish · Born Mar 4, 1985 · also Marisol Johnson, Estrella" in said
    # And where it is corrected, the day stands as the field asks for it.
    assert 'value="3/4/1985"' in client.get(at("person-edit", person.pk)).content.decode()


def test_the_page_costs_the_same_for_one_referral_and_twelve(where, manager, sign_in, clock):
    referral = talked(where)
    person, client = linked(where, referral), sign_in(manager)
    signed(where, referral)
    client.get(at("person", person.pk))  # the session's first request writes a little more
    with CaptureQueriesContext(connection) as one:
        page = client.get(at("person", person.pk))
    assert "Nothing was told to anyone" in words_of(page) and "Signed" in words_of(page)
    for _ in range(11):
        again = taken(where)
        act(
            manager,
            lambda again=again: linking.link(
                referral=fresh(again), participant=person, said_yes=True, by=manager, at=LATER
            ),
        )
    with CaptureQueriesContext(connection) as twelve:
        client.get(at("person", person.pk))
    assert len(one) == len(twelve) <= MOST_QUERIES


def test_another_site_and_a_missing_one_answer_alike(world, sign_in, clock):
    person = linked(world.a, taken(world.a))
    client = sign_in(manager_of(world.b))
    for key in (person.pk, "3f2504e0-4f89-41d3-9a0c-0305e82c3301"):
        for name in ("person", "person-edit", "person-phone"):
            assert client.get(at(name, key)).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CASE_MANAGER, Role.SUPERVISOR)])
def test_no_other_role_opens_a_participant(where, sign_in, clock, role):
    person = linked(where, taken(where))
    client = sign_in(where.person(role))
    for name in ("person", "person-edit", "person-phone"):
        assert client.get(at(name, person.pk)).status_code == 403
    assert client.get(reverse("casefile:search")).status_code == 403


def test_names_given_are_kept_as_one_line_for_search(where):
    person = linked(where, taken(where), street_names=("Red",), aliases=("Devin",), chosen_name="Dee")
    assert person.search_names == "devon marsh dee red devin"
    only = linked(where, taken(where), given_name="", family_name="", street_names=("Bear",))
    assert only.shown_name == "Bear"
    assert Names(given_name="A") != Names(given_name="B")
