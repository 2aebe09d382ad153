"""Caseloads, alerts, the audit, the gallery and the switch of roles: on a phone and a desk, light and dark, with axe."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, OrganisationKind
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.auditing import reading
from referrals.actions.assigning import assign
from referrals.models import CaseHandover
from tests.browser.conftest import DESK, PHONE
from tests.casefile.working import fresh, taken
from tests.factories import World

LOOKS = [(PHONE, "dark"), (DESK, "light")]
DAYS = (1, 24, 25, 26, 40)


@pytest.fixture
def site(live):
    site = World.build().a
    now, supervisor = timezone.now(), site.person(Role.SUPERVISOR)
    made = [taken(site, at=now - timedelta(days=days), name=f"Devon Marsh {days}") for days in DAYS]
    with acting_as(supervisor), transaction.atomic():
        assign(referral=fresh(made[0]), to=site.person(Role.CASE_MANAGER, 1), by=supervisor, at=now, why="language",
               note="Prefers mornings. Ask for the small room.")  # fmt: skip
    for number in range(7):
        with acting_as(site.person(Role.OFFICER)), transaction.atomic():
            record(AuditAction.REFERRAL_VIEWED, target=made[number % len(made)], age_days=120 + number)
            record(AuditAction.ACCESS_DENIED, view="referrals:own", status=404)
    return site


def pages(site, role: Role) -> list[str]:
    found = {
        Role.SUPERVISOR: [
            "/", reverse("casefile:caseloads"), reverse("casefile:caseload-of", args=[site.person(Role.CASE_MANAGER).pk]),
            reverse("notify:choices"), reverse("notify:choice", args=["handoff"]), reverse("notify:choice", args=["confirm"]),
            reverse("styleguide"), reverse("styleguide") + "?look=dark",
        ],
        Role.AUDITOR: [
            "/", reverse("audit:list"), reverse("audit:list") + "?since=x", reverse("audit:list") + "?who=nobody",
            reverse("audit:reopened"), reverse("audit:access"),
        ],
    }[role]  # fmt: skip
    if role == Role.AUDITOR:
        with acting_as(site.person(role)), transaction.atomic():
            event = reading.deeds(site.site.pk, action="casework.assigned").first()
        found.append(reverse("audit:event", args=[event.pk]))
    else:
        with acting_as(site.person(role)), transaction.atomic():
            key = CaseHandover.objects.values_list("referral_id", flat=True).first()
        found += [reverse("casefile:case", args=[key]), reverse("casefile:assign", args=[key])]
    return found


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_each_page_in_each_look(site, page_as, axe, shot, role):
    page = page_as(site.person(role), path="/healthz")
    page.set_default_timeout(30_000)  # the first page compiles every template and statement
    for path in pages(site, role):
        assert page.goto(path).status == 200, path
        for size, scheme in LOOKS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], f"{path} scrolls sideways: {wide}"
            name = path.strip("/").replace("/", "-").replace("?", "-")[:50] or "today"
            shot(page, f"{role}-{name}-{size['width']}-{scheme}")
            axe(page)


def test_choosing_an_alert_with_the_keyboard_alone(site, page_as):
    page = page_as(site.person(Role.CASE_MANAGER), path=reverse("notify:choices"))
    page.get_by_role("link", name="People to be found").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Show it here").focus()
    page.keyboard.press("Space")
    page.get_by_label("No e-mail from").fill("22:00")
    page.get_by_label("until").fill("07:00")
    page.get_by_label("Always").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Not here; e-mail always, but not from 10:00 pm to 7:00 am.").wait_for()


def test_a_tab_of_the_former_role_is_answered_plainly_and_does_nothing(site, page_as, axe, shot):
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.create(
            user=manager.user, site=site.site, role=Role.SUPERVISOR, name=manager.name, starts_at=manager.starts_at,
            organisation=site.organisations[OrganisationKind.CASE_MANAGEMENT, 0],
        )  # fmt: skip
    url = reverse("notify:choice", args=["window"])
    old = page_as(manager, path=url)
    new = old.context.new_page()
    new.goto("/")
    new.locator(".who summary").click()
    new.get_by_role("button", name="Supervisor").click()
    new.get_by_text("You now act as Supervisor").wait_for()
    assert "Supervisor" in new.locator(".who summary").inner_text()
    shot(new, "switch-header")
    old.locator("label", has_text="Never").click()
    old.get_by_role("button", name="Save").click()
    old.get_by_role("heading", name="You act under another role now").wait_for()
    shot(old, "switch-refused")
    axe(old)
    old.get_by_role("link", name="Switch back and look at it").click()
    old.get_by_role("button", name="Send it again").click()
    old.get_by_text("Saved. It holds from the next alert on.").wait_for()
    assert "Case manager" in old.locator(".who summary").inner_text()
