"""Two records of one person, put together and taken apart again.

API
    fields_of(one, other) -> [Field]                        what the two say, field by field, with what is chosen beforehand
    hindrance(one=, other=, by=) -> Hindrance               why they cannot be put together, in words, or an empty one
    hangs(one=, other=) -> {table: (of one, of other)}      what hangs on each
    seen_as(one, other) -> str                              a mark of both as they are now, for the page to send back
    merge(one=, other=, choices=, seen=, days=, by=, at=) -> Merge
    apart_hindrance(merge) -> Hindrance                     why a merge cannot be undone, or an empty one
    take_apart(merge=, by=, at=) -> Merge                   what was changed since stays, and the result says so
    erase_what_was_before(at=) -> int                       for the task that runs by itself
    kept_record(person_id) -> UUID | None                   where the address of a record that was put away leads
Which rows move, and who may ask for it, is the database's: participants/row_security/merging.py.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, models, transaction
from django.utils.crypto import salted_hmac

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.closing import ASK
from participants.actions.reach import say_where
from participants.enums import SpellState
from participants.models import Merge, Participant, Participation

KEPT, LEFT, BOTH = "kept", "left", "both"
# Asked with the number in one question: what may be done with one number says nothing of another.
PHONE = ("phone", "may_text", "may_leave_message", "others_read_phone")
# A birth date, or an age where none is known: of one record both or neither.
BORN = ("birth_date", "age_about")
ASKED_TOGETHER = (PHONE, BORN)
FOLLOW_ANOTHER = frozenset(name for names in ASKED_TOGETHER for name in names[1:])
# Made of other things: of all names, of the places that hang on the record.
DERIVED = frozenset({"search_names", "match_keys", "alike_at", "where_to_reach"})
NOT_OFFERED = (
    "Your site’s policy group has not decided for how long two records can be taken apart again, so none are put together "
    "here."
)
CHANGED = "One of the two records was changed since this page was opened. Look at both again, then put them together."
ONE_ALREADY = "They are one record already."

# By code: what a supervisor reads, and a case manager. What is the supervisors' to know alone is "ask your supervisor".
WORDS: dict[str, str] = {
    "same": "This is one and the same record. Look for the other one.",
    "missing": "One of the two records is not here any more. Look for it again.",
    "merged": "One of the two was put together with another record meanwhile. Look for it again.",
    "not_yours": "Only records of your own people can be put together. Ask your supervisor, who can do it for anybody.",
    "apart": "It is written down that these two must not meet, so they are two people. Lift that first, if it is wrong.",
    "sealed": "One of the two records is sealed. It stays as it is.",
    "restricted": "One of the two records is restricted and the other is not. Decide first: restrict both, or open both.",
    "emergency": "One of the two records is open to somebody in an emergency. Wait until that has ended, or end it.",
    "named": "Staff are named who may, or may not, open one of the two. Name them for both, or end it, first.",
    "worker": "One case manager would then look after two people who must not meet. Give one of the cases to somebody else first.",
    "died": "One of the two records says that the person died, the other does not. Correct the one that is wrong first.",
}
SUPERVISORS_ALONE = frozenset({"apart", "sealed", "emergency", "named", "worker"})
APART_WORDS: dict[str, str] = {
    "missing": "This is not here any more.",
    "apart": "These two records were taken apart already.",
    "later": "The kept record was itself put together with another one later. Take that apart first.",
    "not_yours": "Only whoever looks after the person, or a supervisor, takes their records apart again.",
    "too_late": "The days in which these two could be taken apart are over. They stay one record.",
}


@dataclass(frozen=True)
class Hindrance:
    code: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.code)


@dataclass(frozen=True)
class Field:
    """One question: what the two say, and which is chosen beforehand. `names` are the columns it is about."""

    name: str
    names: tuple[str, ...]
    of_one: tuple
    of_other: tuple
    is_list: bool
    first: str  # "one", "other" or "both"

    @property
    def is_alike(self) -> bool:
        return self.of_one == self.of_other


# ---- looking


def fields_of(one: Participant, other: Participant, *, newer: Participant | None = None) -> list[Field]:
    """Every field of the model that may point to a person. Beforehand: what is filled, and of two the newer one's."""
    found = []
    for names in _questions():
        said = [tuple(getattr(person, name) for name in names) for person in (one, other)]
        is_list = isinstance(Participant._meta.get_field(names[0]), models.JSONField)
        full = [values[0] not in (None, "", [], False) for values in said]
        if names == BORN and full == [False, False]:
            full = [values[1] is not None for values in said]
        first = "both" if is_list and all(full) else "one" if full[0] and not full[1] else "other"
        if not is_list and full[0] == full[1]:
            first = "other" if newer is other else "one"
        found.append(Field(names[0], names, *said, is_list, first))
    return found


