"""What happened since somebody left: facts of every kind in one query, by person, newest first.

API
    happened(scope, me, since) -> ([Person], whether there was more)
Nothing is filtered for secrecy: a row of another's closed record is not there, and of notes there are facts and no text.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from lead_cms.casefile.urgency import TRIED
from lead_cms.core.addresses import address
from lead_cms.core.templatetags.dates import say_day, say_when
from participants.enums import ConsentKind, CourtState, LegalKind, NoteKind
from referrals.enums import (
    AppointmentState,
    AttemptKind,
    AttemptOutcome,
    Decision,
    Door,
    OutreachState,
    WindowEventKind,
    WindowState,
)

MINE, TEAM = "mine", "team"
OF_EACH, MOST = 120, 200  # of each kind, and in all
OUTREACH_ENDS = "('yes', 'not_now', 'not_found', 'waiting')"

# What, the column of its moment, the table, referral, person, who, two codes, a further moment; what else must be.
KINDS = [
    ("referred", "submitted_at", "referrals_referral", "id", "null", "entered_by_id", "door", "''", "null", ""),
    ("taken", "handed_over_at", "referrals_handoff", "referral_id", "null", "null", "''", "''", "null", ""),
    ("given", "assigned_at", "referrals_casehandover", "referral_id", "null", "assigned_by_id",
     "(select m.name from accounts_membership m where m.id = x.to_id)", "''", "null", ""),
    ("tried", "entered_at", "referrals_attempt", "referral_id", "null", "tried_by_id", "kind", "outcome", "null", ""),
    ("noted", "signed_at", "participants_contactnote", "null", "participant_id", "author_id", "kind",
     "case when is_two_way then 'talked' else 'tried' end", "null", ""),
    ("booked", "booked_at", "referrals_appointment", "referral_id", "null", "booked_by_id", "''", "''", "at",
     "and state = 'booked'"),
    ("met", "answered_at", "referrals_appointment", "referral_id", "null", "null", "state", "''", "at", ""),
    ("court", "recorded_at", "participants_legalevent", "null", "participant_id", "recorded_by_id", "kind",
     '"on"::text', "null", ""),
    ("came", "answered_at", "participants_legalevent", "null", "participant_id", "null", "state", '"on"::text', "null",
     "and kind = 'hearing' and state <> 'ahead'"),
    ("window", "state_changed_at", "referrals_intakewindow", "referral_id", "null", "null", "state", "''", "null",
     "and state <> 'open'"),
    ("event", "recorded_at", "referrals_windowevent",
     "(select w.referral_id from referrals_intakewindow w where w.id = x.window_id)", "null", "recorded_by_id", "kind",
     "happened_on::text", "null", ""),
    ("longer", "granted_at", "referrals_extension",
     "(select h.referral_id from referrals_heldcharge h where h.id = x.charge_id)", "null", "null", "''",
     "until_on::text", "null", ""),
    ("decided", "decided_at", "referrals_heldcharge", "referral_id", "null", "null", "decision", "''", "null", ""),
    ("signed", "signed_at", "participants_consent", "referral_id", "participant_id", "asked_by_id", "kind", "''", "null",
     ""),
    ("revoked", "revoked_at", "participants_consent", "referral_id", "participant_id", "null", "kind", "''", "null", ""),
    ("listed", "state_changed_at", "referrals_outreachentry", "referral_id", "null", "null", "state", "''", "null",
     f"and state in {OUTREACH_ENDS}"),
]  # fmt: skip
# One's own people; and referrals that nobody looks after yet.
MY_REFERRALS = "{referral} in (select c.referral_id from referrals_casework c where c.case_manager_id = %(me)s{nobody})"
MY_PEOPLE = "x.participant_id in (select c.participant_id from referrals_casework c where c.case_manager_id = %(me)s)"
NOBODYS = " or c.site_id = %(site)s and c.case_manager_id is null"


def _branch(scope: str, kind: tuple) -> str:
    what, at, table, referral, person, who, one, two, moment, more = kind
    mine = ""
    if scope == MINE:
        key = f"x.{referral}" if referral.isidentifier() else referral
        whose = MY_PEOPLE if referral == "null" else MY_REFERRALS.format(
            referral=key, nobody=NOBODYS if what == "referred" else ""
        )  # fmt: skip
        mine = f"and {whose}"
    return (
        f"(select '{what}' as what, {at} as at, {referral}::uuid as referral, {person}::uuid as person, {who}::uuid as who, "  # noqa: S608
        f"{one}::text as one, {two}::text as two, {moment}::timestamptz as moment from {table} x "
        f"where site_id = %(site)s and {at} >= %(since)s and {at} <= %(now)s {more} {mine} "
        f"order by {at} desc limit {OF_EACH})"
    )


SQL = {
    scope: f"""
