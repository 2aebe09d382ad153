"""One row of every kind in every table, for two sites, two people of each role and every flavour of record.

They are written as the owner, with the walls lifted for the length of the writing, in a transaction that is rolled back.
"""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connections

from lead_cms.access.permissions import Role
from lead_cms.access.row_security import all_policies
from lead_cms.accounts import models as accounts
from lead_cms.accounts.models import OrganisationKind
from lead_cms.audit import models as audit
from lead_cms.notify import models as notify
from lead_cms.reports import models as reports
from participants import models as participants
from referrals import models as referrals
from services import models as services
from tests.access import months_of as months
from tests.access.rows_of_merging import add_merges
from tests.access.rows_of_pairs import add_pair
from tests.access.rows_of_people import write_people
from tests.access.rows_of_the_court import add_court, legal_cell
from tests.access.rows_of_the_street import add_lines, add_street
from tests.access.rows_of_the_team import add_nudge, add_review
from tests.factories import SiteWorld

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
PAST, FUTURE = NOW - timedelta(days=400), datetime(2099, 1, 1, tzinfo=UTC)
DAY = date(2026, 10, 20)
TEXTS = ("report", "title", "site", "custodian", "period", "begins_on", "ends_on", "data_at", "data_says", "definition",
         "denominator")  # fmt: skip
SHEET = dict.fromkeys(TEXTS, "x") | {"missing": [], "notes": [], "tables": [], "chart": None, "is_hiding": True}
# plain: window met, nobody consented. shared: met and consented. past: out of police's and the prosecutor's sight.
# supervised: a supervisor's own case, taken by telephone; telephoned and coordinated: typed by those on call.
FLAVOURS = (
    "plain", "shared", "past", "restricted", "sealed", "community", "supervised", "telephoned", "coordinated",
)  # fmt: skip
# Under a matrix consent to provider n, and with a sentence to officer n; of "past" the sentence was taken back.
BESIDE = "beside"  # another person in the rows of one
MATRIX = ("plain", "restricted", "sealed", "supervised", "past")
SHOWN_MET, MET = {"plain", "shared", "supervised"}, {"state": "met", "met_on": DAY}
TYPED_BY = {
    "community": Role.REFERRER,
    "supervised": Role.SUPERVISOR,
    "telephoned": Role.CASE_MANAGER,
    "coordinated": Role.COORDINATOR,
}


@dataclass(frozen=True)
class Row:
    """One row and whose it is: site, number of the person it belongs to, and what kind of record it hangs on."""

    table: str
    id: str
    site: str
    n: int
    flavour: str = "plain"
    role: str = ""


class Rows:
    def __init__(self, using: str = "owner"):
        self.using = using
        self.by_table: dict[str, list[Row]] = {}
        self.people: dict[tuple, participants.Participant] = {}  # by site, number and flavour
        self.services: dict[tuple, services.Service] = {}  # of the provider that signs in, by site and number

    def add(self, instance, where: SiteWorld, n: int, flavour: str = "plain", role: str = ""):
        instance.save(using=self.using, force_insert=True)
        table = instance._meta.db_table
        row = Row(table, str(instance.pk), where.site.slug, n, flavour, role)
        self.by_table.setdefault(table, []).append(row)
        return instance


@contextmanager
def walls_lifted(using: str = "owner"):
    """Let the owner write into its own tables; the walls stand again when the block ends."""
    tables = [policy.table for policy in all_policies()]
    with connections[using].cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set local role lead_owner")
        for table in tables:
            cursor.execute(f'alter table "{table}" no force row level security')
        yield
        # Foreign keys are checked at the end of a transaction; a table with such a check pending cannot be altered.
        cursor.execute("set constraints all immediate")
        for table in tables:
            cursor.execute(f'alter table "{table}" force row level security')
        cursor.execute("reset role")


