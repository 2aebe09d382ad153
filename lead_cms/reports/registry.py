"""The reports there are, and the two ways to make one.

API
    REPORTS                                     {name: Report}, in the order of the list
    report_or_none(name)
    ask(site, period, now) -> Asked             with the rules in force on the period's last day
    sheet_of(report, asked, custodian, hiding=) -> Sheet      computed as whoever the transaction is for
    custodian_of(site) -> str                   the organization that holds the data
"""

from datetime import datetime

from lead_cms.accounts.models import Organisation, OrganisationKind
from lead_cms.programs.current import current_ruleset, rules_for
from lead_cms.reports.measures import caseload, clock, equity, funnel, handoff, months, needs, profile
from lead_cms.reports.measures.base import Asked, Found, Report
from lead_cms.reports.period import Period
from lead_cms.reports.tables import Figures, Sheet

MEASURES = (funnel, profile, clock, months, needs, equity, handoff, caseload)
REPORTS: dict[str, Report] = {module.REPORT.name: module.REPORT for module in MEASURES}
HIDING = (
    "Figures of 1 to 10 are hidden, and others with them, so that none can be worked out from the rest. Zero is shown."
)


def report_or_none(name: str) -> Report | None:
    return REPORTS.get(name)


def ask(site, period: Period, now: datetime) -> Asked:
    local = now.astimezone(site.tz)
    ruleset = current_ruleset(site.pk, min(period.last_on, local.date()))
    return Asked(
        site=site, period=period, today=local.date(), rules=rules_for(ruleset) if ruleset else None, data_at=local
    )


def sheet_of(report: Report, asked: Asked, custodian: str, *, hiding: bool) -> Sheet:
    """Full figures stay with the team; whatever leaves it is made with `hiding`."""
    return sheet_from(report, asked, report.compute(asked), custodian, hiding=hiding)


def sheet_from(report: Report, asked: Asked, found: Found, custodian: str, *, hiding: bool) -> Sheet:
    return laid_out(report, asked, found, found.figures(hiding=hiding), custodian, hiding=hiding)


def laid_out(
    report: Report, asked: Asked, found: Found, figures: Figures, custodian: str, *, hiding: bool, more: tuple = ()
) -> Sheet:
    """The sheet of these figures, with `more` notes."""
    laid = report.lay_out(asked, found, figures)
    at = asked.data_at
    notes = (*laid.notes, *report.notes, *((HIDING,) if hiding else ()), *more)
    return Sheet(
        report=report.name, title=report.title, site=asked.site.name, custodian=custodian, period=asked.period.says,
        begins_on=asked.period.begins_on.isoformat(), ends_on=asked.period.ends_on.isoformat(),
        data_at=at.isoformat(timespec="seconds"), data_says=f"{at:%B} {at.day}, {at.year}, {_time(at)}",
        definition=report.definition, denominator=report.denominator, missing=laid.missing, notes=notes, tables=laid.tables,
        chart=laid.chart, is_hiding=hiding,
    )  # fmt: skip


def custodian_of(site) -> str:
    """The organization that manages the project where there is one, else the site itself (README, “Who holds the data”)."""
    held = Organisation.objects.filter(site=site, kind=OrganisationKind.PROJECT_MANAGEMENT).order_by("name", "pk")
    names = list(held.values_list("name", flat=True)[:2])
    return names[0] if len(names) == 1 else site.name


def _time(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"
