"""A marker in every restricted text of every row; nobody meets one that they may not read, on any page, search or export.

What a role may read is stated here a third time, in words of practice and apart from policies and oracle: a column and the
rows of it. `n` 0 is the one who looks; the flavours are those of the rows (tests/access/rows.py).
"""

from fnmatch import fnmatch

import pytest
from django.apps import apps
from django.db import connections, models, transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from participants.actions.consents import revoke
from participants.models import Consent
from tests.access import rows as making
from tests.access.markers import CODED, Marked, Place, texts_of
from tests.access.rows import Row
from tests.access.test_urls import PAGES, signed_in, wrong_answers
from tests.access.walking import Opened, Walk
from tests.factories import World

HERE = "san-francisco"


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


def of_a_record_that_is_not_closed(row: Row) -> bool:
    is_sealed = row.flavour == "sealed" and row.table.startswith("referrals_")
    return here(row) and not is_sealed and (row.flavour != "restricted" or row.n == 0)


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
    Role.CASE_MANAGER: {"*": of_a_record_that_is_not_closed},
    Role.SUPERVISOR: {"*": here},
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
# What casework writes and nobody else reads: casework meets it, so the others' pages are silent for a reason.
CASEWORK = {
    "participants_participant.where_to_reach", "participants_participant.aliases", "participants_participant.phone",
    "participants_consent.signed_name", "participants_consent.text_shown", "referrals_attempt.place",
    "referrals_appointment.place", "referrals_handovernote.text",
    "referrals_recordsection.answers", "referrals_slip.name", "services_sharedfact.text",
}  # fmt: skip
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
    Role.CASE_MANAGER: CASEWORK,
    Role.SUPERVISOR: CASEWORK,
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
    person = world.a.person(role, 0)
    return Walk(signed_in(person), person, rows, only).go()


@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_its_own_pages_and_meets_nothing_that_it_may_not_read(marked, role):
    """Role × URL × {own, another's, another site's}, a key that names nothing, and every marker on the way."""
    places, walk = marked[1].places, _walk(marked, role)
    complaints = wrong_answers(role, walk.answers) + walk.unlike + walk.unguarded + _wrong(role, walk, places)
    assert complaints == [], "\n".join(complaints)
    assert {opened.name for opened, _ in walk.answers} == set(PAGES)
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


# Role, the tables opened to it wholly, and the pages walked: what a policy too wide would let through.
LEAKS = [
    # Named persons and facts are asked about twice, by policy and by what is told under the consent: one policy is no leak.
    (Role.PROVIDER, ("services_provider", "services_service", "services_contact"), {"services:service"}),
    (Role.OFFICER, ("referrals_referredperson",), {"referrals:own"}),
    (Role.LIAISON, ("referrals_referral", "referrals_referredperson"), {"referrals:own"}),
    (Role.PROSECUTOR, ("referrals_heldcharge", "referrals_chargeidentity"), {"referrals:charge"}),
    (
        Role.COORDINATOR,
        ("referrals_referral", "referrals_approval", "referrals_referredperson"),
        {"referrals:approval"},
    ),
    (Role.AUDITOR, ("audit_auditevent",), {"audit:list", "audit:event"}),
]


@pytest.mark.parametrize(("role", "tables", "pages"), LEAKS)
def test_a_leak_is_noticed(marked, role, tables, pages):
    """Each table opened by one policy more, inside this transaction alone."""
    places = marked[1].places
    with transaction.atomic():
        with connections["default"].cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set local role lead_owner")
            for table in tables:
                cursor.execute(f'create policy leak on "{table}" for select to lead_{role.value} using (true)')
            cursor.execute("reset role")
        wrong = _wrong(role, _walk(marked, role, pages), places)
        transaction.set_rollback(True)
    assert wrong


def test_a_fact_in_a_list_is_noticed(marked):
    places = marked[1].places
    marker = next(
        marker
        for marker, place in places.items()
        if place.column == "services_sharedfact.text" and asked_of_us_under_a_consent_that_stands(place.row)
    )
    walk = Walk(None, marked[0].a.person(Role.PROVIDER, 0), marked[1])
    walk.seen = {marker: {Opened("services:inbox")}}
    assert _wrong(Role.PROVIDER, walk, places)


@pytest.mark.parametrize(
    ("role", "kind", "columns"),
    [
        (Role.PROVIDER, "multi_party", ("services_sharedfact.*", "participants_participant.*")),
        (Role.OFFICER, "sentence", ("referrals_officersentence.*",)),
    ],
)
def test_a_fact_is_told_under_its_consent_and_gone_once_it_is_taken_back(marked, role, kind, columns):
    places, manager = marked[1].places, marked[0].a.person(Role.CASE_MANAGER, 0)

    def told() -> set[str]:
        walk = _walk(marked, role, {"services:request", "services:inbox", "referrals:own", "referrals:list", "today"})
        met = [places[marker] for marker in walk.seen if marker in places]
        return {
            place.column
            for place in met
            if _record(place.row) == (HERE, 0, "plain") and any(fnmatch(place.column, column) for column in columns)
        }

    assert any(fnmatch(column, columns[0]) for column in told())
    with transaction.atomic():
        with acting_as(manager):
            mine_now = [
                row.id for row in marked[1].by_table["participants_consent"] if _record(row) == (HERE, 0, "plain")
            ]
            consent = Consent.objects.get(pk__in=mine_now, kind=kind)
            revoke(consent=consent, how="spoken", by=manager, at=timezone.now())
        assert told() == set()
        transaction.set_rollback(True)
