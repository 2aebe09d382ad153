"""A marker in every restricted text of every row; nobody outside casework meets one that they may not read, on any page.

What a role may read is stated here a third time, in words of practice and apart from policies and oracle: a column and the
rows of it. `n` 0 is the one who looks; the flavours are those of the rows (tests/access/rows.py).
"""

from fnmatch import fnmatch

import pytest
from django.apps import apps
from django.db import models, transaction

from lead_cms.access.permissions import Role
from tests.access import rows as making
from tests.access.markers import CODED, Marked, Place, texts_of
from tests.access.rows import Row
from tests.access.test_urls import _client
from tests.access.walking import Walk
from tests.factories import World

HERE = "san-francisco"
OUTSIDE_CASEWORK = (
    Role.OFFICER, Role.LIAISON, Role.PROSECUTOR, Role.PROVIDER, Role.REFERRER, Role.STAKEHOLDER, Role.AUDITOR,
    Role.ADMINISTRATOR, Role.COORDINATOR,
)  # fmt: skip


def here(row: Row) -> bool:
    return row.site == HERE


def mine(row: Row) -> bool:
    return here(row) and row.n == 0


def of_our_arrests(row: Row) -> bool:
    return mine(row) and row.flavour != "community"


def of_our_arrests_until_the_sites_days_are_over(row: Row) -> bool:
    return of_our_arrests(row) and row.flavour != "past"


def of_an_undecided_charge(row: Row) -> bool:
    return here(row) and row.flavour not in {"past", "community"}


def under_a_sentence_that_stands(row: Row) -> bool:
    return mine(row) and row.flavour in {"plain", "restricted", "supervised"}


def asked_of_us_under_a_consent_that_stands(row: Row) -> bool:
    return mine(row) and row.flavour in {"plain", "restricted", "supervised"}


def i_sent(row: Row) -> bool:
    return mine(row) and row.flavour == "community"


def not_closed(row: Row) -> bool:
    return here(row) and row.flavour not in {"sealed", "restricted"}


def our_entry(row: Row) -> bool:
    return mine(row) and row.flavour == "plain"


STAFF_NAMES = {"accounts_membership.name": here, "accounts_membership.phone": here}
# What an officer typed, for the officer and the officer's liaison; of the person only until the site's days are over.
POLICE = STAFF_NAMES | {
    "referrals_referral.*": of_our_arrests,
    "referrals_referredperson.*": of_our_arrests_until_the_sites_days_are_over,
    "referrals_eligibilityanswer.*": of_our_arrests,
    "referrals_correction.*": of_our_arrests,
    "referrals_handoff.*": of_our_arrests,
    "referrals_approval.*": of_our_arrests,
    "referrals_approvalstep.*": of_our_arrests,
    "referrals_packet.*": of_our_arrests_until_the_sites_days_are_over,
}
MAY_READ = {
    Role.OFFICER: POLICE | {"referrals_officersentence.sentence": under_a_sentence_that_stands},
    Role.LIAISON: POLICE,
    Role.PROSECUTOR: STAFF_NAMES
    | {
        "referrals_heldcharge.*": of_an_undecided_charge,
        "referrals_chargeidentity.*": of_an_undecided_charge,
        "referrals_packet.*": of_an_undecided_charge,
    },
    Role.PROVIDER: {
        "services_sharedfact.text": asked_of_us_under_a_consent_that_stands,
        "participants_participant.chosen_name": asked_of_us_under_a_consent_that_stands,
        "participants_participant.pronouns": asked_of_us_under_a_consent_that_stands,
        "participants_participant.phone": asked_of_us_under_a_consent_that_stands,
        "services_contact.label": our_entry,
    },
    Role.REFERRER: {"referrals_referral.*": i_sent},
    Role.STAKEHOLDER: {},
    Role.AUDITOR: STAFF_NAMES
    | {"audit_auditevent.actor_label": here, "participants_emergencyaccess.*": here, "accounts_user.username": here},
    Role.ADMINISTRATOR: {
        "accounts_membership.*": here, "accounts_user.username": here, "accounts_user.email": here,
    },
    # Doors, approvals and the way to the first meeting; nothing that a person told casework.
    Role.COORDINATOR: STAFF_NAMES
    | {
        "referrals_referral.*": not_closed,
        "referrals_referredperson.*": not_closed,
        "referrals_eligibilityanswer.*": not_closed,
        "referrals_correction.*": not_closed,
        "referrals_handoff.*": not_closed,
        "referrals_approval.*": not_closed,
        "referrals_approvalstep.*": not_closed,
        "reports_suppliedfile.taken_from": here,
        "services_contact.label": here,
    },
}  # fmt: skip
# Everybody's own.
OWN = (
    "accounts_membership.*",
    "accounts_user.*",
    "notify_notice.text",
    "referrals_draft.fields",
    "accounts_heldform.fields",
)
# Told under a consent: on a page of the one record, which its key names, and never in a list.
OPENED_ALONE = {
    Role.PROVIDER: ("services_sharedfact.*", "participants_participant.*"),
    Role.OFFICER: ("referrals_officersentence.*",),
}
# What the walk must have met, else it walked past the pages that matter.
MUST_MEET = {
    Role.OFFICER: {"referrals_referredperson.name", "referrals_referral.incident_number", "referrals_officersentence.sentence"},
    Role.LIAISON: {"referrals_referredperson.name", "referrals_packet.incident_number"},
    Role.PROSECUTOR: {"referrals_chargeidentity.name", "referrals_heldcharge.incident_number"},
    Role.PROVIDER: {
        "services_sharedfact.text", "participants_participant.chosen_name", "participants_participant.phone",
    },
    Role.REFERRER: {"notify_notice.text"},
    Role.STAKEHOLDER: {"notify_notice.text"},
    Role.AUDITOR: {"audit_auditevent.actor_label", "accounts_membership.name"},
    Role.ADMINISTRATOR: {"accounts_user.username", "accounts_user.email", "accounts_membership.badge"},
    Role.COORDINATOR: {"referrals_referredperson.name", "services_contact.label", "reports_suppliedfile.taken_from"},
}  # fmt: skip


