"""The command that imports incident records: counts, a second run, bad rows, files that are turned down."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from referrals.models import IncidentRecord

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "referrals" / "data" / "sfpd_2018-12_sample.csv"


def run(file, site):
    out = StringIO()
    call_command("import_incidents", str(file), "--source", "sfpd", "--site", site.slug, stdout=out)
    return out.getvalue()


def held(who, site=None):
    with acting_as(who, site=site), transaction.atomic():
        return list(IncidentRecord.objects.all())


@pytest.fixture
def site(world):
    return world.a.site


@pytest.fixture
def short(tmp_path):
    """The header and the first five rows; the third spoiled."""
    lines = SAMPLE.read_bytes().splitlines(keepends=True)[:6]
    lines[3] = lines[3].replace(b"2018", b"1018", 1)
    path = tmp_path / "short.csv"
    path.write_bytes(b"".join(lines))
    return path


def test_the_summary_prints_rows_and_distinct_incidents(site):
    words = " ".join(run(SAMPLE, site).split())
    assert "incidents with a divertible charge and an adult cited or arrested" in words
    for part in (
        "drug 250 rows 159 incidents",
        "prostitution 17 rows 17 incidents",
        "trespass 58 rows 58 incidents",
        "shoplifting 75 rows 73 incidents",
        "together 400 rows 304 incidents",
        "907 new, 0 already known, 0 rows not usable.",
    ):
        assert part in words
    assert "eligible" not in words


def test_a_second_run_writes_nothing(site):
    run(SAMPLE, site)
    before = {row.pk for row in held(Duty.OPERATOR, site)}
    assert "0 new, 907 already known, 0 rows not usable." in run(SAMPLE, site)
    assert {row.pk for row in held(Duty.OPERATOR, site)} == before


def test_bad_rows_are_listed_and_good_ones_kept(site, short):
    said = run(short, site)
    assert "line 4: Incident Datetime" in said or "line 4: Incident" in said
    assert "4 new, 0 already known, 1 rows not usable." in said
    assert len(held(Duty.OPERATOR, site)) == 4
    assert "903 new, 4 already known, 0 rows not usable." in run(SAMPLE, site)


def test_each_site_has_its_own(world, short):
    run(short, world.a.site)
    assert "4 new, 0 already known" in run(short, world.b.site)
    assert {row.site_id for row in held(world.a.person(Role.OFFICER))} == {world.a.site.pk}


def test_a_file_that_breaks_off_later_leaves_nothing(site, tmp_path):
    path = tmp_path / "broken.csv"
    path.write_bytes(SAMPLE.read_bytes() + b"\xff\xff\n")
    with pytest.raises(CommandError, match=r"broken.csv was not taken. Line 909 is not UTF-8"):
        run(path, site)
    assert held(Duty.OPERATOR, site) == []


def test_no_such_file_and_no_such_site(site, tmp_path):
    with pytest.raises(CommandError, match="was not taken. The file cannot be opened"):
        run(tmp_path / "none.csv", site)
    with pytest.raises(CommandError, match="There is no site"):
        call_command("import_incidents", str(SAMPLE), "--source", "sfpd", "--site", "nowhere")
