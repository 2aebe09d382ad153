"""A police department's published incident file into a site's incident records."""

from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection, transaction
from tqdm import tqdm

from lead_cms.access.commands import DutyCommand
from lead_cms.access.principals import Duty, acting_as
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from referrals.incidents import SOURCES, Fault, FileFault, Row, Tally
from referrals.incidents.lines import Unreadable, opened
from referrals.models import IncidentRecord

BATCH = 2000
KEPT = ("row_key", "incident_id", "incident_number", "code", "category", "subcategory", "description", "resolution",
        "occurred_at", "precinct", "place", "group")  # fmt: skip
LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


class Command(DutyCommand):
    """Keeps the good rows, lists the bad ones; rows already known stay as they are, so it is safe to run twice."""

    duty = Duty.OPERATOR
    help = "Import a police department's published incident file, for counts and for filling in the officer's form."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--source", required=True, choices=sorted(SOURCES), help="whose format the file has")
        parser.add_argument("--site", required=True, metavar="SITE", help='the site, such as "san-francisco"')

    def handle(self, *args, **options):
        file, source = options["file"], SOURCES[options["source"]]
        site = self.site(options["site"])
        tally, faults = Tally(source), []
        try:
            with opened(file) as stream, acting_as(Duty.OPERATOR, site=site), transaction.atomic():
                new, known = self._import(site, source, file, stream, tally, faults)
                record(
                    AuditAction.INCIDENTS_IMPORTED,
                    target=site,
                    source=source.slug,
                    file=file.name,
                    new=new,
                    known=known,
                    not_usable=len(faults),
                )
        except (FileFault, Unreadable) as error:
            raise CommandError(f"{file} was not taken. {error}") from error
        self._report(site, source, file, tally.summary(), new, known, faults)

    def _import(self, site, source, file, stream, tally, faults) -> tuple[int, int]:
        with connection.cursor() as cursor:
            # A second run of the same import waits here, so that both counts are true.
            cursor.execute(LOCK, [f"import_incidents {site.pk} {source.slug}"])
        new = good = 0
        batch: list[Row] = []
        with tqdm(total=file.stat().st_size, unit="B", unit_scale=True, desc=file.name, disable=None) as bar:
            for one in source.read(stream):
                if isinstance(one, Fault):
                    faults.append(one)
                    continue
                tally.add(one)
                batch.append(one)
                if len(batch) == BATCH:
                    new, good = new + _write(site, source, batch), good + len(batch)
                    batch.clear()
                    bar.update(stream.tell() - bar.n)
            new, good = new + _write(site, source, batch), good + len(batch)
            bar.update(stream.tell() - bar.n)
        return new, good - new

    def _report(self, site, source, file, summary, new, known, faults):
        for fault in faults:
            self.stdout.write(f"  {fault}")
        self.stdout.write(
            f"{file.name} ({source.name}) for {site.name}:\n"
            "incidents with a divertible charge and an adult cited or arrested"
        )
        for one in summary.groups:
            self.stdout.write(f"  {one.group:<14}{one.rows:>7,} rows {one.incidents:>7,} incidents")
        self.stdout.write(f"  {'together':<14}{summary.rows:>7,} rows {summary.incidents:>7,} incidents")
        self.stdout.write("An incident of two kinds counts once in the last line.")
        self.stdout.write(f"{new:,} new, {known:,} already known, {len(faults):,} rows not usable.")


def _write(site, source, rows: list[Row]) -> int:
    """Write the rows that are not there; how many those were."""
    held = IncidentRecord.objects.filter(site=site, source=source.slug, row_key__in=[row.row_key for row in rows])
    there = set(held.values_list("row_key", flat=True))
    fresh = [
        IncidentRecord(site=site, source=source.slug, **{name: getattr(row, name) for name in KEPT})
        for row in rows
        if row.row_key not in there
    ]
    IncidentRecord.objects.bulk_create(fresh)
    return len(fresh)
