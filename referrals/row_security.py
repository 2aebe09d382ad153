"""Who may touch which rows of a referral, its charge, its window and its casework. Applied after migrate."""

from lead_cms.access.permissions import CASEWORK, Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import (
    ANYTHING,
    APP,
    DEFINER,
    Policy,
    Rows,
    both,
    definer,
    either,
    mine,
    my_organisation,
    my_site,
)
from participants.row_security import ALIKE
from referrals import models

OFFICER, LIAISON, PROSECUTOR = Role.OFFICER, Role.LIAISON, Role.PROSECUTOR
MANAGER, SUPERVISOR, COORDINATOR, REFERRER = Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR, Role.REFERRER

FUNCTIONS = [
    definer(
        "my_referral_ids()",
        returns="setof uuid",
        body="""select c.referral_id from referrals_casework c where c.case_manager_id = app.membership_id()
                and (c.participant_id is null or c.participant_id not in (select app.shut_participant_ids()))""",
        to=[MANAGER],
    ),
    # Restricted records of others unless opened to one by name, records shut to one by name, and records sealed because
    # the person was found to be under age: few.
    definer(
        "closed_referral_ids()",
        returns="setof uuid",
        body="""select c.referral_id from referrals_casework c where c.site_id = app.site_id() and (c.is_sealed
                or (c.is_restricted and c.case_manager_id is distinct from app.membership_id()
                  and (c.participant_id is null or c.participant_id not in (select app.opened_participant_ids()))))
                and (c.is_restricted or c.is_sealed)
                union all
                select c.referral_id from referrals_casework c where c.site_id = app.site_id()
                and c.participant_id = any (array(select app.shut_participant_ids()))""",
        to=[MANAGER, COORDINATOR],
    ),
    # Search by likeness, over the names that referrers wrote down; as for participants, with the casework's wall inside.
    definer(
        "referred_like(words text, born date, most int)",
        returns="table (id uuid, score real)",
        body="""select p.referral_id, (greatest(similarity(p.name, words), word_similarity(words, p.name))
                    + case when p.birth_date = born then 0.5 else 0 end)::real as score
                from referrals_referredperson p
                where p.site_id = app.site_id() and (p.name operator(public.%>) words
                  or p.name operator(public.%) words or p.birth_date = born)
                  and (current_setting('role', true) = 'lead_supervisor' or not exists (
                    select 1 from referrals_casework c where c.referral_id = p.referral_id
                      and (c.is_sealed or c.is_restricted and c.case_manager_id is distinct from app.membership_id()
                        and (c.participant_id is null or c.participant_id not in (select app.opened_participant_ids()))
                        or c.participant_id in (select app.shut_participant_ids()))))
                order by 2 desc, 1 limit most""",
        to=[MANAGER, SUPERVISOR],
    ),
    ALIKE.format("referred_like(text, date, int)"),
    # For readiness: how long the oldest due reminder or e-mail has been waiting. A number, and no row.
    definer(
        "oldest_due_seconds()",
        returns="double precision",
        body="""select coalesce(extract(epoch from now() - min(due)), 0)::float8 from (
                  (select min(due_at) as due from referrals_reminder
                    where delivered_at is null and cancelled_at is null and due_at <= now())
                  union all
                  (select min(next_try_at) from notify_outboxemail
                    where sent_at is null and gave_up_at is null and next_try_at <= now())) waiting""",
        to=[APP],
    ),
    # What an officer's unit hears back: numbers without persons. A site may ask for larger cells, never for smaller.
    definer(
        "unit_hear_back(since timestamptz, fewer_than integer)",
        returns="table(offers bigint, handed_over bigint, minutes double precision, nobody_came bigint)",
        body="""with made as (
                  select r.status, h.called_at, h.arrived_at, h.handed_over_at, h.nobody_came_at
                    from accounts_membership me
                    join accounts_membership o on o.organisation_id = me.organisation_id and o.unit = me.unit
                     and o.role = 'officer'
                    join referrals_referral r on r.officer_id = o.id and r.submitted_at >= since
                    left join referrals_handoff h on h.referral_id = r.id
                   where me.id = app.membership_id()),
                counted as (
                  select count(*) filter (where status not in ('ineligible', 'cancelled', 'not_approved')) as offers,
                         count(*) filter (where handed_over_at is not null) as handed_over,
                         count(*) filter (where arrived_at is not null and called_at is not null) as timed,
                         percentile_cont(0.5) within group (order by extract(epoch from arrived_at - called_at) / 60)
                           filter (where arrived_at is not null and called_at is not null) as minutes,
                         count(*) filter (where nobody_came_at is not null) as nobody_came from made)
                select case when c.offers >= f.n then c.offers end,
                       case when c.handed_over >= f.n then c.handed_over end,
                       case when c.timed >= f.n then c.minutes end,
                       case when c.nobody_came >= f.n then c.nobody_came end
                  from counted c, (select greatest(fewer_than, 11) as n) f""",
        to=[OFFICER],
    ),
]


