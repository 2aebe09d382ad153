"""What a page writes is written once, however often it is sent; whoever goes Back and types something else loses nothing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from participants.actions.plan import Wanted, begin_goal
from participants.models import ContactNote, Goal, GoalReview, GoalStep, LegalEvent, NoteAddendum
from services.models import ServiceGap
from tests.casefile.person_making import act, linked, manager_of
from tests.casefile.working import fresh, taken
from tests.referrals.test_standing import NOW, noted

HEARING = {"kind": "hearing", "on": f"{NOW + timedelta(days=40):%Y-%m-%d}", "source": "paper", "told": "yes"}


@pytest.fixture
def by(world):
    return manager_of(world.a)


@pytest.fixture
def person(world):
    return linked(world.a, taken(world.a))


def goal_of(by, person) -> Goal:
    return act(by, lambda: begin_goal(participant=fresh(person), given=Wanted(words="A door"), by=by, at=NOW))


def note_of(by, person) -> ContactNote:
    noted(by, person, at=NOW)
    return act(by, lambda: ContactNote.objects.get(participant=person))


PAGES = {
    "goal": (Goal, lambda by, who: reverse("casefile:goal-new", args=[who.pk]), "key", {"words": "A bed"}, "words"),
    "step": (
        GoalStep, lambda by, who: reverse("casefile:goal", args=[goal_of(by, who).pk]), "step-key",
        {"step-words": "Go there", "step-who": "together"}, "step-words",
    ),
    "review": (
        GoalReview, lambda by, who: reverse("casefile:goal", args=[goal_of(by, who).pk]), "review-key",
        {"review": "1", "review-state": "active", "review-went_well": "Slept"}, "review-went_well",
    ),
    "court": (LegalEvent, lambda by, who: reverse("casefile:court", args=[who.pk]), "key", HEARING, "place"),
    "addition": (
        NoteAddendum, lambda by, who: reverse("casefile:note", args=[note_of(by, who).pk]), "key", {"text": "More"},
        "text",
    ),
    "gap": (
        ServiceGap, lambda by, who: reverse("services:gap", args=[who.pk]), "key", {"need": "housing", "reason": "full"},
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_sent_twice_it_is_one_and_other_words_are_another(by, person, sign_in, page):
    model, address, name, given, words = PAGES[page]
    url, client = address(by, person), sign_in(by)
    shown = client.get(url).content.decode()
    key = re.search(rf'name="{name}"[^>]*value="([0-9a-f-]+)"', shown)[1]
    before = act(by, model.objects.count)
    for _ in range(2):
        assert client.post(url, given | {name: key}).status_code == 302
    assert act(by, model.objects.count) == before + 1
    if words:
        assert client.post(url, given | {name: key, words: "Something else"}).status_code == 302
        assert act(by, model.objects.count) == before + 2