def build(sites: list[SiteWorld], using: str = "owner", rows: Rows | None = None) -> Rows:
    rows = Rows(using) if rows is None else rows
    for where in sites:
        _house(rows, where)
        for n in (0, 1):
            for flavour in FLAVOURS:
                _referral(rows, where, n, flavour)
            add_merges(rows, where, n)
    rows.by_table["notify_heartbeat"] = []
    rows.add(notify.Heartbeat(id="plan", ran_at=NOW), sites[0], 0)
    return rows


def _existing(rows: Rows, instance, where: SiteWorld, n: int, role: str = "") -> None:
    table = instance._meta.db_table
    rows.by_table.setdefault(table, []).append(Row(table, str(instance.pk), where.site.slug, n, "plain", role))


def _house(rows: Rows, where: SiteWorld) -> None:
    _existing(rows, where.site, where, 0)
    _existing(rows, where.rules, where, 0)
    for (kind, n), organisation in where.organisations.items():
        _existing(rows, organisation, where, n, kind)
    for (role, n), person in where.people.items():
        _existing(rows, person, where, n, role)
        _existing(rows, person.user, where, n, role)
        rows.add(accounts.AccountLock(user=person.user), where, n, role=role)
        rows.add(accounts.HeldForm(user=person.user, path="/", fields={}, held_at=NOW), where, n, role=role)
        rows.add(referrals.Draft(site=where.site, author=person, kind="x", fields={}, saved_at=NOW, expires_at=PAST),
                 where, n, role=role)  # fmt: skip
        rows.add(notify.Notice(site=where.site, key="k", recipient=person, text="t", path="/", created_at=NOW),
                 where, n, role=role)  # fmt: skip
        rows.add(notify.OutboxEmail(key=f"k{person.pk}", user=person.user, kind="attention", created_at=NOW,
                                    next_try_at=NOW), where, n, role=role)  # fmt: skip
        rows.add(notify.AlertPreference(membership=person, kind="other", changed_at=NOW), where, n, role=role)
        rows.add(audit.AuditEvent(id=uuid.uuid4(), action="x", user_id=person.user_id, membership_id=person.pk,
                                  site_id=where.site.pk, actor_label="x", request_id="-"), where, n, role=role)  # fmt: skip
        rows.add(audit.AuditEvent(id=uuid.uuid4(), action="account.signed_in", user_id=person.user_id, actor_label="x",
                                  request_id="-"), where, n, "sign-in", role)  # fmt: skip
    for n in (0, 1):
        manager = where.person(Role.CASE_MANAGER, n)
        shift = rows.add(
            referrals.OnCallShift(site=where.site, person=manager, starts_at=NOW, ends_at=FUTURE), where, n
        )
        supervisor = where.person(Role.SUPERVISOR, n)
        for one, other in ((manager, supervisor), (supervisor, manager)):
            state = {"state": "declined", "answered_at": NOW} if one is supervisor else {}
            rows.add(referrals.ShiftOffer(site=where.site, shift=shift, offered_at=NOW, offered_by=one, offered_to=other,
                                          **state), where, n, role=one.role)  # fmt: skip
        rows.add(referrals.IncidentRecord(
            site=where.site, source="sfpd", row_key=str(n), incident_id="1", incident_number="1", code="1", category="c",
            description="d", resolution="r", occurred_at=NOW), where, n)  # fmt: skip
        rows.add(referrals.UnderageCount(site=where.site, met_on=DAY, door="arrest"), where, n)
        _reports(rows, where, n)
        add_lines(rows, where, n)
        for flavour in ("plain", "unlinked"):
            _directory(rows, where, n, flavour)


