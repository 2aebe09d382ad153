"""The owner makes the test database; the suite signs in as `lead_test`, whose role is `lead_app` (settings/test.py)."""

import gc
import io
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import OperationalError, connections
from django.test import Client, TestCase, TransactionTestCase
from pytest_django.plugin import blocking_manager_key

from lead_cms.access.row_security import NO_TEMPORARY_TABLES
from lead_cms.access.walls import unsafe_login
from tests.standing import Databases

KEEP = ("django_migrations", "django_content_type", "auth_permission")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


# The database that workers copy, and a file that says that it is whole, or why it is not; both named in their environment.
TEMPLATE, READY = "LEAD_TEST_TEMPLATE", "LEAD_TEST_TEMPLATE_READY"
SECONDS_TO_MIGRATE = 300


def pytest_sessionstart(session):
    """The controller makes the roles, and a database for its workers to copy, while they collect: to migrate once is enough."""
    collect_seldom()
    if hasattr(session.config, "workerinput"):
        return
    if os.environ.get("DATABASE_ADMIN_URL"):
        call_command("setup_roles", "--with-tests", stdout=io.StringIO())
    if getattr(session.config.option, "numprocesses", None):
        owner = connections["owner"]
        os.environ[TEMPLATE] = name = f"{owner.creation._get_test_db_name()}_template"
        os.environ[READY] = ready = f"{tempfile.mkdtemp()}/ready"
        making = threading.Thread(target=_make_template, args=[name, ready, session.config.stash[blocking_manager_key]])
        session.config.stash[MAKING] = making
        making.start()


MAKING = pytest.StashKey[threading.Thread]()


def _make_template(name: str, ready: str, blocker) -> None:
    """In a thread, with connections of its own."""
    said = ""
    try:
        owner = connections["owner"]
        own, owner.settings_dict["TEST"]["NAME"] = owner.settings_dict["NAME"], name
        with blocker.unblock():
            owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        owner.settings_dict["NAME"] = own
    except BaseException as error:
        said = f"{type(error).__name__}: {error}"
        raise
    finally:
        connections.close_all()
        Path(f"{ready}.part").write_text(said)
        os.rename(f"{ready}.part", ready)


def _template() -> str | None:
    """The database to copy, once it is there; none where nobody makes one."""
    if TEMPLATE not in os.environ:
        return None
    ready, end = Path(os.environ[READY]), time.monotonic() + SECONDS_TO_MIGRATE
    while not ready.exists():
        assert time.monotonic() < end, "the database to copy was never made"
        time.sleep(0.1)
    assert not (said := ready.read_text()), said
    return os.environ[TEMPLATE]


def pytest_sessionfinish(session):
    if (making := session.config.stash.get(MAKING, None)) is not None:
        making.join()
        name, owner = os.environ.pop(TEMPLATE), connections["owner"]
        shutil.rmtree(Path(os.environ.pop(READY)).parent)
        with session.config.stash[blocking_manager_key].unblock():
            owner.creation._destroy_test_db(name, verbosity=0)
            owner.close()


# Files go to the workers whole (Makefile), so that what is made once for a module is made once. Those that need no database
# begin while it is made, then the longest; small ones fill the end.
WITHOUT_DATABASE = (
    "embedded/test_servers.py", "programs/test_validate.py", "core/test_crypto.py", "reports/test_suppression.py",
)  # fmt: skip
LONGEST = (
    "browser/test_axe.py", "access/test_information_flow.py", "browser/test_board.py", "referrals/test_plans.py",
    "browser/test_walkthrough.py", "browser/test_journeys.py", "browser/test_officer_journey.py", "access/test_rows.py",
    "access/test_rows_of_logins.py", "browser/test_notes.py", "notify/test_real_processes.py",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    tests = Path(__file__).parent
    order = {tests / name: place for place, name in enumerate(WITHOUT_DATABASE + LONGEST)}
    assert all(path.exists() for path in order)
    items.sort(key=lambda item: order.get(item.path, len(order)))


def pytest_collection_finish(session):
    collect_seldom()


def collect_seldom() -> None:
    """What is loaded by now stays to the end: the collector need not walk over it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


DATABASES = Databases()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    DATABASES.want(item)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    owner, default = connections["owner"], connections["default"]
    true_name = owner.settings_dict["NAME"]

    def create(name: str, template: str | None) -> None:
        template = template or _template()
        owner.settings_dict["NAME"] = true_name
        owner.settings_dict["TEST"] |= {"NAME": name, "TEMPLATE": template}
        if template is None:
            owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        else:  # whole already: nothing is left to migrate
            owner.creation._create_test_db(verbosity=0, autoclobber=True)
            owner.close()
            owner.settings_dict["NAME"] = name
            with owner.cursor() as cursor:
                cursor.execute(NO_TEMPORARY_TABLES)

    with django_db_blocker.unblock():
        DATABASES.make(create)
        reason = unsafe_login("default")
        assert not reason, f"the suite must not run with this login: {reason}"
        assert connections["default"].settings_dict["USER"] == "lead_test"
    TransactionTestCase._fixture_teardown = lambda self: empty_tables(owner, default)
    yield
    with django_db_blocker.unblock():
        for name in DATABASES.names.values():
            default.close()
            owner.settings_dict["NAME"] = name
            _destroy(owner)


def _destroy(owner) -> None:
    """Drop a test database; what still holds it (a thread of the live server, a worker just ended) lets go at once."""
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


def empty_tables(owner, default, *, anew: bool = False):
    """Every table is emptied. Django's flush runs as the application's role, which may not.

    To truncate makes new files of a hundred tables and their indexes; an administrator may delete the few rows instead,
    past triggers and keys. Where plans are looked at the files are made `anew`: what was deleted still takes its place.
    """
    default.close()
    address = os.environ.get("DATABASE_ADMIN_URL") if not anew else None
    with (
        psycopg.connect(address, dbname=owner.settings_dict["NAME"], autocommit=True)
        if address
        else connection_to("lead_owner", autocommit=True)
    ) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        names = [f'"{name}"' for (name,) in rows if name not in KEEP]
        if address:
            deletes = "; ".join(f"delete from {name}" for name in names)
            connection.execute(f"set session_replication_role = replica; {deletes}")
        else:
            connection.execute(f"truncate {', '.join(names)} restart identity cascade")


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


def session_of(membership) -> str:
    """The key of a session of that membership's user, acting under it, with one page behind it. Nobody signed in for it."""
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(membership.user_id), membership.user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session["membership_id"] = str(membership.pk)
    session["began_at"] = session["seen_at"] = time.time()
    session.create()
    return session.session_key


def signed_in(membership, **options) -> StrictClient:
    """A client in such a session."""
    client = StrictClient(**options)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(membership)
    return client


@pytest.fixture
def sign_in():
    """sign_in(membership) -> a client signed in as that membership's user, acting under it."""
    return signed_in


@pytest.fixture
def world(db):
    """Two sites, two organisations of each kind, two people per role everywhere."""
    return DATABASES.world()
