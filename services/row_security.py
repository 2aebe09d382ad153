"""Who may touch which rows of the directory, and of what is asked of its services. Applied after migrate.

Casework and the coordinator of a site read all of its directory; a provider's staff read and keep their own
organisation's. No police, prosecutor, referrer or stakeholder role has any right here. Of what it is asked a provider sees
code and need; the person and each line about them only while the person's consent opens that class to it.
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
    either,
    mine,
    my_organisation,
    my_site,
)
from participants.row_security import likeness_settings
from participants.row_security.opening import MAY_SEE, OPEN_PERSON
from services.models import (
    AskedPerson,
    Contact,
    Hours,
    Location,
    Provider,
    Service,
    ServiceGap,
    ServiceReferral,
    SharedFact,
)

MANAGER, SUPERVISOR, COORDINATOR, PROVIDER = Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR, Role.PROVIDER
OPERATOR = Duty.OPERATOR
HERE = my_site()
OURS = both(HERE, "provider_id = any (array(select app.my_provider_ids()))")
READERS = {MANAGER: HERE, SUPERVISOR: HERE, COORDINATOR: HERE, PROVIDER: OURS}
KEEPERS = {COORDINATOR: HERE, PROVIDER: OURS}
BY_ME = f"verified_by_id = {MEMBERSHIP}"

# Search by likeness: trigram operators are not leakproof, so under a policy they could not use their index. What holds the
# very words comes first, and when that fills a page nothing else is looked for: to compare a long text costs a hundred times
# what finding it costs.
LIKE = r"""#variable_conflict use_column
declare
  wanted text := lower(words);
  part text := '%' || regexp_replace(lower(words), '([\\%_])', '\\\1', 'g') || '%';
  found_so_far int;
begin
  return query select s.id, 1::real from {table} s
    where s.site_id = (select app.site_id()) and s.search_words like part and {also} order by s.id limit most;
  get diagnostics found_so_far = row_count;
  if found_so_far < least(most, 25) then
    return query select s.id, word_similarity(wanted, s.search_words) from {table} s
      where s.site_id = (select app.site_id()) and s.search_words operator(public.%>) wanted and s.search_words not like part
        and {also} order by 2 desc, 1 limit most - found_so_far;
  end if;
