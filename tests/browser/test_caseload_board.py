"""The caseload board with a mouse: a card is dropped on another case manager, and nothing changes before the page is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lead_cms.access.permissions import Role
from tests.browser.conftest import DESK
from tests.casefile.working import case_of, taken
from tests.factories import World


@pytest.fixture
def world(transactional_db):
    return World.build()


def test_a_card_is_dropped_on_another_case_manager(world, page_as):
    supervisor, new = world.a.person(Role.SUPERVISOR), world.a.person(Role.CASE_MANAGER, 1)
    referral = taken(world.a, at=timezone.now() - timedelta(days=1), name="Ola Brandt")
    page = page_as(supervisor, size=DESK, path="/site/caseloads/")
    card, column = page.locator("[data-card]"), page.locator(f'[data-column="{new.pk}"]')
    start, end = card.bounding_box(), column.bounding_box()

    def drag() -> None:
        page.mouse.move(start["x"] + 150, start["y"] + 20)
        page.mouse.down()
        page.mouse.move(end["x"] + 40, end["y"] + 20, steps=4)

    # Escape puts it back
    drag()
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.url.endswith("/caseloads/")

    # ... and dropped it asks why, and what to tell them
    drag()
    page.mouse.up()
    expect(page.get_by_label("Who looks after this?")).to_have_value(str(new.pk))
    assert case_of(supervisor, referral).case_manager != new
    page.get_by_text("To share the work").click()
    page.get_by_label("What the new case manager should know").fill("Meets at the library.")
    page.get_by_role("button", name="Save").click()
    expect(column.locator("[data-card]")).to_contain_text("Ola Brandt")
