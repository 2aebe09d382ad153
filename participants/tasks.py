"""Pokes without arguments.

`erase`: what is kept for some days only is erased when they are over; `sweep_files`: sweeping.py; `look_alike`: records that
are new or changed are looked at for a second one of the same person.
"""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from lead_cms.access.principals import Duty, acting_as
from lead_cms.notify.heartbeat import beat
from participants.actions import alike
from participants.actions.merging import erase_what_was_before
from participants.actions.seen import erase_what_is_over
from participants.models import Participant
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


@shared_task(name="participants.tasks.look_alike")
def look_alike(**_unknown) -> None:
    """Any number of workers may run it at once, and again."""
    handled = 0
    with acting_as(Duty.MATCHER), transaction.atomic():
        sites = list(Participant.objects.filter(alike_at=None).values_list("site_id", flat=True).distinct())
    for site_id in sites:
        for _ in range(MOST_BATCHES):
            with acting_as(Duty.MATCHER, site=site_id):
                done = alike.look_for_pairs(site_id=site_id, at=timezone.now())
            handled += done
            if done < alike.BATCH:
                break
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        beat("look_alike", handled=handled)
