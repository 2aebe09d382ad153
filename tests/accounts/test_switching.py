"""Acting under another role: what an older page sends does nothing under either, and is answered plainly."""

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import HeldForm, Membership, OrganisationKind
from lead_cms.audit.models import AuditEvent
from referrals.models import Attempt, Referral
from tests.casefile.working import taken

pytestmark = pytest.mark.django_db
TRY = {"kind": "visit", "outcome": "reached", "place": "Library steps"}


@pytest.fixture
def two(world):
    """One person, case manager and supervisor of the same site; both may log a try."""
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        other = Membership.objects.create(
            user=manager.user, site=world.a.site, role=Role.SUPERVISOR, name="Case manager 0",
            organisation=world.a.organisations[OrganisationKind.CASE_MANAGEMENT, 1], starts_at=manager.starts_at,
        )  # fmt: skip
    return manager, other


class Tabs:
    """One browser: a session and its cookies; each page keeps the token that it was loaded with."""

    def __init__(self, membership):
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(membership.user)
        session = self.client.session
        session["membership_id"] = str(membership.pk)
        session.save()

    def load(self, path: str) -> str:
        page = self.client.get(path).content.decode()
        return re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)

    def send(self, path: str, token: str, data: dict | None = None, **more):
        return self.client.post(path, {"csrfmiddlewaretoken": token} | (data or {}), **more)

    def switch(self, to) -> None:
        answer = self.send(reverse("switch", args=[to.pk]), self.load("/"))
        assert answer.status_code == 302

    def header(self) -> str:
        page = self.client.get("/").content.decode()
        return re.search("Acting as: </span><b>([^<]+)</b><small>([^<]+)", page).group(0)


def tries(by) -> list[Attempt]:
    with acting_as(by), transaction.atomic():
        return list(Attempt.objects.select_related("tried_by"))


def test_the_header_says_which_role_and_the_switch_is_recorded(two):
    manager, other = two
    tabs = Tabs(manager)
    assert "Case manager" in tabs.header() and manager.organisation.name in tabs.header()
    tabs.switch(other)
    assert "Supervisor" in tabs.header() and other.organisation.name in tabs.header()
    with acting_as(auditor_of(manager)), transaction.atomic():
        event = AuditEvent.objects.get(action="account.role_switched")
    assert event.membership_id == other.pk and event.details == {"former": str(manager.pk)}


def auditor_of(person):
    with acting_as(Duty.OPERATOR), transaction.atomic():
        return Membership.objects.filter(site_id=person.site_id, role=Role.AUDITOR).first()


def test_what_another_tab_sends_is_done_under_neither_role_and_answered_plainly(world, two):
    manager, other = two
    referral, tabs = taken(world.a), Tabs(two[0])
    page = reverse("casefile:attempt", args=[referral.pk])
    token = tabs.load(page)
    tabs.switch(other)
    answer = tabs.send(page, token, TRY)
    words = answer.content.decode()
    assert answer.status_code == 403 and "You act under another role now" in words
    assert f"Case manager, {manager.organisation.name}" in words and f"Supervisor, {other.organisation.name}" in words
    assert "Nothing was done, under either role." in words and "What you typed is kept" in words
    assert tries(manager) == []
    assert "Supervisor" in tabs.header()


