"""Files in the folder of `settings.FILES_DIR`, encrypted; the only place that touches it. A file's name is its key's.

API
    put(key, content)              on the disk, whole and durable, when it returns
    read(key) -> Reading           looked through to its end first: a damaged file gives no byte. Raises Unreadable
    erase(key), set_aside(key), bring_back(key)
    stored() -> every file with its age; forget_parts(older_than=)

Whoever writes a row puts the file while the row's transaction is open, so that a row that was committed has its file. A crash
in between leaves a file without a row, and one after a removal a file that should be gone: participants/sweeping.py.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from lead_cms.core.crypto import Tampered, UnknownKey
from lead_cms.core.sealing import opened, sealed

ASIDE, PART = ".aside", ".part"


class Unreadable(Exception):
    """The file is not there, or not as it was put there."""


@dataclass(frozen=True)
class Stored:
    key: UUID
    is_aside: bool
    age_seconds: float


class Reading:
    """The plain bytes of an open file, piece by piece; closing it closes the file."""

    def __init__(self, file: BinaryIO, key: UUID):
        self._file, self._pieces = file, opened(file, aad=_place(key))

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        self._file.close()


def put(key: UUID, content: bytes) -> None:
    """Raises OSError when the disk is full or the folder is not there to be written to."""
    path = _path(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with open(part, "xb", opener=_owner_only) as file:
            for piece in sealed(content, aad=_place(key)):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def read(key: UUID) -> Reading:
    try:
        file = open(_path(key), "rb")  # noqa: SIM115  the answer closes it, when it has been sent
    except OSError as error:
        raise Unreadable("it is not there") from error
    try:
        for _ in opened(file, aad=_place(key)):
            pass
        file.seek(0)
    except (Tampered, UnknownKey, OSError) as error:
        file.close()
        raise Unreadable(str(error)) from error
    return Reading(file, key)


def is_there(key: UUID) -> bool:
    return _path(key).exists()


def erase(key: UUID) -> None:
    """Gone, whether it was in use or set aside. Its own key went with it: what a disk still holds of it does not open."""
    for path in (_path(key), _aside(key)):
        path.unlink(missing_ok=True)


def set_aside(key: UUID) -> None:
    """No longer in use; its age counts from now."""
    with suppress(FileNotFoundError):
        os.replace(_path(key), _aside(key))
        os.utime(_aside(key))


def bring_back(key: UUID) -> None:
    with suppress(FileNotFoundError):
        os.replace(_aside(key), _path(key))


def stored() -> Iterator[Stored]:
    """Everything that is kept. What has no key's name is nobody's and left alone."""
    now = time.time()
    for path in _files():
        name, is_aside = path.name.removesuffix(ASIDE), path.name.endswith(ASIDE)
        with suppress(ValueError, FileNotFoundError):
            yield Stored(UUID(hex=name), is_aside, now - path.stat().st_mtime)


def forget_parts(*, older_than: float) -> None:
    """What a crash left half written."""
    now = time.time()
    for path in _files():
        if path.name.endswith(PART):
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > older_than:
                    path.unlink()


def _files() -> Iterator[Path]:
    root = Path(settings.FILES_DIR)
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        if folder.is_dir() and not folder.is_symlink():
            yield from sorted(folder.iterdir())


def _path(key: UUID) -> Path:
    """From a key alone: no word of anybody's becomes part of a path. Random keys spread over the last two digits."""
    return Path(settings.FILES_DIR) / UUID(str(key)).hex[-2:] / UUID(str(key)).hex


def _aside(key: UUID) -> Path:
    path = _path(key)
    return path.with_name(path.name + ASIDE)


def _place(key: UUID) -> str:
    return f"file {key}"


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), mode=0o600)


def _sync(folder: Path) -> None:
    """The name, too, is to be there after a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
