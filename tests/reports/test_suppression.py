"""Small cells: an attacker who knows the method and every printed figure learns no hidden one."""

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_cms.reports.suppression import Earlier, hidden, is_small

REACH = 12  # how far above the true value the attacker looks


def worlds(counts, sums, implied, found):
    """Every table that prints the same, within reach: what is printed stands, the hidden are 1 or more, sums are right."""
    unknown = sorted(found | set(implied))
    order = _free(unknown, sums)
    ranges = [range(0 if key in implied else 1, counts[key] + REACH) for key in order]
    for values in product(*ranges):
        world = dict(counts) | dict.fromkeys(unknown) | dict(zip(order, values, strict=True))
        if _completed(world, sums) and all(
            world[key] >= (0 if key in implied else 1) for key in unknown if world[key] is not None
        ):
            yield world


def _free(unknown, sums):
    """Unknown keys that no sum gives once the others are known."""
    free = list(unknown)
    for key in reversed(unknown):
        rest = [one for one in free if one != key]
        world = {one: (None if one in unknown and one not in rest else 0) for one in _keys(sums) | set(unknown)}
        if _completed(world, sums, values=False):
            free = rest
    return free


def _keys(sums):
    return {key for total, parts in sums for key in (total, *parts)}


def _completed(world, sums, values=True) -> bool:
    moved = True
    while moved:
        moved = False
        for total, parts in sums:
            keys = [total, *parts]
            open_keys = [key for key in keys if world.get(key) is None]
            if len(open_keys) == 1:
                key = open_keys[0]
                known = sum(world[part] for part in parts if part != key)
                world[key] = known if key == total else world[total] - known
                moved = True
    if any(world[key] is None for key in _keys(sums) if key in world):
        return False
    return not values or all(world[total] == sum(world[part] for part in parts) for total, parts in sums)


def narrowed(counts, sums, implied, found) -> list[str]:
    """Hidden figures, and small implied ones, that have one value in every world."""
    watched = found | {key for key in implied if is_small(counts[key])}
    seen = {key: set() for key in watched}
    for world in worlds(counts, sums, implied, found):
        for key in watched:
            seen[key].add(world[key])
        if all(len(values) > 1 for values in seen.values()):
            return []
    return sorted(key for key, values in seen.items() if len(values) < 2)


numbers = st.one_of(st.integers(0, 4), st.integers(9, 14), st.integers(0, 30))


def column(parts: list[int]):
    counts = {f"p{number}": value for number, value in enumerate(parts)} | {"all": sum(parts)}
    return counts, [("all", tuple(f"p{number}" for number in range(len(parts))))], frozenset()


def stages(rows: list[tuple[int, int]]):
    """Groups of whom some passed: the rest is never printed and can be worked out."""
    counts, sums, implied = {}, [], set()
    for number, (passed, rest) in enumerate(rows):
        counts |= {f"passed{number}": passed, f"rest{number}": rest, f"reached{number}": passed + rest}
        implied.add(f"rest{number}")
        sums.append((f"reached{number}", (f"passed{number}", f"rest{number}")))
    for name in ("passed", "rest", "reached"):
        counts[name] = sum(counts[f"{name}{number}"] for number in range(len(rows)))
        sums.append((name, tuple(f"{name}{number}" for number in range(len(rows)))))
    implied.add("rest")
    sums.append(("reached", ("passed", "rest")))
    return counts, sums, frozenset(implied)


@settings(max_examples=150, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=4))
def test_no_part_of_a_total_is_told(parts):
    counts, sums, implied = column(parts)
    found = hidden(counts, sums, implied)
    assert narrowed(counts, sums, implied, found) == []
    assert all(key in found for key, value in counts.items() if is_small(value))
    assert not any(counts[key] == 0 for key in found)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=2))
def test_no_group_and_no_rest_of_a_group_is_told(rows):
    counts, sums, implied = stages(rows)
    found = hidden(counts, sums, implied)
    assert narrowed(counts, sums, implied, found) == []
    assert all(key in found for key, value in counts.items() if is_small(value) and key not in implied)
    assert not any(counts[key] == 0 for key in found)


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([20, 30, 0], {"p0", "p1", "p2", "all"}),  # nothing small, nothing hidden, zero shown
        ([5, 20, 30], {"p2", "all"}),  # one small: the smallest other goes with it
        ([5, 0, 0], {"p1", "p2"}),  # the only part is its total
        ([1, 1, 50], {"all"}),  # two ones make a two: a third is needed
    ],
)
def test_what_is_hidden_with_it(parts, shown):
    counts, sums, implied = column(parts)
    assert set(counts) - hidden(counts, sums, implied) == shown


