"""The people of the tests: two sites, two organisations of each kind, two people per role. Nothing random."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from itertools import product

from django.contrib.auth.hashers import make_password
from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, Organisation, OrganisationKind, Site, User
from lead_cms.programs.models import RuleSet
from tests.rules import demo_document

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
PASSWORD = "long enough for everyone"
KIND = {
    Role.OFFICER: OrganisationKind.POLICE,
    Role.LIAISON: OrganisationKind.POLICE,
    Role.PROSECUTOR: OrganisationKind.PROSECUTOR,
    Role.CASE_MANAGER: OrganisationKind.CASE_MANAGEMENT,
    Role.SUPERVISOR: OrganisationKind.CASE_MANAGEMENT,
    Role.COORDINATOR: OrganisationKind.PROJECT_MANAGEMENT,
    Role.REFERRER: OrganisationKind.PARTNER,
    Role.PROVIDER: OrganisationKind.PROVIDER,
    Role.LEGAL_AID: OrganisationKind.LEGAL_AID,
    Role.STAKEHOLDER: OrganisationKind.PUBLIC_BODY,
    Role.ADMINISTRATOR: OrganisationKind.PROJECT_MANAGEMENT,
    Role.AUDITOR: OrganisationKind.PROJECT_MANAGEMENT,
}


@dataclass
class SiteWorld:
    """One site: its rules, organisations by (kind, 0 or 1), people by (role, 0 or 1).

    Person 0 and 1 of a role belong to organisation 0 and 1 of its kind; `colleague(role)` shares organisation 0.
    """

    site: Site
    rules: RuleSet
    organisations: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)

    def person(self, role: Role, number: int = 0) -> Membership:
        return self.people[role, number]


class World:
    """Two sites. The other one, `b`, is made when a test first names it: most tests never do."""

    def __init__(self, using: str):
        self.using = using

    @classmethod
    def build(cls, using: str = "default") -> "World":
        made = cls(using)
        made.a  # noqa: B018
        return made

    @cached_property
    def a(self) -> SiteWorld:
        return self._made("san-francisco", "LEAD San Francisco")

    @cached_property
    def b(self) -> SiteWorld:
        return self._made("seattle", "LEAD Seattle")

    def _made(self, slug: str, name: str) -> SiteWorld:
        with acting_as(Duty.OPERATOR), transaction.atomic():
            return _site(slug, name, "America/Los_Angeles", self.using)


def _site(slug: str, name: str, zone: str, using: str) -> SiteWorld:
    """A statement a table: most tests begin here."""
    site = Site.objects.using(using).create(slug=slug, name=name, time_zone=zone)
    rules = RuleSet.objects.using(using).create(
        site=site, version=1, effective_from=LONG_AGO.date(), document=demo_document(slug),
        document_hash="0" * 64, imported_at=LONG_AGO, imported_by="tests",
    )  # fmt: skip
    made = SiteWorld(site=site, rules=rules)
    for kind, number in product(OrganisationKind, (0, 1)):
        made.organisations[kind, number] = Organisation(
            site=site, name=f"{kind.label} {number} {slug}", kind=kind, phone="+14155550100"
        )
    for role, number in product(Role, (0, 1)):
        made.people[role, number] = _membership(made, role, number)
    Organisation.objects.using(using).bulk_create(made.organisations.values())
    User.objects.using(using).bulk_create(person.user for person in made.people.values())
    Membership.objects.using(using).bulk_create(made.people.values())
    return made


def membership(
    where: SiteWorld, role: Role, number: int, *, name: str = "", using: str = "default", **more
) -> Membership:
    """One more person at a site, in organisation `number % 2` of the role's kind."""
    made = _membership(where, role, number, name=name, **more)
    made.user.save(using=using, force_insert=True)
    made.save(using=using, force_insert=True)
    return made


def _membership(where: SiteWorld, role: Role, number: int, *, name: str = "", **more) -> Membership:
    username = name or f"{role}-{number}-{where.site.slug}"
    user = User(username=username, email=f"{username}@example.org", password=_hashed())
    user._state.db = where.site._state.db
    return Membership(
        user=user, site=where.site, organisation=where.organisations[KIND[role], number % 2], role=role,
        name=f"{role.label} {number}", badge=f"{number}{len(username)}", phone="+14155550142",
        **({"starts_at": LONG_AGO} | more),
    )  # fmt: skip


@cache
def _hashed() -> str:
    return make_password(PASSWORD)
