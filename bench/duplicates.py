"""`python -m bench --only duplicates`: does finding the same person twice find them, and them alone?

Labelled files are invented (bench/people.py) from seeds that were looked at for nothing else, written as CSV and read as the
command reads them. What is held: recall 0.98 at precision 0.95 for each shape.
"""

import csv
import sys
import tempfile
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from bench.people import COLUMNS, SHAPES, Shape, invented
from participants.likeness.duplicates import AT_LEAST, find_duplicates
from participants.likeness.reading import read_people

HELD_OUT = (1001, 1002)
RECALL, PRECISION = 0.98, 0.95
# A tenth of it with a second record: for the time that it takes.
LARGE = Shape(
    people=90_000, twice=0.1, phone=0.6, address=0.5, identifier=0.3, alias=0.2, relatives=0.01, faults=(1, 2)
)


def measured() -> list[dict]:
    """A row for each shape and seed."""
    files = [(f"duplicates: {name}, {seed}", shape, seed) for name, shape in SHAPES.items() for seed in HELD_OUT]
    files.append(("duplicates: large", LARGE, HELD_OUT[0]))
    found = []
    for name, shape, seed in files:
        found.append(_measured(name, shape, seed))
        print(f"{name}: recall {found[-1]['recall']}, precision {found[-1]['precision']}", file=sys.stderr)
    return found


def _measured(name: str, shape: Shape, seed: int) -> dict:
    rows = invented(shape, seed)
    people = defaultdict(list)
    for row in rows:
        people[row["person"]].append(row["id"])
    true = {frozenset(pair) for ids in people.values() for pair in combinations(ids, 2)}
    began = time.perf_counter()
    found = {frozenset((pair.left.key, pair.right.key)) for pair in _found(rows)}
    seconds = time.perf_counter() - began
    recall, precision = len(found & true) / len(true), len(found & true) / max(len(found), 1)
    return {
        "name": name, "rows": len(rows), "p50_ms": round(seconds * 1000), "p95_ms": round(seconds * 1000), "queries": 0,
        "recall": round(recall, 4), "precision": round(precision, 4), "at_least": AT_LEAST, "grows": False,
        # How much of what may be missed or wrong was: over 1 is too much.
        "ratio": round(max((1 - recall) / (1 - RECALL), (1 - precision) / (1 - PRECISION)), 2), "limit": 1.0,
    }  # fmt: skip


def _found(rows: list[dict[str, str]]):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "people.csv")
        with file.open("w", newline="") as lines:
            writer = csv.DictWriter(lines, [name for name in COLUMNS if name != "person"], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        entries, faults = read_people(file)
    assert len(entries) + sum("left out" in fault.reason for fault in faults) == len(rows)
    return find_duplicates(entries)
