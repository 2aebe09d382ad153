"""An agency's counts by month, precinct and group into a site."""

from pathlib import Path

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from lead_cms.access.commands import DutyCommand
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Organisation, OrganisationKind
from lead_cms.programs.current import current_ruleset, rules_for
from lead_cms.reports.actions.supplied import MOST_BYTES, FileFault, take_in


class Command(DutyCommand):
    """Keeps the good rows, lists the bad ones with their line; the same file again changes nothing."""

    duty = Duty.OPERATOR
    help = "Import counts that a police agency supplies (month, precinct, group, count), for the equity report."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--site", required=True, metavar="SITE", help='the site, such as "san-francisco"')
        parser.add_argument("--agency", required=True, metavar="NAME", help="the agency, as the site calls it")

    def handle(self, *args, file, agency, **options):
        site, now = self.site(options["site"]), timezone.now()
        try:
            with file.open("rb") as stream:
                content = stream.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        try:
            with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
                ruleset = current_ruleset(site.pk, now.astimezone(site.tz).date())
                taken = take_in(
                    name=file.name, content=content, agency=_agency(site, agency), by_label="import_counts", site=site,
                    rules=rules_for(ruleset) if ruleset else None, at=now,
                )  # fmt: skip
        except FileFault as error:
            raise CommandError(f"{file} was not taken. {error}") from error
        for fault in taken.faults:
            self.stdout.write(f"  {fault}")
        if not taken.is_new:
            self.stdout.write(f"{file.name} is known already as version {taken.file.version}; nothing changed.")
            return
        self.stdout.write(
            f"{file.name}: version {taken.file.version}, {taken.file.good_rows:,} rows kept, "
            f"{len(taken.faults):,} rows not usable."
        )


def _agency(site, name: str) -> Organisation:
    agencies = Organisation.objects.filter(site=site, kind=OrganisationKind.POLICE).order_by("name")
    found = agencies.filter(name__iexact=name).first()
    if found is None:
        known = ", ".join(agencies.values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no police agency “{name}” at this site. There are: {known}.")
    return found
