"""The package's forms of signing in, in our words."""

from allauth.account import forms as account
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn

from lead_cms.core.forms import PlainWords


class SignIn(PlainWords, account.LoginForm):
    pass


class ChangePassword(PlainWords, account.ChangePasswordForm):
    pass


class AskForReset(PlainWords, account.ResetPasswordForm):
    pass


class NewPassword(PlainWords, account.ResetPasswordKeyForm):
    pass


class PasswordAgain(PlainWords, account.ReauthenticateForm):
    pass


class ActivateCodes(PlainWords, totp.ActivateTOTPForm):
    pass


class AddKey(PlainWords, webauthn.AddWebAuthnForm):
    pass


class EditKey(PlainWords, webauthn.EditWebAuthnForm):
    pass
