"""One CSV file of a folder as numbered rows; what is wrong with the file itself is said in one sentence."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from services.hsds.parts import Fault, FolderFault

# File: its columns that are read. The first eight must be there, the others may be left out.
COLUMNS = {
    "organizations.csv": ("id", "name", "description", "website"),
    "services.csv": (
        "id", "organization_id", "name", "description", "status", "application_process", "fees_description",
        "eligibility_description", "alert",
    ),
    "locations.csv": ("id", "organization_id", "name", "description", "latitude", "longitude"),
    "service_at_location.csv": ("id", "service_id", "location_id"),
    "addresses.csv": ("id", "location_id", "address_1", "city", "postal_code"),
    "phones.csv": ("id", "location_id", "service_id", "organization_id", "number", "extension", "description"),
    "schedules.csv": (
        "id", "service_id", "location_id", "valid_from", "valid_to", "freq", "byday", "description", "opens_at",
        "closes_at",
    ),
    "languages.csv": ("id", "service_id", "location_id", "name"),
    "taxonomy_terms.csv": ("id", "name"),
    "attributes.csv": ("id", "link_id", "taxonomy_term_id", "link_entity"),
}  # fmt: skip
OPTIONAL = {"languages.csv", "taxonomy_terms.csv", "attributes.csv"}
LARGEST = 50_000_000  # bytes; the published ones are below one million


def rows_of(folder: Path, name: str, faults: list[Fault]) -> Iterator[tuple[int, dict[str, str]]]:
    """First line and values of each row, outer blanks cut; a row that breaks the table becomes a fault."""
    path = folder / name
    if not path.exists() and name in OPTIONAL:
        return
    reader = csv.reader(_lines(path), strict=True)
    header = _header(reader, name)
    seen: dict[str, int] = {}
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FolderFault(f"{name}, line {line}: the quotation marks do not match ({error}).") from error
        if not any(values):
            continue
        if len(values) != len(header):
            faults.append(
                Fault(name, line, f"It has {len(values)} values, the header names {len(header)} columns.", True)
            )
            continue
        row = {column: " ".join(value.split(" ")).strip() for column, value in zip(header, values, strict=True)}
        key = row["id"]
        if not key or len(key) > 60 or not key.isascii() or "|" in key:
            faults.append(
                Fault(name, line, "id is blank." if not key else "id is not a key of at most 60 characters.", True)
            )
        elif key in seen:
            faults.append(Fault(name, line, f"This id is on line {seen[key]} already.", True))
        else:
            seen[key] = line
            yield line, row


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > LARGEST:
            raise FolderFault(f"{path.name} is larger than {LARGEST:,} bytes.")
        raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise FolderFault(f"{path.name} cannot be opened: {error.strerror}.") from error
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FolderFault(f"{path.name} is a spreadsheet or zip file, not CSV.")
    if b"\0" in raw:
        raise FolderFault(f"{path.name} holds a NUL byte: this is not text in UTF-8.")
    try:
        # Not splitlines(): a form feed or a line separator inside a value ends no line of the file.
        return raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True) if raw else []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FolderFault(f"{path.name}, line {line} is not UTF-8: save the file as “CSV UTF-8”.") from error


def _header(reader, name: str) -> list[str]:
    try:
        header = [column.strip() for column in next(reader, [])]
    except csv.Error as error:
        raise FolderFault(f"{name} is not CSV: {error}.") from error
    if not header:
        raise FolderFault(f"{name} is empty.")
    missing = [column for column in COLUMNS[name] if column not in header]
    if missing:
        raise FolderFault(f"{name}: columns are missing: {', '.join(missing)}.")
    twice = sorted({column for column in COLUMNS[name] if header.count(column) > 1})
    if twice:
        raise FolderFault(f"{name}: columns are named twice: {', '.join(twice)}.")
    return header
