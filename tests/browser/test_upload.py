"""A photo of a letter from a phone: a line that breaks keeps what was chosen, a refusal too; sent again it is one."""

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from participants.actions.persons import Names, make_participant
from participants.models import PersonFile
from tests.browser.conftest import PHONE
from tests.core.making_papers import jpeg


@pytest.fixture
def person(live, world, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        return make_participant(names=Names(given_name="Ruth", family_name="Calder"), by=manager, at=timezone.now())


def test_a_letter_from_a_phone(world, person, page_as, axe):
    supervisor = world.a.person(Role.SUPERVISOR)
    page = page_as(supervisor, size=PHONE, path=f"/site/persons/{person.pk}/files/")
    paper, keep = page.get_by_label("The paper"), page.get_by_role("button", name="Keep it")
    paper.set_input_files({"name": "a.svg", "mimeType": "image/png", "buffer": b"<svg/>"})
    page.get_by_label("What to call it").fill("Letter from housing")
    page.locator("label", has_text="Letter").first.tap()
    keep.tap()
    expect(page.get_by_role("link", name="This is no PDF, JPEG or PNG")).to_be_visible()
    axe(page)
    paper.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    page.route("**/files/", lambda route: route.abort())
    keep.tap()
    expect(page.get_by_text("The connection was lost")).to_be_visible()
    expect(page.get_by_label("What to call it")).to_have_value("Letter from housing")
    page.unroute("**/files/")
    keep.dblclick()
    page.get_by_role("link", name="Letter from housing").tap()
    with page.expect_download() as caught:
        page.get_by_role("link", name="Open it").tap()
    assert caught.value.suggested_filename.startswith("paper-")
    with acting_as(supervisor), transaction.atomic():
        assert PersonFile.objects.count() == 1
