"""An index that is built beside the writers can be begun again where a build failed, and a whole one is not built twice."""

from pathlib import Path

import pytest
from django.db import IntegrityError, connections, models
from django.db.migrations.state import ModelState, ProjectState

from lead_cms.core.migrating import BuildIndex

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
STATE = (
    "select c.oid, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = 'named_words'"
)
BUILD = BuildIndex(model_name="named", index=models.Index(fields=["words"], name="named_words"))


@pytest.fixture
def owner():
    """A table in which two rows say the same."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("create table core_named (id int primary key, words text)")
        cursor.execute("insert into core_named values (1, 'the same'), (2, 'the same')")
        yield cursor
        cursor.execute("drop table core_named")


def migrate(*, back=False) -> None:
    before = ProjectState()
    before.add_model(
        ModelState("core", "Named", [("id", models.IntegerField(primary_key=True)), ("words", models.TextField())])
    )
    after = before.clone()
    BUILD.state_forwards("core", after)
    with connections["owner"].schema_editor(atomic=False) as editor:
        if back:
            BUILD.database_backwards("core", editor, after, before)
        else:
            BUILD.database_forwards("core", editor, before, after)


def standing(cursor):
    return cursor.execute(STATE).fetchone()


def test_what_a_failed_build_left_makes_room(owner):
    with pytest.raises(IntegrityError):
        owner.execute("create unique index concurrently named_words on core_named (words)")
    left = standing(owner)
    assert left[1] is False
    migrate()
    built = standing(owner)
    assert built[1] is True and built[0] != left[0]


def test_every_migration_builds_so():
    """The framework's own operation is in the way of itself when it is run again."""
    apps = Path(__file__).parents[2]
    assert [path.name for path in apps.glob("*/migrations/*.py") if "AddIndexConcurrently" in path.read_text()] == []


def test_a_whole_one_stays_and_going_back_twice_is_going_back(owner):
    migrate()
    built = standing(owner)
    migrate()
    assert standing(owner) == built
    migrate(back=True)
    migrate(back=True)
    assert standing(owner) is None
