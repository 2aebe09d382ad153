"""The plan: goals begun and put in other words, steps, and reviews in the conversation's order.

API
    begin_goal(participant=, given=Wanted(...), by=, at=) -> Goal
    reword_goal(goal=, given=Wanted(...), today=, seen=)
    add_step(goal=, words=, who=, by_when=, by=, at=) -> GoalStep
    answer_step(step=, state=, at=)                                 done or let go, or open again
    review_goal(goal=, given=Said(...), by=, at=) -> GoalReview     also sets how the goal stands now
The scale of a goal is where they were when it was begun; where they are since then stands in its reviews.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from lead_cms.core.seen import refuse_if_changed
from participants.actions.holding import hold_person
from participants.actions.once import keyed, written_once
from participants.actions.reach import refuse_unless_in_full
from participants.enums import NOTE_DOMAINS, GoalState, StepState, StepWho
from participants.models import Goal, GoalReview, GoalStep, Participant
from participants.models.plan import MOST_ON_SCALE

LONGEST = 600
SAID = ("went_well", "was_hard", "what_next", "scale", "state")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A goal as the person says it. `scale` is 0 to 10, or None where they would rather not."""

    words: str
    why: str = ""
    measure: str = ""
    baseline: str = ""
    domain: str = ""
    scale: int | None = None
    review_on: date | None = None


WANTED = tuple(one.name for one in fields(Wanted))


@dataclass(frozen=True, kw_only=True)
class Said:
    """What they say of it when it is looked at again."""

    state: str
    went_well: str = ""
    was_hard: str = ""
    what_next: str = ""
    scale: int | None = None
    review_on: date | None = None


@transaction.atomic
def begin_goal(
    *, participant: Participant, given: Wanted, by: Membership, at: datetime, key: UUID | None = None
) -> Goal:
    """Begin it today. Raises DomainError beside its field. The same key again is the same goal."""
    _check(given)
    today = at.astimezone(by.site.tz).date()
    _check_day(given.review_on, today, "review_on")
    refuse_unless_in_full(participant=participant, by=by)
    goal = Goal(
        **keyed(key), site_id=participant.site_id, participant=participant, begun_on=today, recorded_at=at,
        recorded_by=by, **vars(given),
    )  # fmt: skip
    if written_once(goal, "words"):
        record(AuditAction.GOAL_BEGUN, target=goal)
    return goal


@transaction.atomic
def reword_goal(*, goal: Goal, given: Wanted, today: date, seen: str = "") -> None:
    """In their words as they are now. StaleState when it no longer reads as the page showed it (`seen`)."""
    _check(given)
    held = still_there(Goal.objects.select_for_update(), pk=goal.pk)
    refuse_if_changed(held, WANTED, seen)
    if given.review_on != held.review_on:
        _check_day(given.review_on, today, "review_on")
    for name, value in vars(given).items():
        setattr(held, name, value)
    held.save(update_fields=list(vars(given)))
    record(AuditAction.GOAL_CHANGED, target=held)


@transaction.atomic
def add_step(
    *, goal: Goal, words: str, who: str, by_when: date | None, by: Membership, at: datetime, key: UUID | None = None
) -> GoalStep:
    if not words.strip():
        raise DomainError("Write the step down.", field="words")
    if len(words) > LONGEST:
        raise DomainError(f"At most {LONGEST} characters fit.", field="words")
    if who not in StepWho.values:
        raise DomainError("Say who does it.", field="who")
    _check_day(by_when, at.astimezone(by.site.tz).date(), "by_when")
    step = GoalStep(
        **keyed(key), site_id=goal.site_id, goal=goal, participant_id=goal.participant_id, words=words, who=who, by_when=by_when,
        recorded_at=at, recorded_by=by,
    )  # fmt: skip
    written_once(step, "words", "who", "by_when")
    return step


@transaction.atomic
def answer_step(*, step: GoalStep, state: str, at: datetime) -> None:
    """Done, or let go, or open again after a slip of the finger; nothing happens to anybody when a step stays open."""
    if state not in StepState.values:
        raise DomainError("Say whether it is done or let go.")
    held = still_there(GoalStep.objects.select_for_update(), pk=step.pk)
    if (held.state == StepState.OPEN) == (state == StepState.OPEN):
        raise StaleState(f"This step reads “{held.get_state_display()}” already.")
    held.state, held.answered_at = state, None if state == StepState.OPEN else at
    held.save(update_fields=["state", "answered_at"])


@transaction.atomic
def review_goal(*, goal: Goal, given: Said, by: Membership, at: datetime, key: UUID | None = None) -> GoalReview:
    """Keep what was said, and how the goal stands from now on."""
    if given.state not in GoalState.values:
        raise DomainError("Say how it stands.", field="state")
    if not any((given.went_well, given.was_hard, given.what_next)) and given.scale is None:
        raise DomainError("Write down what they say: what went well comes first.", field="went_well")
    _check_scale(given.scale)
    _check_day(given.review_on, at.astimezone(by.site.tz).date(), "review_on")
    for name in SAID[:3]:
        _check_length(getattr(given, name), name)
    hold_person(goal.participant)
    held = still_there(Goal.objects.select_for_update(), pk=goal.pk)
    review = GoalReview(
        **keyed(key), site_id=held.site_id, goal=held, participant_id=held.participant_id, went_well=given.went_well,
        was_hard=given.was_hard, what_next=given.what_next, scale=given.scale, state=given.state, reviewed_at=at,
        reviewed_by=by,
    )  # fmt: skip
    if not written_once(review, *SAID, author="reviewed_by_id"):
        return review
    held.state, held.review_on = given.state, given.review_on
    held.save(update_fields=["state", "review_on"])
    record(AuditAction.GOAL_REVIEWED, target=held)
    return review


def _check(given: Wanted) -> None:
    if not given.words.strip():
        raise DomainError("Write down what they want, in their own words.", field="words")
    if given.domain and given.domain not in NOTE_DOMAINS:
        raise DomainError("Choose what it is about.", field="domain")
    _check_scale(given.scale)
    for name in ("words", "why", "measure", "baseline"):
        _check_length(getattr(given, name), name)


def _check_scale(scale: int | None) -> None:
    if scale is not None and not 0 <= scale <= MOST_ON_SCALE:
        raise DomainError(f"The scale goes from 0 to {MOST_ON_SCALE}.", field="scale")


def _check_day(day: date | None, today: date, field: str) -> None:
    """A day to come; of a slip in the year nobody would hear."""
    if day is not None and day < today:
        raise DomainError("This day is over. Enter today or a day to come.", field=field)


def _check_length(text: str, field: str) -> None:
    if len(text) > LONGEST:
        raise DomainError(f"At most {LONGEST} characters fit.", field=field)
