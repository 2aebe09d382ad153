"""Who may do what to which row, said a second time and in Python, apart from the code that tells PostgreSQL.

A rule is a function of the person `p` (site, n, role) and the Row `r`. A role that is not named has no right at all.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from tests.access.rows import Row

OFFICER, LIAISON, PROSECUTOR = Role.OFFICER, Role.LIAISON, Role.PROSECUTOR
MANAGER, SUPERVISOR, COORDINATOR = Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR
REFERRER, ADMIN, AUDITOR = Role.REFERRER, Role.ADMINISTRATOR, Role.AUDITOR
PROVIDER, STAKEHOLDER = Role.PROVIDER, Role.STAKEHOLDER
OUTSIDE = {REFERRER: "partner", PROVIDER: "provider", STAKEHOLDER: "public_body"}
TELEPHONE = {"supervised", "telephoned", "coordinated"}
APP, DEFINER = "app", "definer"
INTAKE, CLOCKWORK, SCHEDULER = Duty.INTAKE, Duty.CLOCKWORK, Duty.SCHEDULER
NOTIFIER, OPERATOR, INVITER = Duty.NOTIFIER, Duty.OPERATOR, Duty.INVITER


@dataclass(frozen=True)
class Person:
    role: str
    site: str
    n: int


Rule = Callable[[Person, Row], bool]
Rules = dict[str, Rule]


def always(p, r):
    return True


def never(p, r):
    return False


def here(p, r):
    return r.site == p.site


def own(p, r):
    """The row's own officer, case manager, author: the same number at the same site."""
    return here(p, r) and r.n == p.n


def police(p, r):
    return own(p, r) and r.flavour != "community"


def police_now(p, r):
    return police(p, r) and r.flavour != "past"


def open_to_manager(p, r):
    """Sealed records are closed to every case manager; restricted ones to all but the person's own."""
    return here(p, r) and r.flavour != "sealed" and (r.flavour != "restricted" or r.n == p.n)


def open_to_coordinator(p, r):
    return here(p, r) and r.flavour not in {"sealed", "restricted"}


def open_person(p, r):
    """Participants are closed by their own mark, not by the referral's seal."""
    return here(p, r) and (r.flavour != "restricted" or r.n == p.n)


def charged_now(p, r):
    return here(p, r) and r.flavour != "past"


def shared(p, r):
    return here(p, r) and r.flavour == "shared"


def me(p, r):
    return own(p, r) and r.role == p.role


def offered_by(p, r):
    """The row's own person of its role; in the rows a case manager asks a supervisor, a supervisor a case manager."""
    return own(p, r) and r.role == p.role


def offered(p, r):
    return own(p, r) and p.role in {MANAGER, SUPERVISOR}


READERS = {
    OFFICER: police,
    LIAISON: police,
    MANAGER: open_to_manager,
    SUPERVISOR: here,
    COORDINATOR: open_to_coordinator,
}
TAKERS = {OFFICER: police, MANAGER: here, SUPERVISOR: here, COORDINATOR: here, OPERATOR: always}
CASEWORK = {MANAGER: open_to_manager, SUPERVISOR: here}


def my_case(p, r):
    return own(p, r) and r.flavour != "supervised"


def supervised(p, r):
    return own(p, r) and r.flavour == "supervised"


def written_by_me(rule: Rule) -> Rule:
    return lambda p, r: rule(p, r) and my_case(p, r)


def typed(flavour: str) -> Rule:
    return lambda p, r: own(p, r) and r.flavour == flavour


CASEWORK_WRITTEN = {MANAGER: written_by_me(open_to_manager), SUPERVISOR: supervised, OPERATOR: always}
EVERY = {role: here for role in Role}
STAFF = {role: here for role in Role if role not in OUTSIDE}
OWN_ORGANISATION = {role: lambda p, r: own(p, r) and r.role == OUTSIDE[p.role] for role in OUTSIDE}


def own_provider(p, r):
    """A provider's staff keep the entry that was linked to their organisation."""
    return own(p, r) and r.flavour == "plain"


DIRECTORY = {MANAGER: here, SUPERVISOR: here, COORDINATOR: here, PROVIDER: own_provider}


def named(p, r):
    """The person's own consent says so now; "past" was taken back, and of "shared" nobody is named."""
    return own(p, r) and r.flavour in {"plain", "restricted", "supervised"}


KEEPERS = {COORDINATOR: here, PROVIDER: own_provider}

