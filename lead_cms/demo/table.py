"""The rest of the table: consents in every state, who must not meet, an emergency, counts supplied, reports published.

A fixed number of each at a site, done by the people themselves through the actions, so that the audit reads as it would.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, Organisation, OrganisationKind
from lead_cms.demo.merging import put_together
from lead_cms.demo.notes import write_notes
from lead_cms.demo.people import DemoSite
from lead_cms.demo.reaching import reach_people
from lead_cms.demo.team import look_at_the_team
from lead_cms.reports.actions.publishing import digest, preview, publish
from lead_cms.reports.actions.standing import note_gets_along
from lead_cms.reports.actions.supplied import take_in
from lead_cms.reports.period import Period
from lead_cms.reports.registry import REPORTS
from participants.actions.closing import keep_apart, open_in_emergency
from participants.actions.consents import revoke, revoke_cells
from participants.actions.legal_aid import give, write_note
from participants.enums import ApartReason, ConsentKind, Emergency, EndsWith, HowRevoked
from participants.models import ConsentCell, Participant
from referrals.actions.consenting import Wish, ask_for
from referrals.actions.linking import set_restricted
from referrals.actions.talking import begin_talk, talked_at
from referrals.models import Casework, Referral

K = OrganisationKind
# What is signed by whom, one after the other: classes by kind of organisation, and how many days it is good for.
SIGNED = [
    (
        "in force",
        {K.PROSECUTOR: ("legal_coordination",), K.POLICE: ("enrolment",), K.LEGAL_AID: ("legal_coordination",)},
        300,
    ),
    ("partly taken back", {K.PROSECUTOR: ("enrolment", "barriers"), K.PROVIDER: ("enrolment", "housing")}, 200),
    ("near its end", {K.PROJECT_MANAGEMENT: ("general_progress",), K.PROVIDER: ("enrolment",)}, 4),
    ("taken back", {K.PARTNER: ("enrolment",)}, 100),
]
SENTENCE = "I have my ID now. Thank you for waiting with me."
# Of a hundred incidents with a divertible charge in a month, how many of each group the agency counted.
SUPPLIED = {
    "race": {
        "white": 33,
        "black": 31,
        "hispanic": 19,
        "asian": 8,
        "aian": 3,
        "nhpi": 2,
        "mena": 1,
        "race: not known": 3,
    },
    "gender": {"man": 68, "woman": 29, "gender: not known": 3},
}
MONTHS, A_MONTH = 14, 120


def gather(where: DemoSite, cases: dict, *, now: datetime) -> None:
    """`cases` as `cases_told` gives them. Where a site has too few, it does with fewer."""
    manager = where.first(Role.CASE_MANAGER)
    _consents(manager, [referral for _, referral in cases.get(manager.pk, [])], now)
    _legal_aid(where, now)
    _apart(where, cases, now)
    _emergency(where, cases, now)
    if where.site.slug == "san-francisco":
        _supply(where, now)
    write_notes(where, cases, now=now)
    reach_people(where, cases, now=now)
    look_at_the_team(where, now=now)
    put_together(where, cases, now=now)
    _publish(where, now)


def _legal_aid(where: DemoSite, now: datetime) -> None:
    """Whoever said yes to the defenders was given to one of them, who wrote a note that nobody else reads."""
    lawyer, supervisor = where.first(Role.LEGAL_AID), where.first(Role.SUPERVISOR)
    with acting_as(supervisor), transaction.atomic():
        told = ConsentCell.objects.filter(organisation_id=lawyer.organisation_id, revoked_at=None)
        cell = told.select_related("participant").order_by("pk").first()
        if cell is None:
            return
        given = give(participant=cell.participant, lawyer=lawyer, by=supervisor, at=now - timedelta(days=5))
    with acting_as(lawyer), transaction.atomic():
        write_note(
            given=given, text="Spoke on the phone. Ask for the date to be moved.", by=lawyer, at=now - timedelta(days=3)
        )


def _consents(manager: Membership, keys: list, now: datetime) -> None:
    """Asked in private by the case manager, answered yes, and some of it taken back."""
    with acting_as(manager), transaction.atomic():
        held = {one.pk: one for one in Referral.objects.filter(pk__in=keys).select_related("casework__participant")}
        referrals = [held[key] for key in keys if key in held]
        offices: dict[str, Organisation] = {}
        for one in Organisation.objects.filter(site_id=manager.site_id).order_by("name", "pk"):
            offices.setdefault(one.kind, one)
        for referral, (how, told, days) in zip(referrals, SIGNED, strict=False):
            classes = {offices[kind].pk: codes for kind, codes in told.items()}
            wish = Wish(kind=ConsentKind.MULTI_PARTY, classes=classes, ends_on=(now + timedelta(days=days)).date())
            consent = _ask(referral, wish, manager, now)
            if how == "taken back":
                revoke(consent=consent, how=HowRevoked.WRITTEN, by=manager, at=now)
            elif how == "partly taken back":
                first = ConsentCell.objects.filter(consent=consent).order_by("information_class", "pk").first()
                revoke_cells(consent=consent, cells=[first.pk], how=HowRevoked.SPOKEN, by=manager, at=now)
        by_officer = [one for one in referrals if one.officer_id]
        for referral in by_officer[:1]:
            ends = EndsWith.TAKING_PART
            wish = Wish(kind=ConsentKind.SENTENCE, sentence=SENTENCE, ends_with=ends)
            _ask(referral, wish, manager, now)
        for referral in referrals[-2:]:
            note_gets_along(
                participant=referral.casework.participant,
                since_on=now.astimezone(manager.site.tz).date(),
                by=manager,
                at=now,
            )


def _ask(referral: Referral, wish: Wish, manager: Membership, now: datetime):
    if talked_at(referral) is None:
        begin_talk(referral=referral, others_present="nobody", by=manager, at=now - timedelta(minutes=20))
    person = referral.casework.participant
    name = f"{person.given_name} {person.family_name}".strip()
    return ask_for(referral=referral, wish=wish, answer="yes", signed_name=name, by=manager, at=now)


def _apart(where: DemoSite, cases: dict, now: datetime) -> None:
    """Two whose case managers differ; their supervisor wrote it down."""
    last = [cases[one.pk][-1][0] for one in where.people[Role.CASE_MANAGER] if cases.get(one.pk)]
    supervisor = where.first(Role.SUPERVISOR)
    with acting_as(supervisor), transaction.atomic():
        pair = list(Participant.objects.filter(pk__in=last[:2]))
        if len(pair) == 2:
            keep_apart(one=pair[0], other=pair[1], reason=ApartReason.VIOLENCE, by=supervisor, at=now)


def _emergency(where: DemoSite, cases: dict, now: datetime) -> None:
    """A record that its supervisor closed, opened by another case manager for a nurse; it closes by the clock."""
    supervisor, (_, asker, *others) = where.first(Role.SUPERVISOR), where.people[Role.CASE_MANAGER]
    found = next((cases[one.pk][-2] for one in others if len(cases.get(one.pk, ())) > 2), None)
    if found is None:
        return
    with acting_as(supervisor), transaction.atomic():
        set_restricted(participant=Participant.objects.get(pk=found[0]), restricted=True, by=supervisor, at=now)
        reference = Casework.objects.values_list("referral__reference", flat=True).get(referral_id=found[1])
    with acting_as(asker), transaction.atomic():
        open_in_emergency(
            words="", birth_date=None, code=reference, emergency=Emergency.MEDICAL,
            reason="Brought in without being able to speak; the ward asks what they take",
            told_whom="Ward nurse, General Hospital (demo)", minutes=where.rules.consent.emergency_minutes, by=asker,
            at=now,
        )  # fmt: skip


def _supply(where: DemoSite, now: datetime) -> None:
    """A file as an agency would give it: month, precinct, group, count."""
    lines, today = ["month,precinct,group,count"], now.astimezone(where.site.tz).date()
    for back in range(MONTHS):
        first = _months_before(today, back)
        for groups in SUPPLIED.values():
            for number, (group, share) in enumerate(groups.items()):
                count = (A_MONTH + 7 * (back % 4)) * share // 100 + (number + back) % 3
                lines.append(f"{first:%Y-%m},,{group},{count}")
    agency = Organisation.objects.filter(site=where.site, kind=K.POLICE).order_by("name").first()
    with acting_as(Duty.OPERATOR, site=where.site), transaction.atomic():
        taken = take_in(
            name="divertible incidents (demo).csv", content="\n".join(lines).encode(), agency=agency,
            by_label="the demo", site=where.site, rules=where.rules, at=now,
        )  # fmt: skip
        if taken.faults:
            raise ValueError(f"The demo supplies counts that are not taken: {taken.faults[0]}")


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _publish(where: DemoSite, now: datetime) -> None:
    """The coordinator looked at the figures of the last five whole months and published two reports, frozen."""
    coordinator = where.first(Role.COORDINATOR)
    today = now.astimezone(where.site.tz).date()
    period = Period(_months_before(today, 5), _months_before(today, 0))
    with acting_as(coordinator), transaction.atomic():
        for name in ("funnel", "handoff") if where.site.slug != "san-francisco" else ("funnel", "equity"):
            report = REPORTS[name]
            seen = digest(preview(report=report, period=period, by=coordinator, at=now))
            publish(report=report, period=period, seen=seen, by=coordinator, at=now)
