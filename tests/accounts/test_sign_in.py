"""Signing in: password, lock, second step, reset by e-mail, first password."""

import re
import time
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.adapter import NOT_SIGNED_IN
from lead_cms.accounts.models import AccountLock, User
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"


@pytest.fixture
def officer(world):
    return world.a.person(Role.OFFICER)


def sign_in_by_form(client, username, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": username, "password": password, **more})


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# ---- name and password


def test_name_and_password_lead_to_today(client, officer):
    assert "Sign in" in words(client.get(LOGIN))
    response = sign_in_by_form(client, officer.user.username.upper())
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.get("/").status_code == 200


def test_signing_in_makes_a_new_session(client, officer):
    client.get(LOGIN)
    client.session.save()
    before = client.session.session_key
    sign_in_by_form(client, officer.user.username)
    after = client.session.session_key
    client.post("/accounts/logout/")
    assert before != after != client.session.session_key
    assert client.get("/").status_code == 302


def test_a_page_asks_for_sign_in_and_comes_back(client, officer):
    response = client.get("/notices/")
    assert response["Location"] == f"{LOGIN}?next=/notices/"
    response = sign_in_by_form(client, officer.user.username, next="/notices/")
    assert response["Location"] == "/notices/"
    assert "Nothing yet" in words(client.get("/notices/"))


def test_no_address_of_another_host_is_followed(client, officer):
    response = sign_in_by_form(client, officer.user.username, next="https://example.com/")
    assert urlsplit(response["Location"]).netloc == ""


@pytest.mark.parametrize("username", ["nobody-here", "", "a\x00b"])
def test_an_unknown_name_is_told_the_same_as_a_wrong_password(client, officer, username):
    wrong = sign_in_by_form(client, officer.user.username, "not the password at all")
    unknown = sign_in_by_form(client, username, "not the password at all")
    assert wrong.status_code == unknown.status_code == 200
    assert NOT_SIGNED_IN in words(wrong)
    if username and "\x00" not in username:
        assert NOT_SIGNED_IN in words(unknown)


def test_five_failures_lock_and_say_nothing_new(client, officer):
    answers = [words(sign_in_by_form(client, officer.user.username, "wrong")) for _ in range(5)]
    assert AccountLock.objects.get(user=officer.user).locked_at is not None
    locked = sign_in_by_form(client, officer.user.username)
    assert locked.status_code == 200
    assert NOT_SIGNED_IN in words(locked)
    assert len({NOT_SIGNED_IN in answer for answer in answers}) == 1
    AccountLock.objects.update(locked_at=None, failures=0)
    assert sign_in_by_form(client, officer.user.username).status_code == 302


def test_four_failures_and_a_good_sign_in_begin_again(client, officer):
    for _ in range(4):
        sign_in_by_form(client, officer.user.username, "wrong")
    assert sign_in_by_form(client, officer.user.username).status_code == 302
    assert AccountLock.objects.get(user=officer.user).failures == 0


def test_failures_long_apart_do_not_lock(client, officer):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(6):
            sign_in_by_form(client, officer.user.username, "wrong")
            clock.shift(16 * 60)
    assert AccountLock.objects.get(user=officer.user).locked_at is None


# ---- changing and resetting the password


def test_changing_the_password_writes_one_column_and_keeps_the_session(client, officer):
    sign_in_by_form(client, officer.user.username)
    new = "another one that is long"
    response = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response.status_code == 302
    assert client.get("/").status_code == 200
    officer.user.refresh_from_db()
    assert officer.user.check_password(new)


def test_a_short_password_is_not_taken(client, officer):
    sign_in_by_form(client, officer.user.username)
    response = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )
    assert response.status_code == 200
    assert "15 characters" in words(response)


def test_reset_by_mail_goes_through_the_outbox_and_works_once(client, officer):
    response = client.post("/accounts/password/reset/", {"email": officer.user.email})
    assert response.status_code == 302
    (sent,) = mail.outbox
    assert officer.name not in sent.body
    link = urlsplit(re.search(r"https?://\S+", sent.body)[0]).path
    page = client.get(link, follow=True)
    assert page.status_code == 200
    new = "quite another one, long"
    form = page.request["PATH_INFO"]
    done = client.post(form, {"password1": new, "password2": new})
    assert done.status_code == 302
    assert sign_in_by_form(client, officer.user.username, new).status_code == 302
    client.post("/accounts/logout/")
    assert "no longer works" in words(client.get(link, follow=True))


