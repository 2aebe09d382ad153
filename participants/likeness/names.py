"""How two names are alike: the same, a nickname, the same sound, a slip of the keys, a part of it, an initial."""

import re
import unicodedata
from enum import IntEnum
from functools import cache, lru_cache

import jellyfish
from nicknames import NickNamer
from rapidfuzz.distance import OSA, JaroWinkler

SUFFIXES = {
    "jr": "2",
    "junior": "2",
    "ii": "2",
    "2nd": "2",
    "sr": "1",
    "senior": "1",
    "iii": "3",
    "3rd": "3",
    "iv": "4",
}
TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr"})
# What says that no name was given, in the ways that forms and exports write it.
NO_NAME = frozenset(
    {"unknown", "unk", "none", "na", "null", "nan", "refused", "anonymous", "noname", "notgiven", "xxx", "test"}
)
# Spoken beside the English ones, and in no English list.
SPANISH = {
    "francisco": "paco pancho kiko frank", "jose": "pepe joe chepe joey", "jesus": "chuy chucho",
    "guadalupe": "lupe lupita", "guillermo": "memo willy bill", "ignacio": "nacho", "alberto": "beto al",
    "roberto": "beto bob robert rob", "gilberto": "beto gil", "enrique": "kike quique henry",
    "eduardo": "lalo eddie ed edward", "gerardo": "lalo jerry", "manuel": "manny manolo", "rafael": "rafa ralph",
    "antonio": "tono tony toño", "luis": "lucho louis", "juan": "juanito john johnny", "carlos": "charlie carlitos",
    "miguel": "mike micky michael", "alejandro": "alex ale jandro", "alejandra": "alex ale",
    "ricardo": "ricky rick richard", "jorge": "george coque", "pedro": "perico pete peter", "vicente": "chente vince",
    "refugio": "cuca cuco", "rosario": "chayo", "dolores": "lola", "concepcion": "concha connie", "mercedes": "meche",
    "isabel": "chabela chavela isa", "graciela": "chela grace", "consuelo": "chelo connie", "socorro": "coco",
    "maria": "mari marie mary", "margarita": "mago rita margaret", "teresa": "tere terry", "fernando": "nando fer",
    "armando": "mando", "hernando": "nando", "salvador": "chava sal", "ramon": "moncho ray raymond",
    "santiago": "santi chago james", "joaquin": "quino", "leonardo": "leo nardo", "reynaldo": "rey",
    "arturo": "art arthur turo",
}  # fmt: skip
LETTERS = re.compile(r"[^a-z ]+")
SLIPS_FROM, TWO_SLIPS_FROM, FAR_FROM = 4, 7, 9
LIKE, HARDLY = 0.9, 0.7


class Like(IntEnum):
    """How a name is like another, the likest first."""

    SAME = 0
    NICKNAME = 1
    SOUND = 2
    SLIP = 3
    PART = 4
    NEAR = 5
    INITIAL = 6
    OTHER = 7


