"""Start and stop the servers of a data folder, and their addresses."""

import contextlib
import fcntl
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from lead_cms.embedded.place import Place, PlaceError, place_of
from lead_cms.embedded.processes import answers, open_as_neighbour, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
TAKEN = 75  # exit code of the keeper when another one has the folder
SECONDS_TO_JOIN = 90
LOGINS = {
    "DATABASE_ADMIN_URL": "postgres",
    "DATABASE_OWNER_URL": "lead_owner",
    "DATABASE_URL": "lead_app",
    "DATABASE_WORKER_URL": "lead_worker",
}


class ServersError(Exception):
    """The servers cannot run; the message is one line for the person who started them."""


def default_folder() -> Path:
    """The data folder: LEAD_DATA, else `.data` in the checkout."""
    return Path(os.environ.get("LEAD_DATA") or CHECKOUT / ".data").expanduser().resolve()


def python_path() -> dict[str, str]:
    """The environment by which a Python started anywhere finds this checkout first."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))}


def urls(folder: Path) -> dict[str, str]:
    """The servers' addresses by the names of their environment variables, whether or not they run.

    REDIS_URL is what redis-py takes; Celery takes the same with `redis+socket://` for `unix://`.
    """
    place = place_of(folder)
    host = quote(str(place.sockets), safe="/")
    found = {name: f"postgres://{login}@/lead?host={host}" for name, login in LOGINS.items()}
    return found | {"REDIS_URL": f"unix://{quote(str(place.valkey_socket), safe='/')}?db=0"}


def running(folder: Path) -> bool:
    """Whether both servers of the folder are ready."""
    place = place_of(folder)
    return place.ready.exists() and answers(place.postgres_socket) and answers(place.valkey_socket)


class Servers:
    """The two servers of a folder. Those another process runs there already are used, and left running.

    `scratch` gives up durability against a loss of power, for data that may be lost; a restart keeps PostgreSQL's data.
    """

    def __init__(self, folder: Path, *, scratch: bool = False) -> None:
        self.folder = Path(folder).expanduser().resolve()
        self.scratch = scratch
        self.keeper: subprocess.Popen | None = None
        self.guest: int | None = None

    @property
    def joined(self) -> bool:
        """Whether another process started these servers."""
        return self.guest is not None

    def start(self) -> Self:
        if self.keeper is not None or self.joined:
            return self
        try:
            place = place_of(self.folder)
        except PlaceError as error:
            raise ServersError(str(error)) from None
        # While someone else is starting or stopping them, neither succeeds.
        if not wait_until(lambda: self.join(place) or self.open(place), SECONDS_TO_JOIN, 0.2):
            raise ServersError(f"Another process holds {place.home}, but its servers do not answer.")
        return self

    def join(self, place: Place) -> bool:
        """Become a guest of servers that run already, so that they stay while they are used."""
        if not place.ready.exists():
            return False
        try:
            guest = open_as_neighbour(place.guests, os.O_RDWR | os.O_CREAT)
        except OSError:
            return False
        try:
            fcntl.flock(guest, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:  # they are about to stop
            os.close(guest)
            return False
        if not running(self.folder):
            os.close(guest)
            return False
        self.guest = guest
        return True

    def open(self, place: Place) -> bool:
        """Start a keeper; False when another one has the folder."""
        if place.home != place.data:
            print(f"The servers' user cannot reach {place.data}: their data are in {place.home}.", file=sys.stderr)
        self.keeper = subprocess.Popen(
            [sys.executable, "-m", "lead_cms.embedded.keeper", str(self.folder), *["--scratch"] * self.scratch],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env=os.environ | python_path(),
            start_new_session=True,
        )
        answer = self.keeper.stdout.readline().strip()
        if answer == "ready":
            return True
        code = self.release()
        if code == TAKEN:
            return False
        raise ServersError(answer.removeprefix("error ") or f"The servers' keeper ended with code {code}.")

    def failure(self) -> str | None:
        """What has happened to servers that should be running, in one line."""
        if self.keeper is None:
            return None if self.joined and running(self.folder) else "The servers were stopped by another process."
        if self.keeper.poll() is None:
            return None
        return self.keeper.stdout.read().strip().removeprefix("error ") or "The servers' keeper was killed."

    def stop(self) -> None:
        """Stop what `start` started, or leave it to its guests; PostgreSQL ends its sessions and writes all down."""
        if self.joined:
            os.close(self.guest)
            self.guest = None
        if self.keeper is not None:
            self.release()

    def release(self) -> int:
        """Close the keeper's input and wait for its end, unless it goes on for a guest."""
        keeper, self.keeper = self.keeper, None
        with contextlib.suppress(BrokenPipeError):
            keeper.stdin.close()
        answer = keeper.stdout.read() if keeper.poll() is not None else keeper.stdout.readline()
        keeper.stdout.close()
        if answer.strip() == "guests":
            print("The servers stay until the other command that uses them ends.", file=sys.stderr)
            keeper.returncode = 0  # it is no longer ours to wait for
            return 0
        return keeper.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
