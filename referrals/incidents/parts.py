"""What a publisher's file is read into: rows, faults and counts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO


class FileFault(Exception):
    """The file as a whole cannot be used; the message says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be used: its line in the file (the header is line 1) and everything wrong with it."""

    line: int
    reason: str

    def __str__(self):
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One offense code of one report. `incident_number` is the case; it repeats over reports and codes."""

    line: int
    row_key: str
    incident_id: str
    incident_number: str
    code: str
    category: str
    subcategory: str
    description: str
    resolution: str
    occurred_at: datetime  # UTC
    precinct: str
    place: str
    group: str  # LEAD type, "" for none


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One LEAD type: rows, and incidents by their number."""

    group: str
    rows: int
    incidents: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Incidents with a divertible charge and an adult cited or arrested; one of two types counts once in the total."""

    groups: tuple[GroupCount, ...]
    rows: int
    incidents: int


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher of incident records and how its file is read."""

    slug: str
    name: str
    attribution: str
    groups: tuple[str, ...]
    adult_cited: frozenset[str]  # resolutions
    read: Callable[[str | Path | BinaryIO], Iterator[Row | Fault]]


class Tally:
    """Counts rows as they go by."""

    def __init__(self, source: Source):
        self.source = source
        self.rows = dict.fromkeys(source.groups, 0)
        self.numbers: dict[str, set[str]] = {group: set() for group in source.groups}

    def add(self, row: Row) -> None:
        if row.group and row.resolution in self.source.adult_cited:
            self.rows[row.group] += 1
            self.numbers[row.group].add(row.incident_number)

    def summary(self) -> Summary:
        return Summary(
            groups=tuple(GroupCount(group, self.rows[group], len(self.numbers[group])) for group in self.source.groups),
            rows=sum(self.rows.values()),
            incidents=len(set().union(*self.numbers.values())),
        )
