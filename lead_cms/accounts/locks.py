"""Failures of a sign-in are counted in the database, so that no flush of a cache forgets them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from lead_cms.accounts.events import note, note_unknown
from lead_cms.accounts.models import AccountLock, User
from lead_cms.audit.events import AuditAction

WITHIN = timedelta(minutes=15)  # CJIS Security Policy 5.9.5, AC-7: five consecutive failures within 15 minutes


def _find(username: str) -> User | None:
    if not username or "\x00" in username:
        return None
    return User.objects.filter(username__iexact=username).first()


def is_locked(username: str) -> bool:
    user = _find(username)
    return user is not None and AccountLock.objects.filter(user=user, locked_at__isnull=False).exists()


@transaction.atomic
def count_failure(username: str, *, at) -> None:
    """One more failure of this name; the fifth within 15 minutes locks it. Unknown names are noted and not counted."""
    user = _find(username)
    if user is None:
        return note_unknown(AuditAction.SIGN_IN_FAILED)
    AccountLock.objects.bulk_create([AccountLock(user=user)], ignore_conflicts=True)
    lock = AccountLock.objects.select_for_update(no_key=True).get(user=user)
    if lock.locked_at is None and (lock.first_failed_at is None or at - lock.first_failed_at > WITHIN):
        lock.failures, lock.first_failed_at = 0, at
    lock.failures += 1
    locked_now = lock.locked_at is None and lock.failures >= settings.SIGN_IN_FAILURES
    if locked_now:
        lock.locked_at = at
    lock.save(update_fields=["failures", "first_failed_at", "locked_at"])
    note(AuditAction.SIGN_IN_FAILED, user=user, at=at, failures=lock.failures)
    if locked_now:
        note(AuditAction.ACCOUNT_LOCKED, user=user, at=at)
    return None


@transaction.atomic
def signed_in(user: User, *, at) -> None:
    """A good sign-in sets the count back."""
    AccountLock.objects.filter(user=user, locked_at=None).update(failures=0, first_failed_at=None)
    note(AuditAction.SIGNED_IN, user=user, at=at)
