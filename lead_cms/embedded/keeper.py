"""The process that owns both servers and outlives nobody.

`python -m lead_cms.embedded.keeper FOLDER` starts them, says "ready" on its output and waits for the end of its input,
which comes when whoever started it closes the pipe or ends, even by kill -9. Should the keeper itself be killed, Linux
tells the servers.
"""

import argparse
import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from lead_cms.embedded import postgresql, valkey
from lead_cms.embedded.place import Place, PlaceError, place_of, prepare
from lead_cms.embedded.processes import open_as_neighbour, stop, wait_until

TAKEN = 75  # exit code: another keeper has the folder
SERVER_DIED = 3


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="keeper")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scratch", action="store_true")
    options = parser.parse_args(arguments)
    # Stopping is by the end of input, or by SIGTERM to the keeper alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    place = place_of(options.folder)
    try:
        prepare(place)
        lock = open_as_neighbour(place.home / "servers.lock", os.O_RDWR | os.O_CREAT)
        if not wait_until(lambda: take(lock), 1):
            return TAKEN
        return keep(place, scratch=options.scratch)
    except PlaceError as error:
        print(f"error {error}", flush=True)
        return 1
    except OSError as error:
        print(f"error {error.strerror}: {error.filename}", flush=True)
        return 1


def take(lock: int) -> bool:
    """Hold the folder's lock as long as this process lives."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def keep(place: Place, *, scratch: bool) -> int:
    """Run both servers until the input ends or one of them dies."""
    servers: list[tuple[str, subprocess.Popen, tuple[int, ...]]] = []
    place.ready.unlink(missing_ok=True)
    try:
        servers.append(("PostgreSQL", postgresql.start(place, scratch=scratch), postgresql.STOP))
        servers.append(("Valkey", valkey.start(place, scratch=scratch), valkey.STOP))
        postgresql.make_database(place)
        place.ready.touch()
        print("ready", flush=True)
        while True:
            if select.select([sys.stdin], [], [], 0.5)[0] and not os.read(sys.stdin.fileno(), 1024):
                return 0
            for name, process, _signals in servers:
                if process.poll() is not None:
                    with contextlib.suppress(BrokenPipeError):
                        print(f"error {name} ended with code {process.returncode} (see {place.logs})", flush=True)
                    return SERVER_DIED
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        place.ready.unlink(missing_ok=True)
        for _name, process, signals in reversed(servers):
            stop(process, signals, 20)


if __name__ == "__main__":
    sys.exit(main())
