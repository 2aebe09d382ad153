"""Who of those with a record may be the person at hand, and which two records may be one person.

API
    likely_people(asked=Entry, most=) -> [Likely]      participants of the site that the caller may read, likeliest first
    look_for_pairs(site_id=, at=) -> int               the background's: records not looked at yet, the pairs written down
    say_different(pair=, by=, at=)                     two people: the pair is not shown again
    why_alike(pair) -> [str]                           its reasons in words, with the alias that both go by
    pair_of(one, other) -> LikelyPair | None           that of two records which nobody has answered
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import StaleState
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList
from participants.enums import PairState
from participants.likeness.duplicates import AT_LEAST
from participants.likeness.entry import Entry, Frequencies
from participants.likeness.evidence import BY_CHANCE, Comparer
from participants.likeness.reasons import codes, shared_aliases, words
from participants.likeness.stored import FAMILY, GIVEN, asked_keys, entry_of, stored_keys
from participants.likeness.weights import Weights
from participants.models import LikelyPair, Participant

ASKED = """select id, null, null from app.participants_sharing(%s::text[], %s::int)
    union all select null, name, records from app.how_common(%s::text[])"""
MOST_COMPARED, BATCH = 40, 25
LOOKED_AT_FROM = 0.02  # a pair less likely is not worth a look
COMPARED = (
    "id", "site_id", "given_name", "family_name", "chosen_name", "street_names", "aliases", "birth_date", "phone",
    "is_restricted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likely:
    participant: Participant
    score: float
    reasons: tuple[str, ...]
    aliases: tuple[str, ...] = ()


def likely_people(*, asked: Entry, most: int = 8, at_least: float = LOOKED_AT_FROM) -> list[Likely]:
    """Through the wall's own function: nobody is told of whom the caller may not read."""
    keys = asked_keys(asked)
    if not keys:
        return []
    ids, counts = _ask(asked, keys)
    comparer, weights = Comparer(counts, BY_CHANCE), Weights.cautious(counts.total)
    found = []
    for person in _compared(keys=ids) if ids else ():
        known = entry_of(person)
        answers = comparer.compare(asked, known)
        score = weights.score(answers)
        if score >= at_least:
            found.append(Likely(person, score, tuple(codes(answers)), shared_aliases(asked, known)))
    return sorted(found, key=lambda one: (-one.score, str(one.participant.pk)))[:most]


def why_alike(pair: LikelyPair) -> list[str]:
    """For whoever may read both of the pair."""
    return words(pair.reasons, aliases=shared_aliases(entry_of(pair.first), entry_of(pair.second)))


def pair_of(one: Participant, other: Participant) -> LikelyPair | None:
    first, second = sorted([one, other], key=lambda person: person.pk)
    pair = LikelyPair.objects.filter(first=first, second=second, state=PairState.OPEN).first()
    if pair is not None:
        pair.first, pair.second = first, second
    return pair


@transaction.atomic
def look_for_pairs(*, site_id: UUID, at: datetime) -> int:
    """A batch of records that are new or changed, against all others of their site. How many were looked at."""
    waiting = list(
        Participant.objects.filter(site_id=site_id, alike_at=None)
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .only(*COMPARED)
        .order_by("pk")[:BATCH]
    )
    for person in waiting:
        asked = entry_of(person)
        # Kept first, so that of two records looked at side by side one finds the other.
        Participant.objects.filter(pk=person.pk).update(match_keys=stored_keys(asked, site_id), alike_at=at)
        for one in likely_people(asked=asked, at_least=AT_LEAST):
            _write_down(person, one, at)
    return len(waiting)


def _write_down(person: Participant, one: Likely, at: datetime) -> None:
    first, second = sorted([person.pk, one.participant.pk])
    made = LikelyPair(
        site_id=person.site_id, first_id=first, second_id=second, score=one.score, reasons=list(one.reasons), found_at=at
    )  # fmt: skip
    known = LikelyPair.objects.filter(first_id=first, second_id=second)
    if not known.update(score=one.score, reasons=list(one.reasons)):
        LikelyPair.objects.bulk_create([made], ignore_conflicts=True)


@transaction.atomic
def say_different(*, pair: LikelyPair, by: Membership, at: datetime) -> None:
    """Somebody looked, and they are two people."""
    changed = LikelyPair.objects.filter(pk=pair.pk, state=PairState.OPEN).update(
        state=PairState.DIFFERENT, answered_at=at, answered_by=by
    )
    if not changed:
        raise StaleState("Somebody has answered this already.")
    record(AuditAction.PAIR_DIFFERENT, target=pair, first=str(pair.first_id), second=str(pair.second_id))


@prepared(keys=list)
def _compared(*, keys):
    return Participant.objects.filter(AnyOf(F("pk"), KeyList(keys))).only(*COMPARED)


def _ask(asked: Entry, keys: list[str]) -> tuple[list[UUID], Frequencies]:
    """In one question: who shares a key, and how common the names asked for are at this site."""
    names = {f"{GIVEN}{name}" for name in (asked.given, *asked.others) if name}
    if asked.family:
        names.add(f"{FAMILY}{asked.family}")
    ids, counts = [], Frequencies()
    with connection.prepared_cursor() as cursor:
        cursor.execute(ASKED, [keys, MOST_COMPARED, sorted(names)])
        for key, name, records in cursor.fetchall():
            if key is not None:
                ids += [key] if str(key) != asked.key else []
            elif not name:
                counts.total = records
            elif name.startswith(GIVEN):
                counts.given[name.removeprefix(GIVEN)] = records
            else:
                counts.family[name.removeprefix(FAMILY)] = records
    return ids, counts
