"""Who may touch which rows of the reports, and the functions that count what the asking role may not read one by one.

A count function looks with `lead_definer`'s eyes at the asker's own site, leaves restricted and sealed records out for
whoever asks, and gives numbers without persons (docs/reports.md).
"""

import re
from types import ModuleType

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, definer, mine, my_site
from lead_cms.reports.measures import caseload, clock, equity, funnel, handoff, months, needs, profile
from lead_cms.reports.models import GettingAlong, LeftFigures, PublishedReport, SuppliedCount, SuppliedFile
from participants.row_security.opening import MAY_SEE, OPEN_PERSON

HERE = my_site()
COORDINATOR, SUPERVISOR, MANAGER = Role.COORDINATOR, Role.SUPERVISOR, Role.CASE_MANAGER
ASKERS = [COORDINATOR, SUPERVISOR, Duty.OPERATOR]


def counting(measure: ModuleType) -> list[str]:
    """A count, planned anew for the period that is asked for.

    A plan for any period takes next to nothing to lie in it, and reads the rows of a year one by one. A function in plain
    SQL could not be told: before PostgreSQL 18 it knows no other plan.
    """
    body = f"#variable_conflict use_column\nbegin return query {measure.BODY}; end"
    types = re.sub(r"\bp_\w+ ", "", measure.SIGNATURE)
    return [
        definer(measure.SIGNATURE, returns=measure.RETURNS, body=body, to=ASKERS, language="plpgsql"),
        f"alter function app.{types} set plan_cache_mode = force_custom_plan",
    ]


FUNCTIONS = [
    sql for measure in (funnel, clock, equity, handoff, months, needs, profile, caseload) for sql in counting(measure)
]

POLICIES = [
    Policy(
        SuppliedFile,
        select={COORDINATOR: HERE, SUPERVISOR: HERE, Duty.OPERATOR: ANYTHING},
        insert={COORDINATOR: HERE, Duty.OPERATOR: ANYTHING},
        audited=("site_id", "agency_id", "version", "content_hash", "good_rows", "bad_rows"),
    ),
    Policy(
        SuppliedCount,
        select={COORDINATOR: HERE, SUPERVISOR: HERE, Duty.OPERATOR: ANYTHING},
        insert={COORDINATOR: HERE, Duty.OPERATOR: ANYTHING},
        audit=False,  # numbers that name nobody; who brought which file is a deed and a row of its own
    ),
    Policy(
        PublishedReport,
        select={COORDINATOR: HERE, Role.STAKEHOLDER: both(HERE, "withdrawn_at is null")},
        insert={COORDINATOR: both(HERE, mine("published_by_id"))},
        # Frozen: nothing of it is ever written again but that it is withdrawn.
        update={
            COORDINATOR: Rows(
                both(HERE, "withdrawn_at is null"),
                columns=("withdrawn_at", "withdrawn_by_id"),
                check=both(HERE, mine("withdrawn_by_id")),
            )
        },
        audited=("site_id", "report", "begins_on", "ends_on", "published_by_id", "withdrawn_at", "withdrawn_by_id"),
    ),
    Policy(
        # Who exports reads what left before; nobody alters it.
        LeftFigures,
        select={COORDINATOR: HERE, SUPERVISOR: HERE, Duty.OPERATOR: ANYTHING},
        insert={
            COORDINATOR: both(HERE, mine("exported_by_id")),
            SUPERVISOR: both(HERE, mine("exported_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        audited=("site_id", "report", "begins_on", "ends_on", "is_published", "exported_by_id"),
    ),
    Policy(
        GettingAlong,
        select={MANAGER: both(HERE, OPEN_PERSON), SUPERVISOR: HERE, DEFINER: ANYTHING},
        insert={
            MANAGER: both(HERE, MAY_SEE, mine("noted_by_id")),
            SUPERVISOR: both(HERE, mine("noted_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        update={
            MANAGER: Rows(both(HERE, OPEN_PERSON), columns=("ended_on",)),
            SUPERVISOR: Rows(HERE, columns=("ended_on",)),
        },
        audited=("participant_id", "noted_at"),
    ),
]
