"""What a person's record is found by in the database: a dozen keys, kept beside it and indexed.

API
    entry_of(person) -> Entry           the record as it is compared
    stored_keys(entry, site_id) -> [key]  what stands beside it, each beginning with its site
    asked_keys(entry) -> [key]          what is looked for: somebody whose record shares one
"""

from uuid import UUID

from participants.likeness import names, places
from participants.likeness.entry import Entry, entry

# Keys by which only frequencies are asked for: names alone find too many.
GIVEN, FAMILY = "g:", "f:"
MOST_KEYS, SITE_LETTERS = 40, 8


def entry_of(person) -> Entry:
    """A participant, or anybody with the same fields, made ready to compare."""
    born = person.birth_date
    others = [person.chosen_name, *person.street_names, *person.aliases]
    return entry(
        str(person.pk), given=person.given_name, family=person.family_name, others=others,
        born=f"{born:%Y%m%d}" if born else "", phones=places.phones_of(person.phone),
    )  # fmt: skip


def stored_keys(one: Entry, site_id: UUID) -> list[str]:
    """Every key of a record: what it is found by, and its names. With the site in each, an index reads one site's alone."""
    named = [f"{GIVEN}{name}" for name in (one.given, *one.others) if name]
    keys = sorted({*asked_keys(one), *named, *([f"{FAMILY}{one.family}"] if one.family else [])})
    return [f"{site_id.hex[:SITE_LETTERS]}{key}" for key in keys[:MOST_KEYS]]


def asked_keys(one: Entry) -> list[str]:
    """Two things together, each through some mistake: how the names sound, the birth year, the day of the year, the number."""
    said = [name for name in dict.fromkeys((one.given, *one.others)) if name]
    spoken = {sound for name in said for sound in _spoken(name)}
    family = {names.sound(word) for word in (one.family.replace(" ", ""), *one.family.split()) if len(word) > 1}
    found = {f"n:{'|'.join(sorted((x, y)))}" for x in spoken for y in family}
    found |= {f"p:{phone[-7:]}" for phone in one.phones}
    if len(one.born) == 8:
        year, day = one.born[:4], "".join(sorted((one.born[4:6], one.born[6:])))
        found.add(f"b:{year}{day}")
        for sound in spoken | family:
            found |= {f"y:{sound}|{year}", f"d:{sound}|{day}"}
    return sorted(found)


def _spoken(name: str) -> set[str]:
    """How a given name sounds, and the names that it may stand for, unless they sound far off."""
    first = name.split()[0]
    formal = sorted(names.roots(first) - {first})[:2]
    return {names.sound(name.replace(" ", "")), *(names.sound(one) for one in formal)}
