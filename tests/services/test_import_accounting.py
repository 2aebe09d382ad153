"""Whatever stands in the files is kept or listed, and two directories of one site keep out of each other's way.

The rows have the shapes of a published directory: blank names, misspelled languages, hours in words, services without a term.
With DIRECTORY_FOLDER set, the same is asked of the real files in that folder, which are not part of this repository.
"""

import csv
import os
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from services.hsds import read
from services.models import Contact, Hours, Location, Provider, Service

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "services" / "data" / "san-francisco"
REAL = os.environ.get("DIRECTORY_FOLDER", "")


@pytest.fixture
def site(world):
    return world.a.site


def run(folder, site, **more) -> str:
    out = StringIO()
    call_command("import_directory", str(folder), site=site.slug, stdout=out, **more)
    return " ".join(out.getvalue().split())


def listed(site) -> set[str]:
    with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
        return set(Service.objects.filter(site=site, is_listed=True).values_list("name", flat=True))


def counted(site) -> dict[str, int]:
    with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
        return {
            model.__name__: model.objects.filter(site=site).count()
            for model in (Provider, Service, Location, Contact, Hours)
        }


@pytest.fixture
def published(tmp_path):
    """A small directory in the shapes of a published one."""
    files = {
        "organizations": ("id,name,description,website", ["o1,Mission Table,,", "o2,,,", "o3,Clean Start,,"]),
        "services": (
            "id,organization_id,name,description,status,application_process,fees_description,eligibility_description,alert",
            ["s1,o1,Meals,,active,,,,", "s2,o2,Ghost,,active,,,,", "s3,o3,Clean Slate Program,,active,,,,"],
        ),
        "locations": ("id,organization_id,name,description,latitude,longitude", [
            "l1,o1,Mission Table,,37.7599,-122.4148", "l2,o2,,,,", "l3,o3,Clean Start,,37.7755,-122.4180"]),
        "service_at_location": ("id,service_id,location_id", ["a1,s1,l1", "a2,s2,l2", "a3,s3,l3"]),
        "addresses": ("id,location_id,address_1,city,postal_code", ["d1,l1,2400 Mission St,San Francisco,"]),
        "phones": ("id,location_id,service_id,organization_id,number,extension,description", [
            "p1,l1,,o1,415-555-0120,,", "p2,,,o2,415-555-0121,,"]),
        "schedules": (
            "id,service_id,location_id,valid_from,valid_to,freq,byday,description,opens_at,closes_at",
            ["h1,s1,,,,WEEKLY,MO,,11:00,14:00", '"h2",,l3,,,,,"Monday - Friday, 9:00am to 5:00pm",,',
             "h3,s2,,,,WEEKLY,TU,,09:00,10:00"],
        ),
        "languages": ("id,service_id,location_id,name", [
            "g1,s1,,Spanish", "g2,s1,,Cantoniese", "g3,s3,,other languages as needed", "g4,s3,,Dari"]),
    }  # fmt: skip
    for name, (header, rows) in files.items():
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
    return tmp_path


def rows_of(folder: Path) -> dict[str, int]:
    found = {}
    for path in folder.glob("*.csv"):
        with path.open(newline="", encoding="utf-8-sig") as file:
            found[path.name] = sum(1 for _ in csv.reader(file)) - 1
    return found


def assert_accounted(folder: Path, site, said: str) -> None:
    """Rows of each file: all of them kept in the database, or listed with file and line."""
    found, has = read(folder), counted(site)
    in_files = rows_of(folder)
    bad = {file: count for file, _, count in found.files()}
    assert {file: rows for file, rows, _ in found.files()} == {file: in_files[file] for file, _, _ in found.files()}
    assert has["Provider"] == in_files["organizations.csv"] - bad["organizations.csv"]
    assert has["Service"] == in_files["services.csv"] - bad["services.csv"]
    assert has["Contact"] == in_files["phones.csv"] - bad["phones.csv"]
    of_the_clock = len({key.split(":")[0] for key in found.hours})
    assert of_the_clock + found.in_words + bad["schedules.csv"] == in_files["schedules.csv"]
    assert has["Hours"] == len(found.hours)
    assert len(re.findall(r"\w+\.csv, line \d+: ", said)) == sum(bad.values()) == len(found.faults)


def test_every_row_is_kept_or_listed_and_a_second_run_knows_all(site, published):
    said = run(published, site)
    assert_accounted(published, site, said)
    assert "organizations.csv 3 rows, 1 not usable." in said
    assert "schedules.csv 3 rows, 1 not usable, 1 of them hours in words alone." in said
    assert "organizations.csv, line 3: name is blank." in said
    assert "languages.csv, line 4: “other languages as needed” names no language that is known." in said
    before, again = counted(site), run(published, site)
    assert not re.search(r"\b[1-9]\d* (?:new|changed|no longer)", again) and counted(site) == before


def test_what_has_no_term_is_found_by_what_its_name_says(site, published):
    run(published, site)
    with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
        held = {one.name: one for one in Service.objects.filter(site=site)}
    assert (held["Meals"].needs, held["Clean Slate Program"].needs) == (["basic_needs"], ["legal"])
    assert held["Meals"].languages == ["es", "yue", "zh"] and held["Clean Slate Program"].languages == ["prs"]
    with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
        assert [one.phone for one in Contact.objects.filter(service=held["Meals"])] == ["+14155550120"]
    assert held["Clean Slate Program"].hours_in_words == "Monday - Friday, 9:00am to 5:00pm"


def test_two_directories_of_a_site_leave_each_other_alone(site, published):
    run(SAMPLE, site, source="city")
    first = listed(site)
    said = run(published, site)
    assert not re.search(r"\b[1-9]\d* no longer", said)
    assert listed(site) == first | {"Meals", "Clean Slate Program"}
    shutil.copy(published / "services.csv", published / "kept.csv")
    lines = (published / "services.csv").read_text().splitlines()
    (published / "services.csv").write_text("\n".join(line for line in lines if "Meals" not in line) + "\n")
    assert "services 0 new, 0 changed, 1 already known, 1 no longer in the file." in run(published, site)
    assert listed(site) == first | {"Clean Slate Program"}
    # Said once: what left the list the first time is not gone a second time.
    assert not re.search(r"\b[1-9]\d* no longer", run(published, site))
    assert not re.search(r"\b[1-9]\d* (?:new|changed|no longer)", run(SAMPLE, site, source="city"))


def test_a_source_that_is_no_name_is_refused(site, published):
    with pytest.raises(CommandError, match="A source is 1 to 15"):
        run(published, site, source="The City")
    assert listed(site) == set()


@pytest.mark.skipif(not REAL, reason="DIRECTORY_FOLDER names no folder of real files")
def test_a_real_directory(world, site, sign_in):
    folder = Path(REAL)
    said = run(folder, site)
    assert_accounted(folder, site, said)
    before, again = counted(site), run(folder, site)
    assert not re.search(r"\b[1-9]\d* (?:new|changed|no longer)", again) and counted(site) == before
    client, url = sign_in(world.a.person(Role.CASE_MANAGER)), reverse("services:list")
    for asked in ({"need": "housing"}, {"language": "es"}, {"open": "on"}, {"words": "shelter"}):
        assert client.get(url, asked).context["rows"], asked
