"""E-mail: sent at least once, always under the same Message-ID, and saying nothing about anybody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import User
from lead_cms.notify.emails import TEXTS
from lead_cms.notify.models import EmailKind, OutboxEmail
from lead_cms.notify.outbox import email
from lead_cms.notify.tasks import GIVE_UP_AFTER, drain
from tests.notify.sink import mail_server

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 1, 19, tzinfo=UTC)


@pytest.fixture
def sink(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 2
        yield server


def write(person, *, key="k", kind=EmailKind.ATTENTION, path="/site/") -> None:
    with acting_as(Duty.INTAKE, site=person.site), transaction.atomic():
        email([person.user_id], key=key, kind=kind, path=path, at=NOW)


def drained(at=NOW) -> None:
    with time_machine.travel(at, tick=False):
        drain()


def rows() -> list[OutboxEmail]:
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        return list(OutboxEmail.objects.order_by("key"))


def test_a_mail_carries_a_link_and_nothing_else(world, settings):
    person = world.a.person(Role.CASE_MANAGER)
    write(person)
    drained()
    sent = mail.outbox[0]
    assert sent.to == [f"case_manager-0-{world.a.site.slug}@example.org"]
    assert sent.subject == "LEAD: something needs you" and f"{settings.BASE_URL}/site/" in sent.body
    for said in (person.name, world.a.site.name, "2026"):
        assert said not in sent.subject + sent.body
    drained()
    assert len(mail.outbox) == 1 and rows()[0].sent_at == NOW


def test_the_same_cause_mails_once(world):
    for _ in range(2):
        write(world.a.person(Role.CASE_MANAGER))
    drained()
    assert len(mail.outbox) == 1


def test_a_server_that_hangs_up_before_saying_yes_gets_the_same_mail_again(world, sink):
    write(world.a.person(Role.CASE_MANAGER))
    sink.behaviour = "hang up"
    drained()
    row = rows()[0]
    assert row.sent_at is None and row.attempts == 1 and row.next_try_at > NOW
    drained()  # not before its time
    assert len(sink.mails) == 1
    sink.behaviour = "take"
    drained(row.next_try_at)
    assert rows()[0].sent_at == row.next_try_at
    assert [one["Message-ID"] for one in sink.mails] == [f"<{row.pk}@lead-cms>"] * 2


def test_one_that_is_turned_down_does_not_stop_the_others_and_is_given_up_in_the_end(world, sink):
    write(world.a.person(Role.CASE_MANAGER), key="a")
    sink.behaviour = "turn down"
    at = NOW
    for _ in range(GIVE_UP_AFTER):
        drained(at)
        at = rows()[0].next_try_at
    given_up = rows()[0]
    assert given_up.gave_up_at is not None and given_up.attempts == GIVE_UP_AFTER
    sink.behaviour = "take"
    write(world.a.person(Role.SUPERVISOR), key="b")
    drained(at + timedelta(days=1))
    assert [one.sent_at is not None for one in rows()] == [False, True]
    assert len(sink.mails) == 1


def test_nobody_listens_at_the_mail_server(world, sink, settings):
    write(world.a.person(Role.CASE_MANAGER))
    settings.EMAIL_PORT = 1
    drained()
    assert rows()[0].attempts == 1 and rows()[0].sent_at is None


def test_a_person_who_may_not_sign_in_any_more_gets_no_mail(world):
    person = world.a.person(Role.CASE_MANAGER)
    write(person)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        User.objects.filter(pk=person.user_id).update(is_active=False)
    drained()
    assert mail.outbox == [] and rows()[0].sent_at == NOW


@pytest.mark.parametrize("kind", EmailKind.values)
def test_every_kind_has_a_text_with_a_link(kind):
    subject, body = TEXTS[kind]
    assert subject.startswith("LEAD") and "{link}" in body
