"""What a person says of themselves: coded with the version of each list, kept apart from what an officer saw."""

import json
import uuid
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.db.utils import ProgrammingError
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.core.errors import DomainError
from participants import selfreport
from participants.actions import demographics as acting
from participants.models import Demographics
from referrals.actions import linking, records
from referrals.models import ReferredPerson
from tests.casefile.person_making import LATER, act, linked, manager_of, talked, words_of
from tests.casefile.working import fresh, taken

ASIAN = {"system": "OMB SPD-15", "version": "2024", "code": "asian", "label": "Asian"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


@pytest.fixture
def person(where):
    return linked(where, taken(where))


def page(person):
    return reverse("casefile:self-report", args=[person.pk])


def asks(person, question):
    return reverse("casefile:self-question", args=[person.pk, question])


def answered(by, person, key, *choices, **more) -> Demographics:
    return act(by, lambda: acting.answer(participant=person, key=key, choices=list(choices), by=by, at=LATER, **more))


def told(by) -> Demographics:
    return act(by, lambda: Demographics.objects.get())


def test_every_list_has_its_version_and_none_is_an_answer():
    versions = {one.key: (one.codes.system, one.codes.version) for one in acting.QUESTIONS.values()}
    assert versions["race"] == ("OMB SPD-15", "2024") and versions["sex"] == ("HUD HMIS 4.21", "FY2026")
    # FY2026 retired the list of genders: the last one published is kept under its own version.
    assert versions["gender"] == ("HUD HMIS 3.06", "FY2024")
    for one in acting.QUESTIONS.values():
        assert [code for code, _ in one.codes.choices][-3:] == ["no-8", "no-9", "no-99"]
    files = Path(selfreport.__file__).parent.glob("*.json")
    assert all(file.name in (file.parent / "SOURCE.md").read_text() and json.loads(file.read_text()) for file in files)


def test_race_is_one_question_of_several_answers_with_detail(sign_in, manager, person):
    client = sign_in(manager)
    assert words_of(client.get(page(person))).count("Not asked yet") == len(acting.QUESTIONS)
    # A detail brings its category along.
    given = {"choices": ["black"], "detail": ["asian.korean"], "words": "Blasian"}
    client.post(asks(person, "race"), given)
    assert [one["code"] for one in told(manager).race] == ["asian", "black", "asian.korean"]
    assert told(manager).race[0] == ASIAN
    said = "Asian (Korean); Black or African American. In their own words: Blasian"
    assert said in words_of(client.get(page(person)))
    form = client.get(asks(person, "race")).context["form"]
    assert form["choices"].initial == ["asian", "black"] and form["detail"].initial == ["asian.korean"]
    # Nothing chosen takes it away; a question of another name is none.
    client.post(asks(person, "race"), {"words": ""})
    assert told(manager).race == [] and client.get(asks(person, "nonsense")).status_code == 404


@pytest.mark.parametrize("answer", ["no-8", "no-9", "no-99"])
def test_no_answer_is_an_answer_and_stands_alone(sign_in, manager, person, answer):
    held = answered(manager, person, "gender", answer)
    assert held.gender == [selfreport.GENDER.coded(answer)] and held.gender[0]["system"] == "HUD HMIS 1.8"
    refused = sign_in(manager).post(asks(person, "gender"), {"choices": ["0", answer]})
    assert "Choose either what applies" in words_of(refused) and refused.context["form"]["choices"].value() == [
        "0",
        answer,
    ]
    with pytest.raises(DomainError):
        answered(manager, person, "veteran", "0", "1")
    with pytest.raises(DomainError):
        answered(manager, person, "race", "martian")


def test_two_pages_do_not_overrule_each_other_unseen(sign_in, manager, person):
    client, address = sign_in(manager), asks(person, "sex")
    opened = {"seen": client.get(address).context["form"]["seen"].value()}
    assert client.post(address, opened | {"choices": "0"}).status_code == 302
    late = client.post(address, opened | {"choices": "1"})
    assert "As it stands now Female" in words_of(late)
    assert client.post(address, {"choices": "1", "seen": late.context["form"]["seen"].value()}).status_code == 302


def test_health_cannot_be_read_in_the_database(manager, person):
    answered(manager, person, "disabilities", "8")

    def raw():
        with connection.cursor() as cursor:
            cursor.execute("select disabilities from participants_demographics")
            return cursor.fetchone()[0]

    assert "HIV/AIDS" not in act(manager, raw) and told(manager).disabilities[0]["label"] == "HIV/AIDS"


def test_the_intake_keeps_it_and_the_next_one_begins_with_it(sign_in, where, manager):
    first = talked(where)
    person = linked(where, first)
    answered(manager, person, "veteran", "0")
    answered(manager, person, "race", "asian.korean", "white")
    answers = {"race": {"codes": [ASIAN]}, "gender_words": {"text": "woman"}}
    act(
        manager,
        lambda: records.save_section(
            referral=fresh(first), kind="intake", section="about", answers=answers, by=manager, at=LATER
        ),
    )
    held = told(manager)
    # What the intake left open stays; a detail stays with its category.
    assert held.veteran[0]["label"] == "No" and held.gender_words == "woman"
    assert [one["code"] for one in held.race] == ["asian", "asian.korean"]
    again = talked(where)
    act(
        manager,
        lambda: linking.link(referral=fresh(again), participant=person, said_yes=True, by=manager, at=LATER),
    )
    form = sign_in(manager).get(reverse("casefile:record-section", args=[again.pk, "intake", "about"])).context["form"]
    assert form["race"].initial == ["asian"] and form["veteran"].initial == "0"


def test_what_an_officer_saw_is_never_the_person_s_own_word(sign_in, where, manager):
    referral = taken(where, perceived_race="black", perceived_gender="man", birth_date=date(1985, 3, 4))
    person = linked(where, referral)
    assert not act(manager, lambda: Demographics.objects.exists())
    answered(manager, person, "race", "white")
    shown = words_of(sign_in(manager).get(page(person)))
    assert "White" in shown and "Black" not in shown
    assert act(manager, lambda: ReferredPerson.objects.get().perceived_race) == "black"


def test_only_their_own_case_manager_and_the_supervisors_read_it(sign_in, where, manager, person):
    answered(manager, person, "race", "white")
    other = where.person(Role.CASE_MANAGER, 1)
    assert act(other, lambda: Demographics.objects.count()) == 0
    assert act(where.person(Role.SUPERVISOR), lambda: Demographics.objects.get().race[0]["code"]) == "white"
    shown = words_of(sign_in(other).get(page(person)))
    assert "Not shown here" in shown and "White" not in shown
    assert sign_in(other).post(asks(person, "race"), {"choices": ["black"]})["Location"] == page(person)
    with pytest.raises(ProgrammingError, match="row-level security"):
        answered(other, person, "race", "black")


def test_another_site_and_a_missing_one_answer_alike(world, sign_in, person):
    client = sign_in(manager_of(world.b))
    for key in (person.pk, uuid.uuid4()):
        assert client.get(reverse("casefile:self-report", args=[key])).status_code == 404
        assert client.get(reverse("casefile:self-question", args=[key, "race"])).status_code == 404
