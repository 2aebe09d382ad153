"""Whom a referral turned out to be: linked to a participant or a new one made, restricted, sealed.

API
    find_matches(person=, most=) -> [Match]                             likely participants, with reasons
    link(referral=, participant=, said_yes=, by=, at=, is_confirmed=)   to somebody known
    link_new(referral=, names=, said_yes=, is_restricted=, by=, at=)    to somebody new
    set_restricted(participant=, restricted=, by=, at=)                 a supervisor's
    too_young(referrals=, names=, by=, at=) -> int | None               the age at which they would be sealed
    seal_if_under_age(referrals=, names=, by=, at=) -> bool             closed at once, the supervisor told
    anybody_like(words=, birth_date=, most=) -> participants, and referrals by the name a referrer wrote down
    anybody_named(words=, birth_date=, most=) -> the same, as somebody types it
    numbered(beginning=, most=) -> referrals by how their incident number begins
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.rules import need
from participants.actions import persons
from participants.actions.alike import COMPARED, likely_people
from participants.actions.closing import refuse_if_apart
from participants.actions.holding import hold_person
from participants.actions.persons import CLOSE, Names, age_on, begin_spell, likely_matches, make_participant
from participants.likeness.entry import Entry, entry
from participants.likeness.names import split_name
from participants.likeness.places import phones_of
from participants.likeness.reasons import words
from participants.models import Participant, Participation
from referrals.actions.events import seal
from referrals.actions.holding import hold_case
from referrals.actions.moments import site_day
from referrals.models import Casework, Referral, ReferredPerson

YES_FIRST = (
    "Until they say yes they are a person referred: help goes on, and the record of a participant is made when they do."
)


@dataclass(frozen=True)
class Match:
    participant: Participant
    reasons: tuple[str, ...]
    is_participant: bool


def find_matches(*, person: ReferredPerson, most: int = 5) -> list[Match]:
    """Participants whom the referred person may be, likeliest first, and then whose name is a little alike.

    Closed records are not among them.
    """
    likely = {one.participant.pk: one for one in likely_people(asked=_asked(person), most=most)}
    asked = {"words": person.name, "birth_date": person.birth_date, "most": most, "least": CLOSE}
    others = likely_matches(**asked) if len(likely) < most else []
    keys = dict.fromkeys([*likely, *(key for key, _ in others)])
    known = {one.pk: one for one in _known(keys=list(keys))} if keys else {}
    return [
        Match(
            known[key],
            said(likely[key].reasons, likely[key].aliases) if key in likely else said(_a_little(known[key], person)),
            known[key].is_taking_part,
        )
        for key in [key for key in keys if key in known][:most]
    ]


@prepared(keys=list)
def _known(*, keys):
    runs = Participation.objects.taking_part().filter(participant=OuterRef("pk"))
    found = Participant.objects.filter(AnyOf(F("pk"), KeyList(keys))).only(*COMPARED)
    return found.annotate(is_taking_part=Exists(runs))


def _a_little(known: Participant, person: ReferredPerson) -> tuple[str, ...]:
    same_day = person.birth_date is not None and known.birth_date == person.birth_date
    return ("born_same",) if same_day else ("name_a_little",)


def _asked(person: ReferredPerson) -> Entry:
    """The name as the referrer wrote it, in one line."""
    given, family, others = split_name(person.name)
    born = person.birth_date
    return entry(
        "", given=given, family=family, others=others, born=f"{born:%Y%m%d}" if born else "", phones=phones_of(person.phone)
    )  # fmt: skip


def said(reasons: tuple[str, ...], aliases: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Reasons in words, each as a sentence begins."""
    return tuple(f"{one[0].upper()}{one[1:]}" for one in words(list(reasons), aliases=aliases))


@transaction.atomic
def link(
    *,
    referral: Referral,
    participant: Participant,
    said_yes: bool,
    by: Membership,
    at: datetime,
    is_confirmed: bool = False,
) -> Casework:
    """This referral is about somebody who has a record; a yes opens a new spell where none is open.

    Not where its case manager looks after somebody they must not meet, unless a supervisor confirms it.
    """
    # Held first: whoever restricts the record at this moment is waited for, so that no case of it stays open.
    hold_person(participant)
    case = _lock(referral)
    if case.case_manager_id is not None:
        refuse_if_apart(participant_id=participant.pk, case_manager=case.case_manager, by=by, is_confirmed=is_confirmed)
    known = Participant.objects.filter(pk=participant.pk).only("is_restricted").first()
    if known is None:  # restricted to others, or put together with another record, while this waited
        raise StaleState("This record is not there for you, or not any more. Open the page again.")
    case.is_restricted = known.is_restricted
    return _link(case, participant, said_yes=said_yes, made=False, by=by, at=at)


