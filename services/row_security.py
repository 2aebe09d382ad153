"""Who may touch which rows of the directory. Applied after migrate.

Casework and the coordinator of a site read all of its directory; a provider's staff read and keep their own
organisation's. No police, prosecutor, referrer or stakeholder role has any right here.
"""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import (
    ANYTHING,
    DEFINER,
    MEMBERSHIP,
    Policy,
    Rows,
    both,
    definer,
    my_organisation,
    my_site,
)
from participants.row_security import ALIKE
from services.models import Contact, Hours, Location, Provider, Service

MANAGER, SUPERVISOR, COORDINATOR, PROVIDER = Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR, Role.PROVIDER
OPERATOR = Duty.OPERATOR
HERE = my_site()
OURS = both(HERE, "provider_id = any (array(select app.my_provider_ids()))")
READERS = {MANAGER: HERE, SUPERVISOR: HERE, COORDINATOR: HERE, PROVIDER: OURS}
KEEPERS = {COORDINATOR: HERE, PROVIDER: OURS}
BY_ME = f"verified_by_id = {MEMBERSHIP}"

# Search by likeness: trigram operators are not leakproof, so under a policy they could not use their index.
LIKE = r"""select {key}, (greatest(word_similarity(lower(words), s.search_words),
                    case when position(lower(words) in s.search_words) > 0 then 1 else 0 end))::real as score
                from {table} s
                where s.site_id = app.site_id() and (s.search_words operator(public.%>) lower(words)
                  or s.search_words like '%' || regexp_replace(lower(words), '([\\%_])', '\\\1', 'g') || '%')
                  and {also}
                order by 2 desc, 1 limit most"""

FUNCTIONS = [
    definer(
        "my_provider_ids()",
        returns="setof uuid",
        body="""select p.id from services_provider p
                where p.organisation_id = app.organisation_id() and p.site_id = app.site_id()""",
        to=[PROVIDER],
    ),
    definer(
        "services_like(words text, most int)",
        returns="table (id uuid, score real)",
        body=LIKE.format(key="s.id", table="services_service", also="s.is_listed"),
        to=[MANAGER, SUPERVISOR, COORDINATOR],
    ),
    # Places that one can be near to: hidden ones have no coordinates and no words.
    definer(
        "locations_like(words text, most int)",
        returns="table (id uuid, score real)",
        body=LIKE.format(key="s.id", table="services_location", also="s.latitude is not null"),
        to=[MANAGER, SUPERVISOR, COORDINATOR],
    ),
    ALIKE.format("services_like(text, int)"),
    ALIKE.format("locations_like(text, int)"),
]

VERIFYING = ("capacity", "capacity_at", "verified_at", "verified_by_id")
EDITING = (
    "name", "description", "needs", "eligibility", "how_to_apply", "fees", "notes", "hours_in_words", "languages",
    "is_confidential", "is_listed", "edited_at", "search_words", *VERIFYING,
)  # fmt: skip
PLACE = (
    "name", "address", "city", "postal_code", "neighborhood", "latitude", "longitude", "access_notes", "is_hidden",
    "search_words",
)  # fmt: skip

POLICIES = [
    Policy(
        Provider,
        select={
            MANAGER: HERE, SUPERVISOR: HERE, COORDINATOR: HERE, PROVIDER: both(HERE, my_organisation()),
            OPERATOR: ANYTHING, DEFINER: ANYTHING,
        },
        insert={COORDINATOR: HERE, OPERATOR: ANYTHING},
        # Whose staff answer for a provider is the coordinator's word.
        update={
            COORDINATOR: Rows(
                HERE, columns=("name", "description", "website", "organisation_id", "linked_at", "linked_by_id")
            ),
            OPERATOR: ANYTHING,
        },
        audited=("organisation_id", "linked_at", "linked_by_id", "source_key"),
    ),
    Policy(
        Service,
        select=READERS | {OPERATOR: ANYTHING, DEFINER: ANYTHING},
        insert=KEEPERS | {OPERATOR: ANYTHING},
        update={
            MANAGER: Rows(HERE, columns=VERIFYING, check=both(HERE, BY_ME)),
            SUPERVISOR: Rows(HERE, columns=VERIFYING, check=both(HERE, BY_ME)),
            COORDINATOR: Rows(HERE, columns=EDITING),
            PROVIDER: Rows(OURS, columns=EDITING),
            OPERATOR: ANYTHING,
        },
        audited=("provider_id", "needs", "capacity", "is_confidential", "is_listed", "verified_at", "verified_by_id"),
    ),
    Policy(
        Location,
        select=READERS | {OPERATOR: ANYTHING, DEFINER: ANYTHING},
        insert=KEEPERS | {OPERATOR: ANYTHING},
        update={role: Rows(rows, columns=PLACE) for role, rows in KEEPERS.items()} | {OPERATOR: ANYTHING},
        delete=KEEPERS | {OPERATOR: ANYTHING},
        audited=("service_id", "is_hidden"),
    ),
    Policy(
        Contact,
        select=READERS | {OPERATOR: ANYTHING},
        insert=KEEPERS | {OPERATOR: ANYTHING},
        update={OPERATOR: ANYTHING},
        delete=KEEPERS | {OPERATOR: ANYTHING},
        audited=("provider_id", "service_id"),
    ),
    Policy(
        Hours,
        select=READERS | {OPERATOR: ANYTHING},
        insert=KEEPERS | {OPERATOR: ANYTHING},
        update={OPERATOR: ANYTHING},
        delete=KEEPERS | {OPERATOR: ANYTHING},
        audited=("service_id", "weekday", "opens", "closes", "valid_from", "valid_to"),
    ),
]  # fmt: skip