def folded(text: str) -> str:
    """Lower case, without accents, apostrophes and hyphens, one space between words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(LETTERS.sub(" ", plain.replace("'", "").replace("`", "").replace(".", "")).split())


@lru_cache(1 << 16)
def name_of(text: str) -> tuple[str, str]:
    """A name as it is compared, and what follows it: "Gomez, Jr." is ("gomez", "2")."""
    if "2nd" in text or "3rd" in text:
        text = text.replace("2nd", "ii").replace("3rd", "iii")
    words, suffix = folded(text).split(), ""
    while len(words) > 1 and words[-1] in SUFFIXES:
        suffix = SUFFIXES[words.pop()]
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    name = " ".join(words)
    return ("" if name.replace(" ", "") in NO_NAME else name), suffix


@cache
def _nicknames() -> NickNamer:
    return NickNamer()


@lru_cache(1 << 16)
def roots(name: str) -> frozenset[str]:
    """The names that a name may stand for, itself among them: Bob is Robert, and so is Robert."""
    found = {name, *_nicknames().canonicals_of(name), *_spanish().get(name, ())}
    return frozenset(word for word in found if word)


@cache
def _spanish() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, said in SPANISH.items():
        for word in said.split():
            found.setdefault(folded(word), set()).add(name)
    return found


@lru_cache(1 << 16)
def sound(name: str) -> str:
    """How a name sounds, roughly; of several words, all of them together."""
    joined = name.replace(" ", "")
    return jellyfish.metaphone(joined) or joined[:3]


@lru_cache(1 << 18)
def likeness(a: str, b: str) -> Like:
    """How two folded names are alike; neither is empty."""
    if a == b:
        return Like.SAME
    if b < a:
        return likeness(b, a)
    one, two = a.replace(" ", ""), b.replace(" ", "")
    if one == two:
        return Like.SAME
    if len(one) == 1 or len(two) == 1:
        return Like.INITIAL if one[0] == two[0] else Like.OTHER
    return _of_words(a, b, one, two)


def _of_words(a: str, b: str, one: str, two: str) -> Like:
    longest = max(len(one), len(two))
    slips = OSA.distance(one, two, score_cutoff=4)
    sounds = sound(one) == sound(two)
    if roots(one) & roots(two):
        return Like.NICKNAME
    if sounds and slips <= 3:
        return Like.SOUND
    if slips == 1 and longest >= SLIPS_FROM or slips == 2 and longest >= TWO_SLIPS_FROM:
        return Like.SLIP
    if _shares_a_word(a, b) or min(len(one), len(two)) >= 3 and (one.startswith(two) or two.startswith(one)):
        return Like.PART
    if slips == 1 or slips <= 2 and longest > SLIPS_FROM or slips == 3 and longest >= FAR_FROM:
        return Like.NEAR
    alike = JaroWinkler.similarity(one, two)
    return Like.NEAR if alike >= (HARDLY if sounds else LIKE) else Like.OTHER


def _shares_a_word(a: str, b: str) -> bool:
    if " " not in a and " " not in b:
        return False
    ours, theirs = a.split(), b.split()
    return any(
        x == y or len(x) >= SLIPS_FROM and len(y) >= SLIPS_FROM and OSA.distance(x, y, score_cutoff=1) <= 1
        for x in ours
        for y in theirs
        if len(x) >= 3 and len(y) >= 3
    ) or any(roots(x) & roots(y) for x in ours for y in theirs if len(x) >= 3 and len(y) >= 3)


@lru_cache(1 << 14)
def on_a_second_look(a: str, b: str) -> Like:
    """For two given names of whom everything else agrees: also a nickname with a slip in it, such as "ekvin" for Kev."""
    like = likeness(a, b)
    if like != Like.OTHER:
        return like
    ours, theirs = _called(a), _called(b)
    if any(OSA.distance(x, y, score_cutoff=1) <= 1 for x in ours for y in theirs if min(len(x), len(y)) > 2):
        return Like.NEAR
    return like


def _called(name: str) -> set[str]:
    """What somebody of this name may be called, and what names it may stand for."""
    joined = name.replace(" ", "")
    known = roots(joined)
    return {joined, *known, *(short for root in known for short in _nicknames().nicknames_of(root))}


def split_name(full: str) -> tuple[str, str, list[str]]:
    """ "Marsh, Devon Lee" or "Devon Lee Marsh": given name, surname, the rest."""
    before, comma, after = full.partition(",")
    if comma and folded(after) not in SUFFIXES:
        given = after.split()
        return (given[0] if given else ""), before, given[1:]
    words = full.replace(",", " ").split()
    suffix = [words.pop()] if len(words) > 2 and folded(words[-1]) in SUFFIXES else []
    if len(words) < 2:
        return full, "", []
    return words[0], " ".join([words[-1], *suffix]), words[1:-1]
