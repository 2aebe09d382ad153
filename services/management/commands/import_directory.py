"""A directory of services, a folder of HSDS files, into a site's directory."""

from pathlib import Path

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from lead_cms.access.commands import DutyCommand
from lead_cms.access.principals import Duty, acting_as
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from services.actions.importing import import_directory
from services.hsds import FolderFault, read

PARTS = ("providers", "services", "locations", "contacts", "hours")


class Command(DutyCommand):
    """Keeps the good rows, lists the bad ones with file, line and reason; safe to run again."""

    duty = Duty.OPERATOR
    help = "Import a directory of services: a folder of CSV files in the columns of HSDS 3.0."

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("--site", required=True, metavar="SITE", help='the site, such as "san-francisco"')
        parser.add_argument(
            "--source", default="", metavar="NAME",
            help="a name for it where the site takes several directories: a run changes what came from the same one alone",
        )  # fmt: skip

    def handle(self, *args, **options):
        folder, site = options["folder"], self.site(options["site"])
        try:
            found = read(folder)
        except FolderFault as error:
            raise CommandError(f"{folder} was not taken. {error}") from error
        total = sum(len(getattr(found, part)) for part in PARTS)
        with (
            tqdm(total=total, desc=folder.name, unit="row", disable=None) as bar,
            acting_as(Duty.OPERATOR, site=site), transaction.atomic(),
        ):  # fmt: skip
            counts = self._write(site=site, found=found, at=timezone.now(), source=options["source"], tick=bar.update)
            record(
                AuditAction.DIRECTORY_IMPORTED, target=site, folder=folder.name, not_usable=len(found.faults),
                **{kind.replace(" ", "_"): one.new + one.changed for kind, one in counts.items()},
            )  # fmt: skip
        self._report(folder, site, found, counts)

    @staticmethod
    def _write(**given):
        try:
            return import_directory(**given)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _report(self, folder, site, found, counts):
        for fault in found.faults:
            self.stdout.write(f"  {fault}")
        self.stdout.write(f"{folder.name} for {site.name}:")
        for file, rows, bad in found.files():
            words = f", {found.in_words:,} of them hours in words alone" if file == "schedules.csv" else ""
            self.stdout.write(f"  {file:<26}{rows:>6,} rows, {bad:,} not usable{words}.")
        for kind, one in counts.items():
            kept = f", {one.kept:,} kept as changed here" if one.kept else ""
            self.stdout.write(
                f"  {kind:<14}{one.new:>6,} new, {one.changed:,} changed, {one.known:,} already known, "
                f"{one.gone:,} no longer in the file{kept}."
            )
        self.stdout.write(
            f"{found.hidden:,} services are for survivors of violence: their addresses are not kept. A coordinator may "
            "open one that is not."
        )
        if found.without_need:
            self.stdout.write(f"{found.without_need:,} services name no need of our list and are found by words alone.")
        self.stdout.write(f"{len(found.faults):,} rows not usable.")
