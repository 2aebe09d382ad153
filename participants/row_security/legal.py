"""Who may touch what is known of courts and arrests: casework of the site, and no police or prosecutor role at all."""

from lead_cms.access.permissions import Role
from lead_cms.access.row_security import Policy, Rows, both, mine, my_site
from participants.enums import COURT_TOLD
from participants.models import LegalEvent
from participants.row_security.legal_aid import MY_PEOPLE
from participants.row_security.opening import MAY_SEE, OPEN_PERSON

TOLD = ("id", "site_id", "participant_id", "kind", '"on"', "at_time", "place", "cause_number", "state")
ANSWER = ("state", "answered_at", "told_on", "told_others")

POLICIES = [
    Policy(
        LegalEvent,
        select={
            Role.CASE_MANAGER: both(my_site(), OPEN_PERSON),
            Role.SUPERVISOR: my_site(),
            # What the person said yes to telling: court dates and warrants, and nothing of who wrote them down.
            Role.LEGAL_AID: Rows(both(my_site(), MY_PEOPLE, f"kind = any (array{list(COURT_TOLD)})"), columns=TOLD),
        },
        insert={
            Role.CASE_MANAGER: both(my_site(), MAY_SEE, mine("recorded_by_id")),
            Role.SUPERVISOR: both(my_site(), mine("recorded_by_id")),
        },
        # How it went and whether the person knows; what was written of it stays.
        update={
            Role.CASE_MANAGER: Rows(both(my_site(), OPEN_PERSON), columns=ANSWER),
            Role.SUPERVISOR: Rows(my_site(), columns=ANSWER),
        },
        audited=("site_id", "participant_id", "answered_at", "recorded_by_id"),
    ),
]