@pytest.fixture(scope="module")
def marked(django_db_setup, django_db_blocker):
    """Both sites with every kind of row and a marker in every restricted text, in one transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        world, rows = World.build(), Marked("default")
        with making.walls_lifted("default"):
            making.build([world.a, world.b], "default", rows)
            for table in ("accounts_membership", "accounts_user"):
                known = {row.id: row for row in rows.by_table[table]}
                for where in (world.a, world.b):
                    for person in where.people.values():
                        one = person if table == "accounts_membership" else person.user
                        rows.plant_existing(one, known[str(one.pk)])
        yield world, rows
        transaction.set_rollback(True)


def _may_read(role: Role, place: Place) -> bool:
    row = place.row
    if mine(row) and row.role == role and any(fnmatch(place.column, column) for column in OWN):
        return True
    return any(fnmatch(place.column, column) and rule(row) for column, rule in MAY_READ[role].items())


def _wrong(role: Role, walk: Walk, places: dict[str, Place]) -> list[str]:
    found = []
    for marker, pages in sorted(walk.seen.items()):
        place = places.get(marker)
        if place is None:
            continue
        if not _may_read(role, place):
            found.append(f"{_says(place)} on {', '.join(sorted(map(str, pages)))}")
        if any(fnmatch(place.column, column) for column in OPENED_ALONE.get(role, ())):
            lists = sorted(str(one) for one in pages if one.row is None or _record(one.row) != _record(place.row))
            found += [f"{_says(place)} where another was opened: {lists}"] if lists else []
    return found


def _record(row: Row) -> tuple:
    return row.site, row.n, row.flavour


def _says(place: Place) -> str:
    return f"{place.column} of {place.row.site} {place.row.n} {place.row.flavour} {place.row.role}"


def _walk(marked, role: Role, only: set[str] | None = None) -> Walk:
    world, rows = marked
    return Walk(_client(world.a.person(role, 0)), role, rows, only).go()


@pytest.mark.parametrize("role", OUTSIDE_CASEWORK)
def test_nobody_meets_what_they_may_not_read(marked, role):
    places, walk = marked[1].places, _walk(marked, role)
    wrong = _wrong(role, walk, places)
    assert wrong == [], "\n".join(wrong)
    assert not {name for name, statuses in walk.statuses.items() if 500 in statuses}
    missed = MUST_MEET[role] - {places[marker].column for marker in walk.seen if marker in places}
    assert missed == set()


def test_every_restricted_text_holds_a_marker_or_is_a_code(marked):
    """A new restricted column is planted by itself; only a column of codes is left out, by name."""
    wanted = {f"{model._meta.db_table}.{field.name}" for model in apps.get_models() for field in texts_of(model)}
    assert wanted - {place.column for place in marked[1].places.values()} == set()
    for column in CODED:
        table, _, name = column.partition(".")
        model = next(model for model in apps.get_models() if model._meta.db_table == table)
        assert name in model.PERSONAL and isinstance(model._meta.get_field(name), models.Field)
