"""What reaches a person, and when: chosen by each for themself, kept by plan and drain, and never a reason to lose one."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError
from lead_cms.notify.actions import choose
from lead_cms.notify.kinds import KINDS, LOCKED, AlertKind, kinds_for
from lead_cms.notify.models import AlertPreference, Notice, OutboxEmail
from lead_cms.notify.tasks import drain
from referrals.models import OnCallShift, Paging, Reminder
from referrals.recipients import KIND_OF, TEXTS, alert_kind
from referrals.tasks import plan
from tests.referrals.charging import held_charge

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 5, 20, tzinfo=UTC)
EVENING = datetime(2026, 10, 7, 5, 30, tzinfo=UTC)  # 10:30 pm at both sites
MORNING = datetime(2026, 10, 7, 14, tzinfo=UTC)  # 7:00 am
NIGHT = {"quiet_from": time(22), "quiet_until": time(7)}


@pytest.fixture
def site(world):
    return world.a


def chosen(person, kind, *, in_app=True, email="rules", quiet_from=None, quiet_until=None, at=LONG_AGO, **more):
    with acting_as(person), transaction.atomic():
        return choose(
            kind=kind, in_app=in_app, email=email, quiet_from=quiet_from, quiet_until=quiet_until, by=person,
            at=at, **more,
        )  # fmt: skip


def reminded(site, *, step="triage", recipient="coordinator", channels=("in_app",), referral=None, at=EVENING) -> None:
    """A reminder that is due, with a referral of its own, planned at `at`."""
    referral = referral or held_charge(site, at=LONG_AGO)[0]
    rows = [
        Reminder(
            site_id=site.site.pk, referral_id=referral.pk, step=step, recipient=recipient, channel=channel, path="/",
            due_at=LONG_AGO, schedule=7,
        )
        for channel in channels
    ]  # fmt: skip
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Reminder.objects.bulk_create(rows)
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        # What the officer's wait would bring is asked about elsewhere.
        Paging.objects.update(stopped_at=LONG_AGO, stopped_why="acknowledged")
        Reminder.objects.exclude(pk__in=[row.pk for row in rows]).update(cancelled_at=LONG_AGO)
    with time_machine.travel(at, tick=False):
        plan()


def told(person) -> list[str]:
    with acting_as(person), transaction.atomic():
        return list(Notice.objects.filter(recipient=person).values_list("text", flat=True))


def mailed(at) -> list[str]:
    with time_machine.travel(at, tick=False):
        drain()
    return [to for one in mail.outbox for to in one.to]


def address(person) -> str:
    return f"{person.role}-{0 if person.name.endswith('0') else 1}-{person.site.slug}@example.org"


def test_every_step_that_tells_somebody_has_a_kind_of_its_own():
    windows = {"due_today", "due_yesterday", "due_in", "day_"}
    for step in TEXTS:
        kind = alert_kind(Reminder(step=step, recipient="case_manager"))
        assert (kind == AlertKind.WINDOW) == (step in windows), step
    assert set(KIND_OF.values()) | {AlertKind.WINDOW, AlertKind.OTHER} == set(AlertKind)
    assert {AlertKind.HANDOFF, AlertKind.WINDOW} <= LOCKED < set(AlertKind)
    assert alert_kind(Reminder(step="what a site calls it", recipient="prosecutor")) == AlertKind.DECISION


def test_without_a_choice_the_rules_decide(site):
    person = site.person(Role.COORDINATOR)
    reminded(site, channels=("in_app", "email"))
    assert told(person) == [TEXTS["triage"]] and address(person) in mailed(EVENING)


def test_switched_off_here_it_does_not_stand_here_and_others_are_told(site):
    person, other = site.person(Role.COORDINATOR), site.person(Role.COORDINATOR, 1)
    chosen(person, "approval", in_app=False, email="never")
    reminded(site, channels=("in_app", "email"))
    assert told(person) == [] and told(other) == [TEXTS["triage"]]
    assert mailed(EVENING) == [address(other)]


def test_email_always_comes_beside_what_the_rules_send_here_and_once(site):
    person = site.person(Role.COORDINATOR)
    chosen(person, "approval", email="always")
    referral = held_charge(site, at=LONG_AGO)[0]
    reminded(site, channels=("in_app", "email"), referral=referral)
    assert mailed(EVENING).count(address(person)) == 1
    reminded(site, channels=("in_app",))
    assert mailed(EVENING).count(address(person)) == 2  # another referral: another cause


def test_an_email_in_quiet_hours_waits_until_they_end_and_the_line_here_stands_at_once(site):
    person, other = site.person(Role.COORDINATOR), site.person(Role.COORDINATOR, 1)
    chosen(person, "approval", **NIGHT)
    reminded(site, channels=("in_app", "email"))
    assert told(person) == [TEXTS["triage"]]
    assert mailed(EVENING) == [address(other)]
    assert mailed(MORNING - timedelta(seconds=1)) == [address(other)]
    assert mailed(MORNING) == [address(other), address(person)]
    assert mailed(MORNING + timedelta(days=1)) == [address(other), address(person)]


def test_what_waits_does_not_hold_up_what_is_due(site):
    person = site.person(Role.COORDINATOR)
    chosen(person, "approval", **NIGHT)
    for _ in range(3):
        reminded(site, channels=("email",))
    assert len(mailed(EVENING)) == 3
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        waiting = list(OutboxEmail.objects.filter(sent_at=None))
    assert [one.next_try_at for one in waiting] == [MORNING] * 3
    assert {one.attempts for one in waiting} == {0} and {one.gave_up_at for one in waiting} == {None}


@pytest.mark.parametrize(
    ("hours", "waits_until"),
    [
        ({}, None), ({"quiet_from": time(12), "quiet_until": time(13)}, None),
        ({"quiet_from": time(22), "quiet_until": time(5)}, MORNING - timedelta(hours=2)),
        ({"quiet_from": time(22), "quiet_until": time(9)}, MORNING + timedelta(hours=2)),
    ],
)  # fmt: skip
def test_what_waits_follows_the_quiet_hours_that_hold_now(site, hours, waits_until):
    person = site.person(Role.COORDINATOR)
    chosen(person, "approval", **NIGHT)
    reminded(site, channels=("email",))
    assert address(person) not in mailed(EVENING)
    later = EVENING + timedelta(hours=1)
    chosen(person, "approval", at=later, **hours)
    if waits_until is None:
        assert address(person) in mailed(later)
        return
    assert address(person) not in mailed(later)
    assert address(person) not in mailed(waits_until - timedelta(seconds=1))
    assert mailed(waits_until).count(address(person)) == 1


def test_another_choice_of_another_kind_moves_nothing(site):
    person = site.person(Role.COORDINATOR)
    chosen(person, "approval", **NIGHT)
    reminded(site, channels=("email",))
    mailed(EVENING)
    chosen(person, "window", at=EVENING + timedelta(hours=1))
    assert address(person) not in mailed(EVENING + timedelta(hours=2))


def test_no_email_any_more_holds_for_one_that_waits_already(site):
    person = site.person(Role.COORDINATOR)
    chosen(person, "approval", **NIGHT)
    reminded(site, channels=("email",))
    mailed(EVENING)
    chosen(person, "approval", email="never")
    assert address(person) not in mailed(MORNING)


def shift(site, person, *, starts_at, ends_at) -> None:
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        OnCallShift.objects.create(site=site.site, person=person, starts_at=starts_at, ends_at=ends_at)


@pytest.mark.parametrize("is_on_call", [True, False])
def test_a_page_does_not_wait_while_its_reader_is_on_call(site, is_on_call):
    person = site.person(Role.SUPERVISOR)
    day = timedelta(days=0 if is_on_call else 2)
    shift(site, person, starts_at=EVENING - timedelta(hours=1) - day, ends_at=EVENING + timedelta(hours=8) - day)
    chosen(person, "handoff", **NIGHT)
    chosen(person, "window", **NIGHT)
    reminded(site, step="handoff", recipient="case_manager", channels=("email",))
    assert (address(person) in mailed(EVENING)) == is_on_call
    reminded(site, step="due_today", recipient="supervisor", channels=("email",))
    assert mailed(EVENING).count(address(person)) == int(is_on_call)  # a window waits for the morning all the same
    assert mailed(MORNING).count(address(person)) == 2


def test_two_reminders_of_one_cause_tell_one_person_once(site):
    """Nobody is on call: the case manager's falls back on the supervisors, whom the same step reaches anyway."""
    referral = held_charge(site, at=LONG_AGO)[0]
    rows = [
        Reminder(site_id=site.site.pk, referral_id=referral.pk, step="due_today", recipient=recipient, channel=channel,
                 path="/", due_at=LONG_AGO)
        for recipient in ("case_manager", "supervisor") for channel in ("in_app", "email")
    ]  # fmt: skip
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Reminder.objects.bulk_create(rows)
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        Paging.objects.update(stopped_at=LONG_AGO, stopped_why="acknowledged")
        Reminder.objects.exclude(pk__in=[row.pk for row in rows]).update(cancelled_at=LONG_AGO)
    with time_machine.travel(EVENING, tick=False):
        plan()
        plan()
    for number in (0, 1):
        person = site.person(Role.SUPERVISOR, number)
        assert told(person) == [TEXTS["due_today"]]
        assert mailed(EVENING).count(address(person)) == 1


