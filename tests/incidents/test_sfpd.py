"""Reading the San Francisco Police Department's published file: what is kept, what is turned down, and why."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from referrals.incidents import SOURCES, Fault, FileFault, GroupCount, Row, summarise
from referrals.incidents.lines import LONGEST

SFPD = SOURCES["sfpd"]
SAMPLE = Path(__file__).parents[2] / "referrals" / "data" / "sfpd_2018-12_sample.csv"
WITH_HEADER = SAMPLE.read_bytes().splitlines(keepends=True)[:4]


def file(*, header=None, **changes):
    """The first rows of the sample as a file, the first data row changed by column ("Row_ID" for "Row ID")."""
    rows = list(csv.reader(line.decode() for line in WITH_HEADER))
    for name, value in changes.items():
        rows[1][rows[0].index(name.replace("_", " "))] = value
    if header:
        rows[0] = header(rows[0])
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return io.BytesIO(out.getvalue().encode())


def read(given):
    return list(SFPD.read(io.BytesIO(given) if isinstance(given, bytes) else given))


def reason(**changes):
    first, *rest = read(file(**changes))
    assert all(isinstance(one, Row) for one in rest), "only the changed row is turned down"
    assert isinstance(first, Fault) and first.line == 2
    return first.reason


def fault_of(given):
    with pytest.raises(FileFault) as caught:
        read(given)
    return str(caught.value)


def test_the_sample_counts_what_the_whole_month_counts():
    found = list(SFPD.read(SAMPLE))
    assert len(found) == 907 and all(isinstance(one, Row) for one in found)
    summary = summarise(found, SFPD)
    assert summary.groups == (
        GroupCount("drug", 250, 159),
        GroupCount("prostitution", 17, 17),
        GroupCount("trespass", 58, 58),
        GroupCount("shoplifting", 75, 73),
    )
    assert (summary.rows, summary.incidents) == (400, 304)


def test_every_incident_of_the_sample_has_a_row_of_a_lead_type():
    found = list(SFPD.read(SAMPLE))
    assert {one.incident_number for one in found if one.group} == {one.incident_number for one in found}


def test_a_row():
    found = read(SAMPLE.read_bytes())[0]
    assert found.line == 2
    assert found.row_key == found.incident_id + found.code
    assert len(found.incident_number) == 9 and len(found.code) == 5
    assert found.occurred_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        ("2018/12/01 12:25:00 AM", datetime(2018, 12, 1, 8, 25, tzinfo=UTC)),
        ("2018/12/31 12:00:00 PM", datetime(2018, 12, 31, 20, tzinfo=UTC)),
        ("2018/07/04 11:59:59 PM", datetime(2018, 7, 5, 6, 59, 59, tzinfo=UTC)),
        ("2018/03/11 02:30:00 AM", datetime(2018, 3, 11, 10, 30, tzinfo=UTC)),  # skipped: 03:30
        ("2018/11/04 01:30:00 AM", datetime(2018, 11, 4, 8, 30, tzinfo=UTC)),  # twice: the first
        ("2020/02/29 01:00:00 PM", datetime(2020, 2, 29, 21, tzinfo=UTC)),
    ],
)
def test_times_are_those_of_san_francisco(local, moment):
    when = datetime.strptime(local, "%Y/%m/%d %I:%M:%S %p")  # noqa: DTZ007
    found = read(
        file(
            Incident_Datetime=local,
            Incident_Date=f"{when:%Y/%m/%d}",
            Incident_Time=f"{when:%H:%M}",
            Incident_Year=f"{when:%Y}",
            Incident_Day_of_Week=f"{when:%A}",
            Report_Datetime="2021/01/01 01:00:00 AM",
        )
    )[0]
    assert found.occurred_at == moment


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"Row_ID": "abc"}, "Row ID “abc” is not a number."),
        ({"Row_ID": "1"}, "Row ID 1 is not Incident ID and Incident Code together."),
        ({"Incident_ID": ""}, "Incident ID (blank) is not a number."),
        ({"Incident_ID": "٧٤٣"}, "Incident ID “٧٤٣” is not a number."),
        ({"Incident_Number": "80906213"}, "a spreadsheet may have cut its leading zero"),
        ({"Incident_Number": "180906213.0"}, "is not 9 characters."),
        ({"Incident_Code": "3074"}, "is not 5 digits (a spreadsheet may have cut its leading zero)."),
        ({"Resolution": "Escaped"}, "Resolution “Escaped” is not known."),
        ({"Report_Type_Code": ""}, "Report Type Code (blank) is not known."),
        ({"Incident_Category": ""}, "Incident Category is blank."),
        ({"Incident_Description": "x" * 201}, "Incident Description is longer than 200 characters."),
        ({"Police_District": " "}, "Police District is blank."),
        ({"Intersection": "x" * 121}, "Intersection is longer than 120 characters."),
        ({"Incident_Datetime": "2018-12-01 00:25"}, "Incident Datetime “2018-12-01 00:25” is not such as"),
        ({"Incident_Datetime": "2018/02/30 12:25:00 AM"}, "Incident Datetime"),
        ({"Incident_Datetime": "2018/12/01 00:25:00 AM"}, "Incident Datetime"),
        ({"Incident_Datetime": "2018/12/01 13:25:00 PM"}, "Incident Datetime"),
        ({"Incident_Date": "2018/12/30"}, "Incident Date “2018/12/30” does not agree with Incident Datetime"),
        ({"Incident_Time": "99:99"}, "Incident Time “99:99” does not agree"),
        ({"Incident_Year": "2081"}, "Incident Year “2081” does not agree"),
        ({"Incident_Day_of_Week": "Someday"}, "Incident Day of Week “Someday” does not agree"),
        ({"Report_Datetime": ""}, "Report Datetime (blank) is not such as"),
        ({"Report_Datetime": "2018/11/01 12:00:00 AM"}, "It was reported before it happened."),
        ({"Latitude": ""}, "Latitude (blank) and Longitude"),
        ({"Latitude": "nan"}, "are not degrees."),
        ({"Latitude": "0", "Longitude": "0"}, "are not near San Francisco."),
        ({"Longitude": "122.4"}, "are not near San Francisco."),
    ],
)
def test_a_row_that_is_turned_down(changes, says):
    assert says in reason(**changes)


def test_everything_wrong_with_a_row_is_said_at_once():
    said = reason(Incident_Number="1", Resolution="Escaped", Latitude="x")
    assert "Incident Number" in said and "Resolution" in said and "not degrees" in said


def test_no_place_is_fine():
    found = read(file(Latitude="", Longitude="", Intersection=""))[0]
    assert isinstance(found, Row) and found.place == ""


def test_the_same_row_twice_counts_once():
    found = read(b"".join([*WITH_HEADER, WITH_HEADER[1]]))
    assert [isinstance(one, Row) for one in found] == [True, True, True, False]
    assert found[-1].line == 5 and found[-1].reason.endswith("is on line 2 already.")


def test_lines_that_are_cut_or_badly_quoted_spoil_themselves_only():
    header, first, second, third = WITH_HEADER
    found = read(b"".join([header, first[:40] + b"\n", b'"' + second, third[:-3] + b"\n", b"\n", first]))
    assert [type(one) for one in found] == [Fault, Fault, Fault, Row]
    assert [one.line for one in found] == [2, 3, 4, 6]
    assert "the header names 26 columns" in found[0].reason
    assert found[2].reason == "The quotation marks do not match."


def test_other_line_ends_a_mark_at_the_start_and_columns_in_another_order():
    assert len(read(b"\xef\xbb\xbf" + b"".join(WITH_HEADER).replace(b"\n", b"\r\n"))) == 3
    rows = list(csv.reader(line.decode() for line in WITH_HEADER))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([*reversed(row), "more"] for row in rows)
    assert read(out.getvalue().encode()) == read(b"".join(WITH_HEADER))


def test_a_path_and_an_open_file_that_stays_open():
    with SAMPLE.open("rb") as stream:
        assert next(SFPD.read(stream)) == next(SFPD.read(str(SAMPLE)))
        assert not stream.closed
    with pytest.raises(TypeError, match="binary"):
        next(SFPD.read(io.StringIO("text")))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (WITH_HEADER[0], "The file has a header and no rows."),
        (b"PK\x03\x04rest", "This is a spreadsheet or zip file, not CSV."),
        (b"%PDF-1.7", "This is a PDF, not CSV."),
        (b"<!doctype html>", "This is a web page or XML, not CSV."),
        (b'{"rows": []}', "This is JSON, not CSV."),
        ("a,b".encode("utf-16"), "This is text in UTF-16, not CSV."),
        (b"a story\nof two lines", "This is not a CSV file of SFPD incident reports"),
        (WITH_HEADER[0].replace(b",", b";") + b"x", "separated by commas."),
        (b"".join(WITH_HEADER)[:-9] + b"\0\n", "Line 4 holds a NUL byte: this is not text."),
        (b"".join(WITH_HEADER)[:-9] + b"\xe9\n", "Line 4 is not UTF-8: save the file as “CSV UTF-8”."),
        (WITH_HEADER[0] + b"x" * (LONGEST + 1), f"Line 2 is longer than {LONGEST:,} bytes"),
    ],
)
def test_a_file_that_is_turned_down(given, says):
    assert says in fault_of(given)


def test_wrong_columns_are_named():
    without = file(header=lambda names: [name.replace("Row ID", "Row").replace("Latitude", "Lat") for name in names])
    assert fault_of(without) == "Columns are missing: Row ID, Latitude."
    twice = file(header=lambda names: ["Row ID" if name == "point" else name for name in names])
    assert fault_of(twice) == "Columns are named twice: Row ID."


def test_a_file_that_is_not_there(tmp_path):
    assert fault_of(tmp_path / "none.csv").startswith("The file cannot be opened: No such file")
    assert fault_of(tmp_path).startswith("The file cannot be opened")


def test_only_rows_with_an_adult_cited_or_arrested_are_counted():
    cited, other = read(b"".join(WITH_HEADER))[:2]
    assert {cited.group, other.group} - {""}
    rows = read(file(Resolution="Open or Active")) + read(file(Resolution="Cite or Arrest Juvenile"))
    assert summarise(rows[:1] + rows[3:4], SFPD).rows == 0
