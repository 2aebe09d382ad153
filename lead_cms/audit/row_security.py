"""Everyone may add to the audit in their own name; nobody may change it; an auditor may read their site's deeds."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import APP, DEFINER, MEMBERSHIP, SITE, USER, Policy, both, either, my_site
from lead_cms.audit.models import AuditEvent, RowChange

IN_MY_NAME = both(
    f"user_id is not distinct from {USER}",
    f"membership_id is not distinct from {MEMBERSHIP}",
    f"site_id is not distinct from {SITE}",
    "request_id = (select app.request_id())",
)

# Signing in belongs to no site yet: the auditor of each site that the sign-in opens reads it.
SIGN_INS = both("site_id is null", "membership_id is null", "user_id = any (array(select app.site_user_ids()))")

POLICIES = [
    Policy(
        AuditEvent,
        select={Role.AUDITOR: either(my_site(), SIGN_INS)},
        insert={actor: IN_MY_NAME for actor in [*Role, *Duty, APP]},
        audit=False,
    ),
    # The trigger function's owner writes; nobody reads or writes it any other way.
    Policy(RowChange, insert={DEFINER: "true"}, audit=False),
]
