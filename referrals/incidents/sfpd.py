"""DataSF "Police Department Incident Reports: 2018 to Present": one row per report and offense code.

Times are San Francisco's. An hour that comes twice in November is taken as the first of the two; one that is skipped in
March is moved forward. Values are kept as published, their outer blanks cut.
"""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from lead_cms.programs.clock import local_moment
from referrals.incidents.lines import Unreadable, opened, records
from referrals.incidents.parts import Fault, FileFault, Row, Source

TZ = ZoneInfo("America/Los_Angeles")
COLUMNS = (
    "Incident Datetime", "Incident Date", "Incident Time", "Incident Year", "Incident Day of Week", "Report Datetime",
    "Row ID", "Incident ID", "Incident Number", "Report Type Code", "Incident Code", "Incident Category",
    "Incident Subcategory", "Incident Description", "Resolution", "Intersection", "Police District", "Latitude",
    "Longitude",
)  # fmt: skip
RESOLUTIONS = frozenset(
    {
        "Open or Active", "Unfounded", "Cite or Arrest Adult", "Cite or Arrest Juvenile", "Exceptional Adult",
        "Exceptional Juvenile",
    }
)  # fmt: skip
REPORT_TYPES = frozenset({"II", "IS", "VI", "VS"})  # initial or supplement, of an incident or a vehicle
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_YEAR = 2018
# Degrees: San Francisco with its islands, and the neighbors its reports sometimes lie in.
LATITUDES, LONGITUDES = (37.3, 38.2), (-123.3, -121.9)
# Longest text that is kept; the published ones are well below.
NEEDED_TEXT = {"Incident Category": 120, "Incident Description": 200, "Police District": 60}
OTHER_TEXT = {"Incident Subcategory": 120, "Intersection": 120}

MOMENT = re.compile(r"(\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d) ([AP])M", re.ASCII)
DIGITS = re.compile(r"\d{1,20}", re.ASCII)
NUMBER = re.compile(r"[0-9A-Z]{9}", re.ASCII)
CODE = re.compile(r"\d{5}", re.ASCII)
DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,20})?", re.ASCII)


def read(file: str | Path | BinaryIO) -> Iterator[Row | Fault]:
    """Row after row, checked: a Row, or a Fault with all that is wrong. Raises FileFault when it is no such file."""
    try:
        with opened(file) as stream:
            yield from _rows(stream)
    except Unreadable as error:
        raise FileFault(str(error)) from error


def _rows(stream: BinaryIO) -> Iterator[Row | Fault]:
    lines = records(stream)
    header = _header(next(lines, None))
    seen: dict[str, int] = {}
    line = 0
    for line, values in lines:
        if values is None:
            yield Fault(line, "The quotation marks do not match.")
            continue
        if len(values) != len(header):
            yield Fault(line, f"It has {len(values)} values, the header names {len(header)} columns.")
            continue
        row = _row(line, {name: value.strip() for name, value in zip(header, values, strict=True)})
        if isinstance(row, Row):
            first = seen.setdefault(row.row_key, line)
            if first != line:
                row = Fault(line, f"Row ID {row.row_key} is on line {first} already.")
        yield row
    if not line:
        raise FileFault("The file has a header and no rows.")


def _header(record: tuple[int, list[str] | None] | None) -> list[str]:
    if record is None:
        raise FileFault("The file is empty.")
    header = [name.strip() for name in record[1] or ()]
    missing = [name for name in COLUMNS if name not in header]
    if len(missing) == len(COLUMNS):
        raise FileFault(
            "This is not a CSV file of SFPD incident reports: its first line names none of their columns, separated by "
            "commas."
        )
    if missing:
        raise FileFault(f"Columns are missing: {', '.join(missing)}.")
    twice = sorted({name for name in COLUMNS if header.count(name) > 1})
    if twice:
        raise FileFault(f"Columns are named twice: {', '.join(twice)}.")
    return header


def _row(line: int, values: dict[str, str]) -> Row | Fault:
    wrong = [*_wrong_ids(values), *_wrong_text(values), *_wrong_place(values)]
    occurred = _moment(values["Incident Datetime"])
    reported = _moment(values["Report Datetime"])
    if occurred is None:
        wrong.append(f"Incident Datetime {_shown(values['Incident Datetime'])} is not such as 2018/12/01 12:25:00 AM.")
    else:
        wrong += _wrong_dates(occurred, values)
    if reported is None:
        wrong.append(f"Report Datetime {_shown(values['Report Datetime'])} is not such as 2018/12/01 12:28:00 AM.")
    elif occurred is not None and reported < occurred:
        wrong.append("It was reported before it happened.")
    if wrong or occurred is None:
        return Fault(line, " ".join(wrong))
    return Row(
        line=line,
        row_key=values["Row ID"],
        incident_id=values["Incident ID"],
        incident_number=values["Incident Number"],
        code=values["Incident Code"],
        category=values["Incident Category"],
        subcategory=values["Incident Subcategory"],
        description=values["Incident Description"],
        resolution=values["Resolution"],
        occurred_at=local_moment(occurred.date(), occurred.time(), TZ),
        precinct=values["Police District"],
        place=values["Intersection"],
        group=_group(values),
    )


