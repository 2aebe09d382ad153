"""With every worker and beat dead nothing is delivered, and every page still tells the truth: it is asked, not remembered."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.notify.models import Notice
from referrals.actions.drafts import save_draft
from referrals.models import IntakeWindow, Reminder
from tests.casefile.working import taken
from tests.referrals.charging import charge_of

pytestmark = pytest.mark.django_db
WINDOW_OVER, DECISION_OVER = timedelta(days=33), timedelta(days=45)  # 30 days, and 7 more to the decision


def left_alone(where, ago: timedelta, recipient: str):
    """A referral whose day has come and gone, with reminders that were due and that nobody delivered."""
    referral = taken(where, at=timezone.now() - ago)
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        due = Reminder.objects.filter(referral_id=referral.pk, due_at__lte=timezone.now())
        assert due.filter(recipient=recipient).exists() and not due.exclude(delivered_at=None).exists()
    return referral


def test_casework_reads_that_the_window_is_over_though_nothing_ever_said_so(world, sign_in):
    stale = left_alone(world.a, WINDOW_OVER, "case_manager")
    manager = world.a.person(Role.CASE_MANAGER)
    client = sign_in(manager)
    with acting_as(manager), transaction.atomic():
        window = IntakeWindow.objects.get(referral_id=stale.pk)
        assert window.state == "open" and not Notice.objects.exists()
    for url in ("/", reverse("casefile:windows"), reverse("casefile:case", args=[stale.pk])):
        assert "Window ended" in client.get(url).content.decode(), url


def test_the_prosecutor_reads_that_the_decision_is_due(world, sign_in):
    stale = left_alone(world.a, DECISION_OVER, "prosecutor")
    charge = charge_of(world.a, stale)
    client = sign_in(world.a.person(Role.PROSECUTOR))
    over = (timezone.localdate(timezone=world.a.site.tz) - charge.due_on).days
    assert over > 0
    for url in ("/", reverse("referrals:charge-list")):
        assert f"{over} days over" in client.get(url).content.decode(), url
    assert client.post(reverse("referrals:charge-decide", args=[charge.pk]), {"decision": "filed"}).status_code == 302
    assert charge_of(world.a, stale).decision == "filed"


def test_a_draft_past_its_day_is_not_offered_though_nobody_swept_it_away(world, sign_in):
    officer = world.a.person(Role.OFFICER)
    with acting_as(officer), transaction.atomic():
        at = timezone.now() - timedelta(hours=25)
        draft = save_draft(by=officer, at=at, key=uuid.uuid4(), fields={"name": ["Devon Marsh"]})
    client = sign_in(officer)
    assert "Devon Marsh" not in client.get("/").content.decode()
    assert draft is None or client.get("/referrals/new/", {"draft": str(draft.pk)}).status_code == 302


def test_readiness_says_that_nobody_works(world, client):
    left_alone(world.a, WINDOW_OVER, "case_manager")
    assert client.get("/readyz").status_code == 503
