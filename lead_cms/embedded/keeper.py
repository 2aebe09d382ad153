"""The process that owns both servers and outlives nobody.

`python -m lead_cms.embedded.keeper FOLDER` starts them, says "ready" on its output and waits for the end of its input,
which comes when whoever started it closes the pipe or ends, even by kill -9. Guests, who use the servers of another,
are waited for first. Should the keeper itself be killed, Linux tells the servers.
"""

import argparse
import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
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
        say(f"error {error}")
        return 1
    except OSError as error:
        say(f"error {error.strerror}: {error.filename}")
        return 1


def say(line: str) -> None:
    """Tell whoever started this; they may be gone."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), f"{line}\n".encode())


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
        guests = open_as_neighbour(place.guests, os.O_RDWR | os.O_CREAT)
        place.ready.touch()
        say("ready")
        leaving = False
        while True:
            if leaving:
                if take(guests):
                    return 0
                time.sleep(0.1)
            elif select.select([sys.stdin], [], [], 0.5)[0] and not os.read(sys.stdin.fileno(), 1024):
                leaving = True
                if not take(guests):
                    say("guests")
            for name, process, _signals in servers:
                if process.poll() is not None:
                    say(f"error {name} ended with code {process.returncode} (see {place.logs})")
                    return SERVER_DIED
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        place.ready.unlink(missing_ok=True)
        for _name, process, signals in reversed(servers):
            stop(process, signals, 20)


if __name__ == "__main__":
    sys.exit(main())
