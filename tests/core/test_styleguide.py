"""The gallery: every component that exists is shown, in every variant, to whoever is signed in."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.core.components import TONES
from lead_cms.core.templatetags.ui import BUTTONS, ICONS, register

pytestmark = pytest.mark.django_db
SOURCE = "\n".join(path.read_text() for path in sorted(Path("templates/styleguide").glob("*.html")))


@pytest.mark.parametrize("tag", sorted(register.tags))
def test_every_component_is_shown_under_its_name(tag):
    assert re.search(rf"{{% {tag}[ %]", SOURCE), f"{tag} is not shown"
    assert f"<h2>{tag}</h2>" in SOURCE


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.STAKEHOLDER])
def test_every_role_sees_each_variant(world, sign_in, role):
    page = sign_in(world.a.person(role)).get(reverse("styleguide")).content.decode()
    for kind in BUTTONS:
        assert f"btn-{kind}" in page
    for tone in TONES:
        assert f"badge--{tone}" in page and f"notice--{tone}" in page and f"rule--{tone}" in page
    for name in ICONS:
        assert f"#{name}" in page


@pytest.mark.parametrize(("asked", "theme"), [("light", "light"), ("dark", "dark"), ("device", None), ("x", None)])
def test_light_and_dark_are_one_tap(world, sign_in, asked, theme):
    page = sign_in(world.a.person(Role.OFFICER)).get(reverse("styleguide"), {"look": asked}).content.decode()
    assert ('gallery" data-bs-theme' in page) == (theme is not None)
    assert theme is None or f'data-bs-theme="{theme}"' in page


def test_it_needs_a_sign_in(client):
    assert client.get(reverse("styleguide")).status_code == 302
