"""Which pairs of records are worth comparing: those that share two things of which each is telling."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import combinations

from participants.likeness import names
from participants.likeness.entry import Entry

LARGEST = 150  # a key that more records share tells too little; another key finds their pairs
WEAK, LARGEST_WEAK = "~", 40  # before keys of which many are shared by chance
FEW = 300  # of so few records every pair is compared


def candidate_pairs(entries: list[Entry]) -> Iterator[tuple[int, int]]:
    """Each pair of places in the list once, the lower first."""
    if len(entries) <= FEW:
        yield from combinations(range(len(entries)), 2)
        return
    # Of a key its hash alone, even for one that tells much and odd for a weak one: of a large file there are millions.
    own = [array("q", {hash(key) & ~1 | (key[0] == WEAK) for key in keys(one)}) for one in entries]
    once: set[int] = set()
    groups: dict[int, list[int]] = {}
    for hashes in own:
        for code in hashes:
            if code in once:
                groups.setdefault(code, [])
            else:
                once.add(code)
    for place, hashes in enumerate(own):
        for code in hashes:
            if (group := groups.get(code)) is not None:
                group.append(place)
    for place, hashes in enumerate(own):
        found: set[int] = set()
        for code in hashes:
            group = groups.get(code, ())
            if len(group) <= (LARGEST_WEAK if code & 1 else LARGEST):
                found.update(group[bisect_right(group, place) :])
        for other in found:
            yield place, other


def keys(one: Entry) -> Iterator[tuple]:
    """What a record is found by. Two records that share a key are compared."""
    for kind, number in one.identifiers:
        yield "id", kind, number
        if len(number) >= 6:
            for place in range(len(number)):
                yield "id-", kind, number[:place] + number[place + 1 :]
    for phone in one.phones:
        yield "phone", phone[-7:]
    given, family = _name_keys(one)
    yield from _by_names(one, given, family)
    if len(one.born) == 8:
        yield from _by_birth(one, [*given, *family])
    yield from _by_home(one, [*given, *family])


def _name_keys(one: Entry) -> tuple[list[str], list[str]]:
    given = {key for name in (one.given, *one.others) if name for key in _sounds(name)}
    given |= {f"={root}" for name in (one.given, *one.others) if name for root in names.roots(name.split()[0])}
    family = set(_sounds(one.family)) if one.family else set()
    if " " in one.family:
        family |= {key for word in one.family.split() if len(word) > 2 for key in _sounds(word)}
    return list(given), list(family)


def _sounds(name: str) -> Iterable[str]:
    """What is left of a name through most slips: how it sounds, its first letters, its last."""
    joined = name.replace(" ", "")
    return names.sound(name), f"{joined[:3]}-", f"-{joined[-3:]}"


def _by_names(one: Entry, given: list[str], family: list[str]) -> Iterator[tuple]:
    # In no order, so that names the other way round meet.
    for x in given:
        for y in family:
            yield ("names", *sorted((x, y)))


def _by_birth(one: Entry, name_keys: list[str]) -> Iterator[tuple]:
    year, month, day = one.born[:4], one.born[4:6], one.born[6:]
    turned = "".join(sorted((month, day)))
    yield "born", one.born
    yield "born", year, turned
    for key in name_keys:
        yield key, year, turned
        yield WEAK, key, "year", year
        yield key, "day", turned
        yield WEAK, key, year[2:], month
        yield WEAK, key, year[2:], day


def _by_home(one: Entry, name_keys: list[str]) -> Iterator[tuple]:
    for street in one.streets:
        yield "street", street, one.number
        if one.postcode:
            yield "street", street[:5], one.postcode
            yield "-street", street[-6:], one.postcode, one.number
    for key in name_keys:
        if one.number:
            yield key, "number", one.number
        if one.postcode:
            yield WEAK, key, "postcode", one.postcode
        if one.town:
            yield WEAK, key, "town", one.town[:6]
    if one.number and one.postcode:
        yield "number", one.number, one.postcode
    if one.born and one.postcode:
        yield "born-postcode", one.born[:4], one.postcode
        yield "born-postcode", one.born[4:], one.postcode