def test_a_large_share_does_not_tell_the_small_rest():
    """Of 100 offered 95 said yes: 5 did not, and that must not be read off."""
    counts, sums, implied = stages([(95, 5), (60, 60)])
    found = hidden(counts, sums, implied)
    assert {"passed0", "reached0"} & found


def test_the_attacker_would_find_what_is_only_hidden_itself():
    """The test's own attacker is no straw man: primary suppression alone does not stand before it."""
    counts, sums, implied = column([5, 20, 30])
    assert narrowed(counts, sums, implied, frozenset({"p0"})) == ["p0"]
    counts, sums, implied = column([1, 1, 50])
    assert narrowed(counts, sums, implied, frozenset({"p0", "p1"})) == ["p0", "p1"]


# ---- two tables of one report, of a longer and a shorter period


def told_together(before, now, sums, implied, hidden_before, hidden_now, *, longer) -> list[str]:
    """What somebody who holds both tables knows for certain, of every figure of 1 to 10 and every such difference."""
    seen: dict[tuple, set[int]] = {}
    for old in near(before, sums, implied, hidden_before):
        for new in near(now, sums, implied, hidden_now):
            apart = {key: (new[key] - old[key]) * (1 if longer else -1) for key in now}
            if min(apart.values()) < 0:  # the longer period has no less of anything
                continue
            for said, world in (("before", old), ("now", new), ("between", apart)):
                for key in now:
                    seen.setdefault((said, key), set()).add(world[key])
    true = {"before": before, "now": now, "between": {key: abs(now[key] - before[key]) for key in now}}
    return sorted(
        f"{said} {key}" for (said, key), values in seen.items() if is_small(true[said][key]) and len(values) < 2
    )


def near(counts, sums, implied, found):
    """Tables that print the same, every figure at most one away."""
    unknown = sorted(found | set(implied))
    free = _free(unknown, sums)
    for steps in product(range(-1, 2), repeat=len(free)):
        world = dict(counts) | dict.fromkeys(unknown)
        world |= {key: counts[key] + step for key, step in zip(free, steps, strict=True)}
        if _completed(world, sums) and all(world[key] >= (0 if key in implied else 1) for key in unknown):
            yield world


def two_tables(make, parts, further, longer):
    small, sums, implied = make(parts)
    large, *_ = make(further)
    before, now = (small, large) if longer else (large, small)
    hidden_before = hidden(before, sums, implied)
    hidden_now = hidden(now, sums, implied, [Earlier(before, hidden_before, is_within=longer, holds=not longer)])
    return before, now, sums, implied, hidden_before, hidden_now


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=3), st.booleans())
def test_two_columns_together_tell_no_figure_and_no_difference(rows, longer):
    parts, further = [part for part, _ in rows], [part + more for part, more in rows]
    tables = two_tables(column, parts, further, longer)
    assert told_together(*tables, longer=longer) == []


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=2), st.booleans())
@example(rows=[(9, 0, 1, 1), (11, 11, 0, 0)], longer=False)  # the new table told what the earlier one had hidden
def test_nor_do_two_tables_of_stages(rows, longer):
    parts = [(all_of, min(all_of, passed)) for all_of, passed, _, _ in rows]
    further = [(a + more, p + min(more, passed)) for (a, p), (_, _, more, passed) in zip(parts, rows, strict=True)]
    tables = two_tables(stages, parts, further, longer)
    assert told_together(*tables, longer=longer) == []


def test_the_plain_case():
    """105 until March, 108 until April: the three of April are nobody's to know."""
    before, sums, implied = column([60, 45])
    now, *_ = column([62, 46])
    assert hidden(now, sums, implied) == frozenset()
    assert hidden(now, sums, implied, [Earlier(before, frozenset(), is_within=True)]) >= {"all", "p0", "p1"}
    again = hidden(before, sums, implied, [Earlier(before, frozenset())])
    assert again == frozenset()
    far, *_ = column([80, 60])
    assert hidden(far, sums, implied, [Earlier(before, frozenset(), is_within=True)]) == frozenset()


def test_a_longer_period_in_which_nothing_happened_hides_what_was_hidden_and_no_more():
    before, sums, implied = column([4, 40, 60])
    hidden_before = hidden(before, sums, implied)
    assert hidden(before, sums, implied, [Earlier(before, hidden_before, is_within=True)]) == hidden_before
