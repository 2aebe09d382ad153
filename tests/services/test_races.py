"""Two at once: two of a provider's staff answer, two workers remind, a consent is taken back while another reads."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import StaleState
from lead_cms.notify.models import Notice
from participants.models import Consent
from services.actions.asking import answer
from services.models import ServiceReferral, SharedFact
from services.tasks import remind_batch
from tests.factories import World, membership
from tests.services.making import make_asked, make_consent, make_linked, make_person

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def at_once(*works) -> list:
    """Run each in a thread of its own, all let go together; what each gave or raised."""
    gate, given = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        gate.wait()
        try:
            given[number] = work()
        except Exception as error:
            given[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return given


def test_two_of_the_staff_answer_and_one_of_them_counts():
    world = World.build()
    service, person = make_linked(world.a), make_person(world.a)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        colleague = membership(world.a, Role.PROVIDER, 0, name="provider-colleague")
    for _ in range(ROUNDS):
        asked = make_asked(world.a, service, person)

        def say(by, to, asked=asked):
            with acting_as(by), transaction.atomic():
                found = ServiceReferral.objects.get(pk=asked.pk)
                return answer(asked=found, to=to, by=by, at=timezone.now(), reason="full")

        given = at_once(
            lambda: say(world.a.person(Role.PROVIDER), "provider_declined"), lambda: say(colleague, "person_declined")
        )
        won = [one for one in given if isinstance(one, ServiceReferral)]
        assert len(won) == 1 and sum(isinstance(one, StaleState) for one in given) == 1, given
        with acting_as(world.a.person(Role.CASE_MANAGER)), transaction.atomic():
            after = ServiceReferral.objects.get(pk=asked.pk)
            assert (after.status, after.answered_by_id) == (won[0].status, won[0].answered_by_id)
            assert Notice.objects.filter(key__startswith=f"answered:{asked.pk}").count() == 1


def test_two_workers_remind_once():
    world = World.build()
    for _ in range(3):
        make_asked(world.a, make_linked(world.a), at=timezone.now() - timedelta(days=9))
    assert sum(at_once(remind_batch, remind_batch)) == 3
    with acting_as(world.a.person(Role.PROVIDER)), transaction.atomic():
        assert Notice.objects.filter(key__startswith="unanswered:").count() == 3


def test_a_consent_that_is_taken_back_closes_while_another_reads():
    """The reader's transaction is open before the revocation commits, and its next look is closed."""
    world = World.build()
    manager, staff = world.a.person(Role.CASE_MANAGER), world.a.person(Role.PROVIDER)
    person = make_person(world.a)
    make_consent(world.a, person, staff.organisation, ("enrolment", "housing"))
    make_asked(world.a, make_linked(world.a), person, names_person=True, facts={"housing": "x"})
    opened, closed, counts = threading.Event(), threading.Event(), []

    def read():
        with acting_as(staff), transaction.atomic():
            counts.append(SharedFact.objects.count())
            opened.set()
            closed.wait(20)
            counts.append(SharedFact.objects.count())

    def take_back():
        opened.wait(20)
        with acting_as(manager), transaction.atomic():
            Consent.objects.update(revoked_at=timezone.now(), revoked_how="spoken", revoked_by=manager)
        closed.set()

    assert at_once(read, take_back) == [None, None]
    assert counts == [1, 0]