def test_reset_says_the_same_to_an_unknown_address(client, officer):
    known = client.post("/accounts/password/reset/", {"email": officer.user.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


def test_a_first_password_is_chosen_once(client, officer):
    officer.user.set_unusable_password()
    officer.user.save(update_fields=["password"])
    token = default_token_generator.make_token(officer.user)
    link = reverse("first-password", args=[urlsafe_base64_encode(force_bytes(officer.user.pk)), token])
    page = client.get(link, follow=True)
    assert "Choose a password" in words(page)
    new = "a first one that is long"
    done = client.post(page.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    assert done["Location"] == LOGIN
    assert "Your password is set" in words(client.get(LOGIN))
    assert "no longer works" in words(client.get(link, follow=True))
    assert sign_in_by_form(client, officer.user.username, new).status_code == 302


# ---- the second step


def code_of(secret, at=None) -> str:
    return format_hotp_value(hotp_value(secret, int(at or time.time()) // 30))


@pytest.fixture
def secret(officer):
    secret = generate_totp_secret()
    TOTP.activate(officer.user, secret)
    return secret


def test_the_secret_is_sealed(officer, secret):
    assert secret not in str(Authenticator.objects.get(user=officer.user).data)


def test_a_code_is_asked_and_accepted_once(client, officer, secret):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert sign_in_by_form(client, officer.user.username)["Location"] == "/accounts/2fa/authenticate/"
        assert client.get("/").status_code == 302
        page = client.get("/accounts/2fa/authenticate/")
        assert "Second step" in words(page)
        code = code_of(secret)
        assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/"
        assert client.get("/").status_code == 200
        client.post("/accounts/logout/")
        sign_in_by_form(client, officer.user.username)
        cache.clear()  # another process knows nothing of this one's memory
        again = client.post("/accounts/2fa/authenticate/", {"code": code})
        assert "That code does not sign in" in words(again)
        clock.shift(30)
        assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/"


def test_the_former_code_is_not_accepted(client, officer, secret):
    sign_in_by_form(client, officer.user.username)
    response = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret, time.time() - 45)})
    assert response.status_code == 200


def test_five_wrong_codes_lock_like_five_wrong_passwords(client, officer, secret):
    sign_in_by_form(client, officer.user.username)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert AccountLock.objects.get(user=officer.user).locked_at is not None
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200


def test_a_recovery_code_works_once(client, officer, secret):
    codes = RecoveryCodes.activate(officer.user).get_unused_codes()
    sign_in_by_form(client, officer.user.username)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]})["Location"] == "/"
    client.post("/accounts/logout/")
    sign_in_by_form(client, officer.user.username)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200


def test_where_a_second_step_is_required_nothing_opens_before_it_is_set_up(client, officer, settings):
    settings.MFA_REQUIRED = True
    sign_in_by_form(client, officer.user.username)
    assert client.get("/")["Location"] == "/accounts/2fa/totp/activate/"
    again = client.get("/accounts/2fa/totp/activate/")["Location"]
    assert "Is it you?" in words(client.get(again))
    assert client.post(again, {"password": PASSWORD})["Location"] == "/accounts/2fa/totp/activate/"
    page = client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert secret in words(page)
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get(done["Location"]).status_code == 200
    assert client.get("/").status_code == 200


def test_every_page_of_the_second_step_renders(client, officer, secret):
    sign_in_by_form(client, officer.user.username)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    for name in ("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_list_webauthn",
                 "mfa_add_webauthn", "account_change_password", "account_logout"):  # fmt: skip
        assert client.get(reverse(name), follow=True).status_code == 200


# ---- who may no longer


def test_a_stopped_sign_in_is_turned_away_at_the_next_request(sign_in, officer):
    client = sign_in(officer)
    assert client.get("/").status_code == 200
    with acting_as(Duty.OPERATOR):
        User.objects.filter(pk=officer.user_id).update(is_active=False)
    assert client.get("/")["Location"].startswith(LOGIN)


# ---- pages without a principal

ACCOUNT_PAGES = {
    "account_login", "account_logout", "account_inactive", "account_reauthenticate", "account_change_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_list_webauthn", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "first-password", "held-form", "switch", "stay", "theme", "readyz",
}  # fmt: skip


def patterns(resolver=None):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern


def test_these_pages_and_no_others_run_without_a_principal():
    found = {p.name for p in patterns() if getattr(p.callback, "account_page", False)}
    assert found == ACCOUNT_PAGES


def test_the_public_pages_are_these():
    public = {p.name for p in patterns() if not getattr(p.callback, "login_required", True)}
    assert public == {
        "account_login", "account_logout", "account_inactive", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_authenticate",
        "first-password", "theme", "healthz", "readyz",
    }  # fmt: skip
