"""One box: a part of a name, an alias, a misspelling, a birth date, an incident number, a code."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent
from participants.actions.persons import Names, make_participant
from referrals.actions.assigning import assign
from referrals.actions.linking import set_restricted
from referrals.models import Casework
from tests.casefile.person_making import LATER, act, linked, manager_of, words_of
from tests.casefile.working import fresh, referred, taken

BORN = date(1985, 3, 4)
NOBODY = "Nobody found"


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def find(where, sign_in):
    client = sign_in(manager_of(where))

    def go(words, client=client):
        return words_of(client.post(reverse("casefile:search"), {"words": words}))

    return go


@pytest.fixture
def typing(where, sign_in):
    """What stands under the box after a pause."""
    client = sign_in(manager_of(where))

    def go(words, client=client):
        return client.post(reverse("casefile:search"), {"words": words}, headers={"X-Requested-With": "fetch"})

    return go


@pytest.mark.parametrize(
    "words",
    [
        "Johnson", "Marisol", "mari", "Jonson", "JOHNSON marisol", "Inez", "3/4/1985", "1985-03-04", "Vega", "estrela",
        "Marisol 3/4/1985", "Mar 4, 1985", "4 de marzo de 1985", "03041985",
    ],
)  # fmt: skip
def test_a_participant_is_found(where, find, words):
    linked(
        where, taken(where, name="Somebody Else"), given_name="Marisol", family_name="Johnson", chosen_name="Mari",
        street_names=("Estrella",), aliases=("Inez Vega",), birth_date=BORN,
    )  # fmt: skip
    assert "People with a record Mari Born Mar 4, 1985, also Marisol Johnson, Estrella, Inez Vega" in find(words)


def test_a_person_referred_is_found_by_name_day_number_and_code(where, find):
    referral = referred(where, name="Marisol Johnson", birth_date=BORN, age_about=None, incident_number="260555123")
    bare = referral.reference.replace("-", " ").lower()
    for words in ("Marisol", "Jonson", "3/4/1985", "260555123", referral.reference, bare):
        found = find(words)
        assert "Marisol Johnson" in found and referral.reference in found and "Person referred" in found, words
    assert NOBODY in find("260555124")
    assert NOBODY in find("Bartholomew")


@pytest.mark.parametrize(
    "words",
    [
        "D260000244",
        "d260000244",
        "260000244",
        "D26-0000244",
        "d 26 0000244",
        "SFPD-260000244",
        "D2600002",
        "26000",
        " d260000244 ",
    ],
)
def test_an_incident_number_is_found_as_people_say_it_and_as_it_begins(where, find, typing, words):
    referred(where, name="Marisol Johnson", incident_number="D260000244")
    referred(where, name="Quincy Oyelaran", incident_number="D270000244")
    for found in (find(words), words_of(typing(words))):
        assert "Marisol Johnson" in found and "Quincy" not in found


def test_a_number_that_has_dashes_is_found_without_them(where, typing):
    referred(where, name="Marisol Johnson", incident_number="26-ab-0244")
    assert "Marisol Johnson" in words_of(typing("26AB0244")) and "Marisol Johnson" in words_of(typing("26 ab 02"))
    assert NOBODY in words_of(typing("2602440"))


def test_a_code_is_found_in_small_letters_as_somebody_types(where, typing):
    referral = referred(where, name="Marisol Johnson")
    for words in (referral.reference.lower(), referral.reference.replace("-", "").lower()):
        assert "Marisol Johnson" in words_of(typing(words))


@pytest.mark.parametrize("words", ["260", "Oyelaran 2600", "2/6/0000"])
def test_what_is_no_number_finds_none_by_how_it_begins(where, typing, words):
    referred(where, name="Marisol Johnson", incident_number="260000244")
    assert "Marisol" not in words_of(typing(words))


def test_the_walls_hold_for_how_a_number_begins(world, sign_in, typing):
    here, sealed = (referred(world.a, name="x", incident_number=number) for number in ("D260000244", "D260000245"))
    linked(world.a, here, given_name="Ottilie", family_name="Brandt", restricted=True)
    supervisor = world.a.person(Role.SUPERVISOR)
    act(supervisor, lambda: Casework.objects.filter(referral_id=sealed.pk).update(is_sealed=True))
    referred(world.b, name="Marisol Elsewhere", incident_number="D260000246")
    colleague = sign_in(manager_of(world.a, 1))
    assert NOBODY in words_of(typing("D26000024", colleague))
    assert NOBODY in words_of(typing("D26000024", sign_in(supervisor)))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (("William", "Smith"), "bill smith"),  # a nickname
        (("Bill", "Smith"), "william"),
        (("José", "Núñez"), "pepe nunez"),
        (("Guadalupe", "Ríos"), "lupe"),
        (("Catherine", "Jonson"), "katherine johnson"),  # a sound
        (("Stephen", "Reilly"), "steven riley"),
        (("Mikhail", "Ó Briain"), "o briain"),
        (("Devon", "Marsh"), "Dveon Marhs"),  # a slip of the keys
    ],
)
def test_nicknames_sounds_and_slips(where, find, typing, name, words):
    linked(where, taken(where, name="x"), given_name=name[0], family_name=name[1])
    linked(where, taken(where, name="x"), given_name="Quincy", family_name="Oyelaran")
    for found in (find(words), words_of(typing(words))):
        assert " ".join(name) in found and "Quincy" not in found


def test_as_somebody_types_the_list_narrows(where, typing):
    for given, family in (("Marisol", "Thorn"), ("Marta", "Torres"), ("Martin", "Bell")):
        linked(where, taken(where, name="x"), given_name=given, family_name=family)
    assert words_of(typing("m")).strip() == "" and b"<html" not in typing("mar").content
    shown = words_of(typing("mar"))
    assert all(name in shown for name in ("Marisol Thorn", "Marta Torres", "Martin Bell"))
    assert b'data-says="3 people"' in typing("mar").content
    shown = words_of(typing("mar tho"))
    assert "Marisol Thorn" in shown and "Marta" not in shown
    assert NOBODY in words_of(typing("zzyzx"))


def test_the_word_itself_comes_before_its_sound_and_the_day_before_all(where, find):
    linked(where, taken(where, name="x"), given_name="Sean", family_name="Smyth")
    linked(where, taken(where, name="x"), given_name="Sean", family_name="Smith")
    linked(where, taken(where, name="x"), given_name="Shaun", family_name="Smith", birth_date=BORN)
    assert find("sean smith").index("Sean Smith") < find("sean smith").index("Sean Smyth")
    assert find("smith 3/4/1985").index("Shaun Smith") < find("smith 3/4/1985").index("Sean Smith")


def test_among_many_who_begin_so_the_word_itself_and_the_day_are_found(where, typing):
    manager = manager_of(where)
    others = [Names(given_name="Beatrice", family_name=f"Old{number}") for number in range(40)]
    act(manager, lambda: [make_participant(names=names, by=manager, at=LATER) for names in others])
    linked(where, taken(where, name="x"), given_name="Quincy", family_name="Oyelaran", street_names=("Bea",))
    linked(where, taken(where, name="x"), given_name="Beatrice", family_name="Yu", birth_date=BORN)
    assert words_of(typing("bea")).strip().startswith("People with a record Quincy Oyelaran")
    assert words_of(typing("beatrice 3/4/1985")).strip().startswith("People with a record Beatrice Yu")


@pytest.mark.parametrize("words", ["Marsha Bell", "bell m", "cora", "ana ve", "bell"])
def test_the_name_is_found_by_its_beginning_family_first_too(where, typing, words):
    linked(
        where,
        taken(where, name="x"),
        given_name="Marsha",
        family_name="Bell",
        street_names=("Coral",),
        aliases=("Ana Vega",),
    )
    assert "Marsha Bell" in words_of(typing(words))


def test_as_somebody_types_the_walls_hold(world, sign_in, typing):
    closed = linked(
        world.a, taken(world.a, name="Marisol Thorn"), given_name="Marisol", family_name="Thorn", restricted=True
    )
    linked(world.b, taken(world.b, name="Marisol Elsewhere"), by=manager_of(world.b), given_name="Marisol")
    assert str(closed.pk) in typing("maris").content.decode() and "Elsewhere" not in words_of(typing("maris"))
    colleague = sign_in(manager_of(world.a, 1))
    for words in ("maris", "marisol thorn", "Marisol thron", "merisol"):
        assert NOBODY in words_of(typing(words, colleague)), words
    assert typing("mar", sign_in(world.a.person(Role.OFFICER))).status_code == 403


def test_a_name_finds_no_supervisor_what_is_restricted_or_sealed_and_its_code_does(world, find, sign_in):
    """PRACTICE 19: absent from search, counted only for the supervisor."""
    supervisor = world.a.person(Role.SUPERVISOR)
    of_theirs, sealed = taken(world.a, name="Ottilie Brandt"), taken(world.a, name="Ottilie Brand")
    linked(world.a, of_theirs, given_name="Ottilie", family_name="Brandt", birth_date=BORN, restricted=True)
    act(supervisor, lambda: Casework.objects.filter(referral_id=sealed.pk).update(is_sealed=True))
    for words in ("ottilie", "Ottilie Brandt", "Otilie Brant", "3/4/1985"):
        assert NOBODY in find(words, sign_in(supervisor)), words
    for referral in (of_theirs, sealed):
        assert referral.reference in find(referral.reference, sign_in(supervisor))


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.SUPERVISOR])
def test_whoever_made_a_record_does_not_keep_it_when_it_is_restricted_to_others(where, find, sign_in, role):
    """The case is a colleague's by now: to whoever wrote the person down it is as to anybody of the team."""
    maker, supervisor, colleague = where.person(role), where.person(Role.SUPERVISOR), manager_of(where, 1)
    referral = taken(where, name="Ottilie Brandt")
    person = linked(where, referral, by=maker, given_name="Ottilie", family_name="Brandt", birth_date=BORN)
    act(supervisor, lambda: assign(referral=fresh(referral), to=colleague, by=supervisor, at=LATER, why="share"))
    assert "Ottilie" in find("Ottilie Brandt", sign_in(maker))
    act(supervisor, lambda: set_restricted(participant=fresh(person), restricted=True, by=supervisor, at=LATER))
    for words in ("ottilie", "Ottilie Brandt", "Otilie Brant", "3/4/1985"):
        assert NOBODY in find(words, sign_in(maker)), words
    page = sign_in(maker).get(reverse("casefile:person", args=[person.pk]))
    assert page.status_code == (200 if role == Role.SUPERVISOR else 404)
    assert "Ottilie" in find("Ottilie Brandt", sign_in(colleague))


