"""What is sent to where nothing is, or is not any more, stands on the page again; whether anything is there is not told."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.urls import reverse

from lead_cms.access.permissions import Role
from participants.actions.plan import Wanted, begin_goal
from referrals.actions.assigning import assign
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import fresh, taken

NOW = datetime(2026, 10, 20, 17, tzinfo=UTC)
STEP = {"step-words": "Look at the room\non <b>Friday</b>", "step-who": "together", "step-key": str(uuid4())}


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def by(where):
    return manager_of(where)


@pytest.fixture
def goal(where, by):
    person = linked(where, taken(where))
    return act(by, lambda: begin_goal(participant=person, given=Wanted(words="A door"), by=by, at=NOW))


def handed_on(where, goal):
    """A supervisor gives the case to a colleague while the page is open."""
    supervisor, to = where.person(Role.SUPERVISOR), manager_of(where, 1)

    def give():
        referral = fresh(goal.participant).caseworks.get().referral
        assign(referral=referral, to=to, by=supervisor, at=NOW, why="share")

    act(supervisor, give)


def at(name, key):
    return reverse(f"casefile:{name}", args=[key])


def test_a_step_typed_while_the_case_went_to_somebody_else_can_be_copied(where, sign_in, by, goal):
    client = sign_in(by)
    assert client.get(at("goal", goal.pk)).status_code == 200
    handed_on(where, goal)
    sent = client.post(at("goal", goal.pk), STEP)
    assert sent.status_code == 404 and "Not saved" in words_of(sent)
    page = sent.content.decode()
    assert "Words Look at the room" in words_of(sent)
    assert "Look at the room\non &lt;b&gt;Friday&lt;/b&gt;" in page and STEP["step-key"] not in page
    assert goal.participant.given_name not in page and goal.words not in page


def test_whether_anything_is_there_is_not_told(where, world, sign_in, by, goal):
    handed_on(where, goal)
    client = sign_in(by)
    said = [words_of(client.post(at("goal", key), STEP)) for key in (goal.pk, uuid4())]
    said += [words_of(sign_in(manager_of(world.b)).post(at("goal", goal.pk), STEP)).replace(world.b.site.name, "")]
    assert said[0] == said[1] and "Look at the room" in said[2]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("goal-new", {"words": "To see my daughter"}),
        ("appointment", {"place": "The diner", "on_0": "2026-10-22"}),
        ("person-edit", {"given_name": "Old tab", "language": "en"}),
        ("seen", {"place": "Behind the library", "seen_at_0": "2026-10-19", "seen_at_1": "16:40"}),
    ],
)
def test_so_on_every_page_of_casework(sign_in, by, name, typed):
    sent = sign_in(by).post(at(name, uuid4()), typed)
    assert sent.status_code == 404
    assert all(value in words_of(sent) for value in typed.values())


def test_where_nothing_was_typed_there_is_nothing(where, sign_in, by):
    assert "There is nothing here for you" in words_of(sign_in(by).get(at("goal", uuid4())))
    assert "There is nothing here for you" in words_of(sign_in(by).post(at("goal", uuid4()), {"key": str(uuid4())}))
    # An officer has nothing to copy here, and is told so.
    assert sign_in(where.person(Role.OFFICER)).post(at("goal", uuid4()), STEP).status_code == 403
