"""Whose a row is, in Python: the rules that the oracle is made of, and the people and duties they are asked of.

A rule is a function of the person `p` (site, n, role) and the Row `r`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from tests.access.rows import BESIDE, Row
from tests.access.rows_of_merging import PUT_AWAY

OFFICER, LIAISON, PROSECUTOR = Role.OFFICER, Role.LIAISON, Role.PROSECUTOR
MANAGER, SUPERVISOR, COORDINATOR = Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR
REFERRER, ADMIN, AUDITOR = Role.REFERRER, Role.ADMINISTRATOR, Role.AUDITOR
PROVIDER, STAKEHOLDER, LAWYER = Role.PROVIDER, Role.STAKEHOLDER, Role.LEGAL_AID
OUTSIDE = {REFERRER: "partner", PROVIDER: "provider", STAKEHOLDER: "public_body", LAWYER: "legal_aid"}
TELEPHONE = {"supervised", "telephoned", "coordinated"}
APP, DEFINER = "app", "definer"
INTAKE, CLOCKWORK, SCHEDULER = Duty.INTAKE, Duty.CLOCKWORK, Duty.SCHEDULER
NOTIFIER, OPERATOR, INVITER, MATCHER = Duty.NOTIFIER, Duty.OPERATOR, Duty.INVITER, Duty.MATCHER


@dataclass(frozen=True)
class Person:
    role: str
    site: str
    n: int


Rule = Callable[[Person, Row], bool]
Rules = dict[str, Rule]


def always(p, r):
    return True


def never(p, r):
    return False


def here(p, r):
    return r.site == p.site


def own(p, r):
    """The row's own officer, case manager, author: the same number at the same site."""
    return here(p, r) and r.n == p.n


def police(p, r):
    return own(p, r) and r.flavour != "community"


def police_now(p, r):
    return police(p, r) and r.flavour != "past"


def open_to_manager(p, r):
    """Sealed records are closed to every case manager; restricted ones to all but the person's own."""
    return here(p, r) and r.flavour != "sealed" and (r.flavour != "restricted" or r.n == p.n)


def open_to_coordinator(p, r):
    return here(p, r) and r.flavour not in {"sealed", "restricted"}


def open_person(p, r):
    """What hangs on a person is closed as their cases are; beside somebody sealed another person may stand."""
    return open_to_manager(p, r) or (here(p, r) and r.flavour == "sealed" and r.role == BESIDE)


def in_use(rule: Rule) -> Rule:
    """A record that was put together with the person's other one is nobody's to find."""
    return lambda p, r: rule(p, r) and r.role != PUT_AWAY


def charged_now(p, r):
    return here(p, r) and r.flavour != "past"


def shared(p, r):
    return here(p, r) and r.flavour == "shared"


def me(p, r):
    return own(p, r) and r.role == p.role


def offered_by(p, r):
    """The row's own person of its role; in the rows a case manager asks a supervisor, a supervisor a case manager."""
    return own(p, r) and r.role == p.role


def offered(p, r):
    return own(p, r) and p.role in {MANAGER, SUPERVISOR}


READERS = {
    OFFICER: police,
    LIAISON: police,
    MANAGER: open_to_manager,
    SUPERVISOR: here,
    COORDINATOR: open_to_coordinator,
}
TAKERS = {OFFICER: police, MANAGER: here, SUPERVISOR: here, COORDINATOR: here, OPERATOR: always}
CASEWORK = {MANAGER: open_to_manager, SUPERVISOR: here}


def as_manager(p, r):
    """What the case manager of that number typed, a supervisor having typed the others."""
    return own(p, r) and r.flavour != "supervised"


def my_case(p, r):
    """One's own, unless it was sealed: then it is nobody's of the case managers."""
    return as_manager(p, r) and r.flavour != "sealed"


def supervised(p, r):
    return own(p, r) and r.flavour == "supervised"


def written_by_me(rule: Rule) -> Rule:
    return lambda p, r: rule(p, r) and as_manager(p, r)


def in_full(p, r):
    """The person's own case manager; to the other one the plain records were opened by name."""
    return my_case(p, r) or (here(p, r) and r.flavour == "plain")


def wrote(p, r):
    return supervised(p, r) if p.role == SUPERVISOR else my_case(p, r)


def note_seen(rule: Rule) -> Rule:
    """What is not signed yet is its author's alone."""
    return lambda p, r: rule(p, r) and (r.role != "draft" or wrote(p, r))


def drafted(p, r):
    return r.role == "draft" and wrote(p, r)


DRAFTED = {MANAGER: drafted, SUPERVISOR: drafted}


def typed(flavour: str) -> Rule:
    return lambda p, r: own(p, r) and r.flavour == flavour


CASEWORK_WRITTEN = {MANAGER: written_by_me(open_to_manager), SUPERVISOR: supervised, OPERATOR: always}
EVERY = {role: here for role in Role}
STAFF = {role: here for role in Role if role not in OUTSIDE}
OWN_ORGANISATION = {role: lambda p, r: own(p, r) and r.role == OUTSIDE[p.role] for role in OUTSIDE}


def own_provider(p, r):
    """A provider's staff keep the entry that was linked to their organisation."""
    return own(p, r) and r.flavour == "plain"


DIRECTORY = {MANAGER: here, SUPERVISOR: here, COORDINATOR: here, PROVIDER: own_provider}


def named(p, r):
    """The person's own consent says so now; "past" was taken back, and of "shared" nobody is named."""
    return own(p, r) and r.flavour in {"plain", "restricted", "supervised"}


def given_to_me(p, r):
    """Given to the lawyer of that number, under a consent that stands; of "past" it was taken back."""
    return own(p, r) and r.flavour in {"plain", "restricted", "supervised"}


KEEPERS = {COORDINATOR: here, PROVIDER: own_provider}