def _reports(rows: Rows, where: SiteWorld, n: int) -> None:
    coordinator, agency = where.person(Role.COORDINATOR, n), where.organisations[OrganisationKind.POLICE, n]
    file = rows.add(reports.SuppliedFile(
        site=where.site, agency=agency, version=n + 1, name="f", content_hash="h", good_rows=1, bad_rows=0, taken_at=NOW,
        taken_from="x"), where, n)  # fmt: skip
    rows.add(reports.SuppliedCount(
        site=where.site, file=file, agency=agency, version=n + 1, month=DAY.replace(day=1), dimension="all", count=1),
        where, n)  # fmt: skip
    for flavour, withdrawn in (("plain", {}), ("past", {"withdrawn_at": NOW, "withdrawn_by": coordinator})):
        rows.add(reports.PublishedReport(
            site=where.site, report="funnel", begins_on=DAY.replace(day=n + 1), ends_on=DAY, sheet=SHEET, data_at=NOW,
            published_at=NOW, published_by=coordinator, **withdrawn), where, n, flavour)  # fmt: skip
    for role in (Role.COORDINATOR, Role.SUPERVISOR):
        rows.add(reports.LeftFigures(
            site=where.site, report="funnel", begins_on=DAY.replace(day=n + 1), ends_on=DAY, counts={}, left_at=NOW,
            exported_by=where.person(role, n)), where, n, role=role.value)  # fmt: skip


def _directory(rows: Rows, where: SiteWorld, n: int, flavour: str) -> None:
    """A provider whose staff sign in, and one that nobody signs in for."""
    by = where.person(Role.COORDINATOR, n)
    staff = {"organisation": where.organisations[OrganisationKind.PROVIDER, n], "linked_at": NOW, "linked_by": by}

    def add(model, **fields):
        return rows.add(model(site=where.site, **fields), where, n, flavour)

    provider = add(services.Provider, name=f"P{n}", **(staff if flavour == "plain" else {}))
    service = add(services.Service, provider=provider, name=f"S{n}", needs=["housing"])
    on = {"provider": provider, "service": service}
    if flavour == "plain":
        rows.services[where.site.slug, n] = service
    add(services.Location, address="1 A St", latitude=1.0, longitude=1.0, **on)
    add(services.Contact, phone="+14155550100", **on)
    add(services.Hours, weekday=0, opens="09:00", closes="17:00", **on)


