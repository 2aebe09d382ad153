"""What is kept for some days only: where somebody was last seen, a line to the next shift. Then the worker erases it."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import Policy, Rows, both, mine, my_site
from participants.models import LastSeen, ShiftLine
from participants.row_security.opening import MAY_SEE, OPEN_PERSON

MANAGER, SUPERVISOR = Role.CASE_MANAGER, Role.SUPERVISOR
# Asked of the clock itself: in the second it is over, also in the midst of a long transaction.
STANDS, IS_OVER = "expires_at > clock_timestamp()", "expires_at <= clock_timestamp()"
SEEN = {MANAGER: both(my_site(), OPEN_PERSON, STANDS), SUPERVISOR: both(my_site(), STANDS)}
KEPT = {MANAGER: both(my_site(), MAY_SEE, STANDS), SUPERVISOR: both(my_site(), STANDS)}

POLICIES = [
    Policy(
        LastSeen,
        # The worker reads no place: which rows are over, by their keys.
        select=SEEN | {Duty.SCHEDULER: Rows(IS_OVER, columns=("id", "expires_at"))},
        insert={role: both(rows, mine("recorded_by_id")) for role, rows in KEPT.items()},
        # Whoever of the team sees them next, or is told not to keep it; never altered.
        delete=SEEN | {Duty.SCHEDULER: IS_OVER},
        audited=("site_id", "participant_id", "expires_at", "recorded_by_id"),
    ),
    Policy(
        ShiftLine,
        select={role: both(my_site(), STANDS) for role in SEEN}
        | {Duty.SCHEDULER: Rows(IS_OVER, columns=("id", "expires_at"))},
        insert={role: both(my_site(), STANDS, mine("written_by_id")) for role in SEEN},
        delete={
            MANAGER: both(my_site(), STANDS, mine("written_by_id")),
            SUPERVISOR: both(my_site(), STANDS),
            Duty.SCHEDULER: IS_OVER,
        },
        audited=("site_id", "written_by_id", "expires_at"),
    ),
]
