"""The command that imports a directory: counts, a second run, changes, bad rows, hidden addresses."""

import csv
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from services.models import Contact, Hours, Location, Provider, Service

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "services" / "data" / "san-francisco"


def run(folder, site):
    out = StringIO()
    call_command("import_directory", str(folder), "--site", site.slug, stdout=out)
    return " ".join(out.getvalue().split())


def held(model, site, **filters):
    with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
        return list(model.objects.filter(site=site, **filters).order_by("pk"))


@pytest.fixture
def site(world):
    return world.a.site


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "copy")
    return tmp_path / "copy"


def edit(path: Path, change):
    """Rewrite the rows of a file; `change` gets each as a dict and may return None to leave it out."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), reader.fieldnames
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in map(change, rows) if row is not None)


def test_the_sample_is_taken_whole(site):
    said = run(SAMPLE, site)
    assert "organizations 8 new, 0 changed, 0 already known, 0 no longer in the file." in said
    assert "services 11 new" in said and "0 rows not usable." in said
    shelter = held(Service, site, name="Night shelter")[0]
    assert shelter.needs == ["basic_needs", "housing"] and shelter.languages == ["en", "es"]
    assert {(h.weekday, f"{h.opens:%H:%M}", f"{h.closes:%H:%M}") for h in held(Hours, site, service=shelter)} == {
        (day, "18:00", "07:00") for day in range(7)
    }


def test_a_second_run_changes_nothing(site):
    run(SAMPLE, site)
    before = {(row.pk, row.name) for row in held(Service, site)}
    said = run(SAMPLE, site)
    assert "services 0 new, 0 changed, 11 already known, 0 no longer in the file." in said
    assert not re.search(r"\b[1-9]\d* (?:new|changed|no longer)", said)
    assert {(row.pk, row.name) for row in held(Service, site)} == before


def test_what_changed_and_what_is_gone_is_said(site, folder):
    run(folder, site)
    edit(folder / "services.csv", lambda row: None if row["name"] == "Benefits desk" else row | {"alert": "New door"})
    said = run(folder, site)
    assert "services 0 new, 10 changed, 0 already known, 1 no longer in the file." in said
    gone = held(Service, site, name="Benefits desk")
    assert len(gone) == 1 and not gone[0].is_listed
    edit(folder / "services.csv", lambda row: row)
    assert "10 already known, 0 no longer in the file." in run(folder, site)


def test_what_people_changed_here_stays(site, folder):
    run(folder, site)
    with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
        Service.objects.filter(name="Night shelter").update(name="Shelter at night", edited_at="2026-01-01T00:00:00Z")
    edit(folder / "schedules.csv", lambda row: None)
    said = run(folder, site)
    assert "1 kept as changed here" in said
    kept = held(Service, site, name="Shelter at night")
    assert len(kept) == 1 and len(held(Hours, site)) == len(held(Hours, site, service=kept[0])) == 7


def test_bad_rows_are_listed_with_file_line_and_reason_and_good_ones_kept(site, folder):
    with (folder / "services.csv").open("a") as file:
        file.write("x1,nobody,,Ghost,,,,,active" + "," * 14 + "\n" + "short,row\n")
    edit(folder / "phones.csv", lambda row: row | {"number": "call us"} if row["number"] == "4155550111" else row)
    edit(
        folder / "locations.csv", lambda row: row | {"latitude": "north"} if row["name"] == "Ferry Slip Works" else row
    )
    said = run(folder, site)
    assert "services.csv, line 13: Its organization is not among the usable rows of organizations.csv." in said
    assert "services.csv, line 14: It has 2 values, the header names 23 columns." in said
    assert "phones.csv, line 2: number “call us” is not a telephone number." in said
    assert "locations.csv, line 9: latitude “north” and longitude “-122.392” are not degrees." in said
    assert "services 11 new" in said


def test_a_value_over_several_lines_names_its_first_line(site, folder):
    edit(folder / "services.csv", lambda row: row | {"description": "one\ntwo\nthree", "status": "odd"})
    said = run(folder, site)
    assert "services.csv, line 2: status “odd”" in said and "services.csv, line 5: status" in said


def test_no_address_of_a_service_for_survivors_is_kept(site, folder):
    def tell(row):
        return row | {"description": "Survivors of violence: come to 14 Nowhere Street, or 20 Hope Ave."}

    edit(folder / "services.csv", lambda row: tell(row) if "survivors" in row["name"] else row)
    said = run(folder, site)
    assert "1 services are for survivors of violence: their addresses are not kept." in said
    hidden = held(Service, site, is_confidential=True)[0]
    place = held(Location, site, service=hidden)[0]
    assert place.is_hidden and place.line == "" and place.latitude is None and place.search_words == ""
    for model in (Provider, Service, Location, Contact):
        for row in held(model, site):
            said = " ".join(str(value) for value in vars(row).values())
            assert "Nowhere" not in said and "Hope Ave" not in said


def test_each_site_has_its_own(world):
    run(SAMPLE, world.a.site)
    assert "services 11 new" in run(SAMPLE, world.b.site)
    with acting_as(world.a.person(Role.CASE_MANAGER)), transaction.atomic():
        assert {row.site_id for row in Service.objects.all()} == {world.a.site.pk}


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / "services.csv").unlink(), "services.csv cannot be opened"),
        (lambda f: (f / "phones.csv").write_bytes(b"id\xff"), "phones.csv, line 1 is not UTF-8"),
        (lambda f: (f / "phones.csv").write_bytes(b"PK\x03\x04"), "is a spreadsheet or zip file"),
        (lambda f: (f / "schedules.csv").write_text("id,name\n"), "schedules.csv: columns are missing: service_id"),
        (lambda f: (f / "organizations.csv").write_text(""), "organizations.csv is empty"),
        (
            lambda f: (f / "addresses.csv").write_text('id,location_id,address_1,city,postal_code\n"a'),
            "quotation marks",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_leaves_nothing(site, folder, spoil, says):
    spoil(folder)
    with pytest.raises(CommandError, match=r"was not taken"):
        run(folder, site)
    with pytest.raises(CommandError, match=re.escape(says)):
        run(folder, site)
    assert held(Provider, site) == []


def test_no_such_folder_and_no_such_site(site, tmp_path):
    with pytest.raises(CommandError, match="There is no such folder"):
        run(tmp_path / "none", site)
    with pytest.raises(CommandError, match="There is no site"):
        call_command("import_directory", str(SAMPLE), "--site", "nowhere")
