"""Failures of a sign-in are counted in the database, so that no flush of a cache forgets them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from lead_cms.access.principals import Principal, acting_as
from lead_cms.accounts.models import AccountLock, User
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.middleware import request_id_var

WITHIN = timedelta(minutes=15)  # CJIS Security Policy 5.9.5, AC-7: five consecutive failures within 15 minutes


def _as_application(user: User) -> Principal:
    return Principal(db_role="lead_app", label=user.username, user_id=user.pk, request_id=request_id_var.get())


def _find(username: str) -> User | None:
    if not username or "\x00" in username:
        return None
    return User.objects.filter(username__iexact=username).first()


def is_locked(username: str) -> bool:
    user = _find(username)
    return user is not None and AccountLock.objects.filter(user=user, locked_at__isnull=False).exists()


@transaction.atomic
def count_failure(username: str, *, at) -> None:
    """One more failure of this name; the fifth within 15 minutes locks it. Unknown names are not counted."""
    user = _find(username)
    if user is None:
        return
    AccountLock.objects.bulk_create([AccountLock(user=user)], ignore_conflicts=True)
    lock = AccountLock.objects.select_for_update(no_key=True).get(user=user)
    if lock.locked_at is None and (lock.first_failed_at is None or at - lock.first_failed_at > WITHIN):
        lock.failures, lock.first_failed_at = 0, at
    lock.failures += 1
    locked_now = lock.locked_at is None and lock.failures >= settings.SIGN_IN_FAILURES
    if locked_now:
        lock.locked_at = at
    lock.save(update_fields=["failures", "first_failed_at", "locked_at"])
    with acting_as(_as_application(user)):
        record(AuditAction.SIGN_IN_FAILED, target=user, failures=lock.failures)
        if locked_now:
            record(AuditAction.ACCOUNT_LOCKED, target=user)


@transaction.atomic
def signed_in(user: User) -> None:
    """A good sign-in sets the count back."""
    AccountLock.objects.filter(user=user, locked_at=None).update(failures=0, first_failed_at=None)
    with acting_as(_as_application(user)):
        record(AuditAction.SIGNED_IN, target=user)