# ---- the choice itself


def test_some_cannot_be_switched_off_here_whoever_asks(site):
    person = site.person(Role.CASE_MANAGER)
    for kind in sorted(LOCKED & set(kinds_for(person.role))):
        with pytest.raises(DomainError) as refused:
            chosen(person, kind, in_app=False)
        assert refused.value.field == "in_app"
    with pytest.raises(IntegrityError), acting_as(person), transaction.atomic():
        AlertPreference.objects.create(membership=person, kind="handoff", in_app=False, changed_at=LONG_AGO)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"quiet_from": time(22)}, "quiet_until"),
        ({"quiet_until": time(7)}, "quiet_from"),
        ({"quiet_from": time(7), "quiet_until": time(7)}, "quiet_until"),
    ],
)
def test_half_of_quiet_hours_is_refused_beside_its_field(site, given, field):
    with pytest.raises(DomainError) as refused:
        chosen(site.person(Role.CASE_MANAGER), "window", **given)
    assert refused.value.field == field


def test_a_kind_that_does_not_reach_the_role_is_no_choice(site):
    with pytest.raises(DomainError):
        chosen(site.person(Role.OFFICER), "window")


def test_quiet_hours_for_every_kind_leave_the_rest_of_each_choice(site):
    person = site.person(Role.CASE_MANAGER)
    chosen(person, "outreach", in_app=False, email="never")
    chosen(person, "window", for_all=True, **NIGHT)
    with acting_as(person), transaction.atomic():
        rows = {one.kind: one for one in AlertPreference.objects.all()}
    assert set(rows) == set(kinds_for(person.role))
    assert {(one.quiet_from, one.quiet_until) for one in rows.values()} == {(time(22), time(7))}
    assert not rows["outreach"].in_app and rows["outreach"].email == "never" and rows["handoff"].in_app


