"""A report into a file, or the list of those there are."""

from datetime import date
from pathlib import Path

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from lead_cms.access.commands import DutyCommand
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError
from lead_cms.reports.actions.exporting import export_as_operator
from lead_cms.reports.enums import Form
from lead_cms.reports.period import Period
from lead_cms.reports.registry import REPORTS, report_or_none


class Command(DutyCommand):
    """Small cells are hidden, as in every file, and the export stands in the audit."""

    duty = Duty.OPERATOR
    help = "Write a report of a site as CSV, XLSX or PDF; --list names the reports."

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", metavar="NAME", help="which report, as --list names it")
        parser.add_argument("--list", action="store_true", dest="listing", help="print the reports there are")
        parser.add_argument("--site", metavar="SITE", help='the site, such as "san-francisco"')
        parser.add_argument("--from", dest="begins", metavar="DATE", help="the first day, such as 2026-01-01")
        parser.add_argument("--to", dest="ends", metavar="DATE", help="the first day after the period")
        parser.add_argument("--format", dest="form", choices=Form.values)
        parser.add_argument("--output", type=Path, metavar="FILE", help="never written over")

    def handle(self, *args, listing, **options):
        if listing:
            for report in REPORTS.values():
                self.stdout.write(f"{report.name:<10}{report.title}\n          {report.about}")
            return
        needed = {"name": "NAME", "site": "--site", "begins": "--from", "ends": "--to", "form": "--format",
                  "output": "--output"}  # fmt: skip
        if missing := [said for key, said in needed.items() if not options[key]]:
            raise CommandError(f"Missing: {', '.join(missing)}. The reports there are: manage.py report --list")
        report = report_or_none(options["name"])
        if report is None:
            raise CommandError(f"There is no report “{options['name']}”. There are: {', '.join(REPORTS)}.")
        target: Path = options["output"]
        if target.exists():
            raise CommandError(f"{target} is there already. Give another name.")
        period = _period(options["begins"], options["ends"])
        site = self.site(options["site"])
        try:
            # The file is there before the export is recorded, and its record before anybody is told.
            with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
                _, content = export_as_operator(
                    report=report, site=site, period=period, form=options["form"], at=timezone.now()
                )
                target.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{target}: {report.title}, {site.name}, {period.says}.")


def _period(begins: str, ends: str) -> Period:
    try:
        return Period(_day(begins), _day(ends))
    except DomainError as error:
        raise CommandError(str(error)) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a date such as 2026-01-31.") from error
