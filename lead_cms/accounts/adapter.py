"""How sign-in differs from the package's own: no sign-up, a lock after five failures, sealed second-factor secrets."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.hashers import make_password
from django.shortcuts import redirect
from django.utils import timezone

from lead_cms.accounts import locks
from lead_cms.accounts.events import note
from lead_cms.accounts.holding import held_by
from lead_cms.audit.events import AuditAction
from lead_cms.core import crypto

# The same words whether the name is unknown, the password wrong or the sign-in locked: nothing tells which names exist.
NOT_SIGNED_IN = (
    "That name and password do not sign in. After five failures a sign-in is locked until an administrator of your "
    "site releases it."
)
# Said after the package's own deeds, in our words; what is not named here is said by the next page itself.
SAID = {
    "account/messages/password_changed.txt": "Your password is changed.",
    "account/messages/password_set.txt": "Your password is set. Sign in with it.",
    "mfa/messages/totp_activated.txt": "The app is in use from your next sign-in on.",
    "mfa/messages/totp_deactivated.txt": "The app is no longer in use.",
    "mfa/messages/recovery_codes_generated.txt": "These are your new codes. The old ones no longer work.",
    "mfa/messages/webauthn_added.txt": "The key is in use from your next sign-in on.",
    "mfa/messages/webauthn_removed.txt": "The key is no longer in use.",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {**DefaultAccountAdapter.error_messages, "username_password_mismatch": NOT_SIGNED_IN}

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        if locks.is_locked(credentials.get("username", "")):
            locks.count_failure(credentials.get("username", ""), at=timezone.now())
            # As long as a true check would take: a locked name must not answer faster than an unknown one.
            make_password(credentials.get("password", ""))
            raise self.validation_error("username_password_mismatch")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request, **credentials):
        locks.count_failure(credentials.get("username", ""), at=timezone.now())
        super().authentication_failed(request, **credentials)

    def post_login(self, request, user, **kwargs):
        locks.signed_in(user, at=timezone.now())
        response = super().post_login(request, user, **kwargs)
        return redirect("held-form") if held_by(user.pk, at=timezone.now()) else response

    def set_password(self, user, password):
        """Only the column that the application may write."""
        user.set_password(password)
        user.save(update_fields=["password"])
        note(AuditAction.PASSWORD_CHANGED, user=user, at=timezone.now())

    def add_message(self, request, level, message_template=None, *args, message=None, **kwargs):
        says = message or SAID.get(message_template)
        if says:
            super().add_message(request, level, message=says)


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, aad="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, aad="mfa").decode()
