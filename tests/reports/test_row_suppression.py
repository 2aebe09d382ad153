"""Tables that are hidden by blocks: what can be worked out from everything that is printed is never small."""

import random
from datetime import date

import pytest

from lead_cms.reports.measures import months, needs
from lead_cms.reports.suppression import Earlier, is_small
from lead_cms.reports.tables import HIDDEN

PRIME = 2_147_483_647


def drawn(dice, size: int, idx: int) -> dict:
    due = dice.randrange(size // 2, size + 1)
    confirmed = due if dice.random() < 0.2 else dice.randrange(due // 2, due + 1)
    row = {"idx": idx, "month": None, "due": due, "confirmed": confirmed, "contacts": due * 2}
    for name in months.MEASURES:
        row[name] = dice.choice([0, confirmed, dice.randrange(confirmed + 1)])
        row[f"{name}_no"] = dice.choice([0, confirmed - row[name], dice.randrange(confirmed - row[name] + 1)])
    return row | {"jail": dice.choice([0, dice.randrange(row["sheltered_no"] + 1)])}


def rows_of(dice, size: int) -> list[dict]:
    rows = [drawn(dice, size, idx) for idx in (-1, *range(1, months.LAST + 2))]
    since = rows[1:]
    for number in range(3):
        part = since[number::3]
        added = {key: sum(row[key] for row in part) for key in part[0] if key not in {"idx", "month"}}
        rows.append(added | {"idx": None, "month": date(2026, number + 4, 1)})
    return rows


# What holds within every row, whatever its numbers.
WITHIN = [("due", ("confirmed", "open")), ("sheltered_no", ("outside", "jail"))] + [
    sum_
    for one in months.MEASURES
    for sum_ in (
        ("confirmed", (one, f"{one}_rest")), ("confirmed", (f"{one}_known", f"{one}_unknown")),
        (f"{one}_known", (one, f"{one}_no")),
    )
]  # fmt: skip
NEEDS_WITHIN = [
    ("named", ("referred", "not_referred")), ("referred", ("connected", "waiting", "neither")), ("named", ("absent", "no_gap")),
]  # fmt: skip


def worked_out(found, within) -> dict[str, int]:
    """Every figure that the printed ones and the sums leave one value for, by elimination."""
    printed = {figure for family in found.blocks.families.values() for figure in family.prints}
    kept = found.figures(hiding=True).hidden
    known = {key: n for key, n in found.counts.items() if key.partition(":")[0] in printed and key not in kept}
    rows, names = {key.partition(":")[2] for key in found.counts}, {key.partition(":")[0] for key in found.counts}
    sums = [(f"{total}:{row}", tuple(f"{one}:{row}" for one in parts)) for row in rows for total, parts in within]
    sums += [
        (f"{name}:{total}", tuple(f"{name}:{row}" for row in parts))
        for total, parts in found.blocks.wholes
        for name in names
        if parts
    ]
    pivots: dict[str, dict] = {}
    for total, parts in sums:
        if total not in found.counts:
            continue
        line = {None: 0}
        for key, sign in ((total, 1), *((part, -1) for part in parts)):
            if key in known:
                line[None] = (line[None] + sign * known[key]) % PRIME
            elif key in found.counts:
                line[key] = (line.get(key, 0) + sign) % PRIME
        _reduce(line, pivots)
    return known | _solved(pivots)


def _reduce(line: dict, pivots: dict) -> None:
    while True:
        line = {key: value for key, value in line.items() if value or key is None}
        key = next((one for one in line if one in pivots), None)
        if key is None:
            break
        factor = line[key]
        for other, value in pivots[key].items():
            line[other] = (line.get(other, 0) - factor * value) % PRIME
    pivot = next((one for one in line if one is not None), None)
    if pivot is None:
        assert line[None] == 0
        return
    inverse = pow(line[pivot], -1, PRIME)
    line = {key: value * inverse % PRIME for key, value in line.items()}
    for other, held in list(pivots.items()):
        if factor := held.get(pivot):
            made = {key: (held.get(key, 0) - factor * line.get(key, 0)) % PRIME for key in {*held, *line}}
            pivots[other] = {key: value for key, value in made.items() if value or key is None}
    pivots[pivot] = line


def _solved(pivots: dict) -> dict[str, int]:
    return {
        key: min((-line[None]) % PRIME, line[None], key=abs) for key, line in pivots.items() if set(line) == {key, None}
    }


@pytest.mark.parametrize("size", [6, 25, 60, 300])
def test_nothing_small_can_be_worked_out_of_person_months(size):
    for seed in range(3):
        found = months.read(None, rows_of(random.Random(f"{size}-{seed}"), size))
        told = worked_out(found, WITHIN)
        assert [(key, found.counts[key]) for key in told if is_small(found.counts[key])] == []


@pytest.mark.parametrize("size", [6, 25, 60, 300])
def test_nothing_small_can_be_worked_out_of_needs(size):
    for seed in range(8):
        dice = random.Random(f"{size}-{seed}")
        rows = [{"need": f"n{number}", "reason": ""} | _need(dice, size) for number in range(14)]
        rows.append({"need": "", "reason": ""} | {key: sum(row[key] for row in rows) for key in _need(dice, size)})
        told = worked_out(found := needs.read(None, rows), NEEDS_WITHIN)
        assert [(key, found.counts[key]) for key in told if is_small(found.counts[key])] == []


def _need(dice, size: int) -> dict:
    people = dice.randrange(size + 1)
    referred = dice.choice([people, dice.randrange(people + 1)])
    connected = dice.choice([referred, 0, dice.randrange(referred + 1)])
    waiting = dice.randrange(referred - connected + 1)
    return {"people": people, "referred": referred, "connected": connected, "waiting": waiting,
            "absent": dice.randrange(people + 1), "half_within": 1}  # fmt: skip


def test_what_is_large_is_shown():
    found = months.read(None, rows_of(random.Random(1), 3000))
    shown = found.figures(hiding=True)
    assert shown["due:1-18"] is not HIDDEN and shown["due:3"] is not HIDDEN
    printed = [key for key in found.counts if key.partition(":")[0] in {"due", "confirmed", "sheltered", "permanent"}]
    assert sum(key in shown.hidden for key in printed) < len(printed) / 4


def test_a_longer_period_tells_nothing_small_of_the_days_between():
    dice = random.Random(4)
    before = months.read(None, rows_of(dice, 200))
    more = dict(before.counts)
    for key in ("due:3", "due:1-18", "due:all", "open:3", "open:1-18", "open:all"):
        more[key] += 3  # three people more in their third month
    now = type(before)(more, extra=before.extra, blocks=before.blocks)
    first = before.figures(hiding=True)
    earlier = Earlier(before.counts, first.hidden, is_within=True)
    alone, after = now.figures(hiding=True), now.figures(hiding=True, earlier=[earlier])
    for key in ("due:3", "due:1-18", "due:all"):
        if key not in first.hidden:
            assert after[key] is HIDDEN
    assert alone.hidden <= after.hidden
