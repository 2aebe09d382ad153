"""Set-up for tests of casework: a referral made by its officer, taken over by its case manager."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.actions import items, taking
from referrals.models import Casework, IntakeWindow, Referral
from tests.referrals.making import make_arrest_referral

AT = datetime(2026, 10, 6, 20, 0, tzinfo=UTC)  # Tuesday, 1:00 pm at both sites


def referred(where, *, at=AT, called_at=None, **more) -> Referral:
    """Given by officer 0 of the site, ten minutes after the call."""
    officer = where.person(Role.OFFICER)
    with transaction.atomic():
        return make_arrest_referral(officer, at=at, called_at=called_at or at - timedelta(minutes=5), **more)


def taken(where, *, at=AT, by=None, **more) -> Referral:
    """The same, taken over half an hour later by case manager 0."""
    referral = referred(where, at=at, **more)
    by = by or where.person(Role.CASE_MANAGER)
    with acting_as(by), transaction.atomic():
        taking.take_over(referral=fresh(referral), by=by, at=at + timedelta(minutes=30))
        return fresh(referral)


def fresh(row):
    """The row as the stated principal sees it now."""
    return type(row).objects.get(pk=row.pk)


def site_today(by):
    """Today at the site of `by`: outside of a request the active zone is not the site's."""
    return timezone.localdate(timezone=by.site.tz)


def window_of(by, referral) -> IntakeWindow:
    with acting_as(by), transaction.atomic():
        return IntakeWindow.objects.get(referral_id=referral.pk)


def case_of(by, referral) -> Casework:
    with acting_as(by), transaction.atomic():
        return Casework.objects.get(referral_id=referral.pk)


def done(by, referral, *kinds, on, at):
    """Record items as `by`; the rows made."""
    with acting_as(by), transaction.atomic():
        made = []
        for kind in kinds:
            made += items.record_item(referral=fresh(referral), kind=kind, done_on=on, by=by, at=at)
        return made