def test_what_was_typed_is_sent_again_under_the_role_it_was_typed_under(world, two):
    manager, other = two
    referral, tabs = taken(world.a), Tabs(two[0])
    page = reverse("casefile:attempt", args=[referral.pk])
    token = tabs.load(page)
    tabs.switch(other)
    tabs.send(page, token, TRY)
    held = tabs.client.get(reverse("held-form")).content.decode()
    form = held.split(f'action="{page}"')[1].split("</form>")[0]
    fields = dict(re.findall('<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    answer = tabs.send(page, fields.pop("csrfmiddlewaretoken"), fields)
    assert answer.status_code == 302
    (made,) = tries(manager)
    assert made.tried_by == manager and made.place == TRY["place"]
    assert "Case manager" in tabs.header()


def test_going_back_and_forth_keeps_each_tabs_role_apart(world, two):
    """The page of the first role stays stale after coming back to it: it says too much rather than too little."""
    manager, other = two
    referral, tabs = taken(world.a), Tabs(two[0])
    page = reverse("casefile:attempt", args=[referral.pk])
    first = tabs.load(page)
    tabs.switch(other)
    second = tabs.load(page)
    tabs.switch(manager)
    assert tabs.send(page, first, TRY).status_code == 403
    answer = tabs.send(page, second, TRY)
    assert answer.status_code == 403 and "opened as <strong>Supervisor" in answer.content.decode()
    assert tries(manager) == []
    assert tabs.send(page, tabs.load(page), TRY).status_code == 302
    assert [one.tried_by for one in tries(manager)] == [manager]


def test_a_page_that_saves_by_itself_holds_nothing_over(world, two):
    tabs = Tabs(two[0])
    token = tabs.load("/")
    tabs.switch(two[1])
    tabs.client.post(
        "/notices/choices/window/", {"email": "never"}, headers={"X-CSRFToken": token, "X-Requested-With": "fetch"}
    )
    assert not HeldForm.objects.exists()


def test_what_a_page_saves_by_itself_under_a_role_that_has_ended_is_done_under_no_other(world, two):
    """And what somebody then sends from it is not, either: the first that comes is no leave for the second."""
    manager, other = two
    page = reverse("casefile:attempt", args=[taken(world.a).pk])
    tabs = Tabs(manager)
    token = tabs.load("/")
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=manager.pk).update(ends_at=timezone.now())
    by_itself = {"X-CSRFToken": token, "X-Requested-With": "fetch"}
    answer = tabs.client.post(page, TRY, headers=by_itself)
    assert answer.status_code == 409 and "has ended" in answer.json()["says"] and not HeldForm.objects.exists()
    assert tabs.send(page, token, TRY)["Location"] == "/" and HeldForm.objects.exists()
    assert tries(other) == []
    HeldForm.objects.all().delete()
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=other.pk).update(ends_at=timezone.now())
    assert tabs.client.post(page, TRY, headers=by_itself).status_code in (403, 409)
    assert not HeldForm.objects.exists()


def test_whoever_moves_to_another_site_has_nothing_of_the_old_one_from_that_moment_on(world, two):
    """In the browser that is still open: nothing of it is found, and nothing that was begun there is done."""
    manager, other = two
    referral = taken(world.a)
    case = reverse("casefile:case", args=[referral.pk])
    tabs = Tabs(manager)
    token = tabs.load(case)
    organisation = world.b.organisations[OrganisationKind.CASE_MANAGEMENT, 0]
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk__in=[manager.pk, other.pk]).update(ends_at=timezone.now())
        moved = Membership.objects.create(
            user=manager.user, site=world.b.site, role=Role.CASE_MANAGER, name="Moved", organisation=organisation,
            starts_at=manager.starts_at,
        )  # fmt: skip
    assert tabs.send(reverse("casefile:attempt", args=[referral.pk]), token, TRY)["Location"] == "/"
    assert tries(world.a.person(Role.SUPERVISOR)) == [] == tries(moved)
    for page in (
        case,
        reverse("casefile:attempt", args=[referral.pk]),
        reverse("casefile:look-try", args=[referral.pk]),
    ):
        assert tabs.client.get(page).status_code in (404, 405)
    for name in ("today", "casefile:look", "casefile:since", "casefile:months", "casefile:windows"):
        page = tabs.client.get(reverse(name), {"who": "team"}).content.decode()
        assert "LEAD Seattle" in page and str(referral.pk) not in page
    with acting_as(moved), transaction.atomic():
        assert not Referral.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "a" * 64, "a" * 32, "\x00" * 64])
def test_a_stranger_page_is_told_nothing_of_roles_and_keeps_nothing(world, two, token):
    manager, other = two
    tabs = Tabs(manager)
    tabs.switch(other)
    answer = tabs.send(reverse("casefile:attempt", args=[taken(world.a).pk]), token, TRY)
    assert answer.status_code == 403 and "This page was open too long" in answer.content.decode()
    assert manager.organisation.name not in answer.content.decode() and not HeldForm.objects.exists()


def test_nobody_acts_under_a_role_that_is_not_theirs_or_has_ended(world, two):
    manager, other = two
    tabs = Tabs(manager)
    token = tabs.load("/")
    assert tabs.send(reverse("switch", args=[world.a.person(Role.ADMINISTRATOR).pk]), token).status_code == 404
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=other.pk).update(ends_at=timezone.now())
    assert tabs.send(reverse("switch", args=[other.pk]), token).status_code == 404
    assert tabs.client.get(reverse("switch", args=[other.pk])).status_code == 405
    assert "Case manager" in tabs.header()
