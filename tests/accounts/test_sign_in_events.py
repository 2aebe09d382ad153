"""What happened to a sign-in is read by the auditor of each site that it opens, and by nobody of another site."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.actions import release_lock
from lead_cms.accounts.models import Membership, OrganisationKind
from lead_cms.audit.models import AuditEvent
from tests.accounts.test_sign_in import sign_in_by_form
from tests.conftest import connection_to
from tests.factories import PASSWORD

FAILED, LOCKED, IN = "account.sign_in_failed", "account.locked", "account.signed_in"
NEW = "another one that is long"


@pytest.fixture
def officer(world):
    return world.a.person(Role.OFFICER)


@pytest.fixture
def at_both(world, officer):
    """The same person also at the other site, under the same sign-in."""
    with acting_as(Duty.OPERATOR), transaction.atomic():
        return Membership.objects.create(
            user=officer.user, site=world.b.site, organisation=world.b.organisations[OrganisationKind.POLICE, 0],
            role=Role.OFFICER, name="Officer of both", starts_at=timezone.now() - timedelta(days=1),
        )  # fmt: skip


def read(where) -> list[AuditEvent]:
    """What the auditor of a site reads about sign-ins, oldest first."""
    with acting_as(where.person(Role.AUDITOR)), transaction.atomic():
        return list(AuditEvent.objects.filter(action__startswith="account.").order_by("recorded_at", "pk"))


def actions(where) -> list[str]:
    return [event.action for event in read(where)]


def test_a_sign_in_is_read_at_the_persons_site_and_at_no_other(world, client, officer):
    sign_in_by_form(client, officer.user.username, "wrong")
    sign_in_by_form(client, officer.user.username)
    assert actions(world.a) == [FAILED, IN]
    assert {(one.target_id, one.site_id, one.user_id) for one in read(world.a)} == {
        (str(officer.user_id), world.a.site.pk, officer.user_id)
    }
    assert actions(world.b) == []


def test_with_roles_at_two_sites_the_auditors_of_both_read_it_once_each(world, client, officer, at_both):
    sign_in_by_form(client, officer.user.username, "wrong")
    sign_in_by_form(client, officer.user.username)
    for where in (world.a, world.b):
        assert actions(where) == [FAILED, IN]
        assert {one.site_id for one in read(where)} == {where.site.pk}


def test_two_roles_at_one_site_are_one_event(world, client, officer):
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.create(
            user=officer.user, site=world.a.site, organisation=officer.organisation, role=Role.LIAISON, name="Both",
            starts_at=timezone.now() - timedelta(days=1),
        )  # fmt: skip
    sign_in_by_form(client, officer.user.username)
    assert actions(world.a) == [IN]


def test_a_role_that_has_ended_brings_its_site_no_event(world, client, officer, at_both):
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=at_both.pk).update(ends_at=timezone.now() - timedelta(hours=1))
    sign_in_by_form(client, officer.user.username)
    assert (actions(world.a), actions(world.b)) == ([IN], [])


def test_a_lock_and_its_release_are_read_at_both_sites_and_the_other_site_learns_no_name(
    world, client, officer, at_both
):
    for _ in range(5):
        sign_in_by_form(client, officer.user.username, "wrong")
    assert actions(world.a) == actions(world.b) == [FAILED] * 5 + [LOCKED]
    administrator = world.a.person(Role.ADMINISTRATOR)
    with acting_as(administrator), transaction.atomic():
        release_lock(user=officer.user, by=administrator, at=timezone.now())
    here, there = read(world.a)[-1], read(world.b)[-1]
    assert here.action == there.action == "account.released"
    assert (here.membership_id, here.user_id) == (administrator.pk, administrator.user_id)
    assert (there.membership_id, there.user_id) == (None, None)
    assert administrator.name not in there.actor_label and there.target_id == str(officer.user_id)


@pytest.mark.django_db(transaction=True)
def test_a_name_that_nobody_has_is_noted_without_a_site_and_without_what_was_typed(world, client):
    """People type their password into the wrong box."""
    sign_in_by_form(client, "my secret password", "wrong")
    assert actions(world.a) == actions(world.b) == []
    with connection_to("lead_owner") as owner:
        owner.execute("alter table audit_auditevent no force row level security")
        query = "select site_id, user_id, target_id, details::text, actor_label from audit_auditevent where action = %s"
        (event,) = owner.execute(query, [FAILED]).fetchall()
        owner.rollback()
    assert event == (None, None, "", "{}", "a name that nobody has")


def test_a_changed_password_is_noted(world, client, officer, at_both):
    sign_in_by_form(client, officer.user.username)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert actions(world.a) == actions(world.b) == [IN, "account.password_changed"]
    assert NEW not in str([one.details for one in read(world.a)])


def test_a_first_password_is_noted_before_anybody_is_signed_in(world, client, officer):
    user = officer.user
    link = f"/accounts/first/{urlsafe_base64_encode(force_bytes(user.pk))}/{default_token_generator.make_token(user)}/"
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW})
    (event,) = read(world.a)
    assert (event.action, event.details) == ("account.password_changed", {"first": True})


def test_a_second_factor_that_is_set_up_is_noted(world, client, officer):
    sign_in_by_form(client, officer.user.username)
    page = "/accounts/2fa/totp/activate/"
    if again := client.get(page).headers.get("Location"):
        client.post(again, {"password": PASSWORD})
        client.get(page)
    secret = client.session["mfa.totp.secret"]
    client.post(page, {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})
    changed = [one for one in read(world.a) if one.action == "account.second_factor_changed"]
    assert {"what": "added", "kind": "totp"} in [one.details for one in changed]
    assert secret not in str([one.details for one in changed]) and actions(world.b) == []
