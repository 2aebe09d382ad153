"""What two records say for and against being one person: for each question its answer, and how likely chance gives it.

`Comparer.compare` gives one (code, log of chance) for each question that both records answer.
"""

from dataclasses import dataclass
from itertools import product
from math import log

from participants.likeness import dates, names, places
from participants.likeness.dates import Born
from participants.likeness.entry import Entry, Frequencies
from participants.likeness.names import Like
from participants.likeness.places import Number, Street, Town

# ---- codes: one number for each answer to each question
GIVEN, FAMILY, BORN, STREET, TOWN, PHONE, IDENTIFIER, SUFFIX, ALIAS = range(0, 180, 20)
QUESTION = 20  # codes for each question
BY_ALIAS, SWAPPED = 10, 12  # a given name that is the other's alias (BY_ALIAS + 0 or 1); both names the other way round
SUFFIX_SAME, SUFFIX_OTHER = SUFFIX, SUFFIX + 1
ALIAS_SAME, ALIAS_OTHER = ALIAS, ALIAS + 1

# How many variants of a name share what is left for an answer: of slips there are hundreds, of nicknames a few.
VARIANTS = {
    Like.NICKNAME: 4, Like.SOUND: 5, Like.SLIP: 40, Like.PART: 10, Like.NEAR: 60, Like.INITIAL: 1, Like.OTHER: 1,
}  # fmt: skip
# How much of the records with the commoner name has the other by mistake.
MISTAKEN = {Like.NICKNAME: 0.06, Like.SOUND: 0.03, Like.SLIP: 0.08, Like.PART: 0.03, Like.NEAR: 0.03, Like.INITIAL: 0.3}
# Chance of each answer between strangers, before the records themselves are asked.
BY_CHANCE = {
    **{GIVEN + k: v for k, v in zip(Like, (0.005, 0.006, 0.002, 0.004, 0.004, 0.02, 0.07, 0.89), strict=True)},
    **{FAMILY + k: v for k, v in zip(Like, (0.001, 0.0005, 0.0008, 0.0015, 0.002, 0.01, 0.07, 0.92), strict=True)},
    **{BORN + k: v for k, v in zip(Born, (4.6e-5, 2e-5, 2.3e-4, 0.0017, 0.0024, 0.0016, 0.022, 0.016, 0.97), strict=True)},
    **{STREET + k: v for k, v in zip(Street, (1e-4, 1e-3, 0.999), strict=True)},
    **{TOWN + k: v for k, v in zip(Town, (0.001, 0.01, 0.989), strict=True)},
    **{PHONE + k: v for k, v in zip(Number, (1e-5, 1e-4, 1e-3, 0.999), strict=True)},
    **{IDENTIFIER + k: v for k, v in zip(Number, (1e-6, 2e-5, 5e-4, 1.0), strict=True)},
    GIVEN + BY_ALIAS: 0.01, GIVEN + BY_ALIAS + 1: 0.02, GIVEN + SWAPPED: 1e-4, FAMILY + SWAPPED: 1.0,
    SUFFIX_SAME: 0.6, SUFFIX_OTHER: 0.4, ALIAS_SAME: 0.02, ALIAS_OTHER: 0.98,
}  # fmt: skip
# A name's likeness that says something for itself.
TELLING = frozenset({Like.SAME, Like.NICKNAME, Like.SOUND, Like.SLIP})
COMMON_ENOUGH = 3  # a value that more records have than this is no private one

Answers = list[tuple[int, float]]


