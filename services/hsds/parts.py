"""What a folder of files is read into."""

from collections import Counter
from dataclasses import dataclass, field


class FolderFault(Exception):
    """The folder as a whole cannot be used; the message says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be used: its file, its first line (the header is line 1) and everything wrong with it."""

    file: str
    line: int
    reason: str
    is_broken: bool = False  # no row of the table at all: never read further

    def __str__(self):
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass(slots=True)
class Kept:
    """One row to be written: its key in the file, the key of what it hangs on, its values."""

    key: str
    values: dict
    provider: str = ""
    service: str = ""


@dataclass(slots=True)
class Directory:
    """The usable rows by their key, and the faults in the order of the files."""

    providers: dict[str, Kept] = field(default_factory=dict)
    services: dict[str, Kept] = field(default_factory=dict)
    locations: dict[str, Kept] = field(default_factory=dict)
    contacts: dict[str, Kept] = field(default_factory=dict)
    hours: dict[str, Kept] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    rows: Counter = field(default_factory=Counter)  # read, by file
    in_words: int = 0  # rows of hours that say words alone

    def files(self) -> list[tuple[str, int, int]]:
        """Each file with its rows and how many of them are not usable: together nothing is lost unsaid."""
        bad = Counter(fault.file for fault in self.faults)
        broken = Counter(fault.file for fault in self.faults if fault.is_broken)
        return [(file, self.rows[file] + broken[file], bad[file]) for file in dict.fromkeys([*self.rows, *bad])]

    @property
    def hidden(self) -> int:
        return sum(1 for one in self.services.values() if one.values["is_confidential"])

    @property
    def without_need(self) -> int:
        return sum(1 for one in self.services.values() if not one.values["needs"])
