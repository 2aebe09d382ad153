"""A marker in every restricted column of every row; nobody meets one that they may not read, on any page, search or export.

What a role may read stands in reading.py. Below it, leaks that are planted: the walk looks where it should.
"""

from contextlib import contextmanager
from fnmatch import fnmatch

import pytest
from django.apps import apps
from django.db import connections, models, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import MembershipQuerySet
from participants.actions.consents import revoke
from participants.models import Consent
from participants.row_security.functions import FUNCTIONS, IN_FORCE
from referrals.models.referral import ReferralQuerySet
from tests.access import rows as making
from tests.access.finding import found_in
from tests.access.markers import CODED, Marked, planted_in
from tests.access.reading import HERE, MUST_MEET, asked_of_us_under_a_consent_that_stands, record, wrong
from tests.access.test_urls import PAGES, wrong_answers
from tests.access.walking import FILES, Opened, Walk
from tests.conftest import signed_in
from tests.factories import World


@pytest.fixture(scope="module")
def marked(django_db_setup, django_db_blocker):
    """Both sites with every kind of row and a marker in every restricted text, in one transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        world, rows = World.build(), Marked("default")
        sites = [world.a, world.b]
        with making.walls_lifted("default"):
            making.build(sites, "default", rows)
            for where in sites:
                people = list(where.people.values())
                for one in [*people, *(person.user for person in people), *where.organisations.values()]:
                    known = rows.by_table[one._meta.db_table]
                    rows.plant_existing(one, next(row for row in known if row.id == str(one.pk)))
        yield world, rows
        transaction.set_rollback(True)


def walked(marked, role: Role, only: set[str] | None = None) -> Walk:
    world, rows = marked
    person = world.a.person(role, 0)
    return Walk(signed_in(person, raise_request_exception=False), person, rows, only).go()


@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_its_own_pages_and_meets_nothing_that_it_may_not_read(marked, role):
    """Role × URL × {own, another's, another site's}, a key that names nothing, and every marker on the way."""
    places, walk = marked[1].places, walked(marked, role)
    complaints = wrong_answers(role, walk.answers) + walk.unlike + walk.unguarded + wrong(role, walk, places)
    assert complaints == [], "\n".join(complaints)
    assert {opened.name for opened, _ in walk.answers} == set(PAGES)
    missed = MUST_MEET[role] - {places[marker].column for marker in walk.seen if marker in places}
    assert missed == set()


def test_every_restricted_column_holds_a_marker_or_is_a_code(marked):
    """A new restricted column is planted by itself; only a column of codes is left out, by name."""
    wanted = {f"{model._meta.db_table}.{field.name}" for model in apps.get_models() for field in planted_in(model)}
    assert wanted - {place.column for place in marked[1].places.values()} == set()
    for column in CODED:
        table, _, name = column.partition(".")
        model = next(model for model in apps.get_models() if model._meta.db_table == table)
        assert name in model.PERSONAL and isinstance(model._meta.get_field(name), models.Field)


# Role, the tables opened to it wholly, and the pages walked: what a policy too wide would let through.
LEAKS = [
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
    (Role.ADMINISTRATOR, ("accounts_organisation",), {"people:organisation"}),
    (Role.STAKEHOLDER, ("reports_publishedreport",), {"reports:published"}),
]


@contextmanager
def _as_owner(role: str = "lead_owner"):
    """The database as the owner may change it, in the transaction of the test."""
    with connections["default"].cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"set local role {role}")
        yield cursor
        cursor.execute("reset role")


def _open(role: Role, *tables: str) -> None:
    with _as_owner() as cursor:
        for table in tables:
            cursor.execute(f'create policy leak on "{table}" for select to lead_{role.value} using (true)')


@pytest.fixture
def undone(marked):
    """Whatever a test does to the database is gone after it."""
    with transaction.atomic():
        yield marked
        transaction.set_rollback(True)


@pytest.mark.parametrize(("role", "tables", "pages"), LEAKS)
def test_a_policy_too_wide_is_noticed(undone, role, tables, pages):
    _open(role, *tables)
    assert wrong(role, walked(undone, role, pages), undone[1].places)


@pytest.mark.parametrize(
    ("role", "asks", "name", "tables", "page"),
    [
        (Role.REFERRER, ReferralQuerySet, "referred_by", ("referrals_referral",), "referrals:community-list"),
        (
            Role.ADMINISTRATOR, MembershipQuerySet, "for_site",
            ("accounts_membership", "accounts_user", "accounts_organisation", "accounts_site"), "people:person",
        ),
    ],
)  # fmt: skip
def test_where_a_page_asks_for_ones_own_too_both_locks_must_be_off(undone, monkeypatch, role, asks, name, tables, page):
    """The page that asks for everybody's tells nothing as long as the policy stands; with both open it is noticed."""
    monkeypatch.setattr(asks, name, lambda found, whose: found)
    assert wrong(role, walked(undone, role, {page}), undone[1].places) == []
    _open(role, *tables)
    assert wrong(role, walked(undone, role, {page}), undone[1].places)


