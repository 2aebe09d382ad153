"""Records that name nobody."""

from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, Policy
from referrals import models
from referrals.row_security.shared import (
    COORDINATOR,
    HERE,
    LIAISON,
    OFFICER,
)

POLICIES = [
    Policy(
        models.IncidentRecord,
        select={role: HERE for role in (OFFICER, LIAISON, COORDINATOR)} | {Duty.OPERATOR: ANYTHING},
        insert={Duty.OPERATOR: ANYTHING},
        audit=False,  # published records that name nobody; who imported which file is a deed of its own
    ),
    Policy(
        models.UnderageCount,
        select={COORDINATOR: HERE},
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        audit=False,  # date, precinct and door are all that is kept, in the audit as well
    ),
]