with x as ({" union all ".join(_branch(scope, kind) for kind in KINDS)})
select x.what, x.at, x.referral, coalesce(x.person, c.participant_id) as person, m.name, x.one, x.two, x.moment,
       coalesce(nullif(p.chosen_name, ''), nullif(btrim(p.given_name || ' ' || p.family_name), ''),
                nullif(r.name, ''), nullif(r.description, ''), 'Name not given')
  from x left join referrals_casework c on c.referral_id = x.referral
  left join participants_participant p on p.id = coalesce(x.person, c.participant_id)
  left join referrals_referredperson r on r.referral_id = x.referral
  left join accounts_membership m on m.id = x.who
 where x.referral is null or c.id is not null
 order by x.at desc, x.what limit {MOST + 1}"""  # noqa: S608  nothing in it is anybody's words
    for scope in (MINE, TEAM)
}


@dataclass
class Person:
    """One person with what happened, newest first."""

    name: str
    url: str
    lines: list[dict] = field(default_factory=list)


def happened(scope: str, me, since: datetime, now: datetime) -> tuple[list[Person], bool]:
    """By person, whoever had something happen last first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SQL[scope], {"site": me.site_id, "me": me.pk, "since": since, "now": now})
        rows = cursor.fetchall()
    people: dict[UUID, Person] = {}
    for what, at, referral, person, who, one, two, moment, name in rows[:MOST]:
        url = address("casefile:person", person) if person else address("casefile:case", referral)
        found = people.setdefault(person or referral, Person(name, url))
        found.lines.append({"at": at, "says": says(what, one, two, moment), "who": who or ""})
    return list(people.values()), len(rows) > MOST


def says(what: str, one: str, two: str, moment: datetime | None) -> str:
    """One fact in words."""
    return {
        "referred": lambda: f"Referred: {Door(one).label.lower()}",
        "taken": lambda: "Taken over from the officer",
        "given": lambda: f"Looked after by {one}",
        "tried": lambda: f"Tried {TRIED[AttemptKind(one)]}: {AttemptOutcome(two).label.lower()}",
        "noted": lambda: f"Note signed: {NoteKind(one).label.lower()}, {two}",
        "booked": lambda: f"Appointment booked for {say_when(moment)}",
        "met": lambda: f"Appointment of {say_when(moment)}: {AppointmentState(one).label.lower()}",
        "court": lambda: f"{LegalKind(one).label}: {say_day(date.fromisoformat(two))}",
        "came": lambda: f"Court date of {say_day(date.fromisoformat(two))}: {CourtState(one).label.lower()}",
        "window": lambda: f"Window: {WindowState(one).label.lower()}",
        "event": lambda: f"{WindowEventKind(one).label}, {say_day(date.fromisoformat(two))}",
        "longer": lambda: f"More time, until {say_day(date.fromisoformat(two))}",
        "decided": lambda: f"The prosecutor decided: {Decision(one).label.lower()}",
        "signed": lambda: f"Consent signed: {ConsentKind(one).label}",
        "revoked": lambda: f"Consent taken back: {ConsentKind(one).label}",
        "listed": lambda: f"Outreach list: {OutreachState(one).label.lower()}",
    }[what]()
