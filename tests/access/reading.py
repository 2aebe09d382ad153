"""What each role may read, stated a third time, in words of practice and apart from policies and oracle.

A column and the rows of it. `n` 0 is the one who looks; the flavours are those of the rows (tests/access/rows.py).
"""

from fnmatch import fnmatch

from lead_cms.access.permissions import Role
from tests.access.markers import IN_WORDS, Place
from tests.access.rows import ASKED, BESIDE, Row
from tests.access.walking import Walk

HERE = "san-francisco"


def here(row: Row) -> bool:
    return row.site == HERE


def mine(row: Row) -> bool:
    return here(row) and row.n == 0


def of_our_arrests(row: Row) -> bool:
    return mine(row) and row.flavour != "community"


def of_our_arrests_until_the_sites_days_are_over(row: Row) -> bool:
    return of_our_arrests(row) and row.flavour != "past"


def of_an_undecided_charge(row: Row) -> bool:
    return here(row) and row.flavour not in {"past", "community"}


def under_a_sentence_that_stands(row: Row) -> bool:
    return mine(row) and row.flavour in {"plain", "restricted", "supervised"}


def asked_of_us_under_a_consent_that_stands(row: Row) -> bool:
    return mine(row) and row.flavour in {"plain", "restricted", "supervised"}


def i_sent(row: Row) -> bool:
    return mine(row) and row.flavour == "community"


def not_closed(row: Row) -> bool:
    return here(row) and row.flavour not in {"sealed", "restricted"}


IN_FULL = {
    "participants_notedetail", "participants_noteaddendum", "participants_goal", "participants_goalstep",
    "participants_goalreview", "participants_trustedperson",
    "participants_personmonth",
    "participants_demographics",
    "participants_merge",
}  # fmt: skip


def i_wrote(row: Row) -> bool:
    return mine(row) and row.flavour not in {"supervised", "sealed"}


def is_over(row: Row) -> bool:
    """Where somebody was last seen, or a line to the next shift, after the site's days."""
    return row.table in {"participants_lastseen", "participants_shiftline"} and row.flavour == "past"


def of_a_record_that_is_not_closed(row: Row) -> bool:
    """Who is shut out of a record, and who must not meet whom, is the supervisors' to know.

    Of notes a colleague's unsigned ones and any counselling are not the team's, and the detail only of one's own people.
    """
    of_the_author = {"participants_counsellingnote", "participants_notereview"}
    if row.table in of_the_author or (row.role == "draft" and row.table.startswith("participants_")):
        return i_wrote(row)
    if row.table == "participants_privilegednote":
        return False
    if row.table in IN_FULL:
        return i_wrote(row) or (here(row) and row.flavour == "plain")
    if row.table in {"participants_recordaccess", "participants_nevertogether"} or is_over(row):
        return False
    is_sealed = row.flavour == "sealed" and row.role != BESIDE
    return here(row) and not is_sealed and (row.flavour != "restricted" or row.n == 0)


def of_the_site_but_what_is_its_authors_alone(row: Row) -> bool:
    """Every case; of notes neither a counselling note nor what a case manager has not signed."""
    if row.table == "participants_privilegednote":
        return False
    is_alone = row.table == "participants_counsellingnote" or (
        row.role == "draft" and row.table in {"participants_noteline", "participants_notedetail"}
    )
    return here(row) and not is_over(row) and (not is_alone or (row.n == 0 and row.flavour == "supervised"))


def our_entry(row: Row) -> bool:
    return mine(row) and row.flavour == "plain"


def our_organisation(row: Row) -> bool:
    return mine(row) and row.role in {"provider", "partner", "public_body", "legal_aid"}


def asked_of_us(row: Row) -> bool:
    return mine(row) and row.flavour in ASKED


def given_to_me(row: Row) -> bool:
    """As legal aid, under a consent that stands."""
    return mine(row) and row.flavour in {"plain", "restricted", "supervised"}


def their_case_manager(row: Row) -> bool:
    return mine(row) and row.role in {"case_manager", "supervisor"}


def told_as_met(row: Row) -> bool:
    return here(row) and row.flavour == "shared"


def published(row: Row) -> bool:
    return here(row) and row.flavour == "plain"


