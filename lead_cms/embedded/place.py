"""Where the servers of a data folder keep their files, and as which user they run.

Everything lies in the data folder. Two things can force a folder of their own under the system's temporary folder: as
root the servers run as an unprivileged user, who may be unable to reach the data folder (under /root, say); and the
name of a socket may not be longer than the system allows.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOCKET_LIMIT = 100  # bytes: sun_path holds 108 on Linux, 104 on macOS
UNPRIVILEGED = ("postgres", "nobody")  # whoever of these exists, when root owns the checkout


class PlaceError(Exception):
    """The folder cannot hold the servers; the message is one line for the person who started them."""


@dataclass(frozen=True)
class Place:
    """The folders of one pair of servers. `uid` and `gid` are None when the servers run as whoever starts them."""

    data: Path
    home: Path
    sockets: Path
    uid: int | None
    gid: int | None

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def valkey(self) -> Path:
        return self.home / "valkey"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def ready(self) -> Path:
        """Present while both servers answer; may outlive a machine that lost power, never a start."""
        return self.home / "servers.ready"

    @property
    def guests(self) -> Path:
        """Locked, shared, by each process that uses the servers another one started."""
        return self.home / "servers.guests"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def as_user(self) -> dict:
        """Arguments of `subprocess.Popen` that give up root; a supplementary group of root's is not kept."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}


def place_of(folder: Path) -> Place:
    """The place of a data folder, worked out without touching the disk, so that every process finds the same."""
    data = Path(folder).expanduser().resolve()
    uid = gid = None
    if os.geteuid() == 0:
        uid, gid = unprivileged(data)
    away = temporary_root() / f"lead-{os.geteuid()}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
    home = data if uid is None or may_pass(data, uid, gid) else away
    sockets = home / "run"
    if len(os.fsencode(sockets / ".s.PGSQL.5432")) > SOCKET_LIMIT:
        sockets = away / "run"
    return Place(data=data, home=home, sockets=sockets, uid=uid, gid=gid)


def temporary_root() -> Path:
    """The system's temporary folder: /tmp even where TMPDIR differs, since every terminal must find the same."""
    return Path("/tmp") if os.access("/tmp", os.W_OK | os.X_OK) else Path(tempfile.gettempdir())  # noqa: S108


def unprivileged(data: Path) -> tuple[int, int]:
    """The user the servers run as when root starts them: the owner of the folder, else a system user."""
    existing = data
    while not existing.exists():
        existing = existing.parent
    info = existing.stat()
    # A folder all may write to (/tmp) says nothing of whose the data is.
    if info.st_uid and not info.st_mode & stat.S_IWOTH:
        try:
            entry = pwd.getpwuid(info.st_uid)
        except KeyError:  # a user of the host, unknown in this container: PostgreSQL would not start
            pass
        else:
            return entry.pw_uid, entry.pw_gid
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise PlaceError("PostgreSQL does not run as root, and this system has no user postgres or nobody to run it as.")


def may_pass(path: Path, uid: int, gid: int | None) -> bool:
    """Whether a user can enter the folder through all its parents; what does not exist yet is made enterable."""
    for folder in (path, *path.parents):
        try:
            info = folder.stat()
        except FileNotFoundError:
            continue
        bit = stat.S_IXUSR if info.st_uid == uid else stat.S_IXGRP if info.st_gid == gid else stat.S_IXOTH
        if not info.st_mode & bit:
            return False
    return True


def prepare(place: Place) -> None:
    """Make the folders. Nothing that was there before changes its mode; only the servers' own folders change owner."""
    if place.uid is None:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise PlaceError(
                f"PostgreSQL needs a user with a name, and user {os.geteuid()} has none on this system."
            ) from None
    make_folder(place.data, place)
    for folder in {place.home, place.sockets.parent} - {place.data}:
        make_private_root(folder)
    for folder in (place.postgres, place.valkey, place.sockets, place.logs):
        folder.mkdir(mode=0o700, exist_ok=True)
        own(folder, place)


def make_folder(path: Path, place: Place) -> None:
    """Create the folder and its missing parents so that the servers' user can enter, whatever the umask."""
    for folder in reversed((path, *path.parents)):
        if folder.exists():
            continue
        folder.mkdir(exist_ok=True)
        if place.uid is not None:
            folder.chmod(0o755)
            owner = folder.parent.stat()
            if owner.st_uid == place.uid:
                os.chown(folder, owner.st_uid, owner.st_gid)


def make_private_root(path: Path) -> None:
    """A folder of ours among strangers' (/tmp): made by us, or already ours and nobody else's to write."""
    try:
        path.mkdir(mode=0o711)
        path.chmod(0o711)
    except FileExistsError:
        info = path.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid() or info.st_mode & 0o022:
            raise PlaceError(f"{path} belongs to someone else; remove it and start again.") from None


def own(folder: Path, place: Place) -> None:
    """Give a server's folder to the user it runs as; another user's folder is not touched unless we are root."""
    info = folder.lstat()
    if not stat.S_ISDIR(info.st_mode):
        raise PlaceError(f"{folder} is not a folder.")
    if place.uid is None:
        if info.st_uid != os.geteuid():
            name = pwd.getpwuid(info.st_uid).pw_name if info.st_uid == 0 else f"user {info.st_uid}"
            raise PlaceError(f"{folder} was made by {name}: start as that user, or remove {place.data}.")
        return
    if info.st_uid == place.uid:
        return
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(os.path.join(root, name), place.uid, place.gid, follow_symlinks=False)
    os.chown(folder, place.uid, place.gid)


def reachable_copy(source: Path, place: Place, name: str, parts: tuple[str, ...]) -> Path:
    """The programs under `source`, or a copy in the place when the servers' user cannot reach them there."""
    if place.uid is None or may_pass(source, place.uid, place.gid):
        return source
    target = place.home / "programs" / name
    if not target.exists():
        unfinished = target.with_name(f"{name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in parts:
            if (source / part).is_dir():
                shutil.copytree(source / part, unfinished / part, symlinks=True)
            else:
                (unfinished / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / part, unfinished / part)
        for root, folders, _files in os.walk(unfinished.parent):
            for folder in (root, *(os.path.join(root, each) for each in folders)):
                os.chmod(folder, 0o755)  # noqa: S103
        unfinished.rename(target)
    return target
