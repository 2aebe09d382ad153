"""Publishing a report, frozen, and withdrawing it.

API
    preview(report=, period=, by=, at=) -> Sheet                 exactly what would be published
    publish(report=, period=, seen=, by=, at=) -> PublishedReport      DomainError where the figures are no longer those seen
    withdraw(published=, by=, at=) -> PublishedReport
    told_by(sheet, others) -> list[PublishedReport]   published ones that, taken together with this, would tell small cells
    digest(sheet) -> str                              of the figures, not of the moment
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.reports.actions.exporting import note
from lead_cms.reports.actions.leaving import Leaving, leave, remember
from lead_cms.reports.measures.base import Report
from lead_cms.reports.models import PublishedReport
from lead_cms.reports.period import Period
from lead_cms.reports.registry import ask, custodian_of
from lead_cms.reports.suppression import is_small
from lead_cms.reports.tables import Sheet

MOST_COMPARED = 200
ALREADY = "This report is published for this period already. Take it back to publish it anew."


def preview(*, report: Report, period: Period, by: Membership, at: datetime) -> Sheet:
    return _leaving(report, period, by, at).sheet


def _leaving(report: Report, period: Period, by: Membership, at: datetime) -> Leaving:
    """After every file; what is published itself is not hidden for, it is taken back first (`told_by`)."""
    return leave(report, ask(by.site, period, at), custodian_of(by.site), after_published=False)


@transaction.atomic
def publish(*, report: Report, period: Period, seen: str, by: Membership, at: datetime) -> PublishedReport:
    """Freeze the figures that were looked at. A period that has not ended is not published."""
    if not has_permission(by, Permission.PUBLISH):
        raise DomainError("The coordinator publishes.")
    if period.ends_on > at.astimezone(by.site.tz).date():
        raise DomainError("The period has not ended yet. Publish it when its last day is over.")
    leaving = _leaving(report, period, by, at)
    sheet = leaving.sheet
    if digest(sheet) != seen:
        raise StaleState("The figures have changed since you looked. Read them again, then publish.")
    if PublishedReport.objects.filter(**_same(report, period, by)).exists():
        raise StaleState(ALREADY)
    if told_by(sheet, live(by.site_id, report.name)):
        raise DomainError(
            "Together with a published period, figures of 1 to 10 could be worked out. Take that one back first."
        )
    try:
        with transaction.atomic():
            made = PublishedReport.objects.create(
                **_same(report, period, by), sheet=sheet.as_json(), data_at=at, published_at=at, published_by=by
            )
    except IntegrityError as error:
        if "publishedreport_one_in_force" not in str(error):
            raise
        raise StaleState(ALREADY) from error
    remember(leaving, ask(by.site, period, at), by=by, at=at, is_published=True)
    note(AuditAction.REPORT_PUBLISHED, sheet, target=made)
    return made


@transaction.atomic
def withdraw(*, published: PublishedReport, by: Membership, at: datetime) -> PublishedReport:
    """Nobody but the coordinators sees it any more; it stays as it was."""
    found = PublishedReport.objects.select_for_update(of=("self",), no_key=True)
    published = found.filter(pk=published.pk, withdrawn_at=None).first()
    if published is None:
        raise StaleState("This is taken back already.")
    published.withdrawn_at, published.withdrawn_by = at, by
    published.save(update_fields=["withdrawn_at", "withdrawn_by"])
    note(AuditAction.REPORT_WITHDRAWN, Sheet.from_json(published.sheet), target=published)
    return published


def live(site_id, name: str) -> list[PublishedReport]:
    """What is published of one report now."""
    held = PublishedReport.objects.filter(site_id=site_id, report=name, withdrawn_at=None)
    return list(held.order_by("-published_at", "-pk")[:MOST_COMPARED])


def told_by(sheet: Sheet, others: Iterable[PublishedReport]) -> list[PublishedReport]:
    """Those whose period overlaps with this one's and whose figures differ by 1 to 10: that many belong to other days."""
    mine, found = _counts(sheet), []
    for other in others:
        begins, ends = other.begins_on.isoformat(), other.ends_on.isoformat()
        is_same = (begins, ends) == (sheet.begins_on, sheet.ends_on)
        if is_same or begins >= sheet.ends_on or ends <= sheet.begins_on:
            continue
        theirs = _counts(Sheet.from_json(other.sheet))
        if any(is_small(abs(number - theirs[key])) for key, number in mine.items() if key in theirs):
            found.append(other)
    return found


def _counts(sheet: Sheet) -> dict:
    """Every shown count by its table, row and column."""
    return {
        (table.title, row.cells[0], column.label): cell
        for table in sheet.tables
        for row in table.rows
        for cell, column in zip(row.cells, table.columns, strict=True)
        if column.kind == "count" and isinstance(cell, int)
    }


def digest(sheet: Sheet) -> str:
    plain = {key: value for key, value in sheet.as_json().items() if not key.startswith("data_")}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:32]


def _same(report: Report, period: Period, by: Membership) -> dict:
    return {
        "site_id": by.site_id, "report": report.name, "begins_on": period.begins_on, "ends_on": period.ends_on,
        "withdrawn_at": None,
    }  # fmt: skip
