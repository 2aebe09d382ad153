"""Publish, freeze, withdraw; what a stakeholder sees and does not; files and their records."""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.audit.models import AuditEvent
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.reports.actions.publishing import digest, preview, publish, told_by
from lead_cms.reports.charts import palette, svg
from lead_cms.reports.models import PublishedReport
from lead_cms.reports.period import Period, preset
from lead_cms.reports.registry import REPORTS, sheet_from
from lead_cms.reports.tables import HIDDEN, Sheet
from lead_cms.reports.writing import csv_file, pdf_file, xlsx_file
from tests.project.files import ROOT
from tests.project.reports import text
from tests.reports import making
from tests.reports.making import NOW, QUARTER

QUERY = "from=2026-04-01&to=2026-07-01"


@pytest.fixture
def where(world):
    """Thirty referred, of whom four declined: a small cell in a larger figure."""
    with acting_as(Duty.OPERATOR), transaction.atomic():
        for number in range(30):
            referral = making.refer(world.a, status="declined" if number < 4 else "handed_over")
            making.handoff(world.a, referral, minutes=10)
    return world.a


@pytest.fixture
def coordinator(where):
    return where.person(Role.COORDINATOR)


def publish_as(by, name="funnel", period=QUARTER, at=NOW, seen=None):
    with acting_as(by), transaction.atomic():
        sheet = preview(report=REPORTS[name], period=period, by=by, at=at)
        return publish(report=REPORTS[name], period=period, seen=seen or digest(sheet), by=by, at=at)


def full(by, name="funnel") -> Sheet:
    return sheet_from(REPORTS[name], making.asked_by(by), making.counts(by, name), "Project office", hiding=False)


def hiding(by, name="funnel") -> Sheet:
    return sheet_from(REPORTS[name], making.asked_by(by), making.counts(by, name), "Project office", hiding=True)


def cells(sheet: Sheet) -> dict:
    return {row.cells[0]: row.cells[1] for row in sheet.tables[0].rows}


def test_what_is_published_stays_as_it_was(where, coordinator, sign_in):
    made = publish_as(coordinator)
    assert cells(Sheet.from_json(made.sheet))["Declined, or not now"] is HIDDEN
    for _ in range(20):
        making.refer(where)
    client = sign_in(where.person(Role.STAKEHOLDER))
    page = client.get(reverse("reports:published", args=[made.pk])).content.decode()
    assert cells(Sheet.from_json(made.sheet))["Referred"] == 30 and ">30<" in page and ">50<" not in page


def test_a_stakeholder_finds_it_on_today_until_it_is_withdrawn(where, coordinator, sign_in):
    made = publish_as(coordinator)
    stakeholder, other = sign_in(where.person(Role.STAKEHOLDER)), sign_in(coordinator)
    link = reverse("reports:published", args=[made.pk])
    assert link in stakeholder.get("/").content.decode()
    assert link in stakeholder.get(reverse("reports:published-list")).content.decode()
    assert other.post(reverse("reports:withdraw", args=[made.pk])).status_code == 302
    assert link not in stakeholder.get("/").content.decode()
    for address in (link, reverse("reports:published-export", args=[made.pk, "csv"])):
        assert stakeholder.get(address).status_code == 404
    page = other.post(reverse("reports:withdraw", args=[made.pk]), follow=True).content.decode()
    assert "taken back already" in page and "Taken back" in other.get(link).content.decode()


def test_a_stakeholder_opens_no_report_of_the_team(where, sign_in):
    client = sign_in(where.person(Role.STAKEHOLDER))
    for name in ("list", "supplied"):
        assert client.get(reverse(f"reports:{name}")).status_code == 403
    assert client.get(reverse("reports:report", args=["funnel"])).status_code == 403
    assert client.get(reverse("reports:export", args=["funnel", "csv"])).status_code == 403


def test_the_database_lets_nobody_alter_what_is_published(where, coordinator):
    made = publish_as(coordinator)
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(coordinator), transaction.atomic():
        PublishedReport.objects.filter(pk=made.pk).update(sheet={})


def test_only_what_was_looked_at_is_published(coordinator, sign_in):
    with pytest.raises(StaleState, match="changed"):
        publish_as(coordinator, seen="another")
    publish_as(coordinator)
    with pytest.raises(StaleState, match="already"):
        publish_as(coordinator)
    with pytest.raises(DomainError, match="not ended"):
        publish_as(coordinator, period=Period(date(2026, 7, 1), date(2026, 10, 1)))


def test_a_second_tap_on_publish_says_so(coordinator, sign_in):
    client = sign_in(coordinator)
    address = reverse("reports:publish", args=["funnel"])
    page = client.get(f"{address}?from=2025-04-01&to=2025-07-01").content.decode()
    fields = {"from": "2025-04-01", "to": "2025-07-01", "seen": re.search(r'name="seen" value="(\w+)"', page)[1]}
    assert "published." in client.post(address, fields, follow=True).content.decode()
    assert "already" in client.post(address, fields).content.decode()
    with acting_as(coordinator), transaction.atomic():
        assert PublishedReport.objects.count() == 1