def _referral(rows: Rows, where: SiteWorld, n: int, flavour: str) -> None:
    site, community, past = where.site, flavour == "community", flavour == "past"
    officer, manager = where.person(Role.OFFICER, n), _manager(where, n, flavour)
    police = {} if community else {"officer": officer, "agency": where.organisations[OrganisationKind.POLICE, n]}

    def add(model, whose="", **fields):
        return rows.add(model(site=site, **fields), where, n, flavour, whose)

    referral = add(
        referrals.Referral, reference=f"{n}{flavour}"[:12], door="community" if community else "arrest",
        status="handed_over" if past else "submitted", rules=where.rules, submission_key=uuid.uuid4(),
        entered_by=where.person(TYPED_BY.get(flavour, Role.OFFICER), n),
        by_telephone=flavour in {"supervised", "telephoned", "coordinated"}, submitted_at=NOW, status_changed_at=NOW,
        incident_number="" if community else f"{n}{flavour}", **police,
    )  # fmt: skip
    on = {"referral": referral}
    person = add(
        participants.Participant, given_name="A", birth_date=DAY, is_restricted=flavour == "restricted",
        created_at=NOW, created_by=manager,
    )  # fmt: skip
    rows.people[site.slug, n, flavour] = person
    add(participants.Participation, participant=person, began_on=DAY, recorded_by=manager)
    add(reports.GettingAlong, participant=person, since_on=DAY, noted_at=NOW, noted_by=manager)
    add(referrals.ReferredPerson, name="A", police_until_at=PAST if past else None, **on, **police)
    add(referrals.ReferralOffence, code_system="CA", code="1", title="t", is_held=True, **on, **police)
    add(referrals.EligibilityAnswer, rule_code="r", rule_text="t", answer="no", **on, **police)
    add(referrals.Handoff, handed_over_at=NOW if past else None, **on, **police)
    add(referrals.Approval, **on, **police)
    named = "liaison" if flavour == "plain" else "coordinator"
    add(referrals.ApprovalStep, number=1, code="c", whom="w", role=named, **on, **police)
    add(referrals.Paging, begun_at=NOW, next_at=FUTURE, **on, **police)
    add(referrals.Page, step=1, kind="on_call", person=manager, paged_at=NOW, **on, **police)
    if not community:
        add(referrals.Correction, field="f", text="t", made_at=NOW, made_by=officer, **on, **police)
    add(
        referrals.Casework, participant=person, case_manager=manager, is_restricted=flavour == "restricted",
        is_sealed=flavour == "sealed", **on,
    )  # fmt: skip
    handed = add(referrals.CaseHandover, to=manager, why="first", assigned_at=NOW, assigned_by=manager, **on)
    add(
        referrals.HandoverNote, handover=handed, to=manager, text="t", written_at=NOW,
        written_by=where.person(Role.SUPERVISOR, n), **on,
    )  # fmt: skip
    window = add(
        referrals.IntakeWindow, rules=where.rules, opened_at=NOW, starts_on=DAY, due_on=DAY, first_due_on=DAY,
        required_items=["intake"], state_changed_at=NOW, **on, **(MET if flavour in SHOWN_MET else {}),
    )  # fmt: skip
    add(referrals.WindowItem, window=window, kind="intake", done_on=DAY, typed_at=NOW, typed_by=manager)
    add(referrals.WindowEvent, window=window, kind="custody", happened_on=DAY, recorded_at=NOW, recorded_by=manager)
    add(
        referrals.Reminder,
        window=window,
        step="s",
        recipient="case_manager",
        channel="in_app",
        path="/",
        due_at=NOW,
        **on,
    )
    add(referrals.PrivateTalk, started_at=NOW, started_by=manager, **on)
    logged = NOW if past else FUTURE  # in the others it was just now, and can be taken back
    add(referrals.Attempt, tried_at=NOW, entered_at=logged, tried_by=manager, kind="visit", outcome="reached",
        place_until_at=FUTURE, **on)  # fmt: skip
    add(referrals.Appointment, at=NOW, place="p", booked_at=NOW, booked_by=manager, **on)
    add(referrals.Slip, place="p", phone="1", code="c", language="en", made_at=NOW, made_by=manager, **on)
    add(referrals.OutreachEntry, listed_at=NOW, state_changed_at=NOW, **on)
    record = add(referrals.Record, kind="intake", begun_at=NOW, begun_by=manager, **on)
    add(referrals.RecordSection, record=record, section="s", answers={}, saved_at=NOW, saved_by=manager, **on)
    if not community:
        _charge(add, where, n, flavour, referral, window, person)
    if flavour in MATRIX:
        _matrix(rows, where, n, flavour, referral, person)
    consent = None
    if flavour in ASKED:
        consent = _asked(add, rows.services[where.site.slug, n], where, n, flavour, referral, person)
    if flavour in {"plain", "supervised"}:
        _closing(add, where, n, flavour, person)
    _notes(rows, where, n, flavour, person)
    goal = add(participants.Goal, participant=person, words="w", begun_on=DAY, recorded_at=NOW, recorded_by=manager)
    hangs = {"goal": goal, "participant": person}
    add(participants.GoalStep, words="w", who="person", recorded_at=NOW, recorded_by=manager, **hangs)
    add(participants.GoalReview, state="active", reviewed_at=NOW, reviewed_by=manager, **hangs)
    add_street(add, flavour, person, manager)
    add_pair(add, person, manager)
    add(participants.PersonFile, participant=person, kind="letter", media_type="pdf", size=1, sha256="h", kept_at=NOW,
        kept_by=manager)  # fmt: skip
    write_people(add, person, manager, DAY, NOW)
    months.lived(add, person, manager, DAY, NOW)
    add_court(add, where, n, person, manager, consent)
    add_nudge(add, referral, manager, where.person(Role.SUPERVISOR, n), NOW)


