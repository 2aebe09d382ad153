"""The same person twice in a file: what counts as alike, what must not, and what a file may look like."""

import csv
import io
from collections import defaultdict
from itertools import combinations

import pytest
from django.core.management import CommandError, call_command

from bench.people import SHAPES, Shape, invented
from participants.likeness import dates, names, places
from participants.likeness.dates import Born
from participants.likeness.duplicates import find_duplicates
from participants.likeness.entry import entry
from participants.likeness.names import Like
from participants.likeness.places import Number


def found_in(tmp_path, text: str | bytes, *options: str) -> tuple[list[dict[str, str]], str]:
    """The pairs that the command prints for a file, and what it says of bad rows."""
    file, out, err = tmp_path / "people.csv", io.StringIO(), io.StringIO()
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    call_command("find_duplicates", str(file), *options, stdout=out, stderr=err)
    return list(csv.DictReader(io.StringIO(out.getvalue()))), err.getvalue()


@pytest.mark.parametrize(
    ("one", "two", "like"),
    [
        ("robert", "bob", Like.NICKNAME), ("francisco", "paco", Like.NICKNAME), ("elizabeth", "betty", Like.NICKNAME),
        ("steven", "stephen", Like.SOUND), ("marsh", "marhs", Like.SLIP), ("philips", "filips", Like.SOUND),
        ("garcia", "garcia lopez", Like.PART), ("mary ann", "maryann", Like.SAME), ("j", "jamal", Like.INITIAL),
        ("jamal", "devon", Like.OTHER),
    ],
)  # fmt: skip
def test_names_are_alike_in_the_ways_that_people_mistake_them(one, two, like):
    assert names.likeness(one, two) == names.likeness(two, one) == like


@pytest.mark.parametrize(
    ("one", "two", "like"),
    [
        ("19800213", "19801302", Born.TURNED), ("19800213", "19800231", Born.CROSSED), ("19800213", "19800313", Born.DIGIT),
        ("19800213", "19780213", Born.YEAR), ("19800213", "1980", Born.SAME_YEAR), ("19800213", "19550909", Born.OTHER),
    ],
)  # fmt: skip
def test_dates_are_alike_in_the_ways_that_people_mistype_them(one, two, like):
    assert dates.likeness(one, two) == like


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("19800213", "19800213"), ("1980-02-13T00:00:00", "19800213"), ("2/13/1980", "19800213"), ("2/13/80", "19800213"),
        ("13 Feb 1980", "19800213"), ("February 13, 1980", "19800213"), ("02131980", "19800213"), ("1980", "1980"),
        ("00/00/0000", ""), ("", ""), ("yesterday", None), ("13.02", None),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(text, born):
    assert dates.born_of(text) == born


def test_numbers_and_addresses_are_compared_by_what_they_mean():
    assert places.phones_of("+1 (415) 555-0101 or 555 0199") == {"4155550101", "5550199"}
    assert places.numbers("4155550101", "5550101") == Number.SAME
    assert places.identifier_of("XXX-XX-6789") == "6789"
    assert places.numbers("123456789", "6789") == Number.SAME
    assert places.identifier_of("000-00-0000") == ""
    assert places.split_address("12 Main Street, Ashby 94110") == ("12", "mainst", "ashby", "94110")


TWINS = {
    "family": "Quiroga",
    "born": "19800213",
    "number": "12",
    "streets": ("mainst",),
    "phones": frozenset({"4155550101"}),
}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"given": "Devon"} | TWINS, {"given": "Maria"} | TWINS),
        ({"given": "Devon", "suffix": "Jr"} | TWINS, {"given": "Devon", "suffix": "Sr"} | TWINS | {"born": "19550909"}),
        ({"given": "Devon"} | TWINS, {"given": "Devon"} | TWINS | {"born": "19550909"}),
        ({"given": "Devon"} | TWINS, {"given": "Kim"} | TWINS | {"born": "19850909"}),
    ],
    ids=["twins", "father and junior", "father and son", "siblings"],
)
def test_relatives_are_two_people(one, two):
    others = [entry(f"other {n}", given=f"{n}", family=f"{n}", born="19700101") for n in range(40)]
    assert find_duplicates([entry("a", **one), entry("b", **two), *others]) == []


