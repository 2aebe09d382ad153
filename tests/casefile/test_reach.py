"""How to reach a person: places and trusted people, added, put right and taken away; whose they are to read."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.reach import MOST, Spot, Trusted, keep_place, keep_trusted, say_days
from participants.models import Participant, ReachPlace, TrustedPerson
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import taken

NOW = datetime(2026, 10, 20, 17, tzinfo=UTC)
TODAY = date(2026, 10, 20)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
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


def at(name, key):
    return reverse(f"casefile:{name}", args=[key])


def placed(by, person, *, key=None, at=NOW, seen=None, **given) -> ReachPlace:
    spot = Spot(**({"place": "Main library"} | given))
    key = key or uuid.uuid4()
    return act(by, lambda: keep_place(key=key, participant=person, given=spot, by=by, at=at, seen=seen))


def trusted(by, person, *, key=None, seen=None, **given) -> TrustedPerson:
    said = Trusted(**({"name": "Ruth", "may_say": "called", "agreed_on": TODAY} | given))
    key = key or uuid.uuid4()
    return act(by, lambda: keep_trusted(key=key, participant=person, given=said, by=by, at=NOW, seen=seen))


def test_places_make_the_line_that_lists_show(manager, person):
    placed(manager, person, days=(3, 0), hours="mornings")
    second = placed(manager, person, place="Turk and Hyde", hours="after 8 pm", at=NOW + timedelta(minutes=1))
    line = "Main library, Mon and Thu, mornings; Turk and Hyde, after 8 pm"
    assert act(manager, lambda: Participant.objects.get().where_to_reach) == line
    placed(manager, person, key=second.pk, seen=second.saved_at, place="Eddy Street", at=NOW + timedelta(minutes=2))
    assert act(manager, lambda: Participant.objects.get().where_to_reach).endswith("; Eddy Street")


@pytest.mark.parametrize(
    ("days", "says"), [((), ""), ((0, 1, 2, 3, 4), "Mon to Fri"), ((5, 6), "Sat and Sun"), ((1, 3, 6), "Tue, Thu and Sun")]
)  # fmt: skip
def test_days_are_said_as_people_say_them(days, says):
    assert say_days(list(days)) == says


def test_on_a_phone_each_is_one_short_page(sign_in, manager, person):
    client, page = sign_in(manager), at("person-reach", person.pk)
    empty = words_of(client.get(page))
    assert "No place yet" in empty and "Nobody yet" in empty
    key = {"key": str(uuid.uuid4())}
    for _ in range(2):  # sent twice, it is one
        client.post(
            at("place-new", person.pk), {"place": "Main library", "days": ["0", "3"], "hours": "mornings"} | key
        )
    said = {
        "name": "Ruth",
        "how_known": "sister",
        "phone": "415 555 0188",
        "may_say": "manager",
        "agreed_on": "2026-10-19",
    }
    client.post(at("trusted-new", person.pk), said | {"key": str(uuid.uuid4())})
    shown = words_of(client.get(page))
    assert shown.count("Main library") == 2  # the place, and what its link changes
    assert "Mon and Thu, mornings" in shown and "That I am their case manager" in shown and "(415) 555-0188" in shown
    ruth = act(manager, lambda: TrustedPerson.objects.get())
    opened = client.get(at("trusted", ruth.pk)).context["form"]
    changed = {name: opened[name].value() for name in ("name", "how_known", "phone", "agreed_on", "key", "seen")}
    client.post(at("trusted", ruth.pk), changed | {"may_say": "nothing"})
    # Nothing may be said: nobody is tempted to call.
    shown = words_of(client.get(page))
    assert "Nothing, not even that somebody called" in shown and "(415) 555-0188" not in shown
    client.post(at("trusted-remove", ruth.pk))
    client.post(at("place-remove", act(manager, lambda: ReachPlace.objects.get().pk)))
    assert words_of(client.get(page)).count("Nobody yet") == 1
    assert act(manager, lambda: Participant.objects.get().where_to_reach) == ""


def test_what_is_refused_stands_beside_its_field_and_keeps_what_was_typed(sign_in, manager, person):
    client, key = sign_in(manager), {"key": str(uuid.uuid4())}
    page = client.post(at("place-new", person.pk), {"place": "", "note": "ask for Dee"} | key)
    assert page.context["form"].errors["place"] and page.context["form"]["note"].value() == "ask for Dee"
    late = {"name": "Ruth", "may_say": "called", "agreed_on": "2026-10-21"}
    assert client.post(at("trusted-new", person.pk), late | key).context["form"].errors["agreed_on"]
    for wrong in ({"agreed_on": None}, {"may_say": "everything"}, {"name": " "}):
        with pytest.raises(DomainError) as raised:
            trusted(manager, person, **wrong)
        assert raised.value.field in wrong
    for _ in range(MOST):
        placed(manager, person)
    with pytest.raises(DomainError, match="At most"):
        placed(manager, person)


def test_two_pages_do_not_overrule_each_other_unseen(sign_in, manager, person):
    place = placed(manager, person)
    client, address = sign_in(manager), at("place", place.pk)
    opened = {name: client.get(address).context["form"][name].value() for name in ("key", "seen")}
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        client.post(address, opened | {"place": "Eddy Street"})
        late = client.post(address, opened | {"place": "Turk and Hyde"})
        assert "Somebody changed this" in words_of(late) and "As it stands now Eddy Street" in words_of(late)
        again = opened | {"place": "Turk and Hyde", "seen": late.context["form"]["seen"].value()}
        assert client.post(address, again).status_code == 302
    act(manager, lambda: ReachPlace.objects.all().delete())
    with pytest.raises(StaleState, match="took this away"):
        placed(manager, person, key=place.pk, seen=place.saved_at)


def test_places_are_the_teams_and_trusted_people_their_own_case_managers(sign_in, where, manager, person):
    placed(manager, person)
    ruth, other = trusted(manager, person), where.person(Role.CASE_MANAGER, 1)
    assert act(other, lambda: (ReachPlace.objects.count(), TrustedPerson.objects.count())) == (1, 0)
    assert act(where.person(Role.SUPERVISOR), lambda: TrustedPerson.objects.get().name) == "Ruth"
    client = sign_in(other)
    page = words_of(client.get(at("person-reach", person.pk)))
    assert "Main library" in page and "Ruth" not in page and "Nobody yet" not in page
    for name, key in (("trusted", ruth.pk), ("trusted-remove", ruth.pk)):
        assert client.post(at(name, key)).status_code == 404
    assert client.get(at("trusted-new", person.pk))["Location"] == at("person-reach", person.pk)
    with pytest.raises(ProgrammingError, match="row-level security"):
        trusted(other, person)


def test_another_site_and_a_missing_one_answer_alike(world, sign_in, person, manager):
    place, ruth, client = placed(manager, person), trusted(manager, person), sign_in(manager_of(world.b))
    for name, key in (("person-reach", person.pk), ("place-new", person.pk), ("place", place.pk), ("trusted", ruth.pk)):
        assert client.get(at(name, key)).status_code == client.get(at(name, uuid.uuid4())).status_code == 404


def test_the_page_costs_the_same_for_one_and_twelve(sign_in, manager, person):
    client, costs = sign_in(manager), []
    client.get(at("person-reach", person.pk))
    for more in (1, 11):
        for _ in range(more):
            placed(manager, person)
            trusted(manager, person)
        with CaptureQueriesContext(connection) as queries:
            client.get(at("person-reach", person.pk))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
