"""Held charges for tests, with whatever became of their windows, made by the real actions."""

from datetime import date, datetime, timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from participants.actions.consents import revoke
from referrals.actions.events import step_back
from referrals.actions.items import record_item
from referrals.actions.taking import take_over
from referrals.actions.talking import ask_consent, begin_talk
from referrals.models import Extension, HeldCharge, IntakeWindow, Referral, Reminder
from tests.referrals.making import make_arrest_referral


def held_charge(site, *, at: datetime, **given) -> tuple[Referral, HeldCharge]:
    """A referral of officer 0 and the first of its held charges, as the prosecutor sees it."""
    with transaction.atomic():
        referral = make_arrest_referral(site.person(Role.OFFICER), at=at, **given)
    return referral, charge_of(site, referral)


def charge_of(site, referral) -> HeldCharge:
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        return HeldCharge.objects.select_related("decided_by").filter(referral_id=referral.pk).order_by("code").first()


def window_of(site, referral) -> IntakeWindow:
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        return IntakeWindow.objects.get(referral_id=referral.pk)


def extensions_of(site, charge) -> list[Extension]:
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        return list(Extension.objects.filter(charge=charge).order_by("number"))


def reminders_of(site, referral, **only) -> list[Reminder]:
    """As the scheduler has them: by moment, recipient, channel."""
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        rows = Reminder.objects.filter(referral_id=referral.pk, **only)
        return list(rows.order_by("due_at", "step", "recipient", "channel", "schedule"))


def hand_over(site, referral, *, at: datetime, number: int = 0) -> None:
    manager = site.person(Role.CASE_MANAGER, number)
    with acting_as(manager), transaction.atomic():
        take_over(referral=Referral.objects.get(pk=referral.pk), by=manager, at=at)


def meet(site, referral, *, on: date, at: datetime) -> None:
    """Intake and assessment done on a day, typed at a moment."""
    manager = site.person(Role.CASE_MANAGER)
    for kind in ("intake", "assessment"):
        with acting_as(manager), transaction.atomic():
            record_item(referral=Referral.objects.get(pk=referral.pk), kind=kind, done_on=on, by=manager, at=at)


def sign(site, referral, *, at: datetime):
    """The criminal-justice consent, signed in private."""
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        own = Referral.objects.get(pk=referral.pk)
        begin_talk(referral=own, others_present="nobody", by=manager, at=at)
        return ask_consent(referral=own, answer="yes", language="en", by=manager, at=at, signed_name="D. Marsh")


def take_back(site, consent, *, at: datetime) -> None:
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        revoke(consent=consent, how="written", by=manager, at=at)


def leave(site, referral, *, at: datetime) -> None:
    """The person steps back."""
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        step_back(referral=Referral.objects.get(pk=referral.pk), by=manager, at=at)


def shared(site, *, at: datetime) -> tuple[Referral, HeldCharge]:
    """Handed over, met and consented to: everything it takes for "met"."""
    referral, charge = held_charge(site, at=at)
    hand_over(site, referral, at=at + timedelta(minutes=30))
    meet(site, referral, on=at.astimezone(site.site.tz).date(), at=at + timedelta(hours=2))
    sign(site, referral, at=at + timedelta(hours=3))
    return referral, charge
