"""Pages that no list leads to: links in mails, second steps, and what is said when something is refused or breaks.

session_with_password(by) -> key      of a session in which the password was typed just now: pages of second steps ask for it
links_in_mails(user) -> [address]     of a first password and a new one, as they are sent and as they are too old
second_steps(user) -> addresses       of somebody who is given an app and recovery codes, then a key
refusals(by, gone) -> {name: page}    what each refusal shows, as text
"""

from collections.abc import Iterator
from types import SimpleNamespace

from allauth.account.forms import default_token_generator as reset_token
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.tokens import default_token_generator as first_token
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.views.defaults import bad_request

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, User
from lead_cms.core.views import server_error
from tests.conftest import session_of, signed_in

IN_MAILS = ("first-password", "account_reset_password_from_key", "account_reset_password_from_key_done")
STEPS = (
    "mfa_index",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
)
OF_A_KEY = ("mfa_edit_webauthn", "mfa_remove_webauthn")


def session_with_password(by: Membership) -> str:
    session = SessionStore(session_of(by))
    record_authentication(SimpleNamespace(session=session), by.user, "password", reauthenticated=True)
    session.save()
    return session.session_key


def links_in_mails(user: User) -> list[str]:
    key, mark = urlsafe_base64_encode(force_bytes(user.pk)), user_pk_to_url_str(user)
    first, new, done = IN_MAILS
    return [
        *(reverse(first, args=[key, token]) for token in (first_token.make_token(user), "old-token")),
        *(reverse(new, kwargs={"uidb36": mark, "key": token}) for token in (reset_token.make_token(user), "old-token")),
        reverse(done),
    ]


def second_steps(user: User) -> Iterator[str]:
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    yield from map(reverse, STEPS)
    # Enough of a key to be listed; one that signs in is made by a browser, in test_sign_in.py.
    data = {"name": "Key on the ring", "passwordless": False, "credential": {"clientExtensionResults": {}}}
    key = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
    yield reverse("mfa_list_webauthn")
    yield from (reverse(name, args=[key.pk]) for name in OF_A_KEY)


def refusals(by: Membership, gone: Membership) -> dict[str, str]:
    """`gone` loses the one role they have."""
    user, request, strict = signed_in(by), RequestFactory().get("/"), Client(enforce_csrf_checks=True)
    request.user, request.membership = by.user, by
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=gone.pk).update(ends_at=timezone.now())
    answers = {
        "nothing there": user.get("/nothing/there/"), "not allowed": user.get(reverse("people:list")),
        "no role": signed_in(gone).get("/"), "a form without its mark": strict.post(reverse("account_login")),
        "cut short": bad_request(request, None), "broken": server_error(request),
    }  # fmt: skip
    assert [answer.status_code for answer in answers.values()] == [404, 403, 403, 403, 400, 500]
    return {name: answer.content.decode() for name, answer in answers.items()}
