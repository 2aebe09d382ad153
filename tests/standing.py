"""The world of the tests, made once: a database beside the empty one in which its rows stand, committed.

A test that rolls back and asks for `world` runs there; every other begins with nothing and runs in the empty one.
"""

import pickle

import pytest
from django.db import connections

from tests.factories import World

EMPTY, STANDING = "empty", "standing"


class Databases:
    """Which database the connections are at; `names` once they are made."""

    def __init__(self):
        self.names: dict[str, str] = {}
        self.wanted = EMPTY
        self.kept = b""

    def make(self, create) -> None:
        """create(name, template or None) makes a database. The second is a copy of the first, with the world in it."""
        owner = connections["owner"]
        base = owner.creation._get_test_db_name()
        create(base, None)
        self.names[EMPTY] = base
        self._leave()
        self.names[STANDING] = f"{base}_standing"
        create(self.names[STANDING], base)
        self._go(STANDING)
        self.kept = pickle.dumps(World.build().a)
        self._go(self.wanted)

    def want(self, item: pytest.Item) -> None:
        """Before the item's fixtures are made."""
        self.wanted = STANDING if _only_rolls_back(item) else EMPTY
        if self.names:
            self._go(self.wanted)

    def world(self) -> World:
        """A copy that the test may change; made in the database where none stands there."""
        if connections["default"].settings_dict["NAME"] != self.names[STANDING]:
            return World.build()
        made = World("default")
        made.a = pickle.loads(self.kept)  # noqa: S301
        return made

    def _go(self, where: str) -> None:
        name = self.names[where]
        for alias in ("default", "owner"):
            if connections[alias].settings_dict["NAME"] != name:
                connections[alias].close()
                connections[alias].settings_dict["NAME"] = name

    @staticmethod
    def _leave() -> None:
        for alias in ("default", "owner"):
            connections[alias].close()


def _only_rolls_back(item: pytest.Item) -> bool:
    found = item._fixtureinfo.name2fixturedefs.get("world")
    if not found or found[-1].scope != "function":
        return False
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    return not commits and not {"transactional_db", "live_server"} & set(item.fixturenames)
