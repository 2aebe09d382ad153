"""What the matrix writes when it tries an update, by table and role."""

from tests.access.whose import (
    ADMIN,
    APP,
    CLOCKWORK,
    COORDINATOR,
    DEFINER,
    LIAISON,
    MANAGER,
    MATCHER,
    OFFICER,
    OPERATOR,
    PROSECUTOR,
    PROVIDER,
    SCHEDULER,
    SUPERVISOR,
)

ANSWERED = "answered = 'yes', answered_at = now(), answered_by_id = app.membership_id()"
SENT = "sent_at = now(), sent_by_id = app.membership_id()"
VERIFIED = "capacity = 'full', verified_at = now(), verified_by_id = app.membership_id()"
RECEIVED = "received_at = now(), received_by_id = app.membership_id()"
# What an update writes so that every row it may touch can take it; `me` is the acting membership. It reads no column: one
# that did would touch only what may be read, and a weakened policy of update would not show.
ASSIGN = {
    "accounts_site": "name = 'x'",
    "accounts_organisation": "phone = 'x'",
    "accounts_user": {APP: "last_login = now()", ADMIN: "is_active = false", OPERATOR: "is_active = false"},
    "accounts_membership": "unit = 'x'",
    "accounts_accountlock": "failures = 0, locked_at = null",
    "accounts_heldform": "path = 'x'",
    "notify_notice": "read_at = now()",
    "notify_outboxemail": "attempts = 1",
    "notify_alertpreference": "changed_at = now()",
    "notify_heartbeat": "handled = 1",
    "participants_participant": {MATCHER: "alike_at = now()"} | dict.fromkeys((MANAGER, SUPERVISOR), "given_name = 'x'"),
    "participants_likelypair": {MATCHER: "score = 0.5"}
    | dict.fromkeys((MANAGER, SUPERVISOR), "state = 'different', answered_at = now(), answered_by_id = app.membership_id()"),
    "participants_participation": "state = 'inactive'",
    "participants_consent": "revoked_at = now(), revoked_how = 'written', revoked_by_id = app.membership_id()",
    "participants_consentcell": "revoked_at = now(), revoked_how = 'written', revoked_by_id = app.membership_id()",
    "participants_recordaccess": "ended_at = now(), ended_by_id = app.membership_id()",
    "participants_nevertogether": "lifted_at = now(), lifted_by_id = app.membership_id()",
    "participants_merge": {SCHEDULER: "erased_at = now()"}
    | dict.fromkeys((MANAGER, SUPERVISOR), "apart_at = now(), apart_by_id = app.membership_id()"),
    "participants_goal": "review_on = current_date",
    "participants_goalstep": "answered_at = now()",
    "participants_legalevent": "answered_at = now()",
    "participants_legalaidgiven": "ended_at = now(), ended_by_id = app.membership_id()",
    "participants_personfile": "removed_at = now(), removed_by_id = app.membership_id(), removed_why = 'asked'",
    **dict.fromkeys(
        ("participants_reachplace", "participants_trustedperson", "participants_demographics"),
        "saved_at = now(), saved_by_id = app.membership_id()"
    ),
    "participants_personmonth": "superseded_at = now(), superseded_by_id = app.membership_id()",
    "participants_contactnote": "saved_at = now()",
    **dict.fromkeys(
        ("participants_noteline", "participants_notedetail", "participants_counsellingnote"), "text = 'x'"
    ),
    "participants_emergencyaccess": "ended_at = now(), ended_by_id = app.membership_id()",
    "referrals_referral": {CLOCKWORK: "precinct = 'x'"}
    | dict.fromkeys((OFFICER, LIAISON, MANAGER, SUPERVISOR, COORDINATOR), "status_changed_at = now()"),
    "referrals_referredperson": {OFFICER: "greeting = 'x'", COORDINATOR: "greeting = 'x'", MANAGER: "police_until_at = now()",
                                 SUPERVISOR: "police_until_at = now()", CLOCKWORK: "safety = 'x'"},
    "referrals_draft": "saved_at = now()",
    "referrals_handoff": "typed_later = '[]'",
    "referrals_approval": {OFFICER: "asked_whom = 'x'", LIAISON: ANSWERED,
                           COORDINATOR: ANSWERED},
    "referrals_oncallshift": {COORDINATOR: "position = 2", CLOCKWORK: "ends_at = '2099-01-02'"},
    "referrals_approvalstep": "said_whom = 'x'",
    "referrals_shiftoffer": "state = 'declined', answered_at = now()",
    "referrals_paging": "stopped_at = now(), stopped_why = 'arrived'",
    "referrals_heldcharge": {PROSECUTOR: "file_number = 'x'", CLOCKWORK: "incident_number = 'x'"},
    "referrals_chargeidentity": "name = 'x'",
    "referrals_packet": {OFFICER: SENT,
                         LIAISON: SENT,
                         PROSECUTOR: RECEIVED, CLOCKWORK: "incident_number = 'x'"},
    "referrals_intakewindow": {CLOCKWORK: "extension_count = 1", MANAGER: "state_changed_at = now()",
                               SUPERVISOR: "state_changed_at = now()", DEFINER: "case_manager_id = null"},
    "referrals_windowitem": "confirmed_at = null, confirmed_by_id = null",
    "referrals_reminder": {CLOCKWORK: "cancelled_at = now()", SCHEDULER: "delivered_at = now()"},
    "referrals_casework": {DEFINER: "case_manager_id = null"} | dict.fromkeys((MANAGER, SUPERVISOR), "attempts = 1"),
    "referrals_appointment": "answered_at = now()",
    "referrals_outreachentry": "state_changed_at = now()",
    "referrals_record": "done_on = current_date",
    "referrals_recordsection": "saved_at = now()",
    "reports_publishedreport": "withdrawn_at = now(), withdrawn_by_id = app.membership_id()",
    "reports_gettingalong": "ended_on = '2099-01-01'",
    "services_provider": "description = 'x'",
    "services_service": {OPERATOR: "capacity = 'full'"} | dict.fromkeys((MANAGER, SUPERVISOR, COORDINATOR, PROVIDER), VERIFIED),
    "services_location": "city = 'x'",
    "services_servicereferral": {SCHEDULER: "reminded_at = now()"}
    | dict.fromkeys((MANAGER, SUPERVISOR, PROVIDER), "status_changed_at = now()"),
    "services_contact": "label = 'x'",
    "services_hours": "weekday = 1",
}  # fmt: skip
