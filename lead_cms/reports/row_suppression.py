"""Small cells of a table with hundreds of figures, hidden by blocks: what `hidden` of suppression.py searches for, found by rule.

API
    hidden_blocks(counts, blocks, earlier=()) -> frozenset of keys that are not shown
    Blocks(wholes, families, tied)      how the figures hang together
Keys are "figure:row". A family is a few figures of a row that are shown together or not at all; each of `wholes` is (row, rows):
those rows make it up, figure by figure. A block is shown when each figure that can be worked out from it is zero or more than
10. Where a whole is shown, what its hidden rows come to together must be so as well, and they are at least two; `tied` names
figures that follow from two families, such as those not confirmed sheltered from the confirmed and the sheltered. The same
holds for what a block or a rest has more, or less, than in a table that left before whose period lies within this one, or
holds it. It hides more than the search would, and ends at once. In a block that is not shown zero is not shown either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lead_cms.reports.suppression import Earlier, is_small

Figures = dict[str, int]
Closed = dict[str, set[str]]


@dataclass(frozen=True)
class Family:
    """`prints` are its figures, `checks` what follows from them within a row; it is closed where one it hangs on is."""

    prints: tuple[str, ...]
    checks: tuple[str, ...]
    hangs_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Blocks:
    wholes: tuple[tuple[str, Sequence[str]], ...]
    families: Mapping[str, Family]
    tied: tuple[tuple[str, str, str], ...] = ()  # two families, and the figure that both together tell


def hidden_blocks(counts: Mapping[str, int], blocks: Blocks, earlier: Iterable[Earlier] = ()) -> frozenset[str]:
    """The printed keys that must not be shown."""
    rows = _rows(counts)
    then = [(_rows(one.counts), _closed_then(one, blocks)) for one in earlier if one.is_within or one.holds]
    closed = {name: _small(rows, name, family, then) for name, family in blocks.families.items()}
    while True:
        for name, family in blocks.families.items():
            closed[name] |= set().union(*(closed[other] for other in family.hangs_on))
        more = _next(rows, blocks, closed, then)
        if more is None:
            break
        name, row = more
        closed[name].add(row)
    keys = {
        f"{figure}:{row}"
        for name, family in blocks.families.items()
        for row in closed[name]
        for figure in family.prints
    }
    return frozenset(keys & set(counts))


def _small(rows, name: str, family: Family, then) -> set[str]:
    """Rows of which the family tells something small, by itself or beside what left before."""
    found = {row for row, figures in rows.items() if not _fits(figures, family.checks)}
    for old, closed_then in then:
        for row, figures in rows.items():
            if row not in closed_then[name] and not _fits(_less(figures, old.get(row, {})), family.checks):
                found.add(row)
    return found


def _next(rows, blocks: Blocks, closed: Closed, then) -> tuple[str, str] | None:
    """What must be hidden besides: a family and a row, or nothing once every whole keeps its rest to itself."""
    for total, parts in blocks.wholes:
        for name, family in blocks.families.items():
            if _is_told(rows, total, parts, name, family, closed, then):
                return name, _to_close(rows, total, parts, name, family, closed)
        for one, other, figure in blocks.tied:
            both = [row for row in parts if row in closed[one] or row in closed[other]]
            if both and total not in closed[one] | closed[other] and not _fits(_added(rows, both), (figure,)):
                name = one if any(row not in closed[one] for row in parts) else other
                return name, _to_close(rows, total, parts, name, blocks.families[name], closed)
    return None


def _is_told(rows, total: str, parts, name: str, family: Family, closed: Closed, then) -> bool:
    shut = [row for row in parts if row in closed[name]]
    if total in closed[name]:
        # It is what its rows make up: where all of them are shown it would be told.
        return not shut and any(rows.get(row, {}).get(figure) for row in parts for figure in family.prints)
    if shut:
        if sum(any(rows[row].get(figure) for figure in family.prints) for row in shut) == 1:
            return True
        if not _fits(_added(rows, shut), family.prints):
            return True
    for old, closed_then in then:
        both = [row for row in parts if row in closed[name] or row in closed_then[name]]
        rest = _less(_added(rows, both), _added(old, both))
        if both and total not in closed_then[name] and not _fits(rest, family.prints):
            return True
    return False


def _to_close(rows, total: str, parts, name: str, family: Family, closed: Closed) -> str:
    """The smallest row that is shown; the whole where it has two parts, or none that is shown."""
    size = {row: sum(rows.get(row, {}).get(figure, 0) for figure in family.prints) for row in parts}
    shown = sorted((row for row in parts if row not in closed[name] and size[row]), key=lambda row: (size[row], row))
    return shown[0] if shown and (len(parts) > 2 or total in closed[name]) else total


def _closed_then(one: Earlier, blocks: Blocks) -> Closed:
    found: Closed = {name: set() for name in blocks.families}
    for key in one.hidden:
        figure, _, row = key.partition(":")
        for name, family in blocks.families.items():
            if figure in family.prints:
                found[name].add(row)
    return found


def _fits(figures: Mapping[str, int], names: Iterable[str]) -> bool:
    return not any(is_small(abs(figures.get(name, 0))) for name in names)


def _added(rows: Mapping[str, Figures], which: Iterable[str]) -> Figures:
    found: Figures = {}
    for row in which:
        for name, count in rows.get(row, {}).items():
            found[name] = found.get(name, 0) + count
    return found


def _less(figures: Mapping[str, int], others: Mapping[str, int]) -> Figures:
    return {name: figures.get(name, 0) - others.get(name, 0) for name in {*figures, *others}}


def _rows(counts: Mapping[str, int]) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for key, count in counts.items():
        name, _, row = key.partition(":")
        found.setdefault(row, {})[name] = count
    return found
