"""Answers as somebody types: with the keyboard alone, an older answer never over a newer one, a lost line said."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.casefile.person_making import linked, manager_of
from tests.casefile.working import taken
from tests.factories import World


@pytest.fixture
def where(live):
    return World.build().a


def test_somebody_is_found_while_typing(where, page_as, axe, shot):
    linked(
        where, taken(where, name="Marisol Thorn"), given_name="Marisol", family_name="Thorn", street_names=("Estrella",)
    )
    linked(where, taken(where, name="x"), given_name="William", family_name="Marsh", birth_date=date(1985, 3, 4))
    page = page_as(manager_of(where), path="/site/find/")
    box, status = page.get_by_label("Name, birth date"), page.locator("[data-find-status]")
    held = []

    def slow_first(route):
        """The answer to "mar" comes after the answer to "bill"."""
        if "words=mar" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/site/find/", slow_first)
    box.focus()
    page.keyboard.type("mar")
    page.wait_for_timeout(600)
    box.fill("bill")
    expect(page.locator("#found a").first).to_have_text("William Marsh")
    expect(status).to_have_text("1 person")
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    expect(page.locator("#found a")).to_have_count(1)
    page.unroute("**/site/find/")
    axe(page)
    shot(page, "typing")
    # A line that is lost is said, and asked again when it is back.
    page.context.set_offline(True)
    box.fill("estrella")
    expect(status).to_contain_text("You are offline")
    page.context.set_offline(False)
    expect(page.locator("#found a").first).to_have_text("Marisol Thorn")
    # By keyboard into the answers and back; the address holds no name.
    box.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Marisol Thorn")
    # Back leads to what was found, also after the button; opened anew the box is empty, and no name is kept in clear.
    page.go_back()
    assert page.url.endswith("/site/find/")
    expect(page.locator("#found a").first).to_have_text("Marisol Thorn")
    expect(box).to_have_value("estrella")
    assert "estrella" not in page.evaluate("JSON.stringify(sessionStorage)")
    before = page.evaluate("sessionStorage.getItem('lead-find')")
    box.fill("thorn")
    page.get_by_role("button", name="Find").click()
    # What was found before stands there until the answer has come.
    page.wait_for_function("before => sessionStorage.getItem('lead-find') !== before", arg=before)
    page.locator("#found a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Marisol Thorn")
    page.go_back()
    expect(page.locator("#found a").first).to_have_text("Marisol Thorn")
    expect(box).to_have_value("thorn")
    page.goto(page.url)
    expect(box).to_have_value("")
    expect(page.locator("#found a")).to_have_count(0)
