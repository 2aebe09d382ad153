"""A file of people as records to compare: any delimiter, any usual headings, bad rows told and left out.

API
    read_people(file) -> (entries, faults)      raises Unreadable for what is no such file
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from participants.likeness import columns, dates, names, places
from participants.likeness.columns import mapped
from participants.likeness.entry import Entry, entry

DELIMITERS = ",;\t|"
LINES_A_ROW = 20  # a row over more lines has a quotation mark that nobody closed
ENOUGH = 20_000  # lines that are looked at to learn whether the day or the month comes first
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Unreadable(Exception):
    """The file is none of people; the text says why."""


@dataclass(frozen=True)
class Fault:
    line: int
    reason: str

    def __str__(self):
        return f"line {self.line}: {self.reason}"


def read_people(file: Path) -> tuple[list[Entry], list[Fault]]:
    """The records of a file, and what was wrong in it, line by line. Values stand in no message."""
    lines = _text(file).splitlines(keepends=True)
    first = next((place for place, line in enumerate(lines) if line.strip(" \t\r\n,;|")), None)
    if first is None:
        raise Unreadable("The file is empty.")
    delimiter = max(DELIMITERS, key=lines[first].count)
    if not lines[first].count(delimiter):
        raise Unreadable("It is no CSV file: its first line is not a line of column names.")
    headings = next(csv.reader(lines[first:], delimiter=delimiter, skipinitialspace=True))
    rows = _rows(lines, first, delimiter, len(headings))
    next(rows)
    where = mapped(headings)
    if not where.keys() & {columns.GIVEN, columns.FAMILY, columns.FULL}:
        raise Unreadable("No column holds names. Expected are headings such as given_name and surname.")
    reader = _Rows(where, len(headings), _is_day_first(lines, first, delimiter, where))
    entries = [found for line, row in rows if (found := reader.entry(line, row)) is not None]
    return entries, sorted(reader.faults, key=lambda fault: fault.line)


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror or error}.") from error
    coding = next((coding for mark, coding in MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(coding)
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    odd = sum(character < " " and character not in "\t\r\n\f" for character in text[:4096])
    if "\0" in text or odd > 4:
        raise Unreadable("It is no CSV file: it holds what is no text.")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", " ").replace("\x0c", " ").replace("\x85", " ")


def _rows(lines: list[str], start: int, delimiter: str, width: int) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with the line where it begins; instead of a row the reason why it is none.

    A row over many lines, or over several and then of another width, has a quotation mark that swallowed the lines after it.
    """
    place = start
    while place < len(lines):
        reader = csv.reader(lines[place:], delimiter=delimiter, skipinitialspace=True)
        begun, again = place, None
        try:
            for row in reader:
                ends = place + reader.line_num
                if ends - begun > (LINES_A_ROW if len(row) == width else 1):
                    again = begun + 1
                    break
                if any(value.strip() for value in row):
                    yield begun + 1, row
                begun = ends
        except csv.Error:
            again = begun + 1
        if again is None:
            return
        yield again, "a quotation mark is not closed"
        place = again


def _is_day_first(lines: list[str], first: int, delimiter: str, where: dict[str, list[int]]) -> bool:
    texts = []
    for row in csv.reader(lines[first : first + ENOUGH], delimiter=delimiter):
        texts += [row[place] for place in where.get(columns.BORN, ()) if place < len(row)]
    return dates.day_first(texts)


class _Rows:
    """Makes entries of rows, and remembers what was wrong."""

    def __init__(self, where: dict[str, list[int]], width: int, is_day_first: bool):
        self.where, self.width, self.is_day_first = where, width, is_day_first
        self.faults: list[Fault] = []
        self.seen: dict[str, int] = {}

    def entry(self, line: int, row: list[str] | str) -> Entry | None:
        if isinstance(row, str):
            return self._fault(line, f"{row}; left out")
        if len(row) > self.width and not any(value.strip() for value in row[self.width :]):
            row = row[: self.width]
        if len(row) != self.width:
            return self._fault(line, f"{len(row)} columns instead of {self.width}; left out")
        found = entry(
            self._key(line, row), born=self._born(line, row), **self._names(row), **self._home(row),
            phones=frozenset().union(*(places.phones_of(text) for text in self._all(row, columns.PHONE))),
            identifiers=self._identifiers(row),
        )  # fmt: skip
        if found.is_empty:
            return self._fault(line, "no name, telephone number or identifier; left out")
        return found

    def _fault(self, line: int, reason: str) -> None:
        self.faults.append(Fault(line, reason))

    def _all(self, row: list[str], what: str) -> list[str]:
        return [value for place in self.where.get(what, ()) if (value := row[place].strip())]

    def _one(self, row: list[str], what: str) -> str:
        return next(iter(self._all(row, what)), "")

    def _key(self, line: int, row: list[str]) -> str:
        if columns.KEY not in self.where:
            return str(line)
        key = self._one(row, columns.KEY)
        if not key:
            self._fault(line, "no id; it is called by its line")
            return f"line {line}"
        if key in self.seen:
            self._fault(line, f"the id of line {self.seen[key]} again")
        self.seen.setdefault(key, line)
        return key

    def _names(self, row: list[str]) -> dict:
        given, family = self._one(row, columns.GIVEN), self._one(row, columns.FAMILY)
        middle = [name for name in self._all(row, columns.MIDDLE) if len(name.strip(". ")) > 1]
        full = self._one(row, columns.FULL)
        if full and not (given or family):
            given, family, middle = names.split_name(full)
        said = [part for text in self._all(row, columns.ALIAS) for part in _several(text)]
        return {"given": given, "family": family, "others": [*said, *middle], "suffix": self._one(row, columns.SUFFIX)}

    def _born(self, line: int, row: list[str]) -> str:
        text = self._one(row, columns.BORN)
        parts = [self._one(row, what) for what in (columns.YEAR, columns.MONTH, columns.DAY)]
        if not text and all(parts):
            text = "-".join(parts)
        born = dates.born_of(text or parts[0], is_day_first=self.is_day_first)
        if born is None:
            self._fault(line, "the date of birth is no date; compared without it")
        return born or ""

    def _home(self, row: list[str]) -> dict:
        number, town, postcode = (self._one(row, what) for what in (columns.NUMBER, columns.TOWN, columns.POSTCODE))
        streets = []
        for text in self._all(row, columns.STREET):
            its_number, street, its_town, its_postcode = places.split_address(text)
            if street:
                streets.append(street)
            number, town, postcode = number or its_number, town or its_town, postcode or its_postcode
        return {
            "number": number.lower(), "streets": tuple(dict.fromkeys(streets)), "town": names.folded(town),
            "postcode": postcode.lower().removesuffix(".0").replace(" ", "").partition("-")[0],
        }  # fmt: skip

    def _identifiers(self, row: list[str]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (str(place), number)
            for place in self.where.get(columns.IDENTIFIER, ())
            if (number := places.identifier_of(row[place]))
        )


def _several(text: str) -> list[str]:
    for mark in ("|", ";", "/"):
        text = text.replace(mark, ",")
    return [part.strip() for part in text.split(",") if part.strip()]