@transaction.atomic
def link_new(
    *, referral: Referral, names: Names, said_yes: bool, is_restricted: bool, by: Membership, at: datetime
) -> Casework:
    """This referral is about somebody new. Only their yes makes them a participant."""
    if not said_yes:
        raise DomainError(YES_FIRST, field="said_yes")
    case = _lock(referral)
    if is_restricted:
        if case.case_manager_id is None and by.role == Role.CASE_MANAGER:
            case.case_manager = by
        if by.role != Role.SUPERVISOR and case.case_manager_id != by.pk:
            raise DomainError("Only their case manager or a supervisor closes a record.", field="is_restricted")
        case.is_restricted = True
    person = make_participant(names=names, by=by, at=at, is_restricted=is_restricted)
    return _link(case, person, said_yes=True, made=True, by=by, at=at)


@transaction.atomic
def set_restricted(*, participant: Participant, restricted: bool, by: Membership, at: datetime) -> None:
    """Closed to all but the person's own case manager and the supervisor, on every referral of theirs."""
    if by.role != Role.SUPERVISOR:
        raise DomainError("A supervisor closes or opens a record.")
    held = still_there(Participant.objects.select_for_update(of=("self",), no_key=True), pk=participant.pk)
    cases = Casework.objects.select_for_update(of=("self",), no_key=True).filter(participant=held)
    list(cases.order_by("pk").only("pk"))  # held in the one order before any is written
    held.is_restricted = participant.is_restricted = restricted
    held.save(update_fields=["is_restricted"])
    Casework.objects.filter(participant=participant).update(is_restricted=restricted)
    record(AuditAction.RECORD_RESTRICTED, target=participant, restricted=restricted)


def too_young(*, referrals: Iterable[Referral], names: Names, by: Membership, at: datetime) -> int | None:
    """How old they would be who are too young for one of these; None where nobody is."""
    age = age_on(names, site_day(at, by.site))
    return age if age is not None and any(age < _least_age(referral) for referral in referrals) else None


def _least_age(referral: Referral) -> int:
    return need(rules_by_id(referral.rules_id).minors.min_age, "minors.min_age")


@transaction.atomic
def seal_if_under_age(*, referrals: Iterable[Referral], names: Names, by: Membership, at: datetime) -> bool:
    """Found to be too young: the records are closed to everyone but the supervisor, who is told, in this transaction."""
    age = age_on(names, site_day(at, by.site))
    sealed = False
    for referral in referrals:
        if age is None or age >= _least_age(referral):
            continue
        if not Casework.objects.filter(referral=referral, is_sealed=False).exists():
            continue  # sealed with the person's other one just now
        seal(referral=referral, by=by, at=at)
        sealed = True
    return sealed


def anybody_like(
    *, words: str, birth_date: date | None, most: int, least: float = persons.ALIKE
) -> tuple[list[UUID], list[UUID]]:
    """Participants of the site, and referrals about somebody, whose name is like the words, or born that day, best first."""
    asked = [words, birth_date, most, least]
    return _both("participants_like", "referred_like", "%s::text, %s::date, %s::int, %s::real", asked)


def anybody_named(*, words: str, birth_date: date | None, most: int) -> tuple[list[UUID], list[UUID]]:
    """The same as somebody types the name: how it begins, what else it is called, how it sounds."""
    asked = persons.terms_of(words)
    if not asked:
        return [], []
    return _both("participants_named", "referred_named", "%s::text[], %s::date, %s::int", [asked, birth_date, most])


def numbered(*, beginning: str, most: int) -> list[UUID]:
    """Referrals whose incident number begins so, without its letters, dashes and spaces; the highest first."""
    with connection.prepared_cursor() as cursor:
        cursor.execute("select app.referrals_numbered(%s::text, %s::int)", [beginning, most])
        return [key for (key,) in cursor.fetchall()]


def _both(people: str, referrals: str, given: str, values: list) -> tuple[list[UUID], list[UUID]]:
    """What two functions of the wall give, in one statement."""
    # ruff: noqa: S608  names are ours
    sql = (
        f"select true, id, score from app.{people}({given}) union all select false, id, score from app.{referrals}({given}) "
        "order by score desc, id"
    )
    with connection.prepared_cursor() as cursor:
        cursor.execute(sql, [*values, *values])
        found = cursor.fetchall()
    return [key for is_known, key, _ in found if is_known], [key for is_known, key, _ in found if not is_known]


def _lock(referral: Referral) -> Casework:
    case = hold_case(referral.pk)
    if case.participant_id is not None:
        raise StaleState("This referral is linked already.")
    return case


def _link(case: Casework, person: Participant, *, said_yes: bool, made: bool, by: Membership, at: datetime) -> Casework:
    if said_yes:
        begin_spell(participant=person, on=site_day(at, by.site), by=by)
    case.participant = person
    record(AuditAction.PERSON_LINKED, target=case.referral, participant=str(person.pk), made=made)
    case.save(update_fields=["participant", "is_restricted", "case_manager"])
    return case
