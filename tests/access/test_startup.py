"""The application does not start with a login that could climb the walls, nor in production with a known secret."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from lead_cms.access.startup import refuse_unsafe_start
from lead_cms.access.walls import unsafe_login

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
GOOD = {"SESSION_COOKIE_SECURE": True, "SECRET_KEY": "s" * 60, "FIELD_KEYS": {"a": b"k" * 32}}


def _set(settings, **more):
    for name, value in (GOOD | more).items():
        setattr(settings, name, value)


@pytest.fixture
def kept_open(monkeypatch):
    """The check closes its connection, which here is the test's own."""
    monkeypatch.setattr(type(connections["default"]), "close", lambda self: None)


def test_a_safe_login_and_a_secret_of_ones_own_start(settings, kept_open):
    _set(settings)
    refuse_unsafe_start()


@pytest.mark.parametrize(
    "more",
    [
        {"SECRET_KEY": "development-only-not-a-secret-development-only-not-a-secret"},
        {"SECRET_KEY": "short"},
        {"FIELD_KEYS": {"dev": b"development-only-key-32-bytes!!!"}},
    ],
)
def test_a_known_secret_does_not_start_in_production(settings, kept_open, more):
    _set(settings, **more)
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe_start()


def test_files_do_not_lie_where_they_are_served(settings, kept_open):
    _set(settings, FILES_DIR=f"{settings.STATIC_ROOT}/files")
    with pytest.raises(ImproperlyConfigured, match="FILES_DIR"):
        refuse_unsafe_start()


def test_the_owner_of_the_tables_is_not_a_safe_login():
    assert unsafe_login("default") == ""
    assert unsafe_login("owner") == "it owns tables"
