"""Small cells: what must be hidden before figures leave the team.

API
    hidden(counts, sums, implied=()) -> frozenset of keys that are not shown

`counts` are the figures by key. Each of `sums` is (total, parts): the parts make up the total. A key in `implied` is never
printed, but anybody can work it out from the others: those who were not reached are those referred less those reached.

Primary: every printed figure of 1 to 10 is hidden; zero is shown. Complementary: further figures are hidden until no figure
that is hidden, and no implied figure of 1 to 10, can be worked out from the sums. The proof for each is another table that
prints the same: every hidden figure at least 1 (readers know that zero is shown), every implied one at least 0, all sums
right, and this figure one more or one less. Such a table is looked for with steps of one; where none is found the smallest
neighbor is hidden as well. Hiding too much is the error that is made when in doubt.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

SMALLEST, LARGEST = 1, 10
MOST_STEPS = 1500  # of one search; beyond it a figure counts as not protected, and more is hidden
SINGLES, PAIRED = 30, 10  # how many neighbors are tried alone, and how many in pairs

Sum = tuple[str, Sequence[str]]


def is_small(count: int) -> bool:
    return SMALLEST <= count <= LARGEST


def hidden(counts: Mapping[str, int], sums: Iterable[Sum], implied: Iterable[str] = ()) -> frozenset[str]:
    """The printed keys that must not be shown."""
    table = _Table(counts, [(total, tuple(parts)) for total, parts in sums], frozenset(implied))
    found = {key for key in table.printed if is_small(counts[key])}
    small_rest = sorted(key for key in table.implied if is_small(counts[key]))
    while True:
        bare = next((key for key in sorted(found) + small_rest if not table.can_differ(key, found)), None)
        if bare is None:
            return frozenset(found)
        more = table.to_hide_with(bare, found)
        if not more:
            return frozenset(key for key in table.printed if counts[key])
        found |= more


class _Table:
    """Figures and their sums, and the search for a second table that prints the same as the true one."""

    def __init__(self, counts, sums, implied):
        self.counts, self.sums, self.implied = counts, sums, implied
        self.printed = [key for key in counts if key not in implied]
        parts = {part for _, several in sums for part in several}
        # The figures that everything else is a part of are given up last.
        self.tops = {total for total, _ in sums} - parts
        self.totals = {total for total, _ in sums}
        self.signs: dict[str, list[tuple[int, int]]] = {key: [] for key in counts}
        for number, (total, several) in enumerate(sums):
            self.signs[total].append((number, 1))
            for part in several:
                self.signs[part].append((number, -1))
        self.members = [(total, *several) for total, several in sums]

    def to_hide_with(self, bare: str, found: set[str]) -> set[str]:
        """The least that protects `bare`: one neighbor, a pair, a figure at the top; else the nearest, to go on from."""
        near = self._neighbors(bare, found)
        low = sorted((key for key in near if key not in self.tops), key=self._cost)[:SINGLES]
        for choice in [*([key] for key in low), *map(list, combinations(low[:PAIRED], 2))]:
            if self.can_differ(bare, found | set(choice)):
                return set(choice)
        for key in sorted(set(near) & self.tops, key=self._cost):
            if self.can_differ(bare, found | {key}):
                return {key}
        return set(near[:1])

    def _cost(self, key: str):
        return key in self.totals, self.counts[key], key

    def _neighbors(self, bare: str, found: set[str]) -> list[str]:
        """Printed figures that are not zero and not hidden, those that share a sum with `bare` first."""
        ordered, seen, ring = [], {bare}, [bare]
        while ring:
            around = {key for one in ring for number, _ in self.signs[one] for key in self.members[number]} - seen
            seen |= around
            ring = sorted(around, key=self._cost)
            ordered += [key for key in ring if key not in self.implied and key not in found and self.counts[key]]
        return ordered

    def can_differ(self, key: str, found: set[str]) -> bool:
        """Whether this figure could be one more or one less in a table that prints the same."""
        for step in (1, -1):
            self.steps = 0
            rests = [0] * len(self.sums)
            if self._moves(key, step) and self._complete({key: step}, self._moved(rests, key, step), found):
                return True
        return False

    def _moves(self, key: str, step: int) -> bool:
        return self.counts[key] + step >= (0 if key in self.implied else SMALLEST)

    def _moved(self, rests: list[int], key: str, step: int) -> list[int]:
        changed = list(rests)
        for number, sign in self.signs[key]:
            changed[number] += sign * step
        return changed

    def _complete(self, moved: dict[str, int], rests: list[int], found: set[str]) -> bool:
        """Whether the moves so far can be completed so that every sum holds again."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            return False
        number = next((number for number, rest in enumerate(rests) if rest), None)
        if number is None:
            return True
        total = self.members[number][0]
        for key in self.members[number]:
            if key in moved or (key not in found and key not in self.implied):
                continue
            step = (-1 if key == total else 1) * (1 if rests[number] > 0 else -1)
            if self._moves(key, step) and self._complete(moved | {key: step}, self._moved(rests, key, step), found):
                return True
        return False