@pytest.mark.parametrize("name", ["linked", "several", "street", "shelter"])
def test_second_records_are_found_and_others_are_not(name):
    shape = SHAPES[name]
    smaller = Shape(**{field: getattr(shape, field) for field in Shape.__dataclass_fields__} | {"people": 400})
    rows = invented(smaller, seed=77)
    people = defaultdict(list)
    for row in rows:
        people[row["person"]].append(row["id"])
    true = {frozenset(pair) for ids in people.values() for pair in combinations(ids, 2)}
    found = {frozenset((pair.left.key, pair.right.key)) for pair in find_duplicates([_entry(row) for row in rows])}
    assert len(found & true) >= 0.96 * len(true)
    assert len(found & true) >= 0.94 * len(found)


def _entry(row):
    return entry(
        row["id"], given=row["given_name"], family=row["surname"], others=[row["alias"]],
        born=dates.born_of(row["date_of_birth"]) or "", phones=places.phones_of(row["phone"]), number=row["number"],
        streets=tuple(filter(None, [places.street_of(row["street"])])), town=row["town"].lower(), postcode=row["postcode"],
        identifiers=(("id", row["identifier"]),) if row["identifier"] else (),
    )  # fmt: skip


# ---- files
def test_plain_headings_a_byte_order_mark_and_semicolons(tmp_path):
    rows, said = found_in(
        tmp_path,
        "\ufeffFirst Name;LAST NAME;DOB;Phone\nDevon;Marsh;02/13/1980;(415) 555-0101\nDevin;March;2/13/1980;415-555-0101\n"
        "Kim;Lee;01/05/1970;\n",
    )
    assert said == ""
    assert [(row["left"], row["right"]) for row in rows] == [("2", "3")]
    assert 0 <= float(rows[0]["score"]) <= 1
    assert rows[0]["reasons"] == "same date of birth; given name sounds alike; surname sounds alike; same phone"


def test_a_file_from_a_homeless_information_system_without_printing_the_number(tmp_path):
    rows, said = found_in(
        tmp_path,
        "PersonalID,FirstName,LastName,NameSuffix,SSN,SSNDataQuality,DOB,DOBDataQuality\n"
        "901,William,Turner,,123-45-6788,1,1980-02-03,1\n902,Bill,Turner,Jr,123456788,1,1980-02-03,1\n903,,,,,99,,99\n904,a\n",
    )
    assert [(row["left"], row["right"]) for row in rows] == [("2", "3")]
    assert "same identifier" in rows[0]["reasons"]
    assert "6788" not in str(rows) + said
    assert "line 4: no name" in said
    assert "line 5: 2 columns instead of 8" in said


def test_several_records_of_one_person_are_all_told_and_an_alias_by_name(tmp_path):
    rows, _ = found_in(
        tmp_path,
        "Rec_ID\tgiven_name\tsurname\talias\tdate_of_birth\n"
        "a\tDevon\tQuiroga\tBear\t19800213\nb\tQuiroga\tDevon\tBear\t19800213\nc\tDevin\tQuirogga\tBear\t19801302\n",
    )
    assert {frozenset((row["left"], row["right"])) for row in rows} == {frozenset(pair) for pair in ("ab", "ac", "bc")}
    assert all("alias Bear" in row["reasons"] for row in rows)
    assert found_in(tmp_path, "id,first,last\n1,Ann,Lee\n", "--at-least", "0.9") == ([], "")


def test_bad_rows_are_told_and_the_rest_goes_on(tmp_path):
    rows, said = found_in(
        tmp_path,
        'id,given_name,surname,date_of_birth\n1,Devon,Quiroga,1980-02-13\n2,"Ann,Lee,1970-01-01\n3,Kim,Ito,soon\n'
        "4,Devon,Quiroga,1980-02-13\n1,Sam,Bo,\n",
    )
    assert [(row["left"], row["right"]) for row in rows] == [("1", "4")]
    assert "line 3: a quotation mark is not closed" in said
    assert "line 4: the date of birth is no date" in said
    assert "line 6: the id of line 2 again" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "empty"), (b"hello\n", "no CSV file"), (b"\x00\x01\x02", "no text"), (b"a,b\n1,2\n", "No column holds names"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_people_gets_one_clear_message(tmp_path, text, words):
    with pytest.raises(CommandError, match=words) as refused:
        found_in(tmp_path, text)
    assert refused.value.returncode == 2


def test_a_missing_file_and_a_wrong_score_are_told():
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("find_duplicates", "/nowhere.csv")
    with pytest.raises(CommandError, match="no score from 0 to 1"):
        call_command("find_duplicates", "x.csv", "--at-least", "2")
