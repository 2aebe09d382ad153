"""A new site begins with one command, and with nobody else's rights."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, Organisation, Site
from lead_cms.notify.models import OutboxEmail

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "LEAD Clackamas",
    "time_zone": "America/Los_Angeles",
    "organization": "County project office",
    "username": "chris.admin",
    "email": "Chris@example.org",
    "person": "Chris Doe",
}


def test_the_first_administrator_is_invited_and_is_all_there_is(django_capture_on_commit_callbacks, mailoutbox):
    with django_capture_on_commit_callbacks(execute=True):
        call_command("add_site", "clackamas", **GIVEN)
    with acting_as(Duty.OPERATOR):
        member = Membership.objects.select_related("site", "organisation", "user").get(site__slug="clackamas")
        assert Organisation.objects.filter(site=member.site).count() == 1
    assert (member.role, member.name, member.organisation.kind) == (
        Role.ADMINISTRATOR,
        "Chris Doe",
        "project_management",
    )
    assert not member.user.has_usable_password()
    assert [mail.to for mail in mailoutbox] == [["chris@example.org"]]
    assert "Clackamas" not in mailoutbox[0].body and "/accounts/first/" in mailoutbox[0].body


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"time_zone": "Mars"}, "no time zone"),
        ({"email": "chris"}, "valid email"),
        ({"person": "  "}, "--person"),
        ({"username": "a-officer-0"}, "taken"),
    ],
)
def test_what_is_wrong_adds_nothing(world, wrong, says):
    if "username" in wrong:
        wrong = {"username": world.a.person(Role.OFFICER, 0).user.username}
    with pytest.raises(CommandError, match=says):
        call_command("add_site", "clackamas", **(GIVEN | wrong))
    with acting_as(Duty.OPERATOR):
        assert not Site.objects.filter(slug="clackamas").exists()
    with acting_as(Duty.NOTIFIER):
        assert not OutboxEmail.objects.exists()
    assert not get_user_model().objects.filter(username="chris.admin").exists()


def test_a_site_is_added_once(world):
    with pytest.raises(CommandError, match="already"):
        call_command("add_site", world.a.site.slug, **GIVEN)
