"""Two records side by side, at a desk and on a phone, by keyboard: put together, and the way back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from participants.actions.persons import set_phone
from tests.browser.conftest import DESK, PHONE
from tests.casefile.person_making import act, linked, manager_of, talked
from tests.factories import World

DAY = timedelta(days=1)


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone-light", "desk-dark"])
def test_two_records_are_put_together_by_keyboard(live, page_as, axe, shot, size, scheme):
    where, now = World.build().a, timezone.now()
    by = manager_of(where)
    old = linked(where, talked(where, at=now - 90 * DAY), at=now - 90 * DAY, aliases=("Bear",), pronouns="he/him")
    new = linked(where, talked(where, at=now - 2 * DAY), at=now - 2 * DAY, given_name="Devin", aliases=("Dev",))
    act(by, lambda: set_phone(participant=new, phone="4155550188", may_text=True, may_leave_message=False,
                              others_read="partner", by=by, at=now))  # fmt: skip
    page = page_as(by, size=size, scheme=scheme, path=reverse("casefile:person-twice", args=[new.pk]))
    shot(page, "twice")
    page.get_by_role("link", name="Devon Marsh").click()
    shot(page, "same-as")
    axe(page)
    boxes = [page.locator(".pair--heads > .panel").nth(number).bounding_box() for number in (0, 1)]
    assert (boxes[0]["y"] == boxes[1]["y"]) is (size is DESK)
    page.get_by_role("group", name="First name").get_by_role("radio").first.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Put the two together").focus()
    page.keyboard.press("Enter")
    page.get_by_text("One record now.").wait_for()
    assert page.url.endswith(reverse("casefile:person", args=[old.pk]))
    page.get_by_role("link", name="Two records were put together here").click()
    shot(page, "merged")
    axe(page)
    page.get_by_role("button", name="Take apart again").click()
    page.get_by_text("Two records again.").wait_for()
    shot(page, "apart")
