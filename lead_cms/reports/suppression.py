"""Small cells: what must be hidden before figures leave the team.

API
    hidden(counts, sums, implied=(), earlier=()) -> frozenset of keys that are not shown
    Earlier(counts, hidden, is_within, holds)            a table of the same report that has left the team before

`counts` are the figures by key. Each of `sums` is (total, parts): the parts make up the total. A key in `implied` is never
printed, but anybody can work it out from the others: those who were not reached are those referred less those reached.

Primary: every printed figure of 1 to 10 is hidden; zero is shown. Complementary: further figures are hidden until no figure
that is hidden, and no implied figure of 1 to 10, can be worked out from the sums. The proof for each is another table that
prints the same: every hidden figure at least 1 (readers know that zero is shown), every implied one at least 0, all sums
right, and this figure one more or one less. Such a table is looked for with steps of one; where none is found the smallest
neighbor is hidden as well. Hiding too much is the error that is made when in doubt.

With tables that left before, the difference of two figures is a figure as well: of a longer and a shorter period it is what
happened on the days between. A figure whose difference to a shown one is 1 to 10 is hidden, and the second table must besides
fit each earlier one: either that stands as it was (then a longer period has no less), or it moves along in figures that it hid.
What an earlier table hid is held to the same: beside the new one each of its figures could still be one more or one less.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

SMALLEST, LARGEST = 1, 10
MOST_STEPS = 1500  # of one search; beyond it a figure counts as not protected, and more is hidden
SINGLES, PAIRED = 30, 10  # how many neighbors are tried alone, and how many in pairs

Sum = tuple[str, Sequence[str]]


def is_small(count: int) -> bool:
    return SMALLEST <= count <= LARGEST


@dataclass(frozen=True)
class Earlier:
    """What has left: every figure as it was, and which were hidden; its period lies within the new one, or holds it."""

    counts: Mapping[str, int]
    hidden: frozenset[str]
    is_within: bool = False
    holds: bool = False

    def differs_little(self, key: str, count: int) -> bool:
        return key not in self.hidden and is_small(abs(count - self.counts.get(key, 0)))


def hidden(
    counts: Mapping[str, int], sums: Iterable[Sum], implied: Iterable[str] = (), earlier: Iterable[Earlier] = ()
) -> frozenset[str]:
    """The printed keys that must not be shown."""
    before = tuple(earlier)
    table = _Table(counts, [(total, tuple(parts)) for total, parts in sums], frozenset(implied), before)
    small = {
        key for key, count in counts.items() if is_small(count) or any(b.differs_little(key, count) for b in before)
    }
    found, small_rest = small - table.implied, sorted(small & table.implied)
    everything = frozenset(key for key in table.printed if counts[key])
    while True:
        bare = next((key for key in sorted(found) + small_rest if not table.can_differ(key, found)), None)
        if bare is None:
            bare = table.first_told_of_before(found)
            more = table.to_hide_for_before(bare, found) if bare else set()
            if not bare:
                return frozenset(found)
        else:
            more = table.to_hide_with(bare, found)
        if not more:
            return everything
        found |= more


class _Table:
    """Figures and their sums, and the search for a second table that prints the same as the true one."""

    def __init__(self, counts, sums, implied, earlier=()):
        self.counts, self.sums, self.implied, self.earlier = counts, sums, implied, earlier
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
        self.bounds: dict[tuple[int, ...], tuple[dict[str, int], dict[str, int]]] = {}
        self.kept: list[tuple[Earlier, list[str]]] | None = None
        # Of each figure the other tables found so far, each by the printed figures that differ besides: hiding more unmakes none.
        self.proofs: dict[str, list[frozenset[str]]] = {}

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

    def first_told_of_before(self, found: set[str]) -> str:
        """A figure that an earlier table hid and that could be no other any more, were this one shown; "" for none."""
        return next(
            (key for before, keys in self._kept_before() for key in keys if self._tells(before, key, found)), ""
        )

    def to_hide_for_before(self, bare: str, found: set[str]) -> set[str]:
        """What leaves an earlier figure as open as it was: itself, one neighbor, a pair; else the nearest, to go on from."""
        own = [bare] if bare in self.printed and bare not in found and self.counts[bare] else []
        near = own + self._neighbors(bare, found)
        concerned = [before for before, keys in self._kept_before() if bare in keys]
        for choice in [*([key] for key in near[:SINGLES]), *map(list, combinations(near[:PAIRED], 2))]:
            if not any(self._tells(before, bare, found | set(choice)) for before in concerned):
                return set(choice)
        return set(near[:1])

    def _kept_before(self) -> list[tuple[Earlier, list[str]]]:
        """Of each earlier table whose period holds this one's, or lies within it, what it kept to itself."""
        if self.kept is None:
            self.kept = []
            for before in self.earlier:
                if before.is_within or before.holds:
                    alone = self._as_before(before, ())
                    small = {key for key in self.implied if is_small(alone.counts[key])}
                    keys = sorted(before.hidden & set(self.counts) | small)
                    self.kept.append((before, [key for key in keys if alone.can_differ(key, set(before.hidden))]))
        return self.kept

    def _tells(self, before: Earlier, key: str, found: set[str]) -> bool:
        now = Earlier(self.counts, frozenset(found), is_within=before.holds, holds=before.is_within)
        return not self._as_before(before, (now,)).can_differ(key, set(before.hidden))

    def _as_before(self, before: Earlier, beside: tuple) -> "_Table":
        counts = {key: before.counts.get(key, 0) for key in self.counts}
        return _Table(counts, self.sums, self.implied, beside)

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
        """Whether this figure could be one more or one less in a table that prints the same, now and before."""
        if any(proof <= found for proof in self.proofs.get(key, ())):
            return True
        along = tuple(number for number, before in enumerate(self.earlier) if key in before.hidden)
        for moving in dict.fromkeys([(), along]):
            self._bind(moving)
            free = found.intersection(*(self.earlier[number].hidden for number in moving))
            for step in (1, -1):
                self.steps = 0
                if self._moves(key, step) and self._complete({key: step}, self._moved({}, key, step), free):
                    return True
        return False

    def _bind(self, moving: tuple[int, ...]) -> None:
        """How low and how high each figure can be, where these earlier tables move along and the others stand."""
        if moving not in self.bounds:
            self.bounds[moving] = self._bounds(moving)
        self.low, self.high = self.bounds[moving]

    def _bounds(self, moving: tuple[int, ...]) -> tuple[dict[str, int], dict[str, int]]:
        least = {key: 0 if key in self.implied else SMALLEST for key in self.counts}
        low, high = dict(least), {}
        for number, before in enumerate(self.earlier):
            for key, count in self.counts.items():
                was = before.counts.get(key, 0)
                if number in moving:
                    low[key] = max(low[key], count - was + least[key])
                elif before.is_within and was <= count:
                    low[key] = max(low[key], was)
                elif before.holds and was >= count:
                    high[key] = min(high.get(key, was), was)
        return low, high

    def _moves(self, key: str, step: int) -> bool:
        return self.low[key] <= self.counts[key] + step <= self.high.get(key, self.counts[key] + 1)

    def _moved(self, wrong: dict[int, int], key: str, step: int) -> dict[int, int]:
        """Which sums are wrong, and by how much, after one more move."""
        changed = dict(wrong)
        for number, sign in self.signs[key]:
            if rest := changed.pop(number, 0) + sign * step:
                changed[number] = rest
        return changed

    def _complete(self, moved: dict[str, int], wrong: dict[int, int], found: set[str]) -> bool:
        """Whether the moves so far can be completed so that every sum holds again."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            return False
        if not wrong:
            printed = frozenset(moved) - self.implied
            for key in moved:
                self.proofs.setdefault(key, []).append(printed - {key})
            return True
        number = min(wrong)
        total = self.members[number][0]
        for key in self.members[number]:
            if key in moved or (key not in found and key not in self.implied):
                continue
            step = (-1 if key == total else 1) * (1 if wrong[number] > 0 else -1)
            if self._moves(key, step) and self._complete(moved | {key: step}, self._moved(wrong, key, step), found):
                return True
        return False
