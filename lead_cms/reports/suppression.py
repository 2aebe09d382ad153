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

SMALLEST, LARGEST = 1, 10
MOST_STEPS = 4000  # of one search; beyond it a figure counts as not protected, and more is hidden

Sum = tuple[str, Sequence[str]]


def is_small(count: int) -> bool:
    return SMALLEST <= count <= LARGEST


def hidden(counts: Mapping[str, int], sums: Iterable[Sum], implied: Iterable[str] = ()) -> frozenset[str]:
    """The printed keys that must not be shown."""
    sums, implied = [(total, tuple(parts)) for total, parts in sums], frozenset(implied)
    printed = [key for key in counts if key not in implied]
    found = {key for key in printed if is_small(counts[key])}
    while True:
        guarded = sorted(found) + sorted(key for key in implied if is_small(counts[key]))
        bare = next((key for key in guarded if not _Search(counts, sums, implied, found).can_differ(key)), None)
        if bare is None:
            return frozenset(found)
        more = _next_to_hide(bare, counts, sums, implied, found)
        if more is None:
            return frozenset(key for key in printed if counts[key])
        found.add(more)


def _next_to_hide(bare, counts, sums, implied, found) -> str | None:
    """The smallest printed figure that stands in a sum with what is bare, or with what is hidden beside it; not zero."""
    near, seen = {bare}, set()
    while near - seen:
        seen |= near
        shared = [{total, *parts} for total, parts in sums if {total, *parts} & seen]
        around = set().union(*shared) if shared else set()
        choices = [key for key in around if key not in implied and key not in found and counts[key]]
        if choices:
            totals = {total for total, _ in sums}
            return min(choices, key=lambda key: (key in totals, counts[key], key))
        near |= around
    return None


class _Search:
    """Looks for a second table that prints the same as the true one."""

    def __init__(self, counts, sums, implied, found):
        self.counts, self.found = counts, found
        self.unknown = set(found) | set(implied)
        self.lowest = {key: 0 if key in implied else SMALLEST for key in self.unknown}
        # Of each sum only what is unknown can move: the total by +1 asks the parts for +1.
        self.sums = [
            {key: (1 if key == total else -1) for key in (total, *parts) if key in self.unknown}
            for total, parts in sums
        ]
        self.of = {key: [number for number, one in enumerate(self.sums) if key in one] for key in self.unknown}
        self.steps = 0

    def can_differ(self, key: str) -> bool:
        for step in (1, -1):
            self.steps = 0
            if self.counts[key] + step >= self.lowest[key] and self._complete({key: step}):
                return True
        return False

    def _complete(self, moved: dict[str, int]) -> bool:
        """Whether the moves so far can be completed so that every sum holds again."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            return False
        open_sum = next((one for one in self.sums if sum(sign * moved.get(k, 0) for k, sign in one.items())), None)
        if open_sum is None:
            return True
        rest = sum(sign * moved.get(key, 0) for key, sign in open_sum.items())
        for key, sign in open_sum.items():
            if key in moved:
                continue
            step = -sign if rest > 0 else sign
            if self.counts[key] + step >= self.lowest[key] and self._complete(moved | {key: step}):
                return True
        return False
