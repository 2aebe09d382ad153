"""The second step of signing in: a code is accepted once, by whichever process, and wrong ones are counted."""

import time
from functools import partial

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings, signals
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django import forms
from django.db import transaction
from django.utils import timezone

from lead_cms.accounts import locks
from lead_cms.accounts.events import note
from lead_cms.audit.events import AuditAction
from lead_cms.core.forms import PlainWords

WRONG = "That code does not sign in. Wait for the next one your app shows."


@transaction.atomic
def use_once(authenticator: Authenticator, code: str) -> bool:
    """Whether this time step's code was still unused; it no longer is. Kept in the database, where every process looks."""
    held = Authenticator.objects.select_for_update(no_key=True).get(pk=authenticator.pk)
    step, secret = int(time.time()) // app_settings.TOTP_PERIOD, decrypt(held.data["secret"])
    used = next(s for s in (step, step - 1) if _is_code(secret, s, code) or s == step - 1)
    if held.data.get("last_step", 0) >= used:
        return False
    held.data["last_step"] = used
    held.save(update_fields=["data"])
    return True


def _is_code(secret: str, step: int, code: str) -> bool:
    return compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))


class Counted:
    """Mixed into the package's forms: five wrong codes lock the sign-in like five wrong passwords."""

    def clean_code(self):
        if locks.is_locked(self.user.username):
            raise forms.ValidationError(WRONG)
        try:
            code = super().clean_code()
        except forms.ValidationError as error:
            locks.count_failure(self.user.username, at=timezone.now())
            raise forms.ValidationError(WRONG) from error
        if self.authenticator.type == Authenticator.Type.TOTP and not use_once(self.authenticator, code):
            raise forms.ValidationError(WRONG)
        return code


class SignInCode(PlainWords, Counted, AuthenticateForm):
    pass


class CodeAgain(PlainWords, Counted, ReauthenticateForm):
    pass


def listen() -> None:
    """Write down each second factor that is added, taken away or renewed."""
    for signal, what in (
        (signals.authenticator_added, "added"),
        (signals.authenticator_removed, "removed"),
        (signals.authenticator_reset, "renewed"),
    ):
        signal.connect(partial(_changed, what), dispatch_uid=f"second_factor_{what}", weak=False)


def _changed(what: str, *, user, authenticator, **_more) -> None:
    kind = str(authenticator.type)
    note(AuditAction.SECOND_FACTOR_CHANGED, user=user, at=timezone.now(), what=what, kind=kind)
