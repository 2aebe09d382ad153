"""What a window needs: counted on the day it was done, whenever it was typed; and the edges of the due day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError, StaleState
from participants.models import Participant
from referrals.actions import items
from referrals.models import Casework, HeldCharge, IntakeWindow, Reminder, WindowItem, WindowResult
from tests.casefile.working import AT, done, fresh, taken, window_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


@pytest.fixture
def supervisor(world):
    return world.a.person(Role.SUPERVISOR)


def noon(day):
    return datetime(day.year, day.month, day.day, 20, tzinfo=UTC)


def test_all_items_in_time_make_the_window_met_and_stop_its_reminders(world, manager):
    referral = taken(world.a)
    window = window_of(manager, referral)
    kinds = window.required_items
    for number, kind in enumerate(kinds):
        day = window.starts_on + (number + 1) * DAY
        done(manager, referral, kind, on=day, at=noon(day))
    window = window_of(manager, referral)
    assert window.state == "met" and window.met_on == window.starts_on + len(kinds) * DAY
    with acting_as(manager), transaction.atomic():
        assert WindowResult.objects.filter(window=window).count() == HeldCharge.objects.count() == 1
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        waiting = Reminder.objects.filter(referral=referral, delivered_at=None, cancelled_at=None, due_at__gt=AT + DAY)
        assert waiting.exclude(window=None).count() == 0
        assert waiting.filter(window=None).exists()  # the prosecutor's go on


def test_one_missing_item_leaves_the_window_open(world, manager):
    referral = taken(world.a)
    window = window_of(manager, referral)
    for kind in window.required_items[1:]:
        done(manager, referral, kind, on=window.starts_on, at=AT + DAY)
    assert window_of(manager, referral).state == "open"


def test_the_last_second_of_the_due_day_counts_and_one_second_later_waits(world, manager, supervisor):
    for seconds, state, late in ((-1, "met", False), (0, "open", True)):
        referral = taken(world.a)
        window = window_of(manager, referral)
        midnight = datetime(window.due_on.year, window.due_on.month, window.due_on.day, tzinfo=manager.site.tz) + DAY
        made = done(
            manager, referral, *window.required_items, on=window.due_on, at=midnight + timedelta(seconds=seconds)
        )
        assert window_of(manager, referral).state == state
        assert {item.needs_confirmation for item in made} == {late}


def test_done_a_day_late_is_kept_and_does_not_count(world, manager):
    referral = taken(world.a)
    window = window_of(manager, referral)
    late = window.due_on + DAY
    made = done(manager, referral, *window.required_items, on=late, at=noon(late))
    assert len(made) == len(window.required_items) and not any(item.needs_confirmation for item in made)
    assert window_of(manager, referral).state == "open"


def test_done_on_the_last_day_and_typed_three_days_later_counts_once_somebody_else_confirms(world, manager, supervisor):
    referral = taken(world.a)
    window = window_of(manager, referral)
    late = noon(window.due_on + 3 * DAY)
    made = done(manager, referral, *window.required_items, on=window.due_on, at=late)
    assert window_of(manager, referral).state == "open"
    with acting_as(manager), transaction.atomic(), pytest.raises(DomainError, match="supervisor"):
        items.confirm_item(item=made[0], by=manager, at=late)
    for item in made:
        with acting_as(supervisor), transaction.atomic():
            items.confirm_item(item=item, by=supervisor, at=late)
    window = window_of(manager, referral)
    assert window.state == "met" and window.met_on == window.due_on
    with acting_as(supervisor), transaction.atomic(), pytest.raises(StaleState):
        items.confirm_item(item=made[0], by=supervisor, at=late)


def test_nobody_confirms_what_they_typed_themself(world, supervisor):
    referral = taken(world.a, by=supervisor)
    window = window_of(supervisor, referral)
    late = noon(window.due_on + DAY)
    made = done(supervisor, referral, "intake", on=window.due_on, at=late)
    with acting_as(supervisor), transaction.atomic(), pytest.raises(DomainError, match="somebody else"):
        items.confirm_item(item=made[0], by=supervisor, at=late)


@pytest.mark.parametrize(("days", "words"), [(-1, "before it"), (2, "not come yet")])
def test_a_day_before_the_window_or_in_the_future_is_refused(world, manager, days, words):
    referral = taken(world.a)
    window = window_of(manager, referral)
    with pytest.raises(DomainError, match=words) as refused:
        done(manager, referral, "intake", on=window.starts_on + days * DAY, at=AT + DAY)
    assert refused.value.field == "done_on"


def test_an_item_counts_in_every_open_window_of_the_same_participant_it_falls_into(world, manager):
    first, second = taken(world.a), taken(world.a, at=AT + 4 * DAY)
    with acting_as(manager), transaction.atomic():
        person = Participant.objects.create(
            site_id=manager.site_id, given_name="Ana", created_at=AT, created_by=manager
        )
        Casework.objects.filter(referral__in=[first, second]).update(participant=person)
    early, late = window_of(manager, first), window_of(manager, second)
    made = done(manager, first, "intake", on=early.starts_on + DAY, at=AT + 5 * DAY)
    assert [item.window_id for item in made] == [early.pk]
    kind = next(kind for kind in early.required_items if kind != "intake")
    made = done(manager, first, kind, on=late.starts_on, at=AT + 5 * DAY)
    assert {item.window_id for item in made} == {early.pk, late.pk}
    assert window_of(manager, first).state == "met" and window_of(manager, second).state == "open"


def test_after_the_prosecutor_has_decided_nothing_breaks(world, manager):
    prosecutor, referral = world.a.person(Role.PROSECUTOR), taken(world.a)
    window = window_of(manager, referral)
    with acting_as(prosecutor), transaction.atomic():
        HeldCharge.objects.filter(referral_id=referral.pk).update(
            decision="filed", decided_at=AT + DAY, decided_by=prosecutor
        )
    done(manager, referral, *window.required_items, on=window.starts_on + DAY, at=AT + 2 * DAY)
    assert window_of(manager, referral).state == "met"
    with acting_as(prosecutor), transaction.atomic():
        assert not WindowResult.objects.exists()


def test_an_extension_lets_what_was_done_late_count(world, manager):
    referral = taken(world.a)
    window = window_of(manager, referral)
    late = window.due_on + DAY
    done(manager, referral, *window.required_items, on=late, at=noon(late))
    with acting_as(Duty.CLOCKWORK, site=manager.site), transaction.atomic():
        IntakeWindow.objects.filter(pk=window.pk).update(due_on=late + DAY, extension_count=1)
    with acting_as(manager), transaction.atomic():
        assert items.settle(window=fresh(window), by=manager, at=noon(late))
    assert window_of(manager, referral).state == "met"


def test_the_page_records_a_day_and_says_no_beside_it(world, manager, sign_in):
    referral = taken(world.a, at=datetime.now(UTC) - DAY)
    client, page = sign_in(manager), reverse("casefile:item", args=[referral.pk, "intake"])
    bad = client.post(page, {"done_on": "2001-01-01"})
    assert "this is before it" in bad.content.decode()
    window = window_of(manager, referral)
    assert client.post(page, {"done_on": window.starts_on.isoformat()}).status_code == 302
    with acting_as(manager), transaction.atomic():
        assert WindowItem.objects.get(window=window).typed_by == manager
    again = client.post(page, {"done_on": window.starts_on.isoformat()}, follow=True)
    assert "Nothing was added" in again.content.decode()
