"""Sessions that end, forms that are held, and several memberships of one person."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.access.views import requires
from lead_cms.accounts.models import HeldForm, Membership
from tests.factories import LONG_AGO, PASSWORD, membership

LOGIN = "/accounts/login/"
TYPED = {"name": "Ω Ana “Nana” Ruiz", "tags": ["one", "two"], "password": "never kept", "line": "a\r\nb & <c>"}


@requires(Permission.TODAY)
def say_back(request):
    if request.POST.get("name") == "nobody":
        return HttpResponse("no", status=404)
    return HttpResponse(f"{request.POST.getlist('tags')}|{request.POST.get('name')}|{request.POST.get('line')}")


urlpatterns = [path("say/", say_back), path("", include("lead_cms.urls"))]
pytestmark = pytest.mark.urls(__name__)


def sign_in_again(client, user, **more):
    return client.post(LOGIN, {"login": user.username, "password": PASSWORD, **more}, follow=True)


def hidden_fields(page: str) -> list[tuple[str, str]]:
    form = page.split('action="/say/"')[1].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form, re.S)
    return [(name, unescape(value)) for name, value in found]


@pytest.fixture
def officer(world):
    return world.a.person(Role.OFFICER)


def test_an_idle_lock_in_the_middle_of_a_form_loses_nothing(sign_in, officer):
    client = sign_in(officer)
    client.get("/")
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.SESSION_IDLE_SECONDS + 5)):
        locked = client.post("/say/", TYPED)
        assert locked["Location"].startswith(LOGIN)
        assert "What you typed is kept" in client.get(locked["Location"]).content.decode()
        page = sign_in_again(client, officer.user)
        assert page.request["PATH_INFO"] == "/accounts/held/"
        text = page.content.decode()
        assert "Send it again" in text
        assert "never kept" not in text
        fields = hidden_fields(text)
        assert "csrfmiddlewaretoken" in text
        again = {}
        for name, value in fields:
            again.setdefault(name, []).append(value)
        answer = client.post("/say/", again)
        assert answer.content.decode() == f"['one', 'two']|{TYPED['name']}|{TYPED['line']}"
        assert not HeldForm.objects.exists()


def test_what_is_held_is_not_in_clear(sign_in, officer):
    client = sign_in(officer)
    client.get("/")
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        client.post("/say/", TYPED)
    with connection.cursor() as cursor:
        cursor.execute("select fields from accounts_heldform")
        assert " Ana " not in cursor.fetchone()[0]


def test_a_held_form_that_is_refused_is_kept(sign_in, officer):
    client = sign_in(officer)
    held = HeldForm.objects.create(
        user=officer.user, membership=officer, path="/say/", fields={"name": ["nobody"]}, held_at=timezone.now()
    )
    assert client.post("/say/", {"name": "nobody", "held_form": str(held.pk)}).status_code == 404
    assert HeldForm.objects.filter(pk=held.pk).exists()
    assert client.post("/say/", {"name": "x", "held_form": "nonsense"}).status_code == 200
    assert HeldForm.objects.filter(pk=held.pk).exists()


def test_a_held_form_is_its_owners_alone_and_a_day_old_at_most(sign_in, world, officer):
    HeldForm.objects.create(
        user=officer.user, membership=officer, path="/say/", fields={"name": ["x"]}, held_at=timezone.now()
    )
    assert sign_in(world.a.person(Role.OFFICER, 1)).get("/accounts/held/")["Location"] == "/"
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert sign_in(officer).get("/accounts/held/")["Location"] == "/"
    assert not HeldForm.objects.exists()


def test_letting_go(sign_in, officer):
    HeldForm.objects.create(
        user=officer.user, membership=officer, path="/say/", fields={"name": ["x"]}, held_at=timezone.now()
    )
    assert sign_in(officer).post("/accounts/held/")["Location"] == "/"
    assert not HeldForm.objects.exists()


def test_background_calls_do_not_keep_a_session_alive(sign_in, officer):
    client = sign_in(officer)
    start = timezone.now()
    client.get("/")
    with time_machine.travel(start + timedelta(seconds=settings.SESSION_IDLE_SECONDS - 60)):
        assert client.get("/", headers={"X-Background": "1"}).status_code == 200
    with time_machine.travel(start + timedelta(seconds=settings.SESSION_IDLE_SECONDS + 60)):
        assert client.get("/", headers={"X-Background": "1"}).status_code == 403


def test_a_session_in_use_goes_on_and_ends_after_twelve_hours(sign_in, officer):
    client = sign_in(officer)
    start = timezone.now()
    client.get("/")
    step = timedelta(seconds=settings.SESSION_IDLE_SECONDS - 60)
    at = start
    while (at - start).total_seconds() + step.total_seconds() < settings.SESSION_LIMIT_SECONDS:
        at += step
        with time_machine.travel(at):
            assert client.get("/").status_code == 200
    with time_machine.travel(at + step):
        assert client.get("/")["Location"].startswith(LOGIN)


def test_the_color_scheme_is_kept_in_a_cookie(client, sign_in, officer):
    response = client.post("/accounts/theme/", {"theme": "dark", "next": "https://example.com/"})
    assert response["Location"] == "/"
    assert response.cookies["theme"].value == "dark"
    assert 'data-bs-theme="dark"' in client.get(LOGIN).content.decode()
    assert "theme" not in client.post("/accounts/theme/", {"theme": "<b>"}).cookies
    for back in ("-5", "12:30"):  # no name of an address
        assert client.post("/accounts/theme/", {"theme": "dark", "next": back}).status_code == 302


# ---- memberships


def ends(who, at):
    with acting_as(Duty.OPERATOR):
        Membership.objects.filter(pk=who.pk).update(ends_at=at)


def test_a_membership_that_ended_an_hour_ago_opens_nothing_and_keeps_what_was_sent(sign_in, officer):
    client = sign_in(officer)
    assert client.get("/").status_code == 200
    ends(officer, timezone.now() - timedelta(hours=1))
    page = client.post("/say/", TYPED)
    assert page.status_code == 403
    text = page.content.decode()
    assert "You have no role at a LEAD site now" in text
    assert "What you sent is kept" in text
    assert HeldForm.objects.get().fields["tags"] == ["one", "two"]
    assert client.get("/").status_code == 403
    assert client.get("/accounts/password/change/").status_code == 200


def test_one_that_begins_tomorrow_opens_nothing_yet(sign_in, world):
    with acting_as(Duty.OPERATOR):
        later = membership(world.a, Role.OFFICER, 0, name="later", starts_at=timezone.now() + timedelta(days=1))
    assert sign_in(later).get("/").status_code == 403


@pytest.fixture
def two(world):
    """One person who is officer at one site and supervisor at the other."""
    first = world.a.person(Role.OFFICER)
    with acting_as(Duty.OPERATOR):
        second = Membership.objects.create(
            user=first.user, site=world.b.site, organisation=world.b.person(Role.SUPERVISOR).organisation,
            role=Role.SUPERVISOR, name="Officer 0", starts_at=LONG_AGO + timedelta(days=1),
        )  # fmt: skip
    return first, second


def acting(client) -> str:
    return re.search(r"Acting as: </span><b>([^<]+)", client.get("/notices/").content.decode())[1]


def test_the_sessions_choice_decides_under_which_membership_one_acts(sign_in, two):
    first, second = two
    client = sign_in(first)
    assert acting(client) == "Officer"
    assert f"/accounts/switch/{second.pk}/" in client.get("/").content.decode()
    assert client.post(f"/accounts/switch/{second.pk}/")["Location"] == "/"
    assert acting(client) == "Supervisor"
    assert client.post(f"/accounts/switch/{first.pk}/")["Location"] == "/"
    assert acting(client) == "Officer"


def test_nobody_acts_under_anothers_membership(sign_in, world, two):
    client = sign_in(two[0])
    for other in (world.a.person(Role.SUPERVISOR), world.b.person(Role.OFFICER)):
        assert client.post(f"/accounts/switch/{other.pk}/").status_code == 404
        session = client.session
        session["membership_id"] = str(other.pk)
        session.save()
        assert acting(client) == "Officer"


def test_when_the_chosen_one_ends_the_other_holds_and_nothing_is_done_under_it_unasked(sign_in, two):
    first, second = two
    client = sign_in(second)
    ends(second, timezone.now())
    answer = client.post("/say/", TYPED)
    assert answer["Location"] == "/"
    held = HeldForm.objects.get()
    assert held.membership_id == second.pk
    assert "now act as Officer 0, Officer" in client.get("/").content.decode()
    assert acting(client) == "Officer"
    assert client.post("/say/", {"name": "again"}).status_code == 200


def test_a_held_form_goes_out_under_the_membership_it_was_typed_under(sign_in, two):
    first, second = two
    client = sign_in(first)
    HeldForm.objects.create(
        user=first.user, membership=second, path="/say/", fields={"name": ["x"]}, held_at=timezone.now()
    )
    assert client.get("/accounts/held/").status_code == 200
    assert acting(client) == "Supervisor"


def test_first_of_several_is_the_one_held_longest(client, two):
    sign_in_again(client, two[0].user)
    assert acting(client) == "Officer"
