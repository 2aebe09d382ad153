"""A file opens whole, in its own place, with a key that is there; changed, cut, moved or gone it gives no byte."""

import os
import uuid

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from lead_cms.core import sealing, vault
from lead_cms.core.crypto import UnknownKey

ONE, OTHER = uuid.UUID(int=1 << 64 | 0xA1), uuid.UUID(int=2 << 64 | 0xB2)
LONG = os.urandom(2 * sealing.PIECE + 100)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR, settings.FIELD_KEYS = tmp_path / "files", {"new": b"n" * 32, "old": b"o" * 32}
    return settings.FILES_DIR


def path_of(key):
    return next(one for one in vault._files() if one.name == key.hex)


def plain(key) -> bytes:
    reading = vault.read(key)
    try:
        return b"".join(reading)
    finally:
        reading.close()


@pytest.mark.parametrize(
    "content", [b"", b"x", LONG[: sealing.PIECE], LONG[: sealing.PIECE + 1], LONG[: 2 * sealing.PIECE], LONG]
)
def test_what_is_put_is_read(folder, content):
    vault.put(ONE, content)
    assert plain(ONE) == content
    path = path_of(ONE)
    assert path.parent.parent == folder and (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (
        0o600,
        0o700,
    )
    assert not content[:40].strip(b"x") or content[:40] not in path.read_bytes()


@examples(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_changed_byte_gives_a_byte(data):
    vault.put(ONE, LONG[:500])
    whole = path_of(ONE).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = data.draw(st.sampled_from(["flip", "cut", "drop", "longer"]))
    path_of(ONE).write_bytes(
        {
            "flip": whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
            "cut": whole[:at],
            "drop": whole[:at] + whole[at + 1 :],
            "longer": whole + b"\0",
        }[changed]
    )
    with pytest.raises(vault.Unreadable):
        vault.read(ONE)


def test_pieces_stay_where_they_were():
    vault.put(ONE, LONG)
    whole, size = path_of(ONE).read_bytes(), sealing.PIECE + sealing.TAG
    head = len(whole) - (100 + sealing.TAG) - 2 * size
    first, second, last = whole[head : head + size], whole[head + size : head + 2 * size], whole[head + 2 * size :]
    for order in ((second, first, last), (first, last), (first, second), (first, first, second, last), (last,)):
        path_of(ONE).write_bytes(whole[:head] + b"".join(order))
        with pytest.raises(vault.Unreadable):
            vault.read(ONE)


def test_a_file_in_anothers_place_does_not_open():
    vault.put(ONE, b"one")
    vault.put(OTHER, b"other")
    path_of(OTHER).write_bytes(path_of(ONE).read_bytes())
    with pytest.raises(vault.Unreadable):
        vault.read(OTHER)


def test_an_older_key_still_opens_and_a_lost_one_does_not(settings):
    settings.FIELD_KEYS = {"old": b"o" * 32}
    vault.put(ONE, b"one")
    settings.FIELD_KEYS = {"new": b"n" * 32, "old": b"o" * 32}
    vault.put(OTHER, b"other")
    assert (plain(ONE), plain(OTHER)) == (b"one", b"other")
    settings.FIELD_KEYS = {"new": b"n" * 32}
    with pytest.raises(vault.Unreadable) as raised:
        vault.read(ONE)
    assert isinstance(raised.value.__cause__, UnknownKey)


def test_what_is_gone_says_so_and_a_link_is_not_followed(folder, tmp_path):
    with pytest.raises(vault.Unreadable, match="not there"):
        vault.read(ONE)
    vault.put(ONE, b"one")
    vault.erase(ONE)
    vault.erase(ONE)
    assert not vault.is_there(ONE) and list(vault.stored()) == []
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ONE.hex).write_bytes(b"x")
    (folder / "zz").symlink_to(tmp_path / "elsewhere")
    assert list(vault.stored()) == []


def test_a_disk_that_is_full_leaves_nothing_behind(folder, monkeypatch):
    monkeypatch.setattr(vault.os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        vault.put(ONE, b"one")
    assert list(vault._files()) == []
