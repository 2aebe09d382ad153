"""Addresses, telephone numbers and identifiers: what is left of them to compare, and how two are alike."""

import re
from enum import IntEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from participants.likeness.names import folded

SHORT = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr", "lane": "ln", "place": "pl",
    "court": "ct", "crescent": "cres", "circuit": "cct", "terrace": "tce", "close": "cl", "highway": "hwy", "parkway": "pkwy",
    "square": "sq", "north": "n", "south": "s", "east": "e", "west": "w", "apartment": "apt", "unit": "apt", "suite": "apt",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th",
}  # fmt: skip
NO_PLACE = frozenset(
    {"none", "na", "unknown", "homeless", "nfa", "nofixedaddress", "transient", "unhoused", "null", "nan"}
)
ZIP = re.compile(r"\b(\d{5})(?:-\d{4})?\s*$")
NUMBER = re.compile(r"^\s*#?\s*(\d+[a-z]?)\b[\s,-]*", re.IGNORECASE)
STREET_ALIKE, TOWN_ALIKE = 84, 80


class Street(IntEnum):
    SAME = 0
    ALIKE = 1  # the street, with another number or none
    OTHER = 2


class Town(IntEnum):
    BOTH = 0
    ONE = 1
    OTHER = 2


class Number(IntEnum):
    """A telephone number or an identifier."""

    SAME = 0
    SLIP = 1
    TWO_SLIPS = 2
    OTHER = 3


def street_of(text: str) -> str:
    """A street as it is compared: words shortened, without spaces, so that "pinkertoncircuit" is not another."""
    plain = re.sub(r"[^a-z0-9 ]+", " ", text.lower())
    words = [SHORT.get(word, word) for word in plain.split()]
    joined = "".join(words)
    return "" if joined in NO_PLACE else joined


def split_address(text: str) -> tuple[str, str, str, str]:
    """House number, street, town and postcode of an address in one line."""
    postcode = ""
    if found := ZIP.search(text):
        postcode, text = found.group(1), text[: found.start()]
    number = ""
    if found := NUMBER.match(text):
        number, text = found.group(1).lower(), text[found.end() :]
    street, _, town = text.partition(",")
    return number, street_of(street), folded(town), postcode


@lru_cache(1 << 14)
def phones_of(text: str) -> frozenset[str]:
    """The numbers in a field, the last ten digits of each."""
    found = set()
    for piece in re.split(r"[;/,]|\bor\b|ext", text.lower()):
        digits = re.sub(r"\D", "", piece.removesuffix(".0"))
        if len(digits) >= 7 and len(set(digits)) > 1:
            found.add(digits[-10:])
    return frozenset(found)


def identifier_of(text: str) -> str:
    """Letters and digits only; "" for what stands in for a number that nobody has."""
    plain = re.sub(r"[^A-Z0-9]", "", text.upper().removesuffix(".0"))
    if (ending := plain.lstrip("X")).isdigit():  # all but the last digits blotted out
        plain = ending
    if len(plain) < 3 or len(set(plain)) == 1 or plain in {"123456789", "UNKNOWN", "NONE", "NULL", "REFUSED"}:
        return ""
    return plain


@lru_cache(1 << 16)
def streets_alike(a: str, b: str) -> bool:
    return a == b or fuzz.ratio(a, b, score_cutoff=STREET_ALIKE) > 0


@lru_cache(1 << 16)
def towns_alike(a: str, b: str) -> bool:
    return a == b or fuzz.ratio(a, b, score_cutoff=TOWN_ALIKE) > 0


@lru_cache(1 << 16)
def postcodes_alike(a: str, b: str) -> bool:
    return a == b or len(a) > 3 and OSA.distance(a, b, score_cutoff=1) <= 1


def numbers(a: str, b: str) -> Number:
    """How two telephone numbers or identifiers are alike."""
    shorter = min(len(a), len(b))
    if a == b or len(a) != len(b) and (shorter == 4 or shorter >= 7) and a[-shorter:] == b[-shorter:]:
        return Number.SAME
    slips = OSA.distance(a, b, score_cutoff=2)
    if slips == 1 and shorter > 4:
        return Number.SLIP
    return Number.TWO_SLIPS if slips == 2 and shorter > 6 else Number.OTHER