# table: verb: role: rule. What a person must have written themself was written, in the rows, by the case manager or the
# officer of that number, and by the supervisor in the case that is the supervisor's own.
ORACLE: dict[str, dict[str, Rules]] = {
    "accounts_site": {
        "select": EVERY | {APP: always, DEFINER: always, OPERATOR: always, SCHEDULER: always, NOTIFIER: always},
        "insert": {OPERATOR: always},
        "update": {OPERATOR: always},
    },
    "accounts_organisation": {
        "select": STAFF | OWN_ORGANISATION | {APP: always, OPERATOR: always},
        "insert": {ADMIN: here, OPERATOR: always},
        "update": {ADMIN: here, OPERATOR: always},
    },
    "accounts_user": {
        "select": {APP: always, ADMIN: here, AUDITOR: here, NOTIFIER: always, OPERATOR: always},
        "insert": {ADMIN: never, OPERATOR: always},  # only with a password that cannot be used: its own test
        "update": {APP: always, ADMIN: here, OPERATOR: always},
    },
    "accounts_membership": {
        "select": STAFF
        | {
            **dict.fromkeys(OUTSIDE, me),
            APP: always,
            DEFINER: always,
            OPERATOR: always,
            SCHEDULER: always,
            NOTIFIER: always,
        },
        "insert": {ADMIN: lambda p, r: here(p, r) and not me(p, r), OPERATOR: always},
        "update": {ADMIN: lambda p, r: here(p, r) and not me(p, r), OPERATOR: always},
    },
    "accounts_accountlock": {
        "select": {APP: always, ADMIN: here},
        "insert": {APP: always},
        "update": {APP: always, ADMIN: here},
    },
    "accounts_heldform": {verb: {APP: always} for verb in ("select", "insert", "update", "delete")},
    "audit_auditevent": {
        "select": {AUDITOR: here},
        # In one's own name, request and site: nobody can write a copy of another's.
        "insert": {role: lambda p, r: me(p, r) and r.flavour != "sign-in" for role in Role}
        | {actor: never for actor in [*Duty, APP]},
    },
    "audit_rowchange": {"insert": {DEFINER: always}},
    "notify_notice": {
        "select": {role: me for role in Role},
        "insert": {INTAKE: here, SCHEDULER: always, OPERATOR: always},
        "update": {role: me for role in Role},
    },
    "notify_outboxemail": {
        "select": {NOTIFIER: always, DEFINER: always},
        "insert": {INTAKE: always, SCHEDULER: always, INVITER: never, APP: never},  # by kind: its own test
        "update": {NOTIFIER: always},
    },
    "notify_alertpreference": {
        "select": {role: me for role in Role} | {SCHEDULER: always, NOTIFIER: always},
        "insert": {role: me for role in Role},
        "update": {role: me for role in Role},
    },
    "notify_heartbeat": {
        "select": {APP: always, SCHEDULER: always, NOTIFIER: always},
        "insert": {SCHEDULER: always, NOTIFIER: always},
        "update": {SCHEDULER: always, NOTIFIER: always},
    },
    "programs_ruleset": {"select": EVERY | {OPERATOR: always, SCHEDULER: always}, "insert": {OPERATOR: always}},
    "participants_participant": {
        "select": {MANAGER: open_person, SUPERVISOR: here, DEFINER: always},
        "insert": {MANAGER: written_by_me(here), SUPERVISOR: supervised, OPERATOR: always},
        "update": {MANAGER: open_person, SUPERVISOR: here},
    },
    "participants_participation": {
        "select": {MANAGER: open_person, SUPERVISOR: here, DEFINER: always},
        "insert": {MANAGER: open_person, SUPERVISOR: here, OPERATOR: always},
        "update": {MANAGER: open_person, SUPERVISOR: here},
    },
    "participants_consent": {
        "select": {MANAGER: open_to_manager, SUPERVISOR: here, PROSECUTOR: shared, DEFINER: always},
        "insert": {MANAGER: written_by_me(open_to_manager), SUPERVISOR: supervised, OPERATOR: always},
        # "past" was taken back, and a revocation is for good.
        "update": {
            MANAGER: lambda p, r: open_to_manager(p, r) and r.flavour != "past",
            SUPERVISOR: lambda p, r: here(p, r) and r.flavour != "past",
        },
    },
    "participants_consentcell": {
        "select": {MANAGER: open_to_manager, SUPERVISOR: here, DEFINER: always},
        "insert": {MANAGER: written_by_me(open_to_manager), SUPERVISOR: supervised, OPERATOR: always},
        "update": {MANAGER: open_to_manager, SUPERVISOR: here},
    },
    "participants_disclosure": {
        "select": {MANAGER: open_to_manager, SUPERVISOR: here},
        "insert": {
            PROSECUTOR: lambda p, r: shared(p, r) and r.n == p.n and r.role != "provider",
            PROVIDER: lambda p, r: own(p, r) and r.role == "provider" and r.flavour != "sealed",
            INTAKE: never,  # in the name of the police membership it works for: its own test
            OPERATOR: always,
        },
    },
    "participants_recordaccess": {
        "select": {SUPERVISOR: here, DEFINER: always},
        "insert": {SUPERVISOR: own},
        "update": {SUPERVISOR: here},
    },
    "participants_nevertogether": {
        "select": {SUPERVISOR: here, DEFINER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised},
        "update": {SUPERVISOR: here},
    },
    "participants_emergencyaccess": {
        "select": {MANAGER: own, SUPERVISOR: here, AUDITOR: here, DEFINER: always},
        "insert": {MANAGER: own},
        "update": {MANAGER: own, SUPERVISOR: here},
    },
    "referrals_referral": {
        "select": {
            OFFICER: police,
            LIAISON: police,
            MANAGER: open_to_manager,
            SUPERVISOR: here,
            COORDINATOR: open_to_coordinator,
            REFERRER: typed("community"),
            CLOCKWORK: here,
            SCHEDULER: always,
            OPERATOR: always,
            DEFINER: always,
        },
        "insert": {
            OFFICER: lambda p, r: police(p, r) and r.flavour not in TELEPHONE,
            MANAGER: typed("telephoned"),
            SUPERVISOR: supervised,
            COORDINATOR: typed("coordinated"),
            REFERRER: typed("community"),
            OPERATOR: always,
        },
        "update": {
            OFFICER: police_now,
            LIAISON: police,
            MANAGER: open_to_manager,
            SUPERVISOR: here,
            COORDINATOR: open_to_coordinator,
            CLOCKWORK: here,
        },
    },
    "referrals_referredperson": {
        "select": READERS | {OFFICER: police_now, LIAISON: police_now, CLOCKWORK: here, DEFINER: always},
        "insert": TAKERS | {INTAKE: here},
        "update": {
            OFFICER: police_now,
            MANAGER: open_to_manager,
            SUPERVISOR: here,
            COORDINATOR: READERS[COORDINATOR],
            CLOCKWORK: here,
        },
    },
    "referrals_referraloffence": {"select": READERS, "insert": TAKERS},
    "referrals_eligibilityanswer": {"select": READERS, "insert": TAKERS | {INTAKE: here}},
    "referrals_correction": {"select": READERS, "insert": {OFFICER: police}},
    "referrals_draft": {
        "select": {role: me for role in Role} | {SCHEDULER: always},
        "insert": {role: me for role in Role},
        "update": {role: me for role in Role},
        "delete": {role: me for role in Role} | {SCHEDULER: always},
    },
    "referrals_handoff": {
        "select": READERS | {DEFINER: always},
        "insert": TAKERS | {INTAKE: here},
        "update": {OFFICER: police_now, MANAGER: open_to_manager, SUPERVISOR: here},
    },
    "referrals_approval": {
        "select": READERS,
        "insert": TAKERS | {INTAKE: here},
        "update": {OFFICER: police, LIAISON: police, COORDINATOR: open_to_coordinator},
    },
    "referrals_oncallshift": {
        "select": {
            OFFICER: here,
            LIAISON: here,
            MANAGER: here,
            SUPERVISOR: here,
            COORDINATOR: here,
            SCHEDULER: always,
            CLOCKWORK: here,
        },
        "insert": {COORDINATOR: here, OPERATOR: always, CLOCKWORK: here},
        "update": {COORDINATOR: here, CLOCKWORK: here},
        "delete": {COORDINATOR: here},
    },
    "referrals_approvalstep": {
        "select": READERS,
        "insert": TAKERS,
        # Each their own step: the rows name the liaison on plain ones, else the coordinator.
        "update": {
            OFFICER: police,
            LIAISON: lambda p, r: police(p, r) and r.flavour == "plain",
            COORDINATOR: lambda p, r: open_to_coordinator(p, r) and r.flavour != "plain",
        },
    },
    # Between two colleagues: who offered it and who was asked; the coordinator keeps the list.
    "referrals_shiftoffer": {
        "select": {MANAGER: offered, SUPERVISOR: offered, COORDINATOR: here},
        "insert": {MANAGER: offered_by, SUPERVISOR: offered_by, OPERATOR: always},
        "update": {MANAGER: offered, SUPERVISOR: offered},
        "delete": {COORDINATOR: here},
    },
    "referrals_paging": {
        "select": READERS | {SCHEDULER: always, CLOCKWORK: here, DEFINER: always},
        "insert": {INTAKE: here, OPERATOR: always},
        "update": {SCHEDULER: always, CLOCKWORK: here},
    },
    "referrals_page": {
        "select": READERS | {SCHEDULER: always},
        "insert": {SCHEDULER: always, OPERATOR: always},
    },
    "referrals_heldcharge": {
        "select": {
            PROSECUTOR: charged_now,
            MANAGER: open_to_manager,
            SUPERVISOR: here,
            COORDINATOR: here,
            DEFINER: always,
            CLOCKWORK: here,
        },
        "insert": {INTAKE: here, OPERATOR: always},
        "update": {PROSECUTOR: charged_now, CLOCKWORK: here},
    },
    "referrals_chargeidentity": {
        "select": {PROSECUTOR: charged_now, CLOCKWORK: here},
        "insert": {INTAKE: here, OPERATOR: always},
        "update": {CLOCKWORK: here},
    },
    "referrals_packet": {
        "select": {OFFICER: police_now, LIAISON: police_now, PROSECUTOR: charged_now, CLOCKWORK: here},
        "insert": {INTAKE: here, OPERATOR: always},
        "update": {OFFICER: police_now, LIAISON: police_now, PROSECUTOR: charged_now, CLOCKWORK: here},
    },
    "referrals_extension": {
        "select": {PROSECUTOR: here, MANAGER: here, SUPERVISOR: here, COORDINATOR: here},
        "insert": {PROSECUTOR: own, OPERATOR: always},
    },
    "referrals_windowresult": {
        "select": {MANAGER: here, SUPERVISOR: here, PROSECUTOR: shared, DEFINER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
    },
    "referrals_intakewindow": {
        "select": CASEWORK | {COORDINATOR: open_to_coordinator, CLOCKWORK: here, DEFINER: always},
        "insert": {INTAKE: here, OPERATOR: always},
        "update": CASEWORK | {CLOCKWORK: here},
    },
    "referrals_windowitem": {
        "select": {MANAGER: here, SUPERVISOR: here, DEFINER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
        "update": {SUPERVISOR: here},
    },
    "referrals_windowevent": {
        "select": {MANAGER: here, SUPERVISOR: here},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
    },
    "referrals_reminder": {
        "select": {CLOCKWORK: here, SCHEDULER: always, DEFINER: always},
        "insert": {INTAKE: here, CLOCKWORK: here, OPERATOR: always},
        "update": {CLOCKWORK: here, SCHEDULER: always},
    },
    "referrals_casework": {
        "select": CASEWORK | {SCHEDULER: always, DEFINER: always},
        "insert": {INTAKE: here, OPERATOR: always},
        "update": CASEWORK,
    },
    "referrals_casehandover": {
        "select": CASEWORK,
        "insert": {MANAGER: written_by_me(open_to_manager), SUPERVISOR: supervised},
    },
    # What the new case manager should know: theirs while the case is, and the supervisors'.
    "referrals_handovernote": {"select": {MANAGER: my_case, SUPERVISOR: here}, "insert": {SUPERVISOR: own}},
    "referrals_privatetalk": {"select": CASEWORK, "insert": CASEWORK_WRITTEN},
    "referrals_attempt": {"select": CASEWORK | {DEFINER: always}, "insert": CASEWORK_WRITTEN},
    "referrals_officersentence": {
        "select": {
            # Taken back, or sealed because the person is under age.
            OFFICER: lambda p, r: own(p, r) and r.flavour not in {"past", "sealed"},
            MANAGER: open_to_manager,
            SUPERVISOR: here,
            DEFINER: always,
        },
        "insert": {MANAGER: written_by_me(open_to_manager), SUPERVISOR: supervised},
    },
    "referrals_appointment": {"select": CASEWORK | {DEFINER: always}, "insert": CASEWORK_WRITTEN, "update": CASEWORK},
    "referrals_slip": {"select": CASEWORK, "insert": CASEWORK_WRITTEN},
    "referrals_outreachentry": {
        "select": CASEWORK | {COORDINATOR: open_to_coordinator, DEFINER: always},
        "insert": {INTAKE: here, MANAGER: here, SUPERVISOR: here, OPERATOR: always},
        "update": CASEWORK,
    },
    "referrals_record": {
        "select": CASEWORK | {DEFINER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
        "update": {MANAGER: my_case, SUPERVISOR: here},
    },
    "referrals_recordsection": {
        "select": {MANAGER: my_case, SUPERVISOR: here},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised},
        "update": {MANAGER: my_case, SUPERVISOR: here},
    },
    "referrals_incidentrecord": {
        "select": {OFFICER: here, LIAISON: here, COORDINATOR: here, OPERATOR: always},
        "insert": {OPERATOR: always},
    },
    "reports_suppliedfile": {
        "select": {COORDINATOR: here, SUPERVISOR: here, OPERATOR: always},
        "insert": {COORDINATOR: here, OPERATOR: always},
    },
    "reports_suppliedcount": {
        "select": {COORDINATOR: here, SUPERVISOR: here, OPERATOR: always},
        "insert": {COORDINATOR: here, OPERATOR: always},
    },
    "reports_publishedreport": {
        "select": {COORDINATOR: here, STAKEHOLDER: lambda p, r: here(p, r) and r.flavour != "past"},
        "insert": {COORDINATOR: own},
        "update": {COORDINATOR: lambda p, r: here(p, r) and r.flavour != "past"},
    },
    "reports_leftfigures": {
        "select": {COORDINATOR: here, SUPERVISOR: here, OPERATOR: always},
        "insert": {
            COORDINATOR: lambda p, r: own(p, r) and r.role == "coordinator",
            SUPERVISOR: lambda p, r: own(p, r) and r.role == "supervisor",
            OPERATOR: always,
        },
    },
    "reports_gettingalong": {
        "select": {MANAGER: open_person, SUPERVISOR: here, DEFINER: always},
        "insert": {MANAGER: written_by_me(open_person), SUPERVISOR: supervised, OPERATOR: always},
        "update": {MANAGER: open_person, SUPERVISOR: here},
    },
    "referrals_underagecount": {"select": {COORDINATOR: here}, "insert": {INTAKE: here, OPERATOR: always}},
    "services_provider": {
        "select": DIRECTORY | {OPERATOR: always, DEFINER: always},
        "insert": {COORDINATOR: here, OPERATOR: always},
        "update": {COORDINATOR: here, OPERATOR: always},
    },
    "services_service": {
        "select": DIRECTORY | {OPERATOR: always, DEFINER: always},
        "insert": KEEPERS | {OPERATOR: always},
        "update": DIRECTORY | {OPERATOR: always},
    },
    "services_location": {
        "select": DIRECTORY | {OPERATOR: always, DEFINER: always},
        **{verb: KEEPERS | {OPERATOR: always} for verb in ("insert", "update", "delete")},
    },
    **{
        table: {
            "select": DIRECTORY | {OPERATOR: always},
            "update": {OPERATOR: always},
            **{verb: KEEPERS | {OPERATOR: always} for verb in ("insert", "delete")},
        }
        for table in ("services_contact", "services_hours")
    },
    "services_servicereferral": {
        "select": {
            MANAGER: open_person,
            SUPERVISOR: here,
            PROVIDER: own,
            SCHEDULER: always,
            OPERATOR: always,
            DEFINER: always,
        },
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
        "update": {MANAGER: open_person, SUPERVISOR: here, PROVIDER: own, SCHEDULER: always},
    },
    "services_askedperson": {
        "select": {MANAGER: open_person, SUPERVISOR: here, PROVIDER: named, DEFINER: always},
        "insert": {
            MANAGER: lambda p, r: my_case(p, r) and r.flavour != "past",
            SUPERVISOR: supervised,
            OPERATOR: always,
        },
    },
    "services_sharedfact": {
        "select": {MANAGER: open_person, SUPERVISOR: here, PROVIDER: named},
        "insert": {
            MANAGER: lambda p, r: my_case(p, r) and r.flavour != "past",
            SUPERVISOR: supervised,
            OPERATOR: always,
        },
    },
    "services_servicegap": {
        "select": {MANAGER: open_person, SUPERVISOR: here, COORDINATOR: here, DEFINER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
    },
}

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
    "participants_participant": "given_name = 'x'",
    "participants_participation": "state = 'inactive'",
    "participants_consent": "revoked_at = now(), revoked_how = 'written', revoked_by_id = app.membership_id()",
    "participants_consentcell": "revoked_at = now(), revoked_how = 'written', revoked_by_id = app.membership_id()",
    "participants_recordaccess": "ended_at = now(), ended_by_id = app.membership_id()",
    "participants_nevertogether": "lifted_at = now(), lifted_by_id = app.membership_id()",
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
                               SUPERVISOR: "state_changed_at = now()"},
    "referrals_windowitem": "confirmed_at = null, confirmed_by_id = null",
    "referrals_reminder": {CLOCKWORK: "cancelled_at = now()", SCHEDULER: "delivered_at = now()"},
    "referrals_casework": "attempts = 1",
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