OPEN_REFERRAL = "referral_id <> all (array(select app.closed_referral_ids()))"
OPEN_ID = "id <> all (array(select app.closed_referral_ids()))"
MINE, AGENCY, HERE = mine("officer_id"), my_organisation("agency_id"), my_site()
MY_CASES = "referral_id = any (array(select app.my_referral_ids()))"
TYPED_BY_ME = both(HERE, mine("entered_by_id"))
STILL_VISIBLE = "(police_until_at is null or police_until_at > now())"
# Asked of the rows at hand, by key, never of every charge of the site: "offset 0" keeps the planner from hashing them.
CHARGED = (
    "exists (select 1 from referrals_heldcharge c where c.referral_id = referrals_chargeidentity.referral_id offset 0)"
)
SHARED = (
    "exists (select 1 from referrals_heldcharge c where c.id = referrals_windowresult.charge_id "
    "and c.decided_at is null and app.shared_referral(c.referral_id) offset 0)"
)
NOT_HIDDEN = "(hidden_at is null or hidden_at > now())"


def police_and_casework(**more) -> dict:
    """The usual readers of what an officer typed: its officer, the agency's liaison, the site's casework."""
    return {
        OFFICER: MINE,
        LIAISON: AGENCY,
        MANAGER: both(HERE, OPEN_REFERRAL),
        SUPERVISOR: HERE,
        COORDINATOR: both(HERE, OPEN_REFERRAL),
    }


def takers_of_referrals() -> dict:
    """Who may write a referral's parts: its officer, or whoever is on call and takes it by telephone."""
    own = both(HERE, MINE)
    return {
        OFFICER: own,
        MANAGER: HERE,
        SUPERVISOR: HERE,
        COORDINATOR: HERE,
        Duty.OPERATOR: ANYTHING,
    }


def casework_only(insert_check: str | None = None, update_columns: tuple[str, ...] = (), **more) -> dict:
    """Select, insert and perhaps update for case managers and supervisors of the site."""
    rows = {MANAGER: both(HERE, OPEN_REFERRAL), SUPERVISOR: HERE}
    written = {role: both(rows[role], insert_check) if insert_check else rows[role] for role in rows}
    policy = {"select": rows, "insert": written | {Duty.OPERATOR: ANYTHING}}
    if update_columns:
        policy["update"] = {role: Rows(rows[role], columns=update_columns) for role in rows}
    return policy


def with_definer(policy: dict) -> dict:
    """The same, read by the definer functions as well."""
    return policy | {"select": policy["select"] | {DEFINER: ANYTHING}}


# Written by whoever asked for the consent, to the officer of that referral and nobody else.
SENTENCE_FITS = both(
    """exists (select 1 from participants_consent k where k.id = referrals_officersentence.consent_id
       and k.kind = 'sentence' and k.referral_id = referrals_officersentence.referral_id
       and k.asked_by_id = (select app.membership_id()) and k.signed_at is not null offset 0)""",
    """exists (select 1 from referrals_referral r where r.id = referrals_officersentence.referral_id
       and r.officer_id = referrals_officersentence.officer_id offset 0)""",
)
# What an officer corrects before the handover reaches the copies that stand with the charge, unseen by the officer.
CORRECTED = Rows(HERE, columns=("id", "site_id", "referral_id"))
APPROVAL_ANSWER = ("answered", "answered_because", "answered_at", "answered_by_id")
BEFORE_HANDOVER = "status not in ('handed_over', 'done', 'not_approved')"

