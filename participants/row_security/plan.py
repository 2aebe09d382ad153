"""Who may touch a person's plan: their own case manager, whoever their record was opened to, and the supervisors."""

from lead_cms.access.permissions import Role
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, mine, my_site
from participants.models import Goal, GoalReview, GoalStep
from participants.row_security.opening import IN_FULL, MAY_SEE, OPEN_PERSON

MANAGER, SUPERVISOR = Role.CASE_MANAGER, Role.SUPERVISOR
SEEN = {MANAGER: both(my_site(), OPEN_PERSON, IN_FULL), SUPERVISOR: my_site()}
KEPT = {MANAGER: both(my_site(), MAY_SEE, IN_FULL), SUPERVISOR: my_site()}


def of_its_goal(table: str) -> str:
    """Of a goal of the same person, asked by its key."""
    # ruff: noqa: S608  tables are ours
    return (
        f"exists (select 1 from participants_goal g where g.id = {table}.goal_id "
        f"and g.participant_id = {table}.participant_id offset 0)"
    )


def written(by: str, *more: str) -> dict:
    return {role: both(rows, mine(by), *more) for role, rows in KEPT.items()}


def changed(*columns: str) -> dict:
    return {role: Rows(rows, columns=columns) for role, rows in SEEN.items()}


POLICIES = [
    Policy(
        Goal,
        select=SEEN | {DEFINER: ANYTHING},
        insert=written("recorded_by_id"),
        # In the person's words as they are now; each review keeps how it stood.
        update=changed("words", "why", "measure", "baseline", "domain", "scale", "state", "review_on"),
        audited=("site_id", "participant_id", "recorded_by_id"),
    ),
    Policy(
        GoalStep,
        select=SEEN,
        insert=written("recorded_by_id", of_its_goal("participants_goalstep")),
        update=changed("state", "answered_at"),
        audited=("site_id", "goal_id", "participant_id", "answered_at"),
    ),
    Policy(
        GoalReview,
        select=SEEN,
        insert=written("reviewed_by_id", of_its_goal("participants_goalreview")),
        audited=("site_id", "goal_id", "participant_id", "reviewed_by_id"),
    ),
]