def _matrix(rows: Rows, where: SiteWorld, n: int, flavour: str, referral, person) -> None:
    manager, provider = _manager(where, n, flavour), where.person(Role.PROVIDER, n)
    organisation, is_past = provider.organisation, flavour == "past"

    def add(model, role="", **fields):
        return rows.add(model(site=where.site, **fields), where, n, flavour, role)

    signed = {
        "participant": person, "referral_id": referral.pk, "answer": "yes", "asked_at": NOW, "asked_by": manager,
        "language": "en", "text_shown": "t", "text_hash": "h", "signed_name": "A", "signed_at": NOW,
    }  # fmt: skip
    back = {"revoked_at": NOW, "revoked_how": "spoken", "revoked_by": manager} if is_past else {}
    sentence = add(participants.Consent, kind="sentence", **signed, **back)
    add(referrals.OfficerSentence, referral=referral, officer=where.person(Role.OFFICER, n), consent=sentence, sentence="s",
        written_at=NOW, written_by=manager)  # fmt: skip
    if is_past:
        return
    consent = add(participants.Consent, kind="treatment", matrix=[f"{organisation.pk}:housing"], **signed)
    add(participants.ConsentCell, consent=consent, participant=person, organisation=organisation, kind="treatment",
        information_class="housing", organisation_kind="provider")  # fmt: skip
    add(participants.Disclosure, role="provider", consent=consent, what="housing", to_membership=provider,
        to_organisation_id=organisation.pk, purpose="p", notice_version="v")  # fmt: skip


# A service was asked: named under a consent that stands, or ("past") was taken back; of "shared" nobody is named.
ASKED = ("plain", "restricted", "past", "supervised", "shared")


def _asked(add, service, where: SiteWorld, n: int, flavour: str, referral, person):
    by, organisation = _manager(where, n, flavour), where.organisations[OrganisationKind.PROVIDER, n]
    is_named, back = flavour != "shared", {"revoked_at": NOW, "revoked_how": "spoken", "revoked_by": by}
    asked = add(
        services.ServiceReferral, reference=f"S{n}{flavour}"[:12], service=service, provider=service.provider,
        organisation=organisation, need="housing", method="here", names_person=is_named, submission_key=uuid.uuid4(),
        asked_at=NOW, asked_by=by, status_changed_at=NOW, remind_at=NOW,
    )  # fmt: skip
    add(services.ServiceGap, participant=person, need="housing", reason="full", recorded_at=NOW, recorded_by=by)
    if not is_named:
        add(services.AskedPerson, referral=asked, participant=person)
        return None
    consent = add(
        participants.Consent, kind="multi_party", participant=person, referral_id=referral.pk, answer="yes", asked_at=NOW,
        asked_by=by, language="en", text_shown="t", text_hash="h", signed_name="A", signed_at=NOW,
        matrix=[*(f"{organisation.pk}:{code}" for code in ("enrolment", "health")), legal_cell(where, n)],
        **(back if flavour == "past" else {}),
    )  # fmt: skip
    cell = {"consent": consent, "participant": person, "organisation": organisation, "kind": "multi_party"}
    for code in ("enrolment", "health"):
        add(participants.ConsentCell, information_class=code, organisation_kind="provider", **cell)
    add(services.AskedPerson, referral=asked, participant=person, organisation=organisation, consent_id=consent.pk)
    add(services.SharedFact, referral=asked, participant=person, organisation=organisation, information_class="health",
        text="t", written_at=NOW, written_by=by)  # fmt: skip
    return consent