end"""

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
        body=LIKE.format(table="services_service", also="s.is_listed"),
        language="plpgsql",
        to=[MANAGER, SUPERVISOR, COORDINATOR],
    ),
    definer(
        "asked_by_me(asked uuid)",
        returns="boolean",
        body="""select exists (select 1 from services_servicereferral r
                where r.id = asked and r.asked_by_id = app.membership_id())""",
        to=[MANAGER, SUPERVISOR],
    ),
    # Places that one can be near to: hidden ones have no coordinates and no words.
    definer(
        "locations_like(words text, most int)",
        returns="table (id uuid, score real)",
        body=LIKE.format(table="services_location", also="s.latitude is not null"),
        language="plpgsql",
        to=[MANAGER, SUPERVISOR, COORDINATOR],
    ),
    *likeness_settings("services_like(text, int)"),
    *likeness_settings("locations_like(text, int)"),
    # A plan for any words could not know how many rows hold them.
    *(
        f"alter function app.{name}(text, int) set plan_cache_mode = force_custom_plan"
        for name in ("services_like", "locations_like")
    ),
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

# Asked of the one row at hand, by its key ("offset 0": never hashed over every row of the site).
ABOUT_SOMEBODY_I_SEE = (
    "exists (select 1 from services_askedperson a where a.referral_id = services_servicereferral.id offset 0)"
)
# By a function: through the table, each of the two policies would ask the other for ever.
ASKED_BY_ME = "app.asked_by_me(referral_id)"
# It goes to the staff that the coordinator linked to the service's provider, or to nobody who signs in.
AS_LINKED = (
    "exists (select 1 from services_service s join services_provider p on p.id = s.provider_id "
    "where s.id = services_servicereferral.service_id and p.id = services_servicereferral.provider_id "
    "and p.organisation_id is not distinct from services_servicereferral.organisation_id offset 0)"
)


def covered(table: str, information_class: str) -> str:
    """A signed cell of this person for this organisation stands; whether it still does is asked again at every reading."""
    return (
        "exists (select 1 from participants_consentcell c join participants_consent k on k.id = c.consent_id "  # noqa: S608
        f"where c.participant_id = {table}.participant_id and c.organisation_id = {table}.organisation_id "
        f"and c.information_class = {information_class} and c.revoked_at is null and k.signed_at is not null "
        "and k.revoked_at is null and k.superseded_at is null and (k.ends_at is null or k.ends_at > clock_timestamp()) "
        "offset 0)"
    )


ENROLLED = covered("services_askedperson", "'enrolment'")
COVERED = covered("services_sharedfact", "services_sharedfact.information_class")
ANSWERING = (
    "status", "status_changed_at", "answered_at", "answered_by_id", "decline_reason", "result", "appointment_at",
    "attended_on", "ended_on",
)  # fmt: skip
SCHEDULER = Duty.SCHEDULER

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
    Policy(
        ServiceReferral,
        select={
            MANAGER: both(HERE, either(mine("asked_by_id"), ABOUT_SOMEBODY_I_SEE)),
            SUPERVISOR: HERE,
            PROVIDER: both(HERE, my_organisation()),
            SCHEDULER: Rows(
                ANYTHING, columns=("id", "site_id", "organisation_id", "status", "remind_at", "reminded_at", "asked_by_id")
            ),
            OPERATOR: ANYTHING,
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(HERE, mine("asked_by_id"), AS_LINKED),
            SUPERVISOR: both(HERE, mine("asked_by_id"), AS_LINKED),
            OPERATOR: ANYTHING,
        },
        update={
            MANAGER: Rows(both(HERE, either(mine("asked_by_id"), ABOUT_SOMEBODY_I_SEE)), columns=ANSWERING),
            SUPERVISOR: Rows(HERE, columns=ANSWERING),
            PROVIDER: Rows(both(HERE, my_organisation()), columns=ANSWERING),
            SCHEDULER: Rows(ANYTHING, columns=("reminded_at",)),
        },
        audited=(
            "service_id", "organisation_id", "need", "method", "names_person", "asked_by_id", "status", "reminded_at",
            "answered_at", "answered_by_id", "decline_reason", "result", "appointment_at", "attended_on", "ended_on",
        ),
    ),
    Policy(
        AskedPerson,
        select={
            MANAGER: both(HERE, OPEN_PERSON),
            SUPERVISOR: HERE,
            PROVIDER: Rows(
                both(HERE, my_organisation(), "app.consented(app.hung_on(id, participant_id), 'enrolment')"),
                columns=("id", "site_id", "referral_id", "participant_id", "organisation_id"),
            ),
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(HERE, MAY_SEE, ASKED_BY_ME, either("organisation_id is null", ENROLLED)),
            SUPERVISOR: both(HERE, ASKED_BY_ME, either("organisation_id is null", ENROLLED)),
            OPERATOR: ANYTHING,
        },
        audited=("referral_id", "participant_id", "organisation_id", "consent_id"),
    ),
    Policy(
        SharedFact,
        select={
            MANAGER: both(HERE, OPEN_PERSON),
            SUPERVISOR: HERE,
            PROVIDER: Rows(
                both(HERE, my_organisation(), "app.consented(app.hung_on(id, participant_id), information_class)"),
                columns=("id", "site_id", "referral_id", "information_class", "text"),
            ),
        },
        insert={
            MANAGER: both(HERE, MAY_SEE, mine("written_by_id"), COVERED),
            SUPERVISOR: both(HERE, mine("written_by_id"), COVERED),
            OPERATOR: ANYTHING,
        },
        audited=("referral_id", "participant_id", "organisation_id", "information_class"),
    ),
    Policy(
        ServiceGap,
        select={
            MANAGER: both(HERE, OPEN_PERSON), SUPERVISOR: HERE,
            # How often and why, and nobody's name.
            COORDINATOR: Rows(HERE, columns=("id", "site_id", "need", "reason", "recorded_at")),
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(HERE, MAY_SEE, mine("recorded_by_id")), SUPERVISOR: both(HERE, mine("recorded_by_id")),
            OPERATOR: ANYTHING,
        },
        audited=("participant_id", "recorded_by_id"),
    ),
]  # fmt: skip