@dataclass(slots=True)
class Comparer:
    """Compares records of one collection, whose frequencies it knows."""

    counts: Frequencies
    chance: dict[int, float]

    def compare(self, a: Entry, b: Entry) -> Answers:
        """The answers of two records, each as its code and the log of how likely chance gives it."""
        found: Answers = []
        self._names(a, b, found)
        if a.suffix and b.suffix:
            found.append(self._flat(SUFFIX_SAME if a.suffix == b.suffix else SUFFIX_OTHER))
        if a.born and b.born:
            found.append(self._born(a.born, b.born))
        self._home(a, b, found)
        if a.phones and b.phones:
            found.append(self._phone(a.phones, b.phones))
        if a.identifiers and b.identifiers:
            self._identifier(a, b, found)
        return found

    def _flat(self, code: int) -> tuple[int, float]:
        return code, log(self.chance[code])

    # ---- names
    def _names(self, a: Entry, b: Entry, found: Answers) -> None:
        given = self._given(a, b)
        family = names.likeness(a.family, b.family) if a.family and b.family else None
        if a.others and b.others:
            found.append(self._aliases(a.others, b.others))
        is_weak = (given is None or given[0] not in TELLING) and (family is None or family not in TELLING)
        if is_weak and (crossed := self._crossed(a, b)):
            found += crossed
            return
        if given is not None:
            like, one, two, by_alias = given
            if like == Like.OTHER and family in TELLING:
                like = names.on_a_second_look(one, two)
            code = GIVEN + BY_ALIAS + (like != Like.SAME) if by_alias else GIVEN + like
            found.append((code, self._chance(self.counts.given, one, two, like, GIVEN)))
        if family is not None:
            found.append((FAMILY + family, self._chance(self.counts.family, a.family, b.family, family, FAMILY)))

    def _given(self, a: Entry, b: Entry) -> tuple[Like, str, str, bool] | None:
        """How their given names are alike, or one's given name and the other's alias where that is likelier."""
        best = (names.likeness(a.given, b.given), a.given, b.given, False) if a.given and b.given else None
        if best is not None and best[0] in TELLING:
            return best
        for name, others in ((a.given, b.others), (b.given, a.others)):
            for other in others if name else ():
                like = names.likeness(name, other)
                if like in TELLING and (best is None or like < best[0]):
                    best = (like, name, other, True)
        return best

    def _aliases(self, a: tuple[str, ...], b: tuple[str, ...]) -> tuple[int, float]:
        """An alias that both go by; other aliases of one person are many, and say little."""
        same = [one for one in a if one in b] or [
            one for one, two in product(a, b) if names.likeness(one, two) in TELLING
        ]
        if not same:
            return self._flat(ALIAS_OTHER)
        rarest = min(self.counts.given.get(one, 0) for one in same)
        return ALIAS_SAME, log(max(rarest - 1, 1) / max(self.counts.total, 1))

    def _crossed(self, a: Entry, b: Entry) -> Answers | None:
        """Given and family name the other way round in one of the two."""
        pairs = [(x, y) for x, y in ((a.given, b.family), (a.family, b.given)) if x and y]
        likes = [names.likeness(x, y) for x, y in pairs]
        if not any(like in TELLING for like in likes):
            return None
        likes = [names.on_a_second_look(x, y) for x, y in pairs]
        if Like.OTHER in likes or Like.INITIAL in likes:
            return None
        if len(pairs) == 1 and (a.given and b.given or a.family and b.family):
            return None
        total = 0.0
        for (x, y), like, counter in zip(pairs, likes, (self.counts.given, self.counts.family), strict=False):
            total += max(self._chance(counter, x, y, like, GIVEN), log(0.5 / max(self.counts.total, 1)))
        return [(GIVEN + SWAPPED, total), (FAMILY + SWAPPED, 0.0)]

    def _chance(self, counter, one: str, two: str, like: Like, question: int) -> float:
        """How likely a stranger has such a name: the likelier the commoner it is, and whether the variant is a name itself."""
        total = max(self.counts.total, 1)
        first, second = counter.get(one, 0), counter.get(two, 0)
        common = max(first, second, 1)
        if like == Like.SAME:
            return log(max(common - 1, 0.7) / total)
        if like in (Like.OTHER, Like.INITIAL):
            return log(self.chance[question + like])
        own = max(min(first, second) - 1, 0) / total
        return log(
            min(0.9, own * VARIANTS[like] + MISTAKEN[like] * common / total + 0.3 * self.chance[question + like])
        )

    # ---- the rest
    def _born(self, a: str, b: str) -> tuple[int, float]:
        like = dates.likeness(a, b)
        chance = self.chance[BORN + like]
        if like == Born.SAME:
            chance = max(chance, (self.counts.born.get(a, 0) - COMMON_ENOUGH) / max(self.counts.total, 1))
        return BORN + like, log(chance)

    def _home(self, a: Entry, b: Entry, found: Answers) -> None:
        total = max(self.counts.total, 1)
        street = None
        if a.streets and b.streets:
            street = Street.OTHER
            if any(places.streets_alike(x, y) for x in a.streets for y in b.streets):
                street = Street.SAME if a.number and a.number == b.number else Street.ALIKE
            chance = self.chance[STREET + street]
            if street == Street.SAME:
                homes = max(self.counts.home.get(a.home, 0), self.counts.home.get(b.home, 0))
                chance = max(min(chance, 1e-4), (homes - COMMON_ENOUGH) / total)
            elif street == Street.ALIKE:
                known = max(self.counts.street.get(way, 0) for way in (*a.streets, *b.streets))
                chance = max(min(chance, 1e-3), (known - COMMON_ENOUGH) / total)
            found.append((STREET + street, log(chance)))
        if street != Street.SAME:
            self._town(a, b, found)

    def _town(self, a: Entry, b: Entry, found: Answers) -> None:
        asked = alike = 0
        if a.town and b.town:
            asked, alike = 1, int(places.towns_alike(a.town, b.town))
        if a.postcode and b.postcode:
            asked, alike = asked + 1, alike + int(places.postcodes_alike(a.postcode, b.postcode))
        if not asked:
            return
        town = Town.OTHER if not alike else Town.BOTH if alike == 2 else Town.ONE
        chance = self.chance[TOWN + town]
        if town != Town.OTHER:
            known = [self.counts.town.get(a.town, 0) if a.town and a.town == b.town else 0]
            known.append(self.counts.postcode.get(a.postcode, 0) if a.postcode == b.postcode else 0)
            chance = max(chance, min(filter(None, known), default=0) / max(self.counts.total, 1))
        found.append((TOWN + town, log(min(1.0, chance))))

    def _phone(self, a: frozenset[str], b: frozenset[str]) -> tuple[int, float]:
        shared = a & b
        like = Number.SAME if shared else min(places.numbers(x, y) for x in a for y in b)
        chance = self.chance[PHONE + like]
        if shared:
            fewest = min(self.counts.phone.get(number, 0) for number in shared)
            chance = max(chance, (fewest - COMMON_ENOUGH) / max(self.counts.total, 1))
        return PHONE + like, log(chance)

    def _identifier(self, a: Entry, b: Entry, found: Answers) -> None:
        likes = [
            (places.numbers(x, y), min(x, y, key=len))
            for kind, x in a.identifiers
            for other, y in b.identifiers
            if kind == other
        ]
        if not likes:
            return
        like, number = min(likes)
        chance = self.chance[IDENTIFIER + like]
        if like == Number.SAME:
            chance = max(
                chance,
                0.1 ** min(len(number), 6),
                (self.counts.identifier.get(number, 0) - 2 * COMMON_ENOUGH) / max(self.counts.total, 1),
            )
        found.append((IDENTIFIER + like, log(chance)))
