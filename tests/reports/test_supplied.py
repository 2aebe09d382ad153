"""Counts that an agency supplies: what is kept, what is listed, what a second file changes, and how they stand in front."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import OrganisationKind
from lead_cms.audit.models import AuditEvent
from lead_cms.reports.actions.supplied import FileFault, read_counts
from lead_cms.reports.models import SuppliedCount, SuppliedFile
from tests.reports import making
from tests.reports.test_measures import table

HEAD = "month,precinct,group,count\n"
RACE = "Black or African American"
TODAY = making.NOW.date()


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def rules(where):
    return making.asked_by(where.person(Role.COORDINATOR)).rules


def send(sign_in, where, text, name="counts.csv", role=Role.COORDINATOR):
    client = sign_in(where.person(role))
    agency = where.organisations[OrganisationKind.POLICE, 0]
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(reverse("reports:supplied"), {"agency": agency.pk, "file": SimpleUploadedFile(name, content)})


def held(where, model):
    with acting_as(where.person(Role.COORDINATOR)), transaction.atomic():
        return list(model.objects.all())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-13,,all,1", "month"),
        ("0000-01,,all,1", "month"),
        ("2027-01,,all,1", "ahead of today"),
        ("2026-05,nowhere,all,1", "precinct"),
        ("2026-05,,martian,1", "group"),
        ("2026-05,,all,-1", "whole number"),
        ("2026-05,,all,1.5", "whole number"),
        ("2026-05,,all,", "whole number"),
        ("2026-05,,all", "3 values"),
        ("2026-04,,black,1", "line 2"),
    ],
)
def test_a_bad_row_is_listed_and_the_good_one_kept(rules, line, reason):
    rows, faults = read_counts(f"{HEAD}2026-04,,{RACE},7\n{line}\n".encode(), rules, TODAY)
    assert [row.count for row in rows] == [7]
    assert [fault.line for fault in faults] == [3] and reason in faults[0].reason


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00m", HEAD.encode() + b'"2026-04,,all,1', b"x" * 2_000_001]
)
def test_a_file_that_is_none(rules, content):
    if content.startswith(HEAD.encode()):
        assert read_counts(content, rules, TODAY)[0] == []
        return
    with pytest.raises(FileFault):
        read_counts(content, rules, TODAY)


def test_the_page_keeps_lists_and_repeats_nothing(sign_in, where):
    text = f"{HEAD}2026-04,,{RACE},7\n2026-04,,martian,3\n"
    page = send(sign_in, where, text).content.decode()
    assert "version 1" in page and "Line 3" in page
    assert "Nothing changed" in send(sign_in, where, text, name="again.csv").content.decode()
    assert len(held(where, SuppliedFile)) == len(held(where, SuppliedCount)) == 1


def test_a_file_without_a_good_row_gets_words_beside_the_field(sign_in, where):
    page = send(sign_in, where, f"{HEAD}2026-04,,martian,3\n").content.decode()
    assert "No row can be used" in page and held(where, SuppliedFile) == []
    assert "The file is empty" in send(sign_in, where, "").content.decode()


def test_a_supervisor_brings_none(sign_in, where):
    assert send(sign_in, where, f"{HEAD}2026-04,,all,7\n", role=Role.SUPERVISOR).status_code == 403


def test_counts_stand_in_front_when_every_month_is_there(sign_in, where):
    making.refer(where, seen={"perceived_race": "black"})
    send(sign_in, where, f"{HEAD}2026-04,,{RACE},10\n2026-05,,{RACE},20\n2026-05,,White,30\n")
    assert {row["Supplied"] for row in table(where, "equity", 0)} == {"not supplied"}
    send(sign_in, where, f"{HEAD}2026-06,,{RACE},5\n2026-05,,{RACE},21\n")
    race = {row["Group"]: row for row in table(where, "equity", 0)}
    assert {group: row["Supplied"] for group, row in race.items()} == {RACE: 36, "White": 30, "All": 66}
    assert race[RACE]["Ratio to supplied"] == pytest.approx(1 / (36 / 66))
    assert race["White"]["Offered"] == 0
    precinct = {row["Group"]: row["Supplied"] for row in table(where, "equity", 3)}
    assert precinct["All"] == 66
    assert {row["Supplied"] for row in table(where, "equity", 1)} == {"not supplied"}


def test_the_command_does_the_same(where, tmp_path, capsys):
    file = tmp_path / "counts.csv"
    file.write_text(f"{HEAD}2026-04,,all,7\n2026-04,,all,8\n")
    agency = where.organisations[OrganisationKind.POLICE, 0].name
    for _ in range(2):
        call_command("import_counts", str(file), site="san-francisco", agency=agency)
    said = capsys.readouterr().out
    assert "Line 3" in said and "1 rows kept" in said and "nothing changed" in said
    with pytest.raises(CommandError, match="There are:"):
        call_command("import_counts", str(file), site="san-francisco", agency="Nobody")


def test_taking_a_file_is_a_deed(sign_in, where):
    send(sign_in, where, f"{HEAD}2026-04,,all,7\n")
    with acting_as(where.person(Role.AUDITOR)), transaction.atomic():
        assert AuditEvent.objects.filter(action="report.counts_supplied").count() == 1
