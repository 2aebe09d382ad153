"""Small cells: an attacker who knows the method and every printed figure learns no hidden one."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_cms.reports.suppression import hidden, is_small

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