def _wrong_ids(values: dict[str, str]) -> Iterator[str]:
    row_id, incident, code = values["Row ID"], values["Incident ID"], values["Incident Code"]
    number = values["Incident Number"]
    if not DIGITS.fullmatch(incident):
        yield f"Incident ID {_shown(incident)} is not a number."
    if not CODE.fullmatch(code):
        yield f"Incident Code {_shown(code)} is not 5 digits{_cut(code, 5)}."
    if not DIGITS.fullmatch(row_id):
        yield f"Row ID {_shown(row_id)} is not a number."
    elif row_id != incident + code:
        yield f"Row ID {row_id} is not Incident ID and Incident Code together."
    if not NUMBER.fullmatch(number):
        yield f"Incident Number {_shown(number)} is not 9 characters{_cut(number, 9)}."
    if values["Report Type Code"] not in REPORT_TYPES:
        yield f"Report Type Code {_shown(values['Report Type Code'])} is not known."
    if values["Resolution"] not in RESOLUTIONS:
        yield f"Resolution {_shown(values['Resolution'])} is not known."


def _wrong_text(values: dict[str, str]) -> Iterator[str]:
    for name in NEEDED_TEXT:
        if not values[name]:
            yield f"{name} is blank."
    for name, longest in (NEEDED_TEXT | OTHER_TEXT).items():
        if len(values[name]) > longest:
            yield f"{name} is longer than {longest} characters."


def _wrong_place(values: dict[str, str]) -> Iterator[str]:
    latitude, longitude = values["Latitude"], values["Longitude"]
    if not latitude and not longitude:
        return
    if not (DEGREES.fullmatch(latitude) and DEGREES.fullmatch(longitude)):
        yield f"Latitude {_shown(latitude)} and Longitude {_shown(longitude)} are not degrees."
    elif not (LATITUDES[0] <= float(latitude) <= LATITUDES[1] and LONGITUDES[0] <= float(longitude) <= LONGITUDES[1]):
        yield f"Latitude {latitude} and Longitude {longitude} are not near San Francisco."


def _wrong_dates(occurred: datetime, values: dict[str, str]) -> Iterator[str]:
    expected = {
        "Incident Date": f"{occurred:%Y/%m/%d}",
        "Incident Time": f"{occurred:%H:%M}",
        "Incident Year": str(occurred.year),
        "Incident Day of Week": WEEKDAYS[occurred.weekday()],
    }
    for name, value in expected.items():
        if values[name] != value:
            yield f"{name} {_shown(values[name])} does not agree with Incident Datetime ({value})."
    if occurred.year < FIRST_YEAR:
        yield f"Incident Year {occurred.year} is before {FIRST_YEAR}, when these reports begin."


def _moment(text: str) -> datetime | None:
    # A local time; strptime takes ten times as long.
    match = MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if not 1 <= hour <= 12:
        return None
    try:
        return datetime(year, month, day, hour % 12 + (12 if match[7] == "P" else 0), minute, second)  # noqa: DTZ001
    except ValueError:
        return None


def _group(values: dict[str, str]) -> str:
    for column, groups in GROUP_OF.items():
        if values[column] in groups:
            return groups[values[column]]
    return ""


def _cut(text: str, length: int) -> str:
    short = text.isdigit() and len(text) < length
    return " (a spreadsheet may have cut its leading zero)" if short else ""


def _shown(text: str) -> str:
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”" if text else "(blank)"


def _groups() -> dict[str, dict[str, str]]:
    """The LEAD types of the shipped table: column -> value -> group."""
    found: dict[str, dict[str, str]] = {}
    with open(Path(__file__).with_name("sfpd_groups.csv"), encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            found.setdefault(row["column"], {})[row["value"]] = row["group"]
    return found


GROUP_OF = _groups()
SOURCE = Source(
    slug="sfpd",
    name="San Francisco Police Department, incident reports",
    attribution="San Francisco Police Department, through DataSF (data.sfgov.org, dataset wg3w-h783); Open Data "
    "Commons Public Domain Dedication and License",
    groups=tuple(dict.fromkeys(group for groups in GROUP_OF.values() for group in groups.values())),
    adult_cited=frozenset({"Cite or Arrest Adult"}),
    read=read,
)
