"""The demo's sites, organisations and sign-ins. Everybody is invented."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership, Organisation, OrganisationKind, Site, User
from lead_cms.programs.models import RuleSet
from lead_cms.programs.rules import Rules

PASSWORD = "lead demo password"
SITES = (
    ("san-francisco", "sf", "LEAD San Francisco", "America/Los_Angeles"),
    ("seattle", "sea", "LEAD Seattle", "America/Los_Angeles"),
)
ORGANISATIONS = {
    "san-francisco": [
        (OrganisationKind.POLICE, "Central Station (demo)"),
        (OrganisationKind.POLICE, "Tenderloin Station (demo)"),
        (OrganisationKind.PROSECUTOR, "District Attorney (demo)"),
        (OrganisationKind.CASE_MANAGEMENT, "Turk Street Center (demo)"),
        (OrganisationKind.PROJECT_MANAGEMENT, "LEAD project office (demo)"),
        (OrganisationKind.PARTNER, "Union Square merchants (demo)"),
        (OrganisationKind.PROVIDER, "Harbor Light House (demo)"),
        (OrganisationKind.PROVIDER, "Eddy Street Health (demo)"),
        (OrganisationKind.PUBLIC_BODY, "Board of Supervisors (demo)"),
        (OrganisationKind.LEGAL_AID, "Public Defender (demo)"),
    ],
    "seattle": [
        (OrganisationKind.POLICE, "West Precinct (demo)"),
        (OrganisationKind.POLICE, "East Precinct (demo)"),
        (OrganisationKind.PROSECUTOR, "City Attorney (demo)"),
        (OrganisationKind.CASE_MANAGEMENT, "Belltown outreach (demo)"),
        (OrganisationKind.PROJECT_MANAGEMENT, "LEAD project management (demo)"),
        (OrganisationKind.PARTNER, "Pike Street clinic (demo)"),
        (OrganisationKind.PROVIDER, "Madrona House (demo)"),
        (OrganisationKind.PROVIDER, "Rainier Health (demo)"),
        (OrganisationKind.PUBLIC_BODY, "County Council (demo)"),
        (OrganisationKind.LEGAL_AID, "Department of Public Defense (demo)"),
    ],
}
# Role, how many, which of the site's organisations of its kind.
CAST = [
    (Role.OFFICER, 6, OrganisationKind.POLICE),
    (Role.LIAISON, 2, OrganisationKind.POLICE),
    (Role.PROSECUTOR, 2, OrganisationKind.PROSECUTOR),
    (Role.CASE_MANAGER, 6, OrganisationKind.CASE_MANAGEMENT),
    (Role.SUPERVISOR, 1, OrganisationKind.CASE_MANAGEMENT),
    (Role.COORDINATOR, 1, OrganisationKind.PROJECT_MANAGEMENT),
    (Role.PROVIDER, 2, OrganisationKind.PROVIDER),
    (Role.REFERRER, 2, OrganisationKind.PARTNER),
    (Role.STAKEHOLDER, 1, OrganisationKind.PUBLIC_BODY),
    (Role.ADMINISTRATOR, 1, OrganisationKind.PROJECT_MANAGEMENT),
    (Role.AUDITOR, 1, OrganisationKind.PROJECT_MANAGEMENT),
    (Role.LEGAL_AID, 1, OrganisationKind.LEGAL_AID),
]
STAFF_NAMES = [
    "A. Okafor", "Rosa Delgado", "M. Bell", "J. Whitcomb", "T. Nakamura", "P. Reyes", "Lena Fox", "D. Abara", "S. Lindqvist",
    "Ines Carvalho", "K. Thornton", "Bo Hadley", "V. Petrov", "Nadia Khan", "C. Marlow", "E. Stone", "Tess Aldana",
    "R. Quimby", "Y. Osei", "G. Farrow", "H. Lund", "W. Pruitt",
]  # fmt: skip


@dataclass
class DemoSite:
    site: Site
    short: str
    ruleset: RuleSet
    rules: Rules
    people: dict[str, list[Membership]] = field(default_factory=dict)
    on_call: list[Membership] = field(default_factory=list)  # now, first to call first

    def first(self, role: Role) -> Membership:
        return self.people[role][0]


def username(role: str, number: int, short: str) -> str:
    """ "officer.sf", "officer2.sf", …: the first of each role is the one that the demo prints."""
    return f"{role.replace('_', '-')}{number + 1 if number else ''}.{short}"


def hire(where: DemoSite, *, now: datetime) -> None:
    """Organisations, users and memberships of one site, in three bulk writes."""
    organisations = [
        Organisation(site=where.site, kind=kind, name=name, phone=f"+1415555010{number}")
        for number, (kind, name) in enumerate(ORGANISATIONS[where.site.slug])
    ]
    Organisation.objects.bulk_create(organisations)
    password, users, members = make_password(PASSWORD), [], []
    names = iter(STAFF_NAMES * 2)
    for role, count, kind in CAST:
        choices = [organisation for organisation in organisations if organisation.kind == kind]
        for number in range(count):
            name = username(role, number, where.short)
            user = User(
                username=name, email=f"{name}@example.org", password=password, last_login=now - timedelta(days=1)
            )
            users.append(user)
            members.append(
                Membership(
                    user=user,
                    site=where.site,
                    organisation=choices[number % len(choices)],
                    role=role,
                    name=next(names),
                    badge=f"{1200 + len(members)}" if role in {Role.OFFICER, Role.LIAISON} else "",
                    unit="Patrol" if role == Role.OFFICER else "",
                    phone=f"+1415555{1400 + len(members):04d}",
                    starts_at=now - timedelta(days=1500),
                )  # fmt: skip
            )
    User.objects.bulk_create(users)
    Membership.objects.bulk_create(members)
    for member in members:
        where.people.setdefault(member.role, []).append(member)
