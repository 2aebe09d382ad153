"""The first step at a new LEAD site: the site, the organization that runs it, and its first administrator."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction
from django.utils import timezone

from lead_cms.access.commands import DutyCommand
from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, Organisation, OrganisationKind, Site, User
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.notify.inviting import send_first_password


class Command(DutyCommand):
    """Everybody else is invited by that administrator, on the page People."""

    help = "Add a LEAD site with its first administrator, who chooses a password by e-mail."

    def add_arguments(self, parser):
        parser.add_argument("slug", help='short name in addresses and commands, such as "clackamas"')
        parser.add_argument("--name", required=True, help='as people call it, such as "LEAD Clackamas County"')
        parser.add_argument("--time-zone", required=True, help="such as America/Los_Angeles")
        parser.add_argument("--organization", required=True, help="who runs the site: neither police nor prosecutor")
        parser.add_argument("--username", required=True, help="the first administrator's sign-in")
        parser.add_argument("--email", required=True)
        parser.add_argument("--person", required=True, help="the administrator's name")

    def handle(self, *args, slug, time_zone, **options):
        given = {key: options[key].strip() for key in ("name", "organization", "username", "email", "person")}
        self._check(slug, time_zone, given)
        now = timezone.now()
        with acting_as(Duty.OPERATOR), transaction.atomic():
            if Site.objects.filter(slug=slug).exists():
                raise CommandError(f"There is a site “{slug}” already. Nothing was added.")
            if User.objects.filter(username=given["username"]).exists():
                raise CommandError(f"The sign-in “{given['username']}” is taken. Nothing was added.")
            site = Site.objects.create(slug=slug, name=given["name"], time_zone=time_zone)
            with acting_as(Duty.OPERATOR, site=site):
                self._begin(site, given, now)
        self.stdout.write(
            f"{site.name} is there. {given['email']} gets a link to choose a first password, good for 24 hours.\n"
            f"The site takes no referral before its rules are in force: manage.py rules import {slug} FILE"
        )

    def _check(self, slug: str, time_zone: str, given: dict[str, str]) -> None:
        try:
            validate_slug(slug)
            validate_email(given["email"])
        except ValidationError as error:
            raise CommandError(f"{' '.join(error.messages)} Nothing was added.") from error
        if time_zone not in available_timezones():
            raise CommandError(f"“{time_zone}” is no time zone such as America/Los_Angeles. Nothing was added.")
        if empty := [key for key, value in given.items() if not value]:
            raise CommandError(f"Give --{empty[0]}. Nothing was added.")

    def _begin(self, site: Site, given: dict[str, str], now) -> None:
        organisation = Organisation.objects.create(
            site=site, name=given["organization"], kind=OrganisationKind.PROJECT_MANAGEMENT
        )
        user = User(username=given["username"], email=given["email"].lower())
        user.set_unusable_password()
        user.save(force_insert=True)
        member = Membership.objects.create(
            user=user,
            site=site,
            organisation=organisation,
            role=Role.ADMINISTRATOR,
            name=given["person"],
            starts_at=now,
        )
        record(AuditAction.ORGANISATION_SAVED, target=organisation)
        record(AuditAction.PERSON_INVITED, target=user, role=Role.ADMINISTRATOR)
        record(AuditAction.MEMBERSHIP_GRANTED, target=member, role=Role.ADMINISTRATOR)
        send_first_password(user, at=now)