def _notes(rows: Rows, where: SiteWorld, n: int, flavour: str, person) -> None:
    """One note that is signed, with what was added to it, and one ("draft") that is its author's still."""
    by = _manager(where, n, flavour)
    for role, signed_at in (("", NOW), ("draft", None)):

        def add(model, role=role, **fields):
            return rows.add(model(site=where.site, participant=person, **fields), where, n, flavour, role)

        note = add(
            participants.ContactNote, author=by, kind="phone", is_two_way=True, happened_at=NOW, begun_at=NOW, saved_at=NOW,
            written_from=uuid.uuid4(), signed_at=signed_at,
        )  # fmt: skip
        for model in (participants.NoteLine, participants.NoteDetail, participants.CounsellingNote):
            add(model, note=note, text="t")
        if signed_at:
            add(participants.NoteAddendum, note=note, text="t", added_at=NOW, added_by=by)
            add_review(add, note, where.person(Role.SUPERVISOR, n), NOW)


def _closing(add, where: SiteWorld, n: int, flavour: str, person) -> None:
    """Staff named, people kept apart, a record opened in an emergency: whose person is already seen by everybody."""
    manager, supervisor = where.person(Role.CASE_MANAGER, n), where.person(Role.SUPERVISOR, n)
    other = add(
        participants.Participant, BESIDE, given_name="B", created_at=NOW, created_by=_manager(where, n, flavour),
    )  # fmt: skip
    first, second = sorted([person, other], key=lambda one: one.pk)
    add(participants.NeverTogether, first=first, second=second, reason="asked", set_at=NOW,
        set_by=_manager(where, n, flavour))  # fmt: skip
    if flavour == "plain":
        add(participants.RecordAccess, participant=person, membership=where.person(Role.CASE_MANAGER, 1 - n), kind="open",
            reason="covers", set_at=NOW, set_by=supervisor)  # fmt: skip
        add(participants.EmergencyAccess, participant=person, membership=manager, emergency="medical", reason="r",
            granted_at=NOW, until_at=NOW + timedelta(hours=1))  # fmt: skip


def _manager(where: SiteWorld, n: int, flavour: str):
    return where.person(Role.SUPERVISOR if flavour == "supervised" else Role.CASE_MANAGER, n)


def _charge(add, where: SiteWorld, n: int, flavour: str, referral, window, person) -> None:
    agency = where.organisations[OrganisationKind.POLICE, n]
    prosecutor, manager = where.person(Role.PROSECUTOR, n), _manager(where, n, flavour)
    hidden = PAST if flavour == "past" else None
    charge = add(
        referrals.HeldCharge, referral=referral, agency=agency, incident_number="1", code_system="CA", code="1", title="t",
        held_on=DAY, due_on=DAY, hidden_at=hidden,
    )  # fmt: skip
    add(referrals.ChargeIdentity, referral=referral, name="A")
    add(
        referrals.Packet, referral=referral, officer=where.person(Role.OFFICER, n), agency=agency, incident_number="1",
        held_on=DAY, hidden_at=hidden,
    )  # fmt: skip
    add(referrals.Extension, charge=charge, number=1, until_on=DAY, granted_at=NOW, granted_by=prosecutor)
    if flavour in SHOWN_MET:
        add(referrals.WindowResult, charge=charge, window=window, met_on=DAY, recorded_by=manager)
    # "restricted", "sealed" and "telephoned" are consented to and not met; "plain" is met and not consented to.
    if flavour in {"shared", "restricted", "sealed", "telephoned"}:
        consent = add(
            participants.Consent, kind="criminal_justice", participant=person, referral_id=referral.pk, answer="yes",
            asked_at=NOW, asked_by=manager, language="en", text_shown="t", text_hash="h", signed_name="A", signed_at=NOW,
        )  # fmt: skip
        add(
            participants.Disclosure, consent=consent, what="window_result", to_membership=prosecutor,
            to_organisation_id=prosecutor.organisation_id, purpose="p", notice_version="v",
        )  # fmt: skip
    if flavour == "supervised":
        add(
            participants.Consent, kind="criminal_justice", participant=person, referral_id=referral.pk, answer="not_now",
            asked_at=NOW, asked_by=manager, language="en",
        )  # fmt: skip
