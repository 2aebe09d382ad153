"""Everyone at a site may read its rules, nobody changes a version, and only the rules command writes one."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, Policy, my_site
from lead_cms.programs.models import RuleSet

POLICIES = [
    Policy(
        RuleSet,
        select={role: my_site() for role in Role} | {Duty.OPERATOR: ANYTHING, Duty.SCHEDULER: ANYTHING},
        insert={Duty.OPERATOR: ANYTHING},
        audited=("site_id", "version", "effective_from", "document_hash"),
    ),
]