@pytest.mark.parametrize(
    ("role", "pages", "column"),
    [
        (Role.PROVIDER, {"services:request"}, "services_sharedfact.text"),
        (Role.PROVIDER, {"services:request"}, "participants_participant.phone"),
        (Role.OFFICER, {"referrals:own"}, "referrals_officersentence.sentence"),
        (Role.LEGAL_AID, {"casefile:legal-person"}, "participants_legalevent.place"),
    ],
)
def test_a_consent_that_was_taken_back_and_still_opens_is_noticed(undone, role, pages, column):
    """Facts stand behind policies and functions, which ask one thing: whether the consent is in force."""
    with _as_owner("lead_definer") as cursor:
        for text in FUNCTIONS:
            if IN_FORCE in text:
                cursor.execute(text.replace(IN_FORCE, "true"))
    assert column in " ".join(wrong(role, walked(undone, role, pages), undone[1].places))


@pytest.mark.parametrize("form", FILES)
def test_a_marker_in_a_file_is_found(marked, form):
    """In the words of a PDF, the cells of a workbook, the lines of a CSV file."""
    world, rows = marked
    row = next(one for one in rows.by_table["reports_publishedreport"] if record(one) == (HERE, 0, "plain"))
    marker = next(marker for marker, place in rows.places.items() if place.row == row)
    with transaction.atomic():
        client = signed_in(world.a.person(Role.STAKEHOLDER, 0))
        response = client.get(reverse("reports:published-export", args=[row.id, form]))
        transaction.set_rollback(True)
    assert marker in found_in(response)
    assert response.content.startswith({"pdf": b"%PDF", "xlsx": b"PK", "csv": b""}[form])


@pytest.mark.parametrize(
    "said", ["Jan 3, 1931", "January 3, 1931", "1931-01-03", "01/03/1931", "Sat Jan 3, 1931, 2:32 pm"]
)
def test_a_day_is_known_as_anybody_writes_it(said):
    assert found_in(HttpResponse(f"<p>Born {said}.</p>")) == {"1931-01-03"}


def test_a_fact_in_a_list_is_noticed(marked):
    places = marked[1].places
    marker = next(
        marker
        for marker, place in places.items()
        if place.column == "services_sharedfact.text" and asked_of_us_under_a_consent_that_stands(place.row)
    )
    walk = Walk(None, marked[0].a.person(Role.PROVIDER, 0), marked[1])
    walk.seen = {marker: {Opened("services:inbox")}}
    assert wrong(Role.PROVIDER, walk, places)


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
        walk = walked(marked, role, {"services:request", "services:inbox", "referrals:own", "referrals:list", "today"})
        met = [places[marker] for marker in walk.seen if marker in places]
        return {
            place.column
            for place in met
            if record(place.row) == (HERE, 0, "plain") and any(fnmatch(place.column, column) for column in columns)
        }

    assert any(fnmatch(column, columns[0]) for column in told())
    with transaction.atomic():
        with acting_as(manager):
            mine_now = [
                row.id for row in marked[1].by_table["participants_consent"] if record(row) == (HERE, 0, "plain")
            ]
            consent = Consent.objects.get(pk__in=mine_now, kind=kind)
            revoke(consent=consent, how="spoken", by=manager, at=timezone.now())
        assert told() == set()
        transaction.set_rollback(True)
