"""Pokes without arguments. `erase`: what is kept for some days only is erased when they are over; `sweep_files`: sweeping.py."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from lead_cms.access.principals import Duty, acting_as
from lead_cms.notify.heartbeat import beat
from participants.actions.merging import erase_what_was_before
from participants.actions.seen import erase_what_is_over
from participants.sweeping import sweep

BATCH, MOST_BATCHES = 500, 50


@shared_task(name="participants.tasks.erase")
def erase(**_unknown) -> None:
    """Any number of workers may run it at once, and again."""
    handled = 0
    for _ in range(MOST_BATCHES):
        with acting_as(Duty.SCHEDULER), transaction.atomic():
            done = erase_what_is_over(at=timezone.now(), most=BATCH)
        handled += done
        if done < BATCH:
            break
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        handled += erase_what_was_before(at=timezone.now())
        beat("erase", handled=handled)


@shared_task(name="participants.tasks.sweep_files")
def sweep_files(**_unknown) -> None:
    sweep()
