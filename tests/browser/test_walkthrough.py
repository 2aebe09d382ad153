"""docs/walkthrough.md, walked: every sign-in it names opens, every sentence it quotes is read, no page scrolls sideways.

WALK_SHOTS=folder keeps the pictures that the page shows (docs/img is where they belong).
"""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from playwright.sync_api import Page

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from lead_cms.demo.people import PASSWORD
from participants.models import Consent, ConsentCell
from services.enums import AskStatus
from services.models import ServiceReferral
from tests.browser.conftest import DESK, PHONE

SHOTS = os.environ.get("WALK_SHOTS")
GUIDE = settings.BASE_DIR / "docs" / "walkthrough.md"
# The last Tuesday, about ten o'clock at both sites: what is kept for some days only is judged by the database's own clock.
NOW = datetime.now(UTC)
MORNING = (NOW - timedelta(days=(NOW.weekday() - 1) % 7 or 7)).replace(hour=18, minute=0, second=0, microsecond=0)
MONTH = MORNING.date().replace(day=1)
MOST_BYTES, PICTURE = 120_000, {"width": 1024, "height": 560}


@dataclass(frozen=True)
class Scene:
    """One section of the page: whose, how wide, and where it goes; `picture` is the stop that is shown."""

    role: Role
    stops: tuple[str, ...]
    size: dict
    picture: int = 0


SCENES = {
    "The officer": Scene(Role.OFFICER, ("/", "New referral"), PHONE),
    "The case manager": Scene(Role.CASE_MANAGER, ("/", "{consents}", "{ending}"), DESK),
    "The prosecutor": Scene(Role.PROSECUTOR, ("/", "Record the decision"), DESK),
    "The provider": Scene(Role.PROVIDER, ("/", "{request}"), DESK, 1),
    "The coordinator": Scene(Role.COORDINATOR, ("/", "Reports", "/reports/equity/{months}"), DESK, 2),
    "The supervisor": Scene(Role.SUPERVISOR, ("/site/caseloads/", "/site/emergency/"), DESK),
    "The liaison": Scene(Role.LIAISON, ("/",), DESK),
    "The referrer": Scene(Role.REFERRER, ("/", "Refer a person"), DESK),
    "The lawyer": Scene(Role.LEGAL_AID, ("/", "L-"), DESK, 1),
    "The stakeholder": Scene(Role.STAKEHOLDER, ("/", "Offered, accepted, completed"), DESK, 1),
    "The auditor": Scene(Role.AUDITOR, ("/", "Re-opened"), DESK),
    "The administrator": Scene(Role.ADMINISTRATOR, ("/people/", "Organizations"), DESK),
}


def sections() -> dict[str, str]:
    """The page's parts by heading."""
    return {head: body for head, body in re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", GUIDE.read_text(), re.M)}


@pytest.fixture
def demo(live, tmp_path, monkeypatch):
    """The demo as it is seeded on a Tuesday morning, the first site's people."""
    monkeypatch.setenv("LEAD_DATA", str(tmp_path))
    with time_machine.travel(MORNING, tick=True):
        call_command("seed_demo", referrals=400 if SHOTS else 150, verbosity=0)
        yield


def person(role: Role) -> Membership:
    """The one whom the demo's list of sign-ins names."""
    found = Membership.objects.filter(site__slug="san-francisco", role=role).select_related("user", "site")
    return found.get(user__username=f"{role.value.replace('_', '-')}.sf")


def addresses() -> dict[str, str]:
    """Pages whose address holds a key."""
    with acting_as(person(Role.CASE_MANAGER)), transaction.atomic():
        cut = ConsentCell.objects.filter(consent__revoked_at=None).exclude(revoked_at=None).first()
        ending = Consent.objects.filter(kind="multi_party", revoked_at=None).order_by("ends_at").first()
    with acting_as(person(Role.PROVIDER)), transaction.atomic():
        request = ServiceReferral.objects.filter(status=AskStatus.SENT, names_person=True).order_by("asked_at").first()
    return {
        "consents": f"/site/persons/{cut.participant_id}/consents/",
        "ending": f"/site/persons/{ending.participant_id}/consents/",
        "request": f"/services/inbox/{request.pk}/", "months": f"?from={(MONTH - timedelta(days=150)).replace(day=1)}&to={MONTH}",
    }  # fmt: skip


def go(page: Page, stop: str, *, arrived: bool) -> None:
    if arrived:
        assert urlsplit(page.url).path == stop
    elif stop.startswith("/"):
        answer = page.goto(stop)
        assert answer.status == 200, stop
    else:
        page.get_by_role("link", name=stop).first.click()
    page.wait_for_load_state()
    assert page.locator("h1").count() == 1, page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def plain(text: str) -> str:
    return " ".join(text.split())


def test_every_role_can_take_the_walk(demo, page_as):
    told, known, missing = sections(), addresses(), []
    for heading, scene in SCENES.items():
        section, read = told[heading], []
        assert f"`{scene.role.value.replace('_', '-')}.sf`" in section
        page = page_as(person(scene.role), size=scene.size, path=scene.stops[0])
        for number, stop in enumerate(scene.stops):
            go(page, stop.format(**known), arrived=not number)
            read.append(plain(page.locator("body").inner_text()))
            if SHOTS and number == scene.picture:
                if scene.size is DESK:
                    page.set_viewport_size(PICTURE)
                page.screenshot(path=Path(SHOTS) / f"walk-{scene.role.value.replace('_', '-')}.png")
        quoted = re.findall(r"“([^”]+)”", plain(section))
        missing += [f"{heading}: {one}" for one in quoted if not any(one in page for page in read)]
        page_as.close(page)
    assert missing == []


def test_the_page_names_every_role_once_and_shows_each():
    told, text = sections(), GUIDE.read_text()
    assert [head for head in told if head in SCENES] == list(SCENES)
    assert {scene.role for scene in SCENES.values()} == set(Role)
    assert PASSWORD in text
    for heading, scene in SCENES.items():
        picture = f"img/walk-{scene.role.value.replace('_', '-')}.png"
        assert f"]({picture})" in told[heading]
        assert 0 < (GUIDE.parent / picture).stat().st_size < MOST_BYTES, picture
