"""How sign-in differs from the package's own: no sign-up, a lock after five failures, sealed second-factor secrets."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils import timezone

from lead_cms.accounts import locks
from lead_cms.core import crypto

# The same words whether the name is unknown, the password wrong or the sign-in locked: nothing tells which names exist.
NOT_SIGNED_IN = (
    "That name and password do not sign in. After five failures a sign-in is locked until an administrator of your "
    "site releases it."
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {**DefaultAccountAdapter.error_messages, "username_password_mismatch": NOT_SIGNED_IN}

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        if locks.is_locked(credentials.get("username", "")):
            locks.count_failure(credentials.get("username", ""), at=timezone.now())
            raise self.validation_error("username_password_mismatch")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request, **credentials):
        locks.count_failure(credentials.get("username", ""), at=timezone.now())
        super().authentication_failed(request, **credentials)

    def post_login(self, request, user, **kwargs):
        locks.signed_in(user)
        return super().post_login(request, user, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, aad="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, aad="mfa").decode()