POLICIES = [
    Policy(
        models.Referral,
        select={
            OFFICER: MINE,
            LIAISON: AGENCY,
            MANAGER: both(HERE, OPEN_ID),
            SUPERVISOR: HERE,
            COORDINATOR: both(HERE, OPEN_ID),
            REFERRER: both(TYPED_BY_ME, "door = 'community'"),
            Duty.SCHEDULER: Rows(ANYTHING, columns=("id", "site_id", "agency_id", "officer_id", "reference")),
            Duty.CLOCKWORK: Rows(HERE, columns=("id", "site_id", "details_done_at")),
            Duty.OPERATOR: ANYTHING,
            DEFINER: ANYTHING,
        },
        insert={
            OFFICER: both(TYPED_BY_ME, MINE, AGENCY, "door in ('arrest', 'social')"),
            MANAGER: both(TYPED_BY_ME, "by_telephone"),
            SUPERVISOR: both(TYPED_BY_ME, "by_telephone"),
            COORDINATOR: both(TYPED_BY_ME, "by_telephone"),
            REFERRER: both(TYPED_BY_ME, "door = 'community'"),
            Duty.OPERATOR: ANYTHING,
        },
        update={
            OFFICER: Rows(
                # After the handover nothing but the tap that confirms what was given by telephone.
                both(MINE, either(BEFORE_HANDOVER, "by_telephone and confirmed_at is null")),
                check=both(
                    MINE, either("status not in ('handed_over', 'done')", "by_telephone and confirmed_at is not null")
                ),
                columns=(
                    "status",
                    "status_changed_at",
                    "incident_number",
                    "precinct",
                    "occurred_at",
                    "meeting_place",
                    "children_present",
                    "complainant_position",
                    "cancel_reason",
                    "details_done_at",
                    "confirmed_at",
                    "confirmed_by_id",
                ),
            ),
            # What could wait until the end of the shift, entered once after the handover.
            Duty.CLOCKWORK: Rows(
                both(HERE, "details_done_at is null"),
                columns=("precinct", "children_present", "complainant_position", "details_done_at"),
                check=HERE,
            ),
            LIAISON: Rows(AGENCY, columns=("status", "status_changed_at", "confirmed_at", "confirmed_by_id")),
            MANAGER: Rows(both(HERE, OPEN_ID), columns=("status", "status_changed_at")),
            SUPERVISOR: Rows(HERE, columns=("status", "status_changed_at")),
            COORDINATOR: Rows(both(HERE, OPEN_ID), columns=("status", "status_changed_at", "outcome")),
        },
        audited=(
            "site_id",
            "door",
            "status",
            "officer_id",
            "agency_id",
            "entered_by_id",
            "outcome",
            "person_answer",
            "by_telephone",
            "confirmed_at",
            "cancel_reason",
            "occurred_at",
        ),
    ),
    Policy(
        models.ReferredPerson,
        select={
            OFFICER: both(MINE, STILL_VISIBLE),
            LIAISON: both(AGENCY, STILL_VISIBLE),
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            COORDINATOR: both(HERE, OPEN_REFERRAL),
            DEFINER: ANYTHING,
            Duty.CLOCKWORK: CORRECTED,
        },
        insert=takers_of_referrals() | {Duty.INTAKE: HERE},
        update={
            # Only until the handover, which sets the day on which police stop seeing it.
            OFFICER: Rows(
                both(MINE, "police_until_at is null"),
                columns=(
                    "name",
                    "description",
                    "birth_date",
                    "age_about",
                    "language",
                    "phone",
                    "where_found",
                    "greeting",
                    "safety",
                    "perceived_race",
                    "perceived_gender",
                ),
            ),
            Duty.CLOCKWORK: Rows(
                HERE, columns=("language", "phone", "where_found", "safety", "perceived_race", "perceived_gender")
            ),
            MANAGER: Rows(both(HERE, OPEN_REFERRAL), columns=("police_until_at",)),
            SUPERVISOR: Rows(HERE, columns=("police_until_at",)),
            # Of an offer that could not be made no name is kept.
            COORDINATOR: Rows(
                both(HERE, OPEN_REFERRAL),
                columns=("name", "description", "birth_date", "phone", "where_found", "greeting", "safety"),
            ),
        },
        audited=("referral_id", "officer_id", "police_until_at"),
    ),
    Policy(
        models.ReferralOffence,
        select=police_and_casework(),
        insert=takers_of_referrals(),
        audited=("referral_id", "code", "is_held"),
    ),
    Policy(
        models.EligibilityAnswer,
        select=police_and_casework(),
        insert=takers_of_referrals() | {Duty.INTAKE: HERE},
        audited=("referral_id", "rule_code", "effect"),
    ),
    Policy(
        models.Correction,
        select=police_and_casework(),
        insert={OFFICER: both(HERE, MINE, mine("made_by_id"))},
        audited=("referral_id", "field"),
    ),
    Policy(
        models.Draft,
        select={role: mine("author_id") for role in Role} | {Duty.SCHEDULER: ANYTHING},
        insert={role: both(HERE, mine("author_id")) for role in Role},
        update={role: mine("author_id") for role in Role},
        delete={role: mine("author_id") for role in Role} | {Duty.SCHEDULER: "expires_at <= now()"},
        audited=("author_id", "kind", "expires_at"),
    ),
    Policy(
        models.Handoff,
        select=police_and_casework() | {DEFINER: ANYTHING},
        insert=takers_of_referrals() | {Duty.INTAKE: HERE},
        update={
            OFFICER: Rows(
                both(MINE, "handed_over_at is null"),
                columns=(
                    "called_at",
                    "acknowledged_at",
                    "acknowledged_by_id",
                    "arrived_at",
                    "typed_later",
                    "nobody_came_at",
                    "nobody_came_why",
                    "fallback",
                    "fallback_note",
                ),
            ),
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
        },
        audited=(
            "referral_id",
            "called_at",
            "acknowledged_at",
            "arrived_at",
            "handed_over_at",
            "taken_by_id",
            "typed_later",
            "nobody_came_at",
            "nobody_came_why",
            "fallback",
        ),
    ),
    Policy(
        models.Approval,
        select=police_and_casework(),
        insert=takers_of_referrals(),
        update={
            OFFICER: Rows(MINE, columns=("asked_whom", "said", "said_at", "recorded_by_id")),
            LIAISON: Rows(AGENCY, columns=APPROVAL_ANSWER),
            COORDINATOR: Rows(both(HERE, OPEN_REFERRAL), columns=APPROVAL_ANSWER),
        },
        audited=("referral_id", "because", "said", "said_at", "answered", "answered_at", "answered_by_id"),
    ),
    Policy(
        models.OnCallShift,
        select={role: HERE for role in (OFFICER, LIAISON, MANAGER, SUPERVISOR, COORDINATOR)}
        | {Duty.SCHEDULER: ANYTHING},
        insert={COORDINATOR: HERE, Duty.OPERATOR: ANYTHING},
        update={COORDINATOR: Rows(HERE, columns=("starts_at", "ends_at", "position"))},
        delete={COORDINATOR: HERE},
        audited=("person_id", "starts_at", "ends_at", "position"),
    ),
    # ---- the charge: the prosecutor's, and casework may read it; no police role has any right on it
    Policy(
        models.HeldCharge,
        select={
            PROSECUTOR: both(HERE, NOT_HIDDEN),
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            COORDINATOR: HERE,
            DEFINER: ANYTHING,
            Duty.CLOCKWORK: CORRECTED,
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            PROSECUTOR: Rows(
                both(HERE, NOT_HIDDEN),
                columns=(
                    "due_on",
                    "extension_count",
                    "limitation_on",
                    "file_number",
                    "decision",
                    "decided_at",
                    "decided_by_id",
                    "hidden_at",
                ),
                check=HERE,
            ),
            Duty.CLOCKWORK: Rows(both(HERE, "decided_at is null"), columns=("incident_number", "hidden_at")),
        },
        audited=(
            "referral_id",
            "code",
            "held_on",
            "due_on",
            "extension_count",
            "limitation_on",
            "decision",
            "decided_at",
            "decided_by_id",
            "hidden_at",
        ),
    ),
    Policy(
        models.ChargeIdentity,
        select={
            # Gone from the prosecutor's view with the last of the charges it identifies.
            PROSECUTOR: both(HERE, CHARGED),
            Duty.CLOCKWORK: CORRECTED,
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={Duty.CLOCKWORK: Rows(HERE, columns=("name", "birth_date"))},
        audited=("referral_id",),
    ),
    Policy(
        models.Packet,
        select={
            OFFICER: both(MINE, NOT_HIDDEN),
            LIAISON: both(AGENCY, NOT_HIDDEN),
            PROSECUTOR: both(HERE, NOT_HIDDEN),
            Duty.CLOCKWORK: CORRECTED,
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            OFFICER: Rows(both(MINE, NOT_HIDDEN), columns=("sent_at", "sent_by_id")),
            LIAISON: Rows(both(AGENCY, NOT_HIDDEN), columns=("sent_at", "sent_by_id")),
            PROSECUTOR: Rows(
                both(HERE, NOT_HIDDEN), columns=("received_at", "received_by_id", "hidden_at"), check=HERE
            ),
            Duty.CLOCKWORK: Rows(HERE, columns=("incident_number", "hidden_at")),
        },
        audited=("referral_id", "held_on", "sent_at", "received_at", "hidden_at"),
    ),
    Policy(
        models.Extension,
        select={PROSECUTOR: HERE, MANAGER: HERE, SUPERVISOR: HERE, COORDINATOR: HERE},
        insert={PROSECUTOR: both(HERE, mine("granted_by_id")), Duty.OPERATOR: ANYTHING},
        audited=("charge_id", "number", "until_on"),
    ),
    Policy(
        models.WindowResult,
        select={
            MANAGER: HERE,
            SUPERVISOR: HERE,
            # "Met" under a consent in force, and nothing else about it.
            PROSECUTOR: Rows(
                both(HERE, SHARED),
                columns=("id", "charge_id"),
            ),
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(HERE, mine("recorded_by_id")),
            SUPERVISOR: both(HERE, mine("recorded_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        audited=("charge_id", "window_id"),
    ),
    # ---- the window: casework's alone; the coordinator counts
    Policy(
        models.IntakeWindow,
        select={
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            COORDINATOR: both(HERE, OPEN_REFERRAL),
            Duty.CLOCKWORK: Rows(
                HERE,
                columns=("id", "site_id", "referral_id", "rules_id", "state", "starts_on", "due_on", "extension_count"),
            ),
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            MANAGER: Rows(both(HERE, OPEN_REFERRAL), columns=("state", "met_on", "state_changed_at")),
            SUPERVISOR: Rows(HERE, columns=("state", "met_on", "state_changed_at")),
            Duty.CLOCKWORK: Rows(HERE, columns=("due_on", "extension_count", "state", "state_changed_at")),
        },
        audited=("referral_id", "state", "starts_on", "due_on", "extension_count", "met_on"),
    ),
    Policy(
        models.WindowItem,
        select={MANAGER: HERE, SUPERVISOR: HERE},
        insert={
            MANAGER: both(HERE, mine("typed_by_id")),
            SUPERVISOR: both(HERE, mine("typed_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        update={SUPERVISOR: Rows(HERE, columns=("confirmed_at", "confirmed_by_id"))},
        audited=("window_id", "kind", "done_on", "typed_at", "needs_confirmation", "confirmed_at", "confirmed_by_id"),
    ),
    Policy(
        models.WindowEvent,
        select={MANAGER: HERE, SUPERVISOR: HERE},
        insert={
            MANAGER: both(HERE, mine("recorded_by_id")),
            SUPERVISOR: both(HERE, mine("recorded_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        audited=("window_id", "new_referral_id"),
    ),
    Policy(
        models.Reminder,
        select={
            Duty.CLOCKWORK: HERE,
            Duty.SCHEDULER: ANYTHING,
            DEFINER: ANYTHING,
        },
        insert={Duty.INTAKE: HERE, Duty.CLOCKWORK: HERE, Duty.OPERATOR: ANYTHING},
        update={
            Duty.CLOCKWORK: Rows(both(HERE, "delivered_at is null"), columns=("cancelled_at",)),
            # Delivered, or dropped: a sealed record tells nobody anything.
            Duty.SCHEDULER: Rows(ANYTHING, columns=("delivered_at", "cancelled_at")),
        },
        audited=(
            "referral_id",
            "window_id",
            "schedule",
            "step",
            "recipient",
            "channel",
            "due_at",
            "delivered_at",
            "cancelled_at",
        ),
    ),
    # ---- casework
    Policy(
        models.Casework,
        select={
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            Duty.SCHEDULER: Rows(
                ANYTHING, columns=("id", "referral_id", "case_manager_id", "is_sealed", "is_restricted")
            ),
            DEFINER: ANYTHING,
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
        },
        audited=(
            "referral_id",
            "participant_id",
            "case_manager_id",
            "is_restricted",
            "is_sealed",
            "attempts",
            "last_attempt_at",
            "next_try_at",
        ),
    ),
    Policy(models.PrivateTalk, **casework_only(mine("started_by_id")), audited=("referral_id", "started_at")),
    Policy(
        models.Attempt, **casework_only(mine("tried_by_id")), audited=("referral_id", "tried_at", "kind", "next_try_at")
    ),
    Policy(
        models.Appointment,
        **with_definer(casework_only(mine("booked_by_id"), update_columns=("state", "answered_at"))),
        audited=("referral_id", "at", "state"),
    ),
    Policy(
        models.OfficerSentence,
        # Police have no right on the consent itself: whether it stands is asked of the database.
        select={
            OFFICER: both(HERE, MINE, "app.sentence_stands(consent_id)"),
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(HERE, OPEN_REFERRAL, mine("written_by_id"), SENTENCE_FITS),
            SUPERVISOR: both(HERE, mine("written_by_id"), SENTENCE_FITS),
        },
        audited=("referral_id", "officer_id", "consent_id", "written_at"),
    ),
    Policy(models.Slip, **casework_only(mine("made_by_id")), audited=("referral_id", "language", "made_at")),
    Policy(
        models.OutreachEntry,
        select={MANAGER: both(HERE, OPEN_REFERRAL), SUPERVISOR: HERE, COORDINATOR: both(HERE, OPEN_REFERRAL)},
        insert={Duty.INTAKE: HERE, MANAGER: HERE, SUPERVISOR: HERE, Duty.OPERATOR: ANYTHING},
        update={
            role: Rows(
                both(HERE, OPEN_REFERRAL) if role == MANAGER else HERE,
                columns=("state", "first_tried_at", "state_changed_at"),
            )
            for role in sorted(CASEWORK)
        },
        audited=("referral_id", "listed_at", "first_tried_at"),
    ),
    Policy(
        models.Record,
        select={MANAGER: both(HERE, OPEN_REFERRAL), SUPERVISOR: HERE},
        insert={
            MANAGER: both(HERE, MY_CASES, mine("begun_by_id")),
            SUPERVISOR: both(HERE, mine("begun_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        update={
            MANAGER: Rows(both(HERE, MY_CASES), columns=("done_on", "done_by_id")),
            SUPERVISOR: Rows(HERE, columns=("done_on", "done_by_id")),
        },
        audited=("referral_id", "kind", "begun_at", "done_on"),
    ),
    # A case manager reads the answers of their own cases; the team's they see in outline.
    Policy(
        models.RecordSection,
        select={MANAGER: both(HERE, MY_CASES), SUPERVISOR: HERE},
        insert={MANAGER: both(HERE, MY_CASES, mine("saved_by_id")), SUPERVISOR: both(HERE, mine("saved_by_id"))},
        update={
            MANAGER: Rows(both(HERE, MY_CASES), columns=("answers", "saved_at", "saved_by_id")),
            SUPERVISOR: Rows(HERE, columns=("answers", "saved_at", "saved_by_id")),
        },
        audited=("referral_id", "record_id", "section", "saved_at"),
    ),
    # ---- counts
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