def test_two_periods_whose_difference_is_small_are_not_both_published(where, coordinator):
    """April to June is out; April to June 21 would tell those of the last nine days."""
    for _ in range(3):
        making.refer(where, at=making.AT + timedelta(days=35))
    publish_as(coordinator)
    shorter = Period(date(2026, 4, 1), date(2026, 6, 21))
    with pytest.raises(DomainError, match="worked out"):
        publish_as(coordinator, period=shorter)
    apart = Period(date(2026, 1, 1), date(2026, 4, 1))
    assert publish_as(coordinator, period=apart).pk
    assert told_by(hiding(coordinator), []) == []


@pytest.mark.parametrize("name", REPORTS)
def test_a_frozen_sheet_reads_the_same(coordinator, name):
    sheet = hiding(coordinator, name)
    again = Sheet.from_json(json.loads(json.dumps(sheet.as_json())))
    assert again == sheet and repr(again) == repr(sheet)


# ---- files


def test_csv_says_what_it_is_and_runs_no_formula(coordinator):
    sheet = replace(hiding(coordinator), site="=HYPERLINK(1)", custodian="@SUM(1)", notes=("+1", "-1", "\tx"))
    rows = list(csv.reader(io.StringIO(csv_file.write(sheet).decode("utf-8-sig"))))
    found = dict(row for row in rows if len(row) == 2)
    assert found["Period"] == "April 1, 2026 to June 30, 2026" and found["Definition"] == REPORTS["funnel"].definition
    assert found["Site"] == "'=HYPERLINK(1)" and found["Custodian of these figures"] == "'@SUM(1)"
    assert ["Referred", "30", "", ""] in rows and ["Declined, or not now", "hidden", "hidden", "those referred"] in rows
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


def test_xlsx_holds_text_as_text(coordinator):
    sheet = replace(hiding(coordinator), site="=HYPERLINK(1)")
    with zipfile.ZipFile(io.BytesIO(xlsx_file.write(sheet))) as book:
        pages = {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}
    everything = " ".join(pages.values())
    assert "<f>" not in everything and "=HYPERLINK(1)" in everything and "Project office" in everything
    assert "hidden" in everything and "<v>30</v>" in everything


def test_pdf_is_tagged_and_names_its_custodian(coordinator):
    for name in REPORTS:
        content = pdf_file.write(hiding(coordinator, name))
        assert content.startswith(b"%PDF-") and b"/StructTreeRoot" in content and b"/Marked true" in content
        assert b"pdfuaid" in content and b"/Lang" in content


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_an_export_is_recorded_with_its_custodian(where, coordinator, sign_in, form):
    response = sign_in(coordinator).get(f"{reverse('reports:export', args=['funnel', form])}?{QUERY}")
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    with acting_as(where.person(Role.AUDITOR)), transaction.atomic():
        event = AuditEvent.objects.get(action="report.exported")
    assert event.membership_id == coordinator.pk
    assert event.details == {
        "report": "funnel", "begins_on": "2026-04-01", "ends_on": "2026-07-01", "form": form,
        "custodian": coordinator.site.name,
    }  # fmt: skip


def test_the_files_of_a_published_report_are_the_frozen_figures(where, coordinator, sign_in):
    made = publish_as(coordinator)
    for _ in range(20):
        making.refer(where)
    client = sign_in(where.person(Role.STAKEHOLDER))
    said = client.get(reverse("reports:published-export", args=[made.pk, "csv"])).content.decode("utf-8-sig")
    assert "Referred,30" in said
    assert client.get(reverse("reports:published-export", args=[made.pk, "exe"])).status_code == 404


# ---- pages


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_says_what_the_figures_are(where, coordinator, sign_in, name):
    page = sign_in(coordinator).get(f"{reverse('reports:report', args=[name])}?{QUERY}").content.decode()
    for words in ("Definition.", "Denominator.", "Missing.", "Data of", "Custodian", "April 1, 2026 to June 30, 2026"):
        assert words in page
    # Of one group alone there is no ratio to draw, and of needs that nobody named no bar.
    assert ('src="data:image/svg+xml;base64,' in page) == (name not in {"equity", "needs"})


def test_full_figures_on_the_page_and_hidden_ones_in_the_file(coordinator, sign_in):
    client = sign_in(coordinator)
    page = client.get(f"{reverse('reports:report', args=['funnel'])}?{QUERY}").content.decode()
    assert re.search(r"Declined, or not now</th><td[^>]*>4</td>", page) and ">hidden<" not in page
    assert cells(full(coordinator))["Declined, or not now"] == 4


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2026-07-01&to=2026-04-01", "ends after it begins"),
        ("from=x&to=2026-04-01", "Enter a day such as"),
        ("from=2026-04-01", "required"),
        ("from=1900-01-01&to=2026-01-01", "2000 or later"),
        ("from=2001-01-01&to=2999-01-01", "thirty years"),
    ],
)
def test_a_period_that_is_none_gets_words_and_no_figures(coordinator, sign_in, query, words):
    client = sign_in(coordinator)
    page = client.get(f"{reverse('reports:report', args=['funnel'])}?{query}")
    assert page.status_code == 200 and "What these figures are" not in page.content.decode()
    assert words in page.content.decode() or words == "required"
    assert "There is a problem" in page.content.decode() or "errors" in page.content.decode()
    assert client.get(f"{reverse('reports:export', args=['funnel', 'csv'])}?{query}").status_code == 302


