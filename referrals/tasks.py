"""`plan`: a poke without arguments that delivers what is due."""

from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.jobs import poke_on_commit
from lead_cms.notify.heartbeat import beat
from lead_cms.notify.models import Notice, OutboxEmail
from lead_cms.notify.tasks import drain
from referrals.erasing import erase_places
from referrals.models import Draft, Reminder
from referrals.paging import BATCH as PAGES
from referrals.paging import page_batch
from referrals.recipients import Recipients, alert_kind, cause_of, email_kind, text_of

BATCH = 200
MOST_BATCHES = 100  # a poke ends well inside its time limit; the next one goes on


@shared_task(name="referrals.tasks.plan")
def plan(**_unknown) -> None:
    """Turn due reminders into notices and e-mails. Any number of workers may run it at once, and again."""
    handled = 0
    # An officer waits with somebody: pages go first.
    for _ in range(MOST_BATCHES):
        done = page_batch()
        handled += done
        if done < PAGES:
            break
    for _ in range(MOST_BATCHES):
        done = deliver_batch()
        handled += done
        if done < BATCH:
            break
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        # A draft that was never sent is its author's alone, and gone after its day.
        Draft.objects.filter(expires_at__lte=timezone.now()).delete()
        erase_places(most=BATCH)
        beat("plan", handled=handled)


def deliver_batch() -> int:
    """One batch in one transaction: a crash undoes all of it, and nobody was told. The number of reminders handled."""
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        now = timezone.now()
        batch = list(
            Reminder.objects.filter(delivered_at=None, cancelled_at=None, due_at__lte=now)
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .order_by("due_at")[:BATCH]
        )
        if not batch:
            return 0
        recipients = Recipients(batch, now)
        told = [one for one in batch if not recipients.is_silent(one)]
        notices, mails = alerts(told, recipients, now)
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        OutboxEmail.objects.bulk_create(mails, ignore_conflicts=True)
        delivered = {one.pk for one in told}
        Reminder.objects.filter(pk__in=delivered).update(delivered_at=now)
        if silent := {one.pk for one in batch} - delivered:
            Reminder.objects.filter(pk__in=silent).update(cancelled_at=now)
        if mails:
            poke_on_commit(drain)
        return len(batch)


def alerts(told: list[Reminder], recipients: Recipients, now: datetime) -> tuple[list[Notice], list[OutboxEmail]]:
    """The rows that tell everybody, each in the way that they chose; the database keeps one a cause, reader and way."""
    notices, mails = [], []
    for reminder in told:
        key, kind, subject = cause_of(reminder), alert_kind(reminder), email_kind(reminder)
        for person in recipients.of(reminder):
            channels = recipients.channels(person, kind, reminder.channel)
            if "in_app" in channels:
                notices.append(
                    Notice(
                        site_id=reminder.site_id, key=key, recipient=person, text=text_of(reminder), path=reminder.path,
                        created_at=now,
                    )
                )  # fmt: skip
            if "email" in channels:
                mails.append(
                    OutboxEmail(
                        key=key, user_id=person.user_id, kind=subject, path=reminder.path, created_at=now,
                        membership_id=person.pk, about=kind, is_page=recipients.is_page(person, kind), next_try_at=now,
                    )
                )  # fmt: skip
    return notices, mails
