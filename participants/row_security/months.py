"""Who may touch the monthly picture: the person's own case manager, whoever the record was opened to, the supervisors."""

from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, mine
from participants.models import PersonMonth
from participants.row_security.plan import KEPT, SEEN

# Of a month in which the person took part, or of the one before, which later ones are measured against. Whose door is open
# only does not take part.
TOOK_PART = (
    "exists (select 1 from participants_participation s where s.participant_id = participants_personmonth.participant_id "
    "and s.state <> 'door_open' and s.began_on < participants_personmonth.month + interval '2 months' "
    "and (s.ended_on is null or s.ended_on >= participants_personmonth.month) offset 0)"
)
NEWEST = "superseded_at is null"
SUPERSEDED = ("superseded_at", "superseded_by_id")

POLICIES = [
    Policy(
        PersonMonth,
        select=SEEN | {DEFINER: ANYTHING},
        insert={role: both(rows, mine("confirmed_by_id"), NEWEST, TOOK_PART) for role, rows in KEPT.items()}
        | {Duty.OPERATOR: ANYTHING},
        # What was confirmed is never written again, only put behind what takes its place.
        update={
            role: Rows(both(rows, NEWEST), columns=SUPERSEDED, check=both(rows, mine("superseded_by_id")))
            for role, rows in SEEN.items()
        },
        audited=("site_id", "participant_id", "month", "confirmed_at", "confirmed_by_id", "superseded_at", "superseded_by_id"),
    ),
]  # fmt: skip
