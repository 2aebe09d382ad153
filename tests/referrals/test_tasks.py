"""Due reminders become notices and e-mails: to whom, once, and never of a sealed record."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.notify.models import Heartbeat, Notice, OutboxEmail
from referrals.actions.events import seal
from referrals.actions.reminders import tell_now
from referrals.models import Casework, Draft, OnCallShift, Referral, Reminder
from referrals.recipients import OTHERWISE, TEXTS, text_of
from referrals.tasks import BATCH, deliver_batch, plan
from tests.referrals.charging import hand_over, held_charge, leave, meet, reminders_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)


@pytest.fixture
def site(world):
    return world.a


def notices_of(person) -> list[Notice]:
    with acting_as(person), transaction.atomic():
        return list(Notice.objects.filter(recipient=person).order_by("created_at", "pk"))


def people(site, *roles) -> list[Membership]:
    return [site.person(role, number) for role in roles for number in (0, 1)]


def told(site, text: str) -> set:
    """Everybody at the site who has a notice with this text."""
    everyone = people(site, *Role)
    return {person.pk for person in everyone if any(one.text == text for one in notices_of(person))}


def mails() -> list[OutboxEmail]:
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        return list(OutboxEmail.objects.all())


def on_call(site, person, *, at) -> None:
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        OnCallShift.objects.create(
            site=site.site, person=person, starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=11)
        )


def planned(at) -> None:
    with time_machine.travel(at, tick=False):
        plan()


HANDOFF = TEXTS["handoff"]


def test_the_case_manager_on_call_is_told_of_a_handoff_at_once_and_by_mail(site):
    on_call(site, site.person(Role.CASE_MANAGER, 1), at=NOON)
    referral, _ = held_charge(site, at=NOON)
    planned(NOON)
    assert told(site, HANDOFF) == {site.person(Role.CASE_MANAGER, 1).pk}
    notice = notices_of(site.person(Role.CASE_MANAGER, 1))[0]
    assert notice.path == f"/site/cases/{referral.pk}/"
    assert [(one.user_id, one.kind) for one in mails()] == [(site.person(Role.CASE_MANAGER, 1).user_id, "handoff")]


def test_with_nobody_on_call_every_supervisor_is_told(site):
    held_charge(site, at=NOON)
    planned(NOON)
    assert told(site, HANDOFF) == {one.pk for one in people(site, Role.SUPERVISOR)}


def test_a_case_manager_who_looks_after_somebody_gets_their_reminders(site):
    on_call(site, site.person(Role.CASE_MANAGER, 0), at=NOON)
    referral, _ = held_charge(site, at=NOON)
    planned(NOON)
    hand_over(site, referral, at=NOON, number=1)
    planned(NOON + timedelta(days=30))
    assert told(site, TEXTS["due_today"]) == {one.pk for one in people(site, Role.SUPERVISOR)} | {
        site.person(Role.CASE_MANAGER, 1).pk
    }


def test_reminders_of_a_case_manager_who_left_go_to_whoever_is_on_call(site):
    referral, _ = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON, number=1)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=site.person(Role.CASE_MANAGER, 1).pk).update(ends_at=NOON + timedelta(days=1))
    on_call(site, site.person(Role.CASE_MANAGER, 0), at=NOON + timedelta(days=8))
    planned(NOON + timedelta(days=8))
    assert site.person(Role.CASE_MANAGER, 0).pk in told(site, TEXTS["day_"])
    assert site.person(Role.CASE_MANAGER, 1).pk not in told(site, TEXTS["day_"])


def test_prosecutor_and_liaison_are_told_of_their_own_and_no_other_agency(site):
    referral, charge = held_charge(site, at=NOON)
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        tell_now(referral=referral, recipient="liaison", step="packet", path="/", at=NOON)
    planned(NOON + timedelta(days=37))
    assert told(site, TEXTS["packet"]) == {site.person(Role.LIAISON, 0).pk}
    assert told(site, TEXTS["decision_today"]) == {one.pk for one in people(site, Role.PROSECUTOR)}
    assert {one.path for one in notices_of(site.person(Role.PROSECUTOR))} == {f"/referrals/charges/{charge.pk}/"}


def test_nobody_at_another_site_is_told_anything(world):
    held_charge(world.a, at=NOON)
    planned(NOON + timedelta(days=60))
    assert not [one for person in people(world.b, *Role) for one in notices_of(person)]


def test_every_reminder_is_delivered_once_however_often_the_poke_comes(site):
    held_charge(site, at=NOON)
    for _ in range(3):
        planned(NOON + timedelta(days=60))
    for person in people(site, *Role):
        keys = [one.key for one in notices_of(person)]
        assert len(keys) == len(set(keys))
    assert len({(one.key, one.user_id) for one in mails()}) == len(mails())
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert not Reminder.objects.filter(delivered_at=None).exists()


def test_telling_the_same_thing_twice_tells_it_once(site):
    referral, _ = held_charge(site, at=NOON)
    for _ in range(2):
        with acting_as(site.person(Role.CASE_MANAGER)), transaction.atomic():
            tell_now(referral=referral, recipient="coordinator", step="nobody_came", path="/", at=NOON)
    planned(NOON)
    told_of = [one.text for one in notices_of(site.person(Role.COORDINATOR))]
    assert told_of.count(TEXTS["nobody_came"]) == 1


def test_a_window_that_is_met_or_left_silences_casework_and_not_the_charge(site):
    for story in (
        lambda referral: meet(site, referral, on=NOON.date(), at=NOON + timedelta(days=1)),
        lambda referral: leave(site, referral, at=NOON + timedelta(days=1)),
    ):
        referral, _ = held_charge(site, at=NOON)
        hand_over(site, referral, at=NOON)
        planned(NOON)
        story(referral)
        left = reminders_of(site, referral, cancelled_at=None, delivered_at=None)
        assert {one.window_id for one in left} == {None}
        assert {one.recipient for one in left} == {"prosecutor", "coordinator"}


def test_of_a_sealed_record_only_the_supervisor_hears_and_only_that_it_was_sealed(site):
    referral, _ = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    planned(NOON)
    supervisor = site.person(Role.SUPERVISOR)
    with acting_as(supervisor), transaction.atomic():
        seal(referral=Referral.objects.get(pk=referral.pk), by=supervisor, at=NOON + timedelta(days=1))
        # A reminder that came later, by any way at all, is dropped and not kept waiting.
        tell_now(referral=referral, recipient="case_manager", step="assigned", path="/", at=NOON)
    before = {person.pk: len(notices_of(person)) for person in people(site, *Role)}
    with time_machine.travel(datetime.now(UTC) + timedelta(days=60), tick=False):
        plan()
    more = {person.pk for person in people(site, *Role) if len(notices_of(person)) > before[person.pk]}
    assert more == told(site, TEXTS["sealed"]) == {one.pk for one in people(site, Role.SUPERVISOR)}
    assert [one for one in reminders_of(site, referral) if not one.delivered_at and not one.cancelled_at] == []


def test_of_a_restricted_record_only_its_own_case_manager_and_the_supervisors_hear(site):
    on_call(site, site.person(Role.CASE_MANAGER, 1), at=NOON + timedelta(days=31))
    referral, _ = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    planned(NOON)
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        Casework.objects.filter(referral_id=referral.pk).update(is_restricted=True)
    others = people(site, Role.COORDINATOR) + [site.person(Role.CASE_MANAGER, 1)]
    before = [len(notices_of(person)) for person in others]
    planned(NOON + timedelta(days=31))
    assert [len(notices_of(person)) for person in others] == before
    assert site.person(Role.CASE_MANAGER, 0).pk in told(site, TEXTS["due_today"])
    assert told(site, TEXTS["due_yesterday"]) >= {one.pk for one in people(site, Role.SUPERVISOR)}


def test_what_is_not_due_waits_and_the_poke_says_that_it_ran(site):
    held_charge(site, at=NOON)
    planned(NOON)
    handled = deliver_batch_at(NOON + timedelta(hours=1))
    assert handled == 0
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert Heartbeat.objects.get(pk="plan").ran_at == NOON


def deliver_batch_at(at) -> int:
    with time_machine.travel(at, tick=False):
        return deliver_batch()


def test_drafts_are_gone_after_their_day_and_not_before(site):
    officer = site.person(Role.OFFICER)
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        now = cursor.fetchone()[0]
    with acting_as(officer), transaction.atomic():
        for hours in (-1, 1):
            Draft.objects.create(
                site=site.site, author=officer, kind="referral", fields={"name": "x"}, saved_at=now,
                expires_at=now + timedelta(hours=hours),
            )  # fmt: skip
    planned(now)
    with acting_as(officer), transaction.atomic():
        assert [one.expires_at > now for one in Draft.objects.all()] == [True]


def test_nothing_due_costs_a_handful_of_statements_and_reads_the_index(site):
    referral, _ = held_charge(site, at=NOON)
    many(site, referral, 3000, due_at=NOON + timedelta(days=300))
    planned(NOON)
    with CaptureQueriesContext(connection) as captured:
        planned(NOON + timedelta(minutes=1))
    assert len([one for one in captured if "SAVEPOINT" not in one["sql"]]) <= 5
    with acting_as(Duty.SCHEDULER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('enable_seqscan', 'off', true)")
        cursor.execute(
            """explain select * from referrals_reminder where delivered_at is null and cancelled_at is null
               and due_at <= %s order by due_at limit %s for no key update skip locked""",
            [NOON, BATCH],
        )
        assert "reminder_waiting" in "\n".join(row[0] for row in cursor.fetchall())


def many(site, referral, count: int, *, due_at) -> None:
    rows = [
        Reminder(
            id=uuid4(), site_id=site.site.pk, referral_id=referral.pk, step=f"x{number}", recipient="coordinator",
            channel="in_app", path="/", due_at=due_at,
        )
        for number in range(count)
    ]  # fmt: skip
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Reminder.objects.bulk_create(rows, batch_size=1000)


def test_more_than_one_batch_is_worked_off_in_one_poke(site):
    referral, _ = held_charge(site, at=NOON)
    many(site, referral, BATCH * 2 + 5, due_at=NOON)
    planned(NOON)
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert not Reminder.objects.filter(due_at__lte=NOON, delivered_at=None).exists()


@pytest.mark.parametrize("text", [*TEXTS.values(), *OTHERWISE.values()])
def test_a_text_is_short_and_says_nothing_about_anybody(text):
    assert len(text) <= 80
    assert not set(text.lower().split()) & {
        "met",
        "custody",
        "hospital",
        "drug",
        "drugs",
        "arrest",
        "client",
        "offender",
    }


def test_a_step_that_a_site_names_itself_reads_as_its_recipients_line():
    assert text_of(Reminder(step="tuesday", recipient="prosecutor")) == OTHERWISE["prosecutor"]
    assert text_of(Reminder(step="due_in_2", recipient="case_manager")) == TEXTS["due_in"]
    assert text_of(Reminder(step="approval_no", recipient="case_manager")) == TEXTS["approval_no"]