@pytest.mark.parametrize("address", ["/reports/nothing/", "/reports/nothing/csv/", "/reports/funnel/exe/"])
def test_what_is_not_there(coordinator, sign_in, address):
    assert sign_in(coordinator).get(address).status_code == 404


@pytest.mark.parametrize("path", ["/reports/", "/reports/supplied/", "/reports/published/", "/reports/funnel/",
                                  "/reports/equity/", "/reports/clock/", "/reports/handoff/", "/reports/caseload/"])  # fmt: skip
def test_few_queries_whatever_the_rows(where, coordinator, sign_in, path):
    client = sign_in(coordinator)
    client.get(path)
    few = queries(client, path)
    for number in range(12):
        with acting_as(coordinator), transaction.atomic():
            PublishedReport.objects.create(
                site=where.site, report="funnel", begins_on=date(2020, 1, 1 + number), ends_on=date(2020, 2, 1),
                sheet=hiding(coordinator).as_json(), data_at=NOW, published_at=NOW, published_by=coordinator,
            )  # fmt: skip
        making.refer(where, precinct=f"p{number}")
    assert queries(client, path) == few <= 12


def queries(client, path) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len([one for one in found if "SAVEPOINT" not in one["sql"]])


def test_todays_list_of_a_stakeholder_costs_the_same(where, coordinator, sign_in):
    client = sign_in(where.person(Role.STAKEHOLDER))
    assert "Nothing is published yet" in client.get("/").content.decode()
    publish_as(coordinator)
    few = queries(client, "/")
    for month in range(1, 4):
        publish_as(coordinator, period=Period(date(2025, month, 1), date(2025, month + 1, 1)))
    assert queries(client, "/") == few <= 12


# ---- charts, period, command, document


def test_a_chart_has_the_colors_of_the_tokens_and_no_script(coordinator):
    for name in REPORTS:
        chart = full(coordinator, name).chart
        light, dark = svg(chart, "light"), svg(chart, "dark")
        assert palette("light")["ink"] == "#16262b" and palette("dark")["surface"] == "#182427"
        assert palette("light")["surface"] in light and palette("dark")["surface"] in dark
        assert "<script" not in light and "http" not in light.replace("http://www.w3.org", "")
        assert int(re.search(r'width="(\d+)', light)[1]) <= 345  # readable on a phone of 390


@pytest.mark.parametrize(
    ("name", "on", "begins", "ends"),
    [
        ("quarter", date(2026, 5, 20), date(2026, 4, 1), date(2026, 7, 1)),
        ("last-quarter", date(2026, 1, 31), date(2025, 10, 1), date(2026, 1, 1)),
        ("year", date(2024, 2, 29), date(2024, 1, 1), date(2024, 3, 1)),
    ],
)
def test_presets(name, on, begins, ends):
    assert preset(name, on) == Period(begins, ends)


def test_the_command_writes_lists_and_refuses(where, coordinator, tmp_path, capsys):
    call_command("report", listing=True)
    listed = capsys.readouterr().out
    assert all(name in listed for name in REPORTS)
    given = {"site": "san-francisco", "begins": "2026-04-01", "ends": "2026-07-01"}
    for name in REPORTS:
        for form, start in (("csv", b"\xef\xbb\xbfReport"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
            target = tmp_path / f"{name}.{form}"
            call_command("report", name, form=form, output=target, **given)
            assert target.read_bytes().startswith(start)
    assert "hidden" in (tmp_path / "funnel.csv").read_text()
    for wrong in ({"name": "nothing"}, {"site": "nowhere"}, {"begins": "x"}, {"ends": "2026-04-01"},
                  {"output": tmp_path / "funnel.csv"}, {"output": tmp_path / "no" / "such.csv"}):  # fmt: skip
        more = {"name": "funnel", "form": "csv", "output": tmp_path / "new.csv"} | given | wrong
        with pytest.raises(CommandError):
            call_command("report", more.pop("name"), **more)
    assert not (tmp_path / "new.csv").exists()
    with acting_as(where.person(Role.AUDITOR)), transaction.atomic():
        events = AuditEvent.objects.filter(action="report.exported")
        assert {event.actor_label for event in events} == {"operator"} and events.count() == 3 * len(REPORTS)


def test_the_page_of_definitions_is_what_the_code_says():
    assert (ROOT / "docs" / "reports.md").read_text() == text()