# ---- the pages


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_page_and_each_kind_opens(world, sign_in, role):
    client = sign_in(world.a.people[role, 0])
    page = client.get(reverse("notify:choices")).content.decode()
    assert "What reaches me, and when" in client.get("/").content.decode()
    for kind in AlertKind:
        status = client.get(reverse("notify:choice", args=[kind.value])).status_code
        assert status == (200 if kind in kinds_for(role) else 404), kind
        assert (KINDS[kind].says in page) == (kind in kinds_for(role))
    assert ("While you are on call" in page) == (AlertKind.HANDOFF in kinds_for(role))


def test_the_form_saves_says_so_and_reads_the_same_again(world, sign_in):
    client = sign_in(world.a.person(Role.CASE_MANAGER))
    url = reverse("notify:choice", args=["outreach"])
    sent = {"email": "always", "quiet_from": "22:00", "quiet_until": "07:00"}
    for _ in range(2):
        page = client.post(url, sent, follow=True).content.decode()
        assert "Not here; e-mail always, but not from 10:00 pm to 7:00 am." in page and "Saved." in page
    assert 'value="22:00"' in client.get(url).content.decode()
    with acting_as(world.a.person(Role.CASE_MANAGER)), transaction.atomic():
        assert AlertPreference.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"email": "rules", "quiet_from": "25:99", "quiet_until": "7"}, "Write a time such as"),
        ({"email": "rules", "quiet_from": "22:00"}, "need a beginning and an end"),
        ({"email": "by pigeon"}, "Choose one of these."),
        ({}, "Say when you want an e-mail."),
    ],
)
def test_bad_input_gets_words_and_keeps_what_was_typed(world, sign_in, sent, says):
    client = sign_in(world.a.person(Role.CASE_MANAGER))
    page = client.post(reverse("notify:choice", args=["window"]), sent).content.decode()
    assert says in page and 'class="errors"' in page
    assert all(f'value="{value}"' in page for name, value in sent.items() if name == "quiet_from")


def test_what_always_stands_here_has_no_box_and_cannot_be_posted_away(world, sign_in):
    person = world.a.person(Role.CASE_MANAGER)
    client, url = sign_in(person), reverse("notify:choice", args=["handoff"])
    page = client.get(url).content.decode()
    assert 'name="in_app"' not in page and "It always stands here" in page
    client.post(url, {"email": "never", "in_app": ""})
    with acting_as(person), transaction.atomic():
        assert AlertPreference.objects.get().in_app


def test_the_page_costs_the_same_with_no_choice_and_with_all(world, sign_in):
    person = world.a.person(Role.SUPERVISOR)
    client, url = sign_in(person), reverse("notify:choices")

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as counted:
            client.get(url)
        return sum(1 for one in counted.captured_queries if "SAVEPOINT" not in one["sql"])

    before = cost()
    chosen(person, "window", for_all=True, **NIGHT)
    assert cost() == before <= 12
