"""`drain`: a poke without arguments that sends what is unsent."""

import logging
import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from lead_cms.access.principals import Duty, acting_as
from lead_cms.notify.emails import TEXTS
from lead_cms.notify.heartbeat import beat
from lead_cms.notify.models import AlertPreference, EmailChoice, OutboxEmail
from lead_cms.notify.quiet import quiet_until

logger = logging.getLogger(__name__)
BATCH = 500
GIVE_UP_AFTER = 8
# A mail server that hangs takes ten seconds a mail; the next poke goes on inside its own time limit.
LONGEST_SECONDS = 60


@shared_task(name="lead_cms.notify.tasks.drain")
def drain(**_unknown) -> None:
    """Send unsent e-mails, one row a transaction. Any number of workers may run it at once."""
    look_again()
    sent, until = 0, time.monotonic() + LONGEST_SECONDS
    while sent < BATCH and time.monotonic() < until and send_one():
        sent += 1
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        beat("drain", handled=sent)


def look_again() -> int:
    """What waits for the end of quiet hours that its reader has changed since is due now: `send_one` asks the new ones."""
    changed = AlertPreference.objects.filter(
        membership_id=OuterRef("membership_id"), kind=OuterRef("about"), changed_at__gte=OuterRef("put_off_at")
    )
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        waiting = OutboxEmail.objects.filter(Exists(changed), sent_at=None, gave_up_at=None, put_off_at__isnull=False)
        return waiting.update(next_try_at=timezone.now(), put_off_at=None)


def send_one() -> bool:
    """Send the oldest e-mail that is due, or put it off to the end of its reader's quiet hours; False: none is due.

    The row stays locked while the mail is handed over, and the Message-ID is the row's own: only a crash between the
    hand-over and the commit can send twice, and then with the same Message-ID.
    """
    now = timezone.now()
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        mail = (
            OutboxEmail.objects.filter(sent_at=None, gave_up_at=None, next_try_at__lte=now)
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .order_by("next_try_at", "pk")
            .first()
        )
        if mail is None:
            return False
        if _waits(mail, now):
            return True
        address = OutboxEmail.user.field.related_model.objects.filter(pk=mail.user_id, is_active=True)
        to = address.values_list("email", flat=True).first()
        subject, body = TEXTS[mail.kind]
        mail.attempts += 1
        try:
            if to:
                link = f"{settings.BASE_URL}{mail.path or '/'}"
                EmailMessage(
                    subject, body.format(link=link), to=[to], headers={"Message-ID": f"<{mail.pk}@lead-cms>"}
                ).send()
            mail.sent_at = now
        except OSError as error:
            # One bad address or a mail server that is away must not stop the rest; nothing is dropped in silence.
            mail.next_try_at = now + timedelta(minutes=2**mail.attempts)
            if mail.attempts >= GIVE_UP_AFTER:
                mail.gave_up_at = now
            logger.warning("E-mail %s was not sent (try %s): %s", mail.pk, mail.attempts, type(error).__name__)
        mail.save(update_fields=["attempts", "next_try_at", "sent_at", "gave_up_at"])
        return True


def _waits(mail: OutboxEmail, now) -> bool:
    """Whether its reader has quiet hours now, or wants no e-mail of this kind any more; then it is put off, or dropped."""
    if mail.membership_id is None:
        return False
    chosen = (
        AlertPreference.objects.filter(membership_id=mail.membership_id, kind=mail.about)
        .select_related("membership__site")
        .only("email", "quiet_from", "quiet_until", "membership__site__time_zone")
        .first()
    )
    if chosen is None:
        return False
    if chosen.email == EmailChoice.NEVER:
        mail.gave_up_at = now
        mail.save(update_fields=["gave_up_at"])
        return True
    until = None if mail.is_page else quiet_until(now, chosen.quiet_from, chosen.quiet_until, chosen.membership.site.tz)
    if until is None:
        return False
    mail.next_try_at, mail.put_off_at = until, now
    mail.save(update_fields=["next_try_at", "put_off_at"])
    return True
