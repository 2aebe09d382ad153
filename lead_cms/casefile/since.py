"""What happened since somebody left: facts of every kind in one query, by person, newest first.

API
    happened(scope, me, since, until) -> ([Person], until when there is more to read, or None)
    panels(people) -> HTML
Rows that a person may not see are not there: PostgreSQL says so. Of notes there are facts and no text.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.safestring import SafeString

from lead_cms.casefile.urgency import TRIED
from lead_cms.core.addresses import address
from lead_cms.core.markup import escaped
from lead_cms.core.templatetags.dates import say_day, say_when, whens
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
MOST = 100  # facts on one page
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
# Asked of one row after the other, from the newest on: the list is full after a few ("offset 0": not to be joined).
CASE = "exists (select 1 from referrals_casework c where c.{key} = {value} and {whose} offset 0)"
MINE_ALONE = "c.case_manager_id = %(me)s"
# What is restricted or sealed stands in its own case manager's lists, and in no other: not in the supervisor's either.
ANYBODYS = f"({MINE_ALONE} or not (c.is_restricted or c.is_sealed))"
OR_NOBODYS = f"({MINE_ALONE} or c.case_manager_id is null and {ANYBODYS})"  # a referral that nobody looks after yet


def _branch(scope: str, kind: tuple) -> str:
    what, at, table, referral, person, who, one, two, moment, more = kind
    # ruff: noqa: S608  nothing in it is anybody's words
    if referral != "null":
        whose = ANYBODYS if scope == TEAM else OR_NOBODYS if what == "referred" else MINE_ALONE
        value = f"x.{referral}" if referral.isidentifier() else referral
        seen = f"and {CASE.format(key='referral_id', value=value, whose=whose)}"
    else:
        whose = MINE_ALONE if scope == MINE else ANYBODYS
        seen = f"and {CASE.format(key='participant_id', value='x.participant_id', whose=whose)}"
    return (
        f"(select '{what}' as what, {at} as at, {referral}::uuid as referral, {person}::uuid as person, {who}::uuid as who, "
        f"{one}::text as one, {two}::text as two, {moment}::timestamptz as moment from {table} x "
        f"where site_id = %(site)s and {at} >= %(since)s and {at} <= %(until)s {more} {seen} order by {at} desc limit {MOST + 1})"
    )


SQL = {
    scope: f"""
with x as (select * from ({" union all ".join(_branch(scope, kind) for kind in KINDS)}) y order by at desc limit {MOST + 1}),
  y as materialized (
    select x.*, coalesce(x.person, c.participant_id) as about from x left join referrals_casework c on c.referral_id = x.referral)
select y.what, y.at, y.referral, y.about, m.name, y.one, y.two, y.moment,
       coalesce(nullif(p.chosen_name, ''), nullif(btrim(p.given_name || ' ' || p.family_name), ''),
                nullif(r.name, ''), nullif(r.description, ''), 'Name not given')
  from y left join participants_participant p on p.id = y.about
  left join referrals_referredperson r on r.referral_id = y.referral
  left join accounts_membership m on m.id = y.who
 order by y.at desc, y.what"""
    for scope in (MINE, TEAM)
}


@dataclass
class Person:
    """One person with what happened, newest first."""

    name: str
    url: str
    lines: list[SafeString] = field(default_factory=list)


def happened(scope: str, me, since: datetime, until: datetime) -> tuple[list[Person], datetime | None]:
    """By person, whoever had something happen last first. One query."""
    with connection.prepared_cursor() as cursor:
        cursor.execute(SQL[scope], {"site": me.site_id, "me": me.pk, "since": since, "until": until})
        rows, older = _page(cursor.fetchall())
    people: dict[UUID, Person] = {}
    when = whens()
    for what, at, referral, person, who, one, two, moment, name in rows:
        found = people.get(person or referral)
        if found is None:
            url = address("casefile:person", person) if person else address("casefile:case", referral)
            found = people[person or referral] = Person(name, url)
        found.lines.append(line_row(when(at), says(what, one, two, moment), who or ""))
    return list(people.values()), older


def _page(rows: list[tuple]) -> tuple[list[tuple], datetime | None]:
    """What happened at one moment stands on one page, unless that moment alone is too much for it."""
    if len(rows) <= MOST:
        return rows, None
    older = rows[MOST][1]
    whole = [row for row in rows if row[1] > older]
    return (whole, older) if whole else (rows[:MOST], older - timedelta(microseconds=1))


def panels(people: list[Person]) -> SafeString:
    """Everybody with what happened, as HTML (see core/markup.py)."""
    return SafeString("".join([_panel(number, person) for number, person in enumerate(people, start=1)]))


def _panel(number: int, person: Person) -> str:
    head = f'<h2 class="h3 mt-0" id="p{number}"><a href="{escaped(person.url)}">{escaped(person.name)}</a></h2>'
    lines = "".join(person.lines)
    return (
        f'<section class="panel since mt-3" aria-labelledby="p{number}">{head}<ul class="line">{lines}</ul></section>\n'
    )


def line_row(at: SafeString, said: str, who: str) -> SafeString:
    """One line as HTML (see core/markup.py); `at` is its moment as `when` writes it."""
    by = f'<span class="muted">{escaped(who)}</span>' if who else ""
    return SafeString(f'<li><span class="muted">{at}</span>{escaped(said)}{by}</li>')


def says(what: str, one: str, two: str, moment: datetime | None) -> str:
    """One fact in words."""
    return WORDS[what](one, two, moment)


WORDS: dict[str, Callable[[str, str, datetime | None], str]] = {
    "referred": lambda one, two, moment: f"Referred: {Door(one).label.lower()}",
    "taken": lambda one, two, moment: "Taken over from the officer",
    "given": lambda one, two, moment: f"Looked after by {one}",
    "tried": lambda one, two, moment: f"Tried {TRIED[AttemptKind(one)]}: {AttemptOutcome(two).label.lower()}",
    "noted": lambda one, two, moment: f"Note signed: {NoteKind(one).label.lower()}, {two}",
    "booked": lambda one, two, moment: f"Appointment booked for {say_when(moment)}",
    "met": lambda one, two, moment: f"Appointment of {say_when(moment)}: {AppointmentState(one).label.lower()}",
    "court": lambda one, two, moment: f"{LegalKind(one).label}: {say_day(date.fromisoformat(two))}",
    "came": lambda one, two, moment: (
        f"Court date of {say_day(date.fromisoformat(two))}: {CourtState(one).label.lower()}"
    ),
    "window": lambda one, two, moment: f"Window: {WindowState(one).label.lower()}",
    "event": lambda one, two, moment: f"{WindowEventKind(one).label}, {say_day(date.fromisoformat(two))}",
    "longer": lambda one, two, moment: f"More time, until {say_day(date.fromisoformat(two))}",
    "decided": lambda one, two, moment: f"The prosecutor decided: {Decision(one).label.lower()}",
    "signed": lambda one, two, moment: f"Consent signed: {ConsentKind(one).label}",
    "revoked": lambda one, two, moment: f"Consent taken back: {ConsentKind(one).label}",
    "listed": lambda one, two, moment: f"Outreach list: {OutreachState(one).label.lower()}",
}
