"""`remind`: a poke without arguments. A provider that has not answered within the site's days is reminded, once."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.core.jobs import poke_on_commit
from lead_cms.notify.heartbeat import beat
from lead_cms.notify.models import EmailKind
from lead_cms.notify.outbox import email, tell
from lead_cms.notify.tasks import drain
from services.enums import AskStatus
from services.models import ServiceReferral

BATCH, MOST_BATCHES = 200, 50
INBOX, MINE = "/services/inbox/", "/services/asked/"


@shared_task(name="services.tasks.remind")
def remind(**_unknown) -> None:
    """Any number of workers may run it at once, and again."""
    handled = 0
    for _ in range(MOST_BATCHES):
        done = remind_batch()
        handled += done
        if done < BATCH:
            break
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        beat("remind", handled=handled)


def remind_batch() -> int:
    """One batch in one transaction: a crash undoes all of it, and nobody was told. How many were due."""
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        now = timezone.now()
        due = list(
            ServiceReferral.objects.filter(status=AskStatus.SENT, reminded_at=None, remind_at__lte=now)
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .only("id", "site_id", "organisation_id", "asked_by_id", "remind_at")
            .order_by("remind_at")[:BATCH]
        )
        if not due:
            return 0
        people = list(
            Membership.objects.current(now)
            .filter(organisation_id__in={one.organisation_id for one in due}, role=Role.PROVIDER)
            .only("pk", "user_id", "site_id", "organisation_id")
        )
        askers = Membership.objects.current(now).in_bulk({one.asked_by_id for one in due})
        for one in due:
            staff = [person for person in people if person.organisation_id == one.organisation_id]
            key = f"unanswered:{one.pk}"
            tell(staff, key=key, text="Something asked of you waits for an answer", path=INBOX, at=now)
            email([person.user_id for person in staff], key=key, kind=EmailKind.ATTENTION, path=INBOX, at=now)
            asker = askers.get(one.asked_by_id)
            if asker is not None:
                tell([asker], key=key, text="A service has not answered you", path=f"{MINE}{one.pk}/", at=now)
        ServiceReferral.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=now)
        poke_on_commit(drain)
        return len(due)
