"""A site's rules as files: list, check, import, export."""

import getpass
from datetime import date, datetime
from pathlib import Path

from django.core.management.base import CommandError
from django.db import transaction

from lead_cms.access.commands import DutyCommand
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Site
from lead_cms.programs.actions import WrongRules, faults_for, import_rules
from lead_cms.programs.models import RuleSet
from lead_cms.programs.reading import PUBLISHED, read, shipped, write
from lead_cms.programs.rules import Missing, parse
from lead_cms.programs.schema import Fault


class Command(DutyCommand):
    """Reads and writes rules files; a wrong one is not taken at all, and everything wrong with it is listed."""

    duty = Duty.OPERATOR
    help = "List, check, import and export the rules of a site (docs/rules.md says how a rules file reads)."

    def add_arguments(self, parser):
        kinds = parser.add_subparsers(dest="do", required=True, metavar="list|check|import|export")
        kinds.add_parser("list", help="every site's versions, and what is still to be decided")
        check = kinds.add_parser("check", help="list everything wrong with a file, and what it leaves open")
        load = kinds.add_parser("import", help="make a file the next version of a site's rules")
        export = kinds.add_parser("export", help="write the rules of a site to a file")
        for kind in (check, load, export):
            kind.add_argument("site", metavar="SITE", help='the site, such as "san-francisco"')
            kind.add_argument("file", metavar="FILE", type=Path)
        load.add_argument("--from", dest="day", metavar="DATE", help="first day it holds; if none, today at the site")
        load.add_argument("--by", metavar="NAME", help="who decided it, for the record; the login name if none")
        export.add_argument("--number", type=int, metavar="N", help="this version; if none, the last")
        export.add_argument("--published", action="store_true", help="the published rules shipped here, gaps and all")
        export.add_argument("--force", action="store_true", help="write over a file that is there")

    def handle(self, *args, **options):
        {"list": self._list, "check": self._check, "import": self._import, "export": self._export}[options["do"]](
            options
        )

    def _list(self, options):
        with acting_as(Duty.OPERATOR), transaction.atomic():
            sites = list(Site.objects.order_by("slug"))
            versions = list(RuleSet.objects.order_by("version"))
        if not sites:
            self.stdout.write("There is no site yet.")
        for site in sites:
            self.stdout.write(f"{site.slug}: {site.name}")
            own = [ruleset for ruleset in versions if ruleset.site_id == site.pk]
            for ruleset in own:
                lacking = len(parse(ruleset.document).missing())
                state = "complete" if not lacking else f"{lacking} rules still to be decided"
                self.stdout.write(
                    f"  version {ruleset.version}, from {ruleset.effective_from}, "
                    f"imported {ruleset.imported_at:%Y-%m-%d} by {ruleset.imported_by}: {state}"
                )
            if not own:
                self.stdout.write("  no rules yet: this site takes no referral")

    def _check(self, options):
        document = self._document(options)
        if found := faults_for(document, options["site"]):
            raise CommandError(_listed(options["file"], found))
        self.stdout.write(f"{options['file']}: nothing wrong.")
        self._say_missing(parse(document).missing())

    def _import(self, options):
        document = self._document(options)
        if found := faults_for(document, options["site"]):
            raise CommandError(_listed(options["file"], found))
        site = self.site(options["site"])
        day = _day(options["day"]) if options["day"] else datetime.now(site.tz).date()
        try:
            imported = import_rules(
                site=site, document=document, effective_from=day, by_label=options["by"] or _login_name()
            )
        except WrongRules as error:
            raise CommandError(_listed(options["file"], error.faults)) from error
        ruleset = imported.ruleset
        if not imported.written:
            self.stdout.write(
                f"{site.slug}: version {ruleset.version} is already in force from {ruleset.effective_from}, "
                "nothing changed."
            )
        else:
            self.stdout.write(
                f"{site.slug}: version {ruleset.version} written, in force from {ruleset.effective_from}."
            )
        self._say_missing(parse(document).missing())

    def _export(self, options):
        target: Path = options["file"]
        if target.exists() and not options["force"]:
            raise CommandError(f"{target} is there already. Give another name, or --force to write over it.")
        document = self._shipped(options["site"]) if options["published"] else self._stored(options)
        try:
            target.write_text(write(document), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{target} written.")

    def _shipped(self, slug):
        known = sorted(path.stem for path in PUBLISHED.glob("*.json"))
        if slug not in known:
            raise CommandError(f"No published rules of “{slug}” are shipped. There are: {', '.join(known)}.")
        return shipped(slug)

    def _stored(self, options):
        site = self.site(options["site"])
        with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
            versions = RuleSet.objects.filter(site=site).order_by("-version")
            if options["number"] is not None:
                versions = versions.filter(version=options["number"])
            ruleset = versions.first()
        if ruleset is None:
            raise CommandError(f"{site.slug} has no such version. Published rules, where known: --published.")
        return ruleset.document

    def _document(self, options):
        try:
            text = options["file"].read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise CommandError(f"{options['file']} is not UTF-8 text.") from error
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        document, found = read(text)
        if document is None and found:
            raise CommandError(_listed(options["file"], found))
        if found:
            raise CommandError(_listed(options["file"], found + faults_for(document, options["site"])))
        return document

    def _say_missing(self, missing: list[Missing]):
        if not missing:
            self.stdout.write("Complete: the site can take referrals under these rules.")
            return
        self.stdout.write(f"The policy group must still decide {len(missing)}; until then the site takes no referral:")
        for one in missing:
            self.stdout.write(f"  {one.question}  [{one.path}]")


def _listed(file: Path, found: list[Fault]) -> str:
    count = "1 fault" if len(found) == 1 else f"{len(found)} faults"
    return "\n".join([f"{file} was not taken: {count}.", *(f"  {fault}" for fault in found)])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a date such as 2025-01-31.") from error


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
