"""The administrator: people, roles, organisations. Never a participant, never a role for themself."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import AccountLock, Membership, Organisation, OrganisationKind, User
from tests.factories import LONG_AGO, PASSWORD, membership

LOGIN = "/accounts/login/"


@pytest.fixture
def admin(world):
    """Of a site beside which there is another."""
    assert world.b
    return world.a.person(Role.ADMINISTRATOR)


@pytest.fixture
def client(sign_in, admin):
    return sign_in(admin)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def form(world, **more):
    agency = world.a.organisations[OrganisationKind.POLICE, 0]
    return {
        "username": "new.officer", "email": "New.Officer@example.org", "name": "Nia Okafor", "role": "officer",
        "organisation": str(agency.pk), "badge": "4411", "unit": "Night", "phone": "(415) 555-0177",
    } | more  # fmt: skip


def found(name):
    with acting_as(Duty.OPERATOR):
        return Membership.objects.select_related("user", "organisation").get(name=name)


# ---- inviting


def test_an_invited_person_chooses_a_password_and_signs_in(client, world, admin):
    assert client.get("/people/invite/").status_code == 200
    response = client.post("/people/invite/", form(world))
    made = found("Nia Okafor")
    assert response["Location"] == f"/people/{made.pk}/"
    assert (made.site_id, made.role, made.badge) == (admin.site_id, "officer", "4411")
    assert not made.user.has_usable_password()
    assert "Invited" in words(client.get(response["Location"]))
    (sent,) = mail.outbox
    assert sent.to == ["new.officer@example.org"]
    assert "Okafor" not in sent.body
    assert "officer" not in sent.body.lower()
    link = urlsplit(re.search(r"https?://\S+", sent.body)[0]).path
    client.logout()
    page = client.get(link, follow=True).request["PATH_INFO"]
    client.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert client.post(LOGIN, {"login": "NEW.officer", "password": PASSWORD})["Location"] == "/"
    assert client.get("/").status_code == 200


def test_the_link_works_for_a_day(client, world):
    client.post("/people/invite/", form(world))
    link = urlsplit(re.search(r"https?://\S+", mail.outbox[0].body)[0]).path
    client.logout()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert "no longer works" in words(client.get(link, follow=True))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"username": "officer-0-san-francisco"}, "This sign-in name is taken"),
        ({"username": "officer-0-seattle"}, "This sign-in name is taken"),
        ({"username": "a b"}, "Letters, digits"),
        ({"email": "nobody"}, "Enter an e-mail address, such as"),
        ({"role": "prosecutor"}, "The role prosecutor belongs to an organization of this kind: prosecutor’s office"),
        ({"role": "lead_owner"}, "Choose one of the answers shown here"),
        ({"ends_on": "2020-01-01"}, "This day is past"),
        ({"starts_on": "not a day"}, "Enter a day, such as"),
        ({"phone": "call me"}, "Enter a telephone number"),
        ({"name": "\x00"}, "a character that cannot be stored"),
        ({"name": ""}, "has no answer yet"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, world, change, says):
    response = client.post("/people/invite/", form(world, **change))
    assert response.status_code == 200
    text = words(response)
    assert says in text.replace("&#x27;", "’")
    assert 'value="(415) 555-0177"' in response.content.decode() or "phone" in change
    assert not mail.outbox
    with acting_as(Duty.OPERATOR):
        assert not User.objects.filter(username="new.officer").exists()


def test_no_organisation_of_another_site_can_be_chosen(client, world):
    other = world.b.organisations[OrganisationKind.POLICE, 0]
    assert client.post("/people/invite/", form(world, organisation=str(other.pk))).status_code == 200


def test_nobody_runs_a_site_for_police_or_prosecutor(client, world):
    for role in ("administrator", "coordinator", "auditor"):
        assert client.post("/people/invite/", form(world, role=role)).status_code == 200


def test_an_invitation_is_sent_again_until_a_password_is_chosen(client, world):
    client.post("/people/invite/", form(world))
    made = found("Nia Okafor")
    again = f"/people/{made.pk}/sign-in/invite/"
    assert client.post(again).status_code == 302
    assert len(mail.outbox) == 2
    with acting_as(Duty.OPERATOR):
        made.user.set_password(PASSWORD)
        made.user.save(update_fields=["password"])
    assert "has chosen a password" in words(client.post(again, follow=True))
    assert len(mail.outbox) == 2


# ---- roles


def test_one_more_role_for_somebody_of_the_site(client, world):
    manager = world.a.person(Role.CASE_MANAGER)
    page = f"/people/{manager.pk}/role/"
    assert manager.name in words(client.get(page))
    given = {"name": manager.name, "role": "supervisor", "organisation": str(manager.organisation_id)}
    assert client.post(page, given).status_code == 302
    assert "has this role there already" in words(client.post(page, given))
    with acting_as(Duty.OPERATOR):
        assert Membership.objects.filter(user=manager.user).count() == 2


def test_nobody_gives_themself_a_role(client, world, admin):
    given = {"name": "Me", "role": "supervisor"}
    given["organisation"] = str(world.a.organisations[OrganisationKind.CASE_MANAGEMENT, 0].pk)
    assert "Nobody gives themself a role" in words(client.post(f"/people/{admin.pk}/role/", given))
    with acting_as(admin), pytest.raises(ProgrammingError, match="row-level security"):
        Membership(
            user_id=admin.user_id, site_id=admin.site_id, organisation_id=given["organisation"], role="supervisor",
            name="Me", starts_at=timezone.now(),
        ).save(force_insert=True)  # fmt: skip


def test_a_role_ended_now_opens_nothing_at_the_next_request(client, sign_in, world):
    officer = world.a.person(Role.OFFICER)
    theirs = sign_in(officer)
    assert theirs.get("/").status_code == 200
    assert client.post(f"/people/{officer.pk}/end/", {"ends_on": ""}).status_code == 302
    assert theirs.get("/").status_code == 403
    assert "has ended already" in words(client.post(f"/people/{officer.pk}/end/", {"ends_on": ""}, follow=True))


def test_a_role_may_end_with_a_later_day_of_the_site(client, sign_in, world):
    officer = world.a.person(Role.OFFICER)
    day = (timezone.now() + timedelta(days=3)).date()
    assert client.post(f"/people/{officer.pk}/end/", {"ends_on": day.isoformat()}).status_code == 302
    end = Membership.objects.get(pk=officer.pk).ends_at
    local = end.astimezone(world.a.site.tz)
    assert (local.date(), local.hour) == (day + timedelta(days=1), 0)
    assert sign_in(officer).get("/").status_code == 200
    page = client.post(f"/people/{officer.pk}/end/", {"ends_on": "2020-02-30"})
    assert "Enter a day, such as" in words(page)
    assert "in the past" in words(client.post(f"/people/{officer.pk}/end/", {"ends_on": "2020-02-01"}))


def test_phone_unit_and_badge_change_and_role_does_not(client, world):
    officer = world.a.person(Role.OFFICER)
    given = {"phone": "415 555 0199", "unit": "Day", "badge": "7", "role": "administrator"}
    assert client.post(f"/people/{officer.pk}/change/", given).status_code == 302
    after = Membership.objects.get(pk=officer.pk)
    assert (after.phone, after.unit, after.badge, after.role) == ("415 555 0199", "Day", "7", "officer")
    assert "Enter a telephone number" in words(client.post(f"/people/{officer.pk}/change/", {"phone": "no"}))


def test_an_administrator_does_nothing_to_themself(client, admin):
    for path, data in [
        ("end/", {"ends_on": ""}), ("change/", {"phone": ""}), ("email/", {"email": "x@example.org"}),
        ("sign-in/stop/", {}), ("sign-in/release/", {}),
    ]:  # fmt: skip
        text = words(client.post(f"/people/{admin.pk}/{path}", data, follow=True))
        assert "Another administrator changes it" in text
    assert Membership.objects.get(pk=admin.pk).ends_at is None
    assert User.objects.get(pk=admin.user_id).is_active


# ---- sign-ins


def test_a_stopped_sign_in_is_out_at_once_and_may_come_back(client, sign_in, world):
    officer = world.a.person(Role.OFFICER)
    theirs = sign_in(officer)
    assert theirs.get("/").status_code == 200
    assert client.post(f"/people/{officer.pk}/sign-in/stop/").status_code == 302
    assert theirs.get("/")["Location"].startswith(LOGIN)
    assert "Sign-in stopped" in words(client.get(f"/people/{officer.pk}/"))
    assert client.post(f"/people/{officer.pk}/sign-in/allow/").status_code == 302
    assert sign_in(officer).get("/").status_code == 200


def test_a_lock_is_released_and_only_once(client, world):
    officer = world.a.person(Role.OFFICER)
    AccountLock.objects.create(user=officer.user, failures=5, first_failed_at=timezone.now(), locked_at=timezone.now())
    assert "Five failures locked this sign-in" in words(client.get(f"/people/{officer.pk}/"))
    assert client.post(f"/people/{officer.pk}/sign-in/release/").status_code == 302
    lock = AccountLock.objects.get(user=officer.user)
    assert (lock.failures, lock.locked_at) == (0, None)
    assert "is not locked" in words(client.post(f"/people/{officer.pk}/sign-in/release/", follow=True))


def test_a_sign_in_that_opens_another_site_is_not_taken_over(client, world):
    officer = world.a.person(Role.OFFICER)
    with acting_as(Duty.OPERATOR):
        Membership.objects.create(
            user=officer.user, site=world.b.site, organisation=world.b.organisations[OrganisationKind.POLICE, 0],
            role=Role.OFFICER, name="Officer 0", starts_at=LONG_AGO,
        )  # fmt: skip
    for path, data in [("email/", {"email": "mine@example.org"}), ("sign-in/stop/", {})]:
        assert "another LEAD site" in words(client.post(f"/people/{officer.pk}/{path}", data, follow=True))
    after = User.objects.get(pk=officer.user_id)
    assert after.is_active
    assert after.email != "mine@example.org"


# ---- the list


def test_the_list_has_the_sites_people_and_states(client, world):
    text = words(client.get("/people/"))
    assert "officer-0-san-francisco" in text
    assert "seattle" not in text
    assert "officer-1-san-francisco" in words(client.get("/people/?q=OFFICER-1"))
    assert "Nobody with this name" in words(client.get("/people/?q=zzz"))
    assert client.get("/people/?q=%00&after=%00|x").status_code == 200


def test_the_list_pages_by_name_and_misses_nobody(client, world):
    with acting_as(Duty.OPERATOR):
        for number in range(60):
            membership(world.a, Role.OFFICER, number, name=f"more-{number}")
    seen, url = [], "/people/"
    for _ in range(5):
        page = client.get(url).content.decode()
        seen += re.findall(r'<a href="/people/([0-9a-f-]{36})/">', page)
        more = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        if not more:
            break
        url = "/people/" + more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 60 + 2 * len(Role)


def test_the_list_asks_as_much_for_one_person_as_for_twelve(client, world):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/people/?q=more").status_code == 200
        return len(queries)

    with acting_as(Duty.OPERATOR):
        membership(world.a, Role.OFFICER, 0, name="more-0")
    asked()  # the session learns under which role it acts
    one = asked()
    with acting_as(Duty.OPERATOR):
        for number in range(1, 12):
            membership(world.a, Role.OFFICER, number, name=f"more-{number}")
    assert asked() == one <= 12


@pytest.mark.parametrize("path", ["", "role/"])
def test_people_of_another_site_are_not_there(client, world, path):
    other = world.b.person(Role.OFFICER)
    assert client.get(f"/people/{other.pk}/{path}").status_code == 404
    assert client.get(f"/people/00000000-0000-4000-8000-000000000000/{path}").status_code == 404
    assert client.post(f"/people/{other.pk}/end/").status_code == 404
    assert client.get(f"/people/organizations/{other.organisation_id}/").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_manage_people(sign_in, world, role):
    theirs = sign_in(world.a.person(role))
    for path in ("/people/", "/people/invite/", "/people/organizations/"):
        assert theirs.get(path).status_code == 403


# ---- organisations


def test_an_organisation_is_added_and_renamed(client, world, admin):
    assert client.post("/people/organizations/", {"name": "Harbor Clinic", "kind": "partner"}).status_code == 302
    with acting_as(admin):
        clinic = Organisation.objects.get(name="Harbor Clinic")
    again = client.post("/people/organizations/", {"name": "Harbor Clinic", "kind": "partner"})
    assert "has an organization of this name" in words(again)
    page = f"/people/organizations/{clinic.pk}/"
    assert client.post(page, {"name": "Harbor House", "kind": "police", "phone": "5550100"}).status_code == 302
    with acting_as(admin):
        clinic.refresh_from_db()
    assert (clinic.name, clinic.kind) == ("Harbor House", "partner")
    assert "Harbor House" in words(client.get("/people/organizations/"))


def test_an_administrator_reads_no_case_and_no_password(world, admin):
    tables = ("referrals_referral", "referrals_referredperson", "participants_participant", "referrals_casework",
              "referrals_heldcharge", "audit_auditevent")  # fmt: skip
    for table in tables:
        with acting_as(admin), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"select count(*) from {table}")
    with acting_as(admin), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        User.objects.values_list("password", flat=True)[0]
