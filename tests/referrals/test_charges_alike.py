"""Byte for byte: whatever became of a window, without a consent the prosecutor reads the same everywhere.

Each story is told in a transaction of its own, at the same frozen moments, and undone; what the prosecutor could read at
its end – every column of every table that the role may select, the pages, the notices – is compared with its keys masked.
"""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.access.row_security import all_policies, db_role
from participants.models import Consent
from referrals.actions.events import record_event
from referrals.models import Referral
from referrals.tasks import plan
from tests.conftest import connection_to
from tests.factories import World
from tests.referrals.charging import charge_of, hand_over, leave, meet, shared, sign, take_back
from tests.referrals.making import make_arrest_referral

NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)
LATER = datetime(2026, 11, 8, 20, tzinfo=UTC)  # the day after the decision fell due
UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")
TOKEN = re.compile(r'(csrfmiddlewaretoken" value="|nonce=")[^"]*')


def never_taken(site, referral):
    """Nobody came, nobody was found."""


def met(site, referral):
    hand_over(site, referral, at=NOON)
    meet(site, referral, on=date(2026, 10, 2), at=NOON + timedelta(days=1))


def met_on_the_last_day(site, referral):
    hand_over(site, referral, at=NOON)
    meet(site, referral, on=date(2026, 10, 31), at=datetime(2026, 10, 31, 20, tzinfo=UTC))


def ended(site, referral):
    """Taken over; the due day passed with nothing done."""
    hand_over(site, referral, at=NOON)


def abandoned(site, referral):
    hand_over(site, referral, at=NOON)
    leave(site, referral, at=NOON + timedelta(days=3))


def signed_but_not_met(site, referral):
    hand_over(site, referral, at=NOON)
    sign(site, referral, at=NOON + timedelta(hours=1))


def met_and_revoked(site, referral):
    met(site, referral)
    take_back(site, sign(site, referral, at=NOON + timedelta(days=1)), at=NOON + timedelta(days=2))


def met_and_expired(site, referral):
    met(site, referral)
    manager = site.person(Role.CASE_MANAGER)
    consent = sign(site, referral, at=NOON + timedelta(days=1))
    take_back(site, consent, at=NOON + timedelta(days=1))
    with acting_as(manager), transaction.atomic():
        Consent.objects.create(
            site_id=consent.site_id, kind=consent.kind, referral_id=referral.pk, answer="yes", asked_at=NOON,
            asked_by=manager, language="en", scope="x", text_shown="x", text_hash="x", signed_name="x", signed_at=NOON,
            ends_at=NOON,
        )  # fmt: skip


def in_custody_and_arrested_anew(site, referral):
    hand_over(site, referral, at=NOON)
    manager = site.person(Role.CASE_MANAGER)
    for kind in ("custody", "new_arrest"):
        with acting_as(manager), transaction.atomic():
            own = Referral.objects.get(pk=referral.pk)
            record_event(
                referral=own, kind=kind, happened_on=date(2026, 10, 5), by=manager, at=NOON + timedelta(days=5)
            )


STORIES = (
    never_taken, met, met_on_the_last_day, ended, abandoned, signed_but_not_met, met_and_revoked, met_and_expired,
    in_custody_and_arrested_anew,
)  # fmt: skip


def told(site, sign_in, story) -> dict[str, object]:
    """Everything the prosecutor could read at the end of a story, which is then undone."""
    with transaction.atomic():
        try:
            with time_machine.travel(NOON, tick=False) as clock:
                referral = make_arrest_referral(
                    site.person(Role.OFFICER), at=NOON, incident_number="260101377", occurred_at=NOON
                )
                story(site, referral)
                for day in range(0, 39):
                    clock.move_to(NOON + timedelta(days=day))
                    plan()
                clock.move_to(LATER)
                return everything(site, sign_in, charge_of(site, referral))
        finally:
            transaction.set_rollback(True)


def everything(site, sign_in, charge) -> dict[str, object]:
    prosecutor = site.person(Role.PROSECUTOR)
    found: dict[str, object] = rows_as(prosecutor)
    client = sign_in(prosecutor)
    for name, url in {
        "list": "/referrals/charges/",
        "due": "/referrals/charges/?show=due",
        "packet": "/referrals/charges/?show=packet",
        "detail": f"/referrals/charges/{charge.pk}/",
        "today": "/",
        "notices": "/notices/",
    }.items():
        page = client.get(url).content.decode()
        found[f"page {name}"] = TOKEN.sub(r"\1", UUID.sub("key", page))
    return found


def rows_as(person) -> dict[str, object]:
    """Every row and column of every table that the role may select anything of."""
    role, found = db_role(person.role), {}
    for policy in all_policies():
        rows = next((rows for verb, to, rows in policy.entries() if verb == "select" and to == role), None)
        if rows is None:
            continue
        columns = ", ".join(f'"{name}"' for name in rows.columns) or "*"
        with acting_as(person), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"select {columns} from {policy.table}")
            found[policy.table] = sorted(UUID.sub("key", repr(row)) for row in cursor.fetchall())
    return found


@pytest.mark.django_db
def test_without_a_consent_every_story_reads_the_same_byte_for_byte(world, sign_in):
    known = told(world.a, sign_in, STORIES[0])
    assert known["referrals_heldcharge"] and known["referrals_packet"] and known["notify_notice"]
    assert "No result shared" in known["page detail"]
    assert known["referrals_windowresult"] == known["participants_consent"] == []
    for story in STORIES[1:]:
        other = told(world.a, sign_in, story)
        assert other.keys() == known.keys()
        for what, seen in other.items():
            assert seen == known[what], f"{story.__name__}: {what}"


@pytest.mark.django_db
def test_the_comparison_sees_a_shared_result(world, sign_in):
    """A test that could see no difference would prove nothing."""

    def met_and_signed(site, referral):
        met(site, referral)
        sign(site, referral, at=NOON + timedelta(days=1))

    known, other = told(world.a, sign_in, never_taken), told(world.a, sign_in, met_and_signed)
    differs = {what for what in known if known[what] != other[what]}
    assert differs == {"referrals_windowresult", "participants_consent", "page detail"}


@pytest.mark.django_db(transaction=True)
def test_taking_a_consent_back_in_one_connection_closes_it_in_another_at_once():
    site = World.build().a
    now = datetime.now(UTC)
    referral, charge = shared(site, at=now - timedelta(hours=4))
    prosecutor = site.person(Role.PROSECUTOR)
    settings = {"app.site_id": site.site.pk, "app.membership_id": prosecutor.pk}
    with connection_to("lead_app") as other:
        other.execute("select set_config('role', 'lead_prosecutor', true)")
        for name, value in settings.items():
            other.execute("select set_config(%s, %s, true)", [name, str(value)])

        def results() -> list:
            return [
                other.execute(f"select id from {table}").fetchall()
                for table in ("referrals_windowresult", "participants_consent")
            ]

        assert [len(rows) for rows in results()] == [1, 1]
        with acting_as(site.person(Role.CASE_MANAGER)), transaction.atomic():
            consent = Consent.objects.get(referral_id=referral.pk)
        take_back(site, consent, at=datetime.now(UTC))
        # The prosecutor's transaction is the same, still open.
        assert results() == [[], []]
