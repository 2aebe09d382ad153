"""A report that leaves the team as a file: small cells hidden, custodian named, the deed recorded.

API
    export(report=, period=, form=, by=, at=) -> (name, bytes)              as a coordinator or supervisor
    export_as_operator(report=, site=, period=, form=, at=) -> (name, bytes)     from the command line
    write(sheet, form) -> bytes
Made in the request: docs/adr/0011.
"""

from datetime import datetime

from django.db import transaction

from lead_cms.accounts.models import Membership, Site
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.reports.actions.leaving import leave, remember
from lead_cms.reports.enums import Form
from lead_cms.reports.measures.base import Report
from lead_cms.reports.period import Period
from lead_cms.reports.registry import ask, custodian_of
from lead_cms.reports.tables import Sheet
from lead_cms.reports.writing import csv_file, pdf_file, xlsx_file
from lead_cms.reports.writing.sheet_text import file_name

WRITERS = {Form.CSV: csv_file.write, Form.XLSX: xlsx_file.write, Form.PDF: pdf_file.write}


def write(sheet: Sheet, form: str) -> bytes:
    return WRITERS[Form(form)](sheet)


@transaction.atomic
def export(*, report: Report, period: Period, form: str, by: Membership, at: datetime) -> tuple[str, bytes]:
    """The file and its name. Row security decides what is counted, as for the page."""
    return _export(report, by.site, period, form, at, by=by)


@transaction.atomic
def export_as_operator(*, report: Report, site: Site, period: Period, form: str, at: datetime) -> tuple[str, bytes]:
    """The same for whoever runs the machine; the principal is a duty, and the audit says which."""
    return _export(report, site, period, form, at, by=None)


def _export(
    report: Report, site, period: Period, form: str, at: datetime, *, by: Membership | None
) -> tuple[str, bytes]:
    asked = ask(site, period, at)
    leaving = leave(report, asked, custodian_of(site))
    sheet = leaving.sheet
    content = write(sheet, form)
    remember(leaving, asked, by=by, at=at, is_published=False)
    note(AuditAction.REPORT_EXPORTED, sheet, target=site, form=str(form))
    return file_name(sheet, form), content


def note(action: AuditAction, sheet: Sheet, *, target, **more) -> None:
    """Record what was done with a sheet: which report, of when, and who is its custodian."""
    record(
        action, target=target, report=sheet.report, begins_on=sheet.begins_on, ends_on=sheet.ends_on,
        custodian=sheet.custodian, **more,
    )  # fmt: skip
