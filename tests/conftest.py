"""The owner makes the test database; the suite signs in as `lead_test`, whose role is `lead_app` (settings/test.py)."""

import io
import os
import time

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connections
from django.test import Client, TestCase, TransactionTestCase
from pytest_django.plugin import blocking_manager_key

from lead_cms.access.walls import unsafe_login
from tests.factories import World

KEEP = ("django_migrations", "django_content_type", "auth_permission")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


TEMPLATE = "LEAD_TEST_TEMPLATE"  # the database that workers copy, named in their environment


def pytest_sessionstart(session):
    """The controller makes the roles, and a database for its workers to copy: to migrate once is enough."""
    if hasattr(session.config, "workerinput"):
        return
    if os.environ.get("DATABASE_ADMIN_URL"):
        call_command("setup_roles", "--with-tests", stdout=io.StringIO())
    if getattr(session.config.option, "numprocesses", None):
        owner = connections["owner"]
        own, tests = owner.settings_dict["NAME"], owner.settings_dict["TEST"]["NAME"]
        owner.settings_dict["TEST"]["NAME"] = f"{owner.creation._get_test_db_name()}_template"
        with session.config.stash[blocking_manager_key].unblock():
            os.environ[TEMPLATE] = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            owner.close()
        for alias in ("owner", "default"):
            connections[alias].settings_dict["NAME"] = own
        owner.settings_dict["TEST"]["NAME"] = tests


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput") and (name := os.environ.pop(TEMPLATE, "")):
        owner = connections["owner"]
        with session.config.stash[blocking_manager_key].unblock():
            owner.creation._destroy_test_db(name, verbosity=0)
            owner.close()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    owner, default = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        owner.settings_dict["TEST"]["TEMPLATE"] = os.environ.get(TEMPLATE)
        owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        default.close()
        default.settings_dict["NAME"] = owner.settings_dict["NAME"]
        reason = unsafe_login("default")
        assert not reason, f"the suite must not run with this login: {reason}"
        assert connections["default"].settings_dict["USER"] == "lead_test"
    TransactionTestCase._fixture_teardown = lambda self: truncate(owner, default)
    yield
    with django_db_blocker.unblock():
        default.close()
        _destroy(owner)


def _destroy(owner) -> None:
    """Drop the test database; what still holds it (a thread of the live server, a worker just ended) lets go at once."""
    if address := os.environ.get("DATABASE_ADMIN_URL"):
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and backend_type = %s",
                [owner.settings_dict["NAME"], "client backend"],
            )
    for _ in range(20):
        try:
            return owner.creation.destroy_test_db("lead", verbosity=0)
        except OperationalError:
            time.sleep(0.5)


def connection_to(login: str, **options) -> psycopg.Connection:
    """A raw connection to the test database as one of the true logins."""
    settings = connections["owner"].settings_dict
    return psycopg.connect(
        dbname=settings["NAME"], user=login, host=settings["HOST"], port=settings["PORT"] or None,
        password=settings.get("PASSWORD") or None, **options
    )  # fmt: skip


def truncate(owner, default) -> None:
    """Django's flush runs as the application's role, which may not truncate."""
    default.close()
    with connection_to("lead_owner", autocommit=True) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        names = ", ".join(f'"{name}"' for (name,) in rows if name not in KEEP)
        connection.execute(f"truncate {names} restart identity cascade")


class StrictClient(Client):
    """Runs on_commit work as a real commit would, and turns down pages with inline scripts or unrendered tags."""

    def request(self, **request):
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            page = response.content.decode()
            assert "{{" not in page and "{%" not in page
            assert " onclick=" not in page and "<script>" not in page and " style=" not in page
        return response


@pytest.fixture
def client():
    return StrictClient()


@pytest.fixture
def sign_in():
    """sign_in(membership) -> a client signed in as that membership's user, acting under it."""

    def _sign_in(membership) -> StrictClient:
        client = StrictClient()
        client.force_login(membership.user)
        session = client.session
        session["membership_id"] = str(membership.pk)
        session.save()
        return client

    return _sign_in


@pytest.fixture
def world(db):
    """Two sites, two organisations of each kind, two people per role everywhere."""
    return World.build()