def _questions() -> list[tuple[str, ...]]:
    personal = [
        field.name for field in Participant._meta.concrete_fields if field.name in Participant.PERSONAL - DERIVED
    ]
    together = {names[0]: names for names in ASKED_TOGETHER}
    return [together.get(name, (name,)) for name in personal if name not in FOLLOW_ANOTHER]


def hindrance(*, one: UUID, other: UUID, by: Membership) -> Hindrance:
    return _hindrance(_asked("select app.merge_hindrance(%s, %s)", [one, other]), by)


def _hindrance(code: str, by: Membership) -> Hindrance:
    is_secret = code in SUPERVISORS_ALONE and by.role != Role.SUPERVISOR
    return Hindrance("ask" if is_secret else code, ASK if is_secret else WORDS.get(code, ""))


def hangs(*, one: UUID, other: UUID) -> dict[str, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("select tab, one_has, other_has from app.hangs_on(%s, %s)", [one, other])
        found: dict[str, tuple[int, int]] = {}
        for table, first, second in cursor.fetchall():
            before = found.get(table, (0, 0))
            found[table] = (before[0] + first, before[1] + second)
        return found


def seen_as(one: Participant, other: Participant) -> str:
    """Changes with any field of either, tells none of them, and is the same whichever is named first."""
    pair = sorted([one, other], key=lambda person: person.pk)
    said = [[str(getattr(person, name)) for names in _questions() for name in names] for person in pair]
    return salted_hmac(
        "participants.merge", repr([[person.pk for person in pair], said]), algorithm="sha256"
    ).hexdigest()


def apart_hindrance(merge: Merge) -> Hindrance:
    code = _asked("select app.apart_hindrance(%s)", [merge.pk])
    return Hindrance(code, APART_WORDS.get(code, ""))


def kept_record(person_id: UUID) -> UUID | None:
    return _asked("select app.kept_record(%s)", [person_id])


def which_is_kept(one: Participant, other: Participant) -> Participant:
    """The one that has been taking part longest; else the older one."""
    spells = Participation.objects.filter(participant__in=[one, other], ended_on=None).exclude(
        state=SpellState.DOOR_OPEN
    )
    begun = dict(spells.values_list("participant_id", "began_on"))
    return min(one, other, key=lambda person: (begun.get(person.pk, date.max), person.created_at, person.pk))


# ---- putting together


@transaction.atomic
def merge(
    *, one: Participant, other: Participant, choices: dict[str, str], seen: str, days: int | None, by: Membership,
    at: datetime,
) -> Merge:  # fmt: skip
    """Put two records together. `choices` says of each field "one", "other" or "both". DomainError or StaleState."""
    if days is None:
        raise DomainError(NOT_OFFERED)
    _refuse(hindrance(one=one.pk, other=other.pk, by=by))
    # The whole rows (no_key=False): a note that is being written about one of them is waited for, or waits.
    locked = Participant.objects.select_for_update(of=("self",), no_key=False).filter(pk__in=[one.pk, other.pk])
    held = {person.pk: person for person in locked.order_by("pk")}
    if len(held) < 2:
        raise StaleState(WORDS["merged"])
    one, other = held[one.pk], held[other.pk]
    if seen != seen_as(one, other):
        raise StaleState(CHANGED)
    kept = which_is_kept(one, other)
    left = other if kept is one else one
    values, chosen = _values(one, other, kept, choices)
    before = _before(kept, values)
    made = Merge(
        site_id=by.site_id, kept=kept, left=left, merged_at=at, merged_by=by, choices=chosen, before=before,
        reversible_until=at + timedelta(days=days),
    )  # fmt: skip
    made.save(force_insert=True)
    said = json.loads(_asked("select app.merge_rows(%s)", [made.pk]))
    _refuse(_hindrance(said["hinders"], by))
    made.counts = said["counts"]
    if values:
        for name, value in values.items():
            setattr(kept, name, value)
        kept.save(update_fields=list(values))
    say_where(kept)
    came = {table: count["came"] for table, count in made.counts.items() if count.get("came")}
    record(
        AuditAction.PERSON_MERGED, target=kept, left=str(left.pk), merge=str(made.pk), fields=sorted(values), came=came
    )
    return made


def _refuse(found: Hindrance) -> None:
    if found.code in {"merged", "missing"}:
        raise StaleState(found.words)
    if found:
        raise DomainError(found.words)


def _values(one: Participant, other: Participant, kept: Participant, choices: dict[str, str]) -> tuple[dict, dict]:
    """What changes on the kept record, by column; and of each field which was chosen, as a code."""
    values, chosen = {}, {}
    for field in fields_of(one, other):
        if field.is_alike:
            continue
        choice = choices.get(field.name, "")
        if choice not in {"one", "other"} and not (choice == "both" and field.is_list):
            raise DomainError("Choose which of the two is right.", field=field.name)
        source = one if choice == "one" else other
        chosen[field.name] = BOTH if choice == "both" else KEPT if source is kept else LEFT
        for name, first, second in zip(field.names, field.of_one, field.of_other, strict=True):
            value = list(dict.fromkeys([*first, *second])) if choice == "both" else getattr(source, name)
            values[name] = value
    if chosen.get("aliases", BOTH) == BOTH:
        values["aliases"] = _with_names_not_chosen(one, other, kept, values)
    return {name: value for name, value in values.items() if value != getattr(kept, name)}, chosen


def _with_names_not_chosen(one: Participant, other: Participant, kept: Participant, values: dict) -> list[str]:
    """A name that is not chosen stands under the other names: whoever knows them by it finds them."""
    said = {name: values.get(name, getattr(kept, name)) for name in ("given_name", "family_name", "chosen_name")}
    found = list(values.get("aliases", kept.aliases))
    own = [*found, *values.get("street_names", kept.street_names), said["chosen_name"]]
    known = {name.casefold() for name in [*own, f"{said['given_name']} {said['family_name']}".strip()]}
    for person in (one, other):
        for name in (f"{person.given_name} {person.family_name}".strip(), person.chosen_name):
            if name and name.casefold() not in known:
                known.add(name.casefold())
                found.append(name)
    return found


def _before(kept: Participant, values: dict) -> dict:
    """Of every question whose answer changes all columns, as they were and as they become."""
    asked = [name for names in _questions() if values.keys() & set(names) for name in names]
    said = {name: (getattr(kept, name), values.get(name, getattr(kept, name))) for name in asked}
    return {name: {"was": _plain(was), "is": _plain(now)} for name, (was, now) in said.items()}


def _plain(value):
    """As a document keeps it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


# ---- taking apart


@transaction.atomic
def take_apart(*, merge: Merge, by: Membership, at: datetime) -> Merge:
    """Two records again. Fields and rows that were not changed since go back; the others stay, and `result` names them."""
    said = json.loads(_asked("select app.merge_apart(%s)", [merge.pk]))
    if code := said["hinders"]:
        raise (StaleState if code in {"apart", "missing", "later"} else DomainError)(APART_WORDS[code])
    kept = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=merge.kept_id)
    back, stay = _put_back(kept, merge.before)
    for person in (kept, Participant.objects.get(pk=merge.left_id)):
        say_where(person)
    merge.result = {"rows": said["rows"], "fields_back": sorted(back), "fields_stay": sorted(stay)}
    merge.apart_at, merge.apart_by, merge.before, merge.erased_at = at, by, {}, at
    merge.save(update_fields=["apart_at", "apart_by", "before", "erased_at", "result"])
    record(AuditAction.PERSON_TAKEN_APART, target=kept, left=str(merge.left_id), merge=str(merge.pk), rows=said["rows"])
    return merge


def _put_back(kept: Participant, before: dict) -> tuple[list[str], list[str]]:
    """Each answer that is still what the merge made of it; whoever changed one since is right."""
    back, stay = [], []
    for names in _questions():
        known = [name for name in names if name in before]
        is_as_made = all(_plain(getattr(kept, name)) == before[name]["is"] for name in known)
        (back if is_as_made else stay).extend(known)
    for name in back:
        setattr(kept, name, Participant._meta.get_field(name).to_python(before[name]["was"]))
    if back:
        kept.save(update_fields=back)
    return back, stay


def erase_what_was_before(*, at: datetime) -> int:
    """The kept previous answers of merges that can no longer be undone; which rows moved stays. How many merges."""
    return Merge.objects.filter(reversible_until__lte=at, erased_at=None).update(before={}, erased_at=at)


def _asked(sql: str, parameters: list):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found = cursor.fetchone()[0]
    return found
