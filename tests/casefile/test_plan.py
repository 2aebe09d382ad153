"""The plan: in the person's words, looked at in the conversation's order, on paper without anything that could harm."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.casefile.planpaper import named_in
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.plan import LONGEST, Said, Wanted, add_step, answer_step, begin_goal, review_goal, reword_goal
from participants.models import Goal, GoalReview, GoalStep
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import taken
from tests.core.making_papers import png

NOW = datetime(2026, 10, 20, 17, tzinfo=UTC)
WANTED = {"words": "A door that I can lock", "why": "So that I sleep.", "scale": 3}
# What must not stand on a page that somebody else may find.
HARMFUL = ("LEAD", "police", "charge", "case manager", "substance", "drug", "assessment", "diversion", "probation")


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


def begun(by, person, **more) -> Goal:
    return act(by, lambda: begin_goal(participant=person, given=Wanted(**(WANTED | more)), by=by, at=NOW))


def stepped(by, goal, words="Look at the room", who="together", by_when=None) -> GoalStep:
    return act(by, lambda: add_step(goal=goal, words=words, who=who, by_when=by_when, by=by, at=NOW))


def at(name, key):
    return reverse(f"casefile:{name}", args=[key])


def test_a_review_keeps_how_it_stood_and_says_how_it_stands(manager, person):
    goal = begun(manager, person)
    for state, scale in (("active", 5), ("partly", None), ("met", 9)):
        said = Said(state=state, went_well="Slept inside.", was_hard="Used again on Sunday.", scale=scale)
        act(manager, lambda s=said: review_goal(goal=goal, given=s, by=manager, at=NOW))
    held = act(manager, lambda: Goal.objects.get())
    assert (held.state, held.scale) == ("met", 3)  # where they began stays
    assert act(manager, lambda: sorted(GoalReview.objects.values_list("state", "scale"))) == [
        ("active", 5), ("met", 9), ("partly", None),
    ]  # fmt: skip
    with pytest.raises(ProgrammingError, match="permission denied"):
        act(manager, lambda: GoalReview.objects.update(state="active"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"words": " "}, "words"),
        ({"words": "x" * (LONGEST + 1)}, "words"),
        ({"scale": 11}, "scale"),
        ({"domain": "gossip"}, "domain"),
    ],
)
def test_what_is_refused_names_its_field(manager, person, given, field):
    with pytest.raises(DomainError) as raised:
        begun(manager, person, **given)
    assert raised.value.field == field


def test_a_review_without_a_word_is_none(manager, person):
    goal = begun(manager, person)
    with pytest.raises(DomainError) as raised:
        act(manager, lambda: review_goal(goal=goal, given=Said(state="met"), by=manager, at=NOW))
    assert raised.value.field == "went_well"


def test_a_step_is_answered_once(manager, person):
    step = stepped(manager, begun(manager, person))
    act(manager, lambda: answer_step(step=step, state="done", at=NOW))
    with pytest.raises(StaleState, match="Done"):
        act(manager, lambda: answer_step(step=step, state="let_go", at=NOW))


def test_a_tap_on_the_wrong_button_is_taken_back(manager, person, sign_in):
    goal = begun(manager, person)
    step, client = stepped(manager, goal), sign_in(manager)
    client.post(at("step-answer", step.pk), {"state": "let_go"})
    assert "Open it again" in words_of(client.get(at("goal", goal.pk)))
    client.post(at("step-answer", step.pk), {"state": "open"})
    held = act(manager, lambda: GoalStep.objects.get())
    assert (held.state, held.answered_at) == ("open", None)
    with pytest.raises(StaleState, match="To do"):
        act(manager, lambda: answer_step(step=step, state="open", at=NOW))


def test_their_own_scale_keeps_where_it_began_beside_where_it_is(manager, person, sign_in):
    goal, client = begun(manager, person), sign_in(manager)
    assert "3 of 10 as it began" in words_of(client.get(at("goal", goal.pk)))
    client.post(at("goal", goal.pk), {"review": "1", "review-scale": "7", "review-state": "active"})
    assert "3 of 10 as it began; 7 of 10 today, Oct 20" in words_of(client.get(at("goal", goal.pk)))


def test_a_day_that_is_over_is_none_to_come(manager, person, sign_in):
    client, past = sign_in(manager), "2025-10-21"
    sent = client.post(at("goal-new", person.pk), WANTED | {"review_on": past})
    assert "This day is over" in words_of(sent) and past in sent.content.decode()
    goal = begun(manager, person, review_on=NOW.date())
    for given in (
        {"step-words": "Call", "step-who": "person", "step-by_when": past},
        {"review": "1", "review-went_well": "All", "review-state": "active", "review-review_on": past},
    ):
        assert "This day is over" in words_of(client.post(at("goal", goal.pk), given))
    # A day that has come since stands as it is while the words change.
    with time_machine.travel(NOW + timedelta(days=9), tick=False):
        client = sign_in(manager)
        made = client.post(at("goal-edit", goal.pk), WANTED | {"review_on": "2026-10-20"})
        assert made["Location"] == at("goal", goal.pk)
        assert "This day is over" in words_of(client.post(at("goal-edit", goal.pk), WANTED | {"review_on": past}))


def test_a_conversation_does_not_unset_the_day_that_is_still_to_come(manager, person, sign_in):
    goal = begun(manager, person, review_on=(NOW + timedelta(days=9)).date())
    assert 'value="2026-10-29"' in sign_in(manager).get(at("goal", goal.pk)).content.decode()


def test_a_long_story_is_shown_to_its_end(manager, person, sign_in):
    goal = begun(manager, person)
    for number in range(65):
        stepped(manager, goal, words=f"Step {number}.")
    for number in range(25):
        said = Said(state="active", went_well=f"Review {number}.")
        act(manager, lambda s=said: review_goal(goal=goal, given=s, by=manager, at=NOW))
    page = words_of(sign_in(manager).get(at("goal", goal.pk)))
    assert all(f"Step {number}." in page for number in range(65)) and all(f"Review {n}." in page for n in range(25))


def test_only_their_own_case_manager_and_the_supervisors_read_it(where, manager, person):
    goal, colleague = begun(manager, person), where.person(Role.CASE_MANAGER, 1)
    stepped(manager, goal)
    assert act(colleague, lambda: (Goal.objects.count(), GoalStep.objects.count())) == (0, 0)
    assert act(where.person(Role.SUPERVISOR), lambda: Goal.objects.get().words) == WANTED["words"]
    with pytest.raises(DomainError, match="their own case manager"):
        begun(colleague, person)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASE_MANAGER, Role.SUPERVISOR}))
def test_nobody_else_has_any_right(where, manager, person, role):
    begun(manager, person)
    for model in (Goal, GoalStep, GoalReview):
        with pytest.raises(ProgrammingError, match="permission denied"):
            act(where.person(role), lambda m=model: m.objects.count())


def test_the_page_to_keep_holds_their_words_and_nothing_that_could_harm(sign_in, manager, person):
    goal = begun(manager, person, domain="substance_use", measure="My own key")
    stepped(manager, goal, by_when=(NOW + timedelta(days=3)).date())
    stepped(manager, goal, words="Bring the papers", who="manager")
    done = stepped(manager, goal, words="Asked the shelter", who="person")
    act(manager, lambda: answer_step(step=done, state="done", at=NOW))
    page = sign_in(manager).get(at("plan-paper", person.pk)).content.decode()
    sheet = page[page.index("<article") : page.index("</article>")]
    assert WANTED["words"] in sheet and "Look at the room (together), by October 23" in sheet
    assert "Asked the shelter" not in sheet and person.family_name not in sheet
    assert not [word for word in HARMFUL if word.lower() in sheet.lower()]


TELLING = (
    "Stop using heroin", "Stay out of court", "Get my HIV meds", "Leave my husband", "Talk to my LEAD worker",
    "Dejar la heroína", "Ask the public defender", "Get on methadone", "Call ICE about my visa", "See my P.O. about probation",
)  # fmt: skip
HARMLESS = (
    "A door that I can lock", "Find a lead on a room", "Get my ID", "See my daughter on Sundays", "Work three days a week",
    "Use the bus pass", "Repay Ana", "Practice the guitar", "Ice skates for Ana", "Prep meals", "A price list for the van",
)  # fmt: skip


@pytest.mark.parametrize("words", TELLING)
def test_what_a_line_would_tell_is_named(words):
    assert named_in(words)


@pytest.mark.parametrize("words", HARMLESS)
def test_a_harmless_line_is_left_alone(words):
    assert named_in(words) == ()


def test_a_line_that_may_harm_is_left_out_until_it_is_ticked(sign_in, manager, person):
    door, told = begun(manager, person), begun(manager, person, words="Stay out of court")
    step, other = stepped(manager, door, words="Ask my lawyer"), stepped(manager, door, words="Call Ana", who="other")
    client, url = sign_in(manager), at("plan-paper", person.pk)

    def sheet(**given):
        page = client.get(url, given).content.decode()
        return page[page.index("<article") : page.index("</article>")], page

    first, page = sheet()
    assert "A door that I can lock" in first and "Call Ana (somebody else)" in first
    assert "court" not in first and "lawyer" not in first
    assert "Some lines are left out" in page and "It names police or a court." in page
    ticked, page = sheet(ticked="1", line=[str(told.pk), str(door.pk), str(step.pk)])
    assert "Stay out of court" in ticked and "Ask my lawyer" in ticked and "Call Ana" not in ticked
    assert "Some lines are left out" not in page
    assert "Call Ana" not in sheet(ticked="1", line=[str(other.pk)])[0]  # not without its goal
    assert "Nothing yet" in sheet(ticked="1")[0]


def test_the_pages(world, sign_in, manager, person):
    client = sign_in(manager)
    assert "No goal yet" in words_of(client.get(at("plan", person.pk)))
    wrong = client.post(at("goal-new", person.pk), {"words": "", "why": "ليلى 🦊", "scale": "11"})
    assert "in their own words" in words_of(wrong) and wrong.context["form"]["why"].value() == "ليلى 🦊"
    made = client.post(at("goal-new", person.pk), WANTED)["Location"]
    step = {"step-words": "Look at the room", "step-who": "together"}
    assert client.post(made, step)["Location"] == made
    assert "Choose" in words_of(client.post(made, {"step-words": "x", "step-who": "nobody"}))
    review = {"review": "1", "review-went_well": "Slept inside.", "review-state": "partly"}
    assert client.post(made, review)["Location"] == made
    page = words_of(client.get(made))
    assert "Slept inside." in page and "Partly met" in page and "Look at the room" in page
    with CaptureQueriesContext(connection) as caught:
        client.get(made)
    assert sum(1 for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]) <= 12
    key = act(manager, lambda: Goal.objects.get().pk)
    assert client.post(at("goal-edit", key), WANTED | {"words": "My own door"})["Location"] == made
    assert "My own door" in words_of(client.get(at("plan", person.pk)))
    first = act(manager, lambda: GoalStep.objects.get().pk)
    client.post(at("step-answer", first), {"state": "done"})
    assert act(manager, lambda: GoalStep.objects.get().state) == "done"
    stranger = sign_in(world.b.person(Role.CASE_MANAGER))
    for name, one in (
        ("plan", person.pk),
        ("goal", key),
        ("goal-edit", key),
        ("plan-paper", person.pk),
        ("goal", uuid.uuid4()),
    ):
        assert stranger.get(at(name, one)).status_code == 404


def test_put_in_other_words(manager, person):
    goal = begun(manager, person)
    act(manager, lambda: reword_goal(goal=goal, given=Wanted(words="My own door"), today=NOW.date()))
    held = act(manager, lambda: Goal.objects.get())
    assert (held.words, held.why, held.begun_on) == ("My own door", "", goal.begun_on)


def test_of_a_colleagues_person_the_pages_say_whose_it_is_and_keep_what_was_typed(where, person, sign_in):
    client = sign_in(manager_of(where, 1))
    assert client.get(at("goal-new", person.pk))["Location"] == at("plan", person.pk)  # before anything is typed
    for name in ("plan", "files", "legal-aid"):
        said = words_of(client.get(at(name, person.pk)))
        assert "kept by their own case manager" in said and "No goal yet" not in said and "No paper yet" not in said
    sent = client.post(at("goal-new", person.pk), {"words": "A door that I can lock"})
    assert sent.status_code == 200 and "A door that I can lock" in sent.content.decode()
    assert "kept by their own case manager" in words_of(sent)
    paper = SimpleUploadedFile("letter.png", png(), content_type="image/png")
    sent = client.post(at("files", person.pk), {"key": uuid.uuid4(), "kind": "letter", "file": paper})
    assert sent.status_code == 200 and "kept by their own case manager" in words_of(sent)


def test_of_two_open_pages_the_second_is_told_and_loses_nothing(manager, person, sign_in):
    goal, client = begun(manager, person), sign_in(manager)
    url = at("goal-edit", goal.pk)
    shown = client.get(url).content.decode()
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', shown)[1]
    assert client.post(url, {"words": "A room", "why": "To sleep", "seen": seen}).status_code == 302
    late = client.post(url, {"words": "A flat", "seen": seen})
    said, page = words_of(late), late.content.decode()
    assert "Somebody changed this" in said and "To sleep" in said and "A flat" in page
    assert act(manager, lambda: Goal.objects.get().words) == "A room"
    again = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', page)[1]
    assert client.post(url, {"words": "A flat", "seen": again}).status_code == 302
    assert act(manager, lambda: Goal.objects.get().words) == "A flat"