STAFF_NAMES = {
    "accounts_membership.name": here, "accounts_membership.phone": here, "accounts_membership.unit": here,
    "accounts_organisation.*": here,
}  # fmt: skip
DIRECTORY = ("services_provider.*", "services_service.*", "services_location.*", "services_contact.*")
# What an officer typed, for the officer and the officer's liaison; of the person only until the site's days are over.
POLICE = STAFF_NAMES | {
    "referrals_referral.*": of_our_arrests,
    "referrals_referraloffence.*": of_our_arrests,
    "referrals_referredperson.*": of_our_arrests_until_the_sites_days_are_over,
    "referrals_eligibilityanswer.*": of_our_arrests,
    "referrals_correction.*": of_our_arrests,
    "referrals_handoff.*": of_our_arrests,
    "referrals_approval.*": of_our_arrests,
    "referrals_approvalstep.*": of_our_arrests,
    "referrals_packet.*": of_our_arrests_until_the_sites_days_are_over,
}
MAY_READ = {
    Role.OFFICER: POLICE
    | {
        "referrals_officersentence.sentence": under_a_sentence_that_stands,
        "participants_consent.scope": under_a_sentence_that_stands,
    },
    Role.LIAISON: POLICE,
    Role.PROSECUTOR: STAFF_NAMES
    | {
        "referrals_heldcharge.*": of_an_undecided_charge,
        "referrals_chargeidentity.*": of_an_undecided_charge,
        "referrals_packet.*": of_an_undecided_charge,
        "participants_consent.scope": told_as_met,
    },
    Role.PROVIDER: dict.fromkeys(DIRECTORY, our_entry)
    | {
        "accounts_organisation.*": our_organisation,
        # A code, a need, a language: whoever it is for stands behind the consent.
        "services_servicereferral.*": asked_of_us,
        "services_sharedfact.text": asked_of_us_under_a_consent_that_stands,
        "participants_participant.chosen_name": asked_of_us_under_a_consent_that_stands,
        "participants_participant.pronouns": asked_of_us_under_a_consent_that_stands,
        "participants_participant.phone": asked_of_us_under_a_consent_that_stands,
        "participants_participant.language": asked_of_us_under_a_consent_that_stands,
        "participants_consent.scope": asked_of_us_under_a_consent_that_stands,
    },
    Role.REFERRER: {"referrals_referral.*": i_sent, "accounts_organisation.*": our_organisation},
    # Who was given to them, court dates and warrants, whom to call; of notes their own, also when a consent was taken back.
    Role.LEGAL_AID: dict.fromkeys(
        (*(f"participants_legalevent.{name}" for name in ("on", "place", "cause_number")),
         *(f"participants_participant.{name}" for name in
           ("chosen_name", "given_name", "family_name", "pronouns", "phone", "language")),
         "participants_consent.scope"), given_to_me,
    )
    | {"accounts_membership.name": their_case_manager, "accounts_membership.phone": their_case_manager,
       "accounts_organisation.*": our_organisation, "participants_privilegednote.text": mine},
    Role.STAKEHOLDER: {"reports_publishedreport.sheet": published, "accounts_organisation.*": our_organisation},
    Role.AUDITOR: STAFF_NAMES
    | {"audit_auditevent.actor_label": here, "participants_emergencyaccess.*": here, "accounts_user.username": here},
    Role.ADMINISTRATOR: {
        "accounts_membership.*": here, "accounts_user.username": here, "accounts_user.email": here,
        "accounts_organisation.*": here,
    },
    # Doors, approvals and the way to the first meeting; nothing that a person told casework.
    Role.COORDINATOR: STAFF_NAMES
    | dict.fromkeys(DIRECTORY, here)
    | {
        "referrals_referral.*": not_closed,
        "referrals_referraloffence.*": not_closed,
        "referrals_referredperson.*": not_closed,
        "referrals_eligibilityanswer.*": not_closed,
        "referrals_correction.*": not_closed,
        "referrals_handoff.*": not_closed,
        "referrals_approval.*": not_closed,
        "referrals_approvalstep.*": not_closed,
        "reports_suppliedfile.*": here,
        "reports_suppliedcount.*": here,
        "reports_publishedreport.sheet": here,
    },
    Role.CASE_MANAGER: {"*": of_a_record_that_is_not_closed},
    Role.SUPERVISOR: {"*": of_the_site_but_what_is_its_authors_alone},
}  # fmt: skip
# Everybody's own.
OWN = (
    "accounts_membership.*",
    "accounts_user.*",
    "notify_notice.text",
    "referrals_draft.fields",
    "accounts_heldform.fields",
)
# Told under a consent: on a page of the one record, which its key names, and never in a list.
OPENED_ALONE = {
    Role.PROVIDER: ("services_sharedfact.*", "participants_participant.*"),
    Role.OFFICER: ("referrals_officersentence.*",),
    Role.LEGAL_AID: ("participants_legalevent.*", "participants_participant.*"),
}
# What casework writes and nobody else reads: casework meets it, so the others' pages are silent for a reason.
CASEWORK = {
    "participants_participant.where_to_reach", "participants_participant.aliases", "participants_participant.phone",
    "participants_consent.signed_name", "participants_consent.text_shown", "referrals_attempt.place",
    "referrals_appointment.place", "referrals_handovernote.text", "participants_noteline.text",
    "participants_notedetail.text", "participants_notedetail.next_step", "participants_noteaddendum.text",
    "participants_goal.words", "participants_goal.why", "participants_goal.measure", "participants_goal.baseline",
    "participants_goalstep.words", "participants_goalreview.went_well", "participants_goalreview.was_hard",
    "participants_goalreview.what_next",
    "participants_personfile.title",
    "participants_reachplace.place", "participants_reachplace.hours", "participants_reachplace.note",
    "participants_trustedperson.name", "participants_trustedperson.how_known", "participants_trustedperson.phone",
    "participants_demographics.race_words", "participants_demographics.gender_words",
    "participants_trustedperson.agreed_on", "participants_participant.street_names",
    "participants_lastseen.place", "participants_shiftline.text",
    "participants_legalevent.place", "participants_legalevent.charge", "participants_legalevent.cause_number",
    "participants_personmonth.income_sources", "participants_personmonth.benefit_sources",
    "participants_personmonth.insurance_sources",
    "participants_legalevent.charge_code",
    "participants_notereview.remark",
    "participants_counsellingnote.text", "participants_contactnote.domains", "participants_contactnote.minutes",
    "referrals_recordsection.answers", "referrals_slip.name", "services_sharedfact.text",
    "participants_participant.birth_date", "participants_participant.age_about", "participants_participant.language",
    "referrals_windowevent.happened_on", "referrals_windowitem.done_on", "reports_gettingalong.since_on",
    "services_location.address", "referrals_attempt.outcome", "referrals_casehandover.why", "referrals_windowevent.kind",
}  # fmt: skip
# What the walk must have met, else it walked past the pages that matter.
MUST_MEET = {
    Role.OFFICER: {
        "referrals_referredperson.name", "referrals_referredperson.birth_date", "referrals_referredperson.age_about",
        "referrals_referral.incident_number", "referrals_officersentence.sentence", "participants_consent.scope",
    },
    Role.LIAISON: {
        "referrals_referredperson.name", "referrals_referredperson.birth_date", "referrals_packet.incident_number",
    },
    Role.PROSECUTOR: {
        "referrals_chargeidentity.name", "referrals_chargeidentity.birth_date", "referrals_heldcharge.incident_number",
        "participants_consent.scope",
    },
    Role.PROVIDER: {
        "services_sharedfact.text", "participants_participant.chosen_name", "participants_participant.phone",
        "services_servicereferral.reference", "services_location.address",
    },
    Role.REFERRER: {"notify_notice.text", "referrals_referral.reference"},
    Role.LEGAL_AID: {
        "participants_legalevent.place", "participants_legalevent.cause_number", "participants_participant.chosen_name",
        "participants_participant.phone", "participants_privilegednote.text", "accounts_membership.phone",
    },
    Role.STAKEHOLDER: {"notify_notice.text", "reports_publishedreport.sheet"},
    Role.AUDITOR: {"audit_auditevent.actor_label", "accounts_membership.name"},
    Role.ADMINISTRATOR: {"accounts_user.username", "accounts_user.email", "accounts_membership.badge"},
    Role.COORDINATOR: {
        "referrals_referredperson.name", "services_contact.label", "reports_suppliedfile.taken_from",
        "reports_publishedreport.sheet", "services_location.address",
    },
    Role.CASE_MANAGER: CASEWORK,
    # A counselling note only of their own, which no page of another shows.
    Role.SUPERVISOR: CASEWORK - {"participants_counsellingnote.text"} | set(IN_WORDS),
}  # fmt: skip


def may_read(role: Role, place: Place) -> bool:
    row = place.row
    if mine(row) and row.role == role and any(fnmatch(place.column, column) for column in OWN):
        return True
    return any(fnmatch(place.column, column) and rule(row) for column, rule in MAY_READ[role].items())


def wrong(role: Role, walk: Walk, places: dict[str, Place]) -> list[str]:
    """What came to light to a role that may not read it, or may read it only where the record itself is opened."""
    found = []
    for marker, pages in sorted(walk.seen.items()):
        place = places.get(marker)
        if place is None:
            continue
        if not may_read(role, place):
            found.append(f"{says(place)} on {', '.join(sorted(map(str, pages)))}")
        if any(fnmatch(place.column, column) for column in OPENED_ALONE.get(role, ())):
            lists = sorted(str(one) for one in pages if one.row is None or record(one.row) != record(place.row))
            found += [f"{says(place)} where another was opened: {lists}"] if lists else []
    return found


def record(row: Row) -> tuple:
    return row.site, row.n, row.flavour


def says(place: Place) -> str:
    return f"{place.column} of {place.row.site} {place.row.n} {place.row.flavour} {place.row.role}"
