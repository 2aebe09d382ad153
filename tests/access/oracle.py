"""Who may do what to which row, said a second time and in Python, apart from the code that tells PostgreSQL.

The rules stand in whose.py. A role that is not named has no right at all.
"""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from tests.access.oracle_of_merging import MERGING, with_keys_of_people
from tests.access.oracle_of_pairs import ORACLE_OF_PAIRS
from tests.access.oracle_of_people import REACHING
from tests.access.oracle_of_services import DIRECTORY_AND_ASKING
from tests.access.oracle_of_the_court import THE_COURT
from tests.access.oracle_of_the_street import THE_STREET
from tests.access.oracle_of_the_team import THE_TEAM
from tests.access.whose import (
    ADMIN,
    APP,
    AUDITOR,
    CASEWORK,
    CASEWORK_WRITTEN,
    CLOCKWORK,
    COORDINATOR,
    DEFINER,
    DRAFTED,
    EVERY,
    INTAKE,
    INVITER,
    LAWYER,
    LIAISON,
    MANAGER,
    MATCHER,
    NOTIFIER,
    OFFICER,
    OPERATOR,
    OUTSIDE,
    OWN_ORGANISATION,
    PROSECUTOR,
    PROVIDER,
    READERS,
    REFERRER,
    SCHEDULER,
    STAFF,
    STAKEHOLDER,
    SUPERVISOR,
    TAKERS,
    TELEPHONE,
    Rules,
    always,
    as_manager,
    charged_now,
    given_to_me,
    here,
    in_full,
    in_use,
    me,
    my_case,
    never,
    note_seen,
    offered,
    offered_by,
    open_person,
    open_to_coordinator,
    open_to_manager,
    own,
    police,
    police_now,
    shared,
    supervised,
    typed,
    written_by_me,
)

# A plan: read in full, written in one's own name.
PLANNED: dict[str, Rules] = {
    "select": {MANAGER: in_full, SUPERVISOR: here},
    "insert": {MANAGER: my_case, SUPERVISOR: supervised},
}
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
        "select": {MANAGER: in_use(open_person), SUPERVISOR: in_use(here), MATCHER: always, DEFINER: always},
        "insert": {MANAGER: in_use(written_by_me(here)), SUPERVISOR: in_use(supervised), OPERATOR: always},
        "update": {MANAGER: in_use(open_person), SUPERVISOR: in_use(here), MATCHER: always},
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
            LAWYER: lambda p, r: given_to_me(p, r) and r.role == "lawyer",
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
    # A note is its author's until it is signed ("draft" is not); then the team sees that it was, and reads the line.
    "participants_contactnote": {
        "select": {MANAGER: note_seen(open_person), SUPERVISOR: here, DEFINER: always},
        **dict.fromkeys(("insert", "update", "delete"), DRAFTED),
    },
    "participants_noteline": {
        "select": {MANAGER: note_seen(open_person), SUPERVISOR: note_seen(here)},
        **dict.fromkeys(("insert", "update", "delete"), DRAFTED),
    },
    "participants_notedetail": {
        "select": {MANAGER: note_seen(in_full), SUPERVISOR: note_seen(here)},
        **dict.fromkeys(("insert", "update", "delete"), DRAFTED),
    },
    "participants_counsellingnote": {
        "select": {MANAGER: my_case, SUPERVISOR: supervised},
        **dict.fromkeys(("insert", "update", "delete"), DRAFTED),
    },
    "participants_noteaddendum": {
        "select": {MANAGER: in_full, SUPERVISOR: here},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised},
    },
    "participants_goal": PLANNED
    | {"select": PLANNED["select"] | {DEFINER: always}, "update": {MANAGER: in_full, SUPERVISOR: here}},
    "participants_goalstep": PLANNED | {"update": {MANAGER: in_full, SUPERVISOR: here}},
    "participants_goalreview": PLANNED,
    **REACHING,
    "participants_personmonth": {
        "select": PLANNED["select"] | {DEFINER: always},
        "insert": PLANNED["insert"] | {OPERATOR: always},
        "update": PLANNED["select"],
    },
    "participants_personfile": {
        "select": {MANAGER: in_full, SUPERVISOR: here, SCHEDULER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised},
        "update": {MANAGER: in_full, SUPERVISOR: here},
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
    "referrals_referraloffence": {"select": READERS | {DEFINER: always}, "insert": TAKERS},
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
        "update": CASEWORK | {CLOCKWORK: here, DEFINER: always},
    },
    "referrals_windowitem": {
        "select": {MANAGER: here, SUPERVISOR: here, DEFINER: always},
        "insert": {MANAGER: as_manager, SUPERVISOR: supervised, OPERATOR: always},
        "update": {SUPERVISOR: here},
    },
    "referrals_windowevent": {
        "select": {MANAGER: here, SUPERVISOR: here},
        "insert": {MANAGER: as_manager, SUPERVISOR: supervised, OPERATOR: always},
    },
    "referrals_reminder": {
        "select": {CLOCKWORK: here, SCHEDULER: always, DEFINER: always},
        "insert": {INTAKE: here, CLOCKWORK: here, OPERATOR: always},
        "update": {CLOCKWORK: here, SCHEDULER: always},
    },
    "referrals_casework": {
        "select": CASEWORK | {SCHEDULER: always, DEFINER: always},
        "insert": {INTAKE: here, OPERATOR: always},
        "update": CASEWORK | {DEFINER: always},
    },
    "referrals_casehandover": {
        "select": CASEWORK | {DEFINER: always},
        "insert": {MANAGER: written_by_me(open_to_manager), SUPERVISOR: supervised},
    },
    # What the new case manager should know: theirs while the case is, and the supervisors'.
    "referrals_handovernote": {"select": {MANAGER: my_case, SUPERVISOR: here}, "insert": {SUPERVISOR: own}},
    "referrals_privatetalk": {"select": CASEWORK, "insert": CASEWORK_WRITTEN},
    # Taken back by whoever just logged it; of "past" the minutes are over.
    "referrals_attempt": {
        "select": CASEWORK | {DEFINER: always},
        "update": {DEFINER: always},
        "insert": CASEWORK_WRITTEN,
        "delete": {
            MANAGER: lambda p, r: written_by_me(open_to_manager)(p, r) and r.flavour != "past",
            SUPERVISOR: supervised,
        },
    },
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
    **DIRECTORY_AND_ASKING,
    **THE_COURT,
    **THE_STREET,
    **THE_TEAM,
    **ORACLE_OF_PAIRS,
}
ORACLE |= MERGING
with_keys_of_people(ORACLE)