def test_likeness_comes_best_first_and_has_an_end(where, find, sign_in):
    for number in range(3):
        linked(where, taken(where, name="x"), given_name="Devon", family_name=f"Marsh{'e' * number}")
    assert find("Devon Marsh").index("Devon Marsh ") < find("Devon Marsh").index("Devon Marshee")


def test_other_sites_and_sealed_records_are_not_there(world, find):
    linked(world.b, taken(world.b, name="Marisol Johnson"), by=manager_of(world.b), given_name="Marisol")
    assert NOBODY in find("Marisol")
    sealed = taken(world.a, name="Ingrid Halvorsen")
    supervisor = world.a.person(Role.SUPERVISOR)
    assert "Ingrid" in find("Halvorsen")
    act(supervisor, lambda: Casework.objects.filter(referral_id=sealed.pk).update(is_sealed=True))
    assert NOBODY in find("Halvorsen")
    assert NOBODY in find(sealed.reference)


def test_that_somebody_searched_is_recorded_and_what_for_is_not(where, find):
    linked(where, taken(where, name="x"), given_name="Marisol", family_name="Johnson")
    find("Marisol Johnson")
    find("3/4/1985")
    auditor = where.person(Role.AUDITOR)
    events = act(
        auditor, lambda: list(AuditEvent.objects.filter(action=AuditAction.PERSON_SEARCHED).order_by("recorded_at"))
    )
    assert [event.details for event in events] == [
        {"by_day": False, "found": 1, "typed": False}, {"by_day": True, "found": 0, "typed": False},
    ]  # fmt: skip
    assert "Marisol" not in str([vars(event) for event in events])


def test_nothing_typed_finds_nothing_and_says_so(find):
    assert "has no answer yet" in find("")
    assert NOBODY in find("%")
    assert NOBODY in find("' or 1=1 --")
    assert "cannot be stored" in find("a\x00b")


def test_it_costs_the_same_for_one_and_twelve(where, sign_in):
    client, address = sign_in(manager_of(where)), reverse("casefile:search")
    costs = []
    linked(where, taken(where, name="Devon Marsh"))
    client.post(address, {"words": "Marsh"})
    for more in (0, 11):
        for _ in range(more):
            linked(where, taken(where, name="Devon Marsh"))
        with CaptureQueriesContext(connection) as queries:
            client.post(address, {"words": "Marsh"})
        costs.append(len(queries))
    assert costs[0] == costs[1]
