"""Counts that an agency gives: month, precinct, group, count, as CSV. Good rows are kept, bad ones listed with their line.

API
    read_counts(content, rules, today) -> (rows, faults)      FileFault when it is no such file
    take_in(name=, content=, agency=, by_label=, site=, rules=, at=) -> Taken
A file is taken once; the same file again changes nothing. A later file overrides the months, precincts and groups it names.
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from lead_cms.accounts.models import Organisation
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.programs.rules import Rules
from lead_cms.reports.enums import GROUPS, Dimension
from lead_cms.reports.models import SuppliedCount, SuppliedFile

COLUMNS = ("month", "precinct", "group", "count")
MOST_BYTES, MOST_ROWS, MOST_COUNT, EARLIEST = 2_000_000, 20_000, 1_000_000, date(2000, 1, 1)
LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
UNKNOWN = {"not known", "unknown", "could not tell"}


class FileFault(DomainError):
    """The file as a whole cannot be taken; nothing of it was kept."""


@dataclass(frozen=True)
class Fault:
    line: int
    reason: str

    def __str__(self):
        return f"Line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Count:
    month: date
    precinct: str
    dimension: str
    group: str
    count: int

    @property
    def key(self):
        return self.month, self.precinct, self.dimension, self.group


@dataclass(frozen=True)
class Taken:
    file: SuppliedFile
    faults: list[Fault]
    is_new: bool


def read_counts(content: bytes, rules: Rules | None, today: date) -> tuple[list[Count], list[Fault]]:
    if len(content) > MOST_BYTES:
        raise FileFault("The file is larger than 2 MB.", field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFault("The file is not text in UTF-8. Save it as CSV UTF-8.", field="file") from error
    if "\0" in text:
        raise FileFault("The file is not a CSV file.", field="file")
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if sorted(header) != sorted(COLUMNS):
            raise FileFault("The first line must name the columns month, precinct, group and count.", field="file")
        return _rows(reader, header, _groups(), _precincts(rules), today)
    except csv.Error as error:
        raise FileFault(f"Line {reader.line_num} cannot be read as CSV. Nothing was kept.", field="file") from error


def _rows(reader, header, groups, precincts, today) -> tuple[list[Count], list[Fault]]:
    rows, faults, first_line = [], [], {}
    for cells in reader:
        line = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) + len(faults) >= MOST_ROWS:
            raise FileFault(f"The file has more than {MOST_ROWS:,} rows. Nothing was kept.", field="file")
        if len(cells) != len(header):
            faults.append(Fault(line, f"has {len(cells)} values instead of {len(header)}."))
            continue
        try:
            row = _count(dict(zip(header, (cell.strip() for cell in cells), strict=True)), groups, precincts, today)
        except ValueError as error:
            faults.append(Fault(line, str(error)))
            continue
        if row.key in first_line:
            faults.append(Fault(line, f"says again what line {first_line[row.key]} says; the first is kept."))
            continue
        first_line[row.key] = line
        rows.append(row)
    return rows, faults


def _count(cells: dict, groups: dict, precincts: dict, today: date) -> Count:
    month = re.fullmatch(r"(\d{4})-(\d{2})(?:-01)?", cells["month"])
    if month is None or not 1 <= int(month[2]) <= 12:
        raise ValueError("the month is not written as 2026-03.")
    first = date(int(month[1]) or 1, int(month[2]), 1)
    if first < EARLIEST or first > today:
        raise ValueError("the month lies before 2000 or ahead of today.")
    precinct = precincts.get(_plain(cells["precinct"])) if cells["precinct"] else ""
    if precinct is None:
        raise ValueError("the precinct is not one of the site’s rules. Leave it empty where none is given.")
    found = groups.get(_plain(cells["group"]))
    if found is None:
        raise ValueError("the group is not known. Use the words on this page, or “all”.")
    if not re.fullmatch(r"\d{1,7}", cells["count"]) or int(cells["count"]) > MOST_COUNT:
        raise ValueError("the count is not a whole number from 0 on.")
    return Count(first, precinct, *found, int(cells["count"]))


def _groups() -> dict[str, tuple[str, str]]:
    """Every way to write a group: its words, its code, and "race: not known"."""
    found = {"all": (Dimension.ALL.value, "")}
    for dimension, names in GROUPS.items():
        for code, name in names.items():
            found[_plain(name)] = found[_plain(f"{dimension}: {name}")] = (dimension.value, code)
            if not code.isdecimal() and code != "other":
                found[_plain(code)] = (dimension.value, code)
        for words in UNKNOWN:
            found[_plain(f"{dimension}: {words}")] = (dimension.value, "")
    return found


def _precincts(rules: Rules | None) -> dict[str, str]:
    return {
        _plain(word): one.code for one in (rules.precincts if rules else None) or () for word in (one.code, one.name)
    }


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("–", " to ").replace(":", " ").split())


@transaction.atomic
def take_in(
    *, name: str, content: bytes, agency: Organisation, by_label: str, site, rules: Rules | None, at: datetime
) -> Taken:
    """Keep the good rows as a new version. Raises FileFault, and DomainError when no row is good."""
    rows, faults = read_counts(content, rules, at.astimezone(site.tz).date())
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"supplied counts {site.pk}"])  # a second tap waits, and finds the first one's file
    digest = hashlib.sha256(content).hexdigest()
    held = SuppliedFile.objects.filter(site=site)
    known = held.filter(agency=agency, content_hash=digest).first()
    if known is not None:
        return Taken(known, faults, is_new=False)
    if not rows:
        listed = " ".join(str(fault) for fault in faults[:5])
        raise FileFault(f"No row can be used. {listed}".strip(), field="file")
    version = (held.aggregate(last=Max("version"))["last"] or 0) + 1
    file = SuppliedFile.objects.create(
        site=site, agency=agency, version=version, name=name[:160], content_hash=digest, good_rows=len(rows),
        bad_rows=len(faults), taken_at=at, taken_from=by_label[:160],
    )  # fmt: skip
    SuppliedCount.objects.bulk_create(
        [
            SuppliedCount(
                site=site, file=file, agency=agency, version=version, month=row.month, precinct=row.precinct,
                dimension=row.dimension, group=row.group, count=row.count,
            )
            for row in rows
        ],
        batch_size=2000,
    )  # fmt: skip
    record(AuditAction.COUNTS_SUPPLIED, target=file, version=version, good=len(rows), bad=len(faults))
    return Taken(file, faults, is_new=True)
