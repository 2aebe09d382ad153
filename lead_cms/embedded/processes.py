"""Processes that end with their parent, and what is left of those that did not."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lead_cms.embedded.place import Place

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside at the next start


def end_with_parent(signal_number: int) -> Callable[[], None] | None:
    """A `preexec_fn` by which Linux sends the child a signal when its parent ends, however it ends."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # it ended before the request was made
            os._exit(1)

    return ask


def open_log(path: Path) -> int:
    """The log file to append to, as a descriptor the caller closes; an overlong one is set aside."""
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
    return open_as_neighbour(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def open_as_neighbour(path: Path, flags: int) -> int:
    """Open or make a file that belongs to whoever has the folder: who started as root once may go on as a user."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def launch(command: list[str], place: Place, log: Path, *, folder: Path, ends_by: int) -> subprocess.Popen:
    """Start a server as the place's user, in a session of its own so that the terminal's Ctrl-C passes it by."""
    descriptor = open_log(log)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd=folder,
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
            start_new_session=True,
            preexec_fn=end_with_parent(ends_by),
            **place.as_user,
        )
    finally:
        os.close(descriptor)


def tail(path: Path, lines: int = 3) -> str:
    """The last lines of a log, for an error message."""
    try:
        return " / ".join(path.read_text(errors="replace").strip().splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def command_line(pid: int) -> str | None:
    """The command of a process, or None when there is no such process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        found = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return found.stdout


def end_orphan(pid_file: Path, mark: str, signal_number: int, seconds: float = 30) -> None:
    """End a server whose keeper is gone; forget a pid file whose number now belongs to another program."""
    try:
        pid = abs(int(pid_file.read_text().split()[0]))
    except (FileNotFoundError, IndexError, ValueError):
        return
    command = command_line(pid)
    if command is None:
        return  # the servers deal with the file of a process that is gone, PostgreSQL with its shared memory too
    if mark not in command:
        pid_file.unlink(missing_ok=True)
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal_number)
    if not wait_until(lambda: command_line(pid) is None, seconds):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: command_line(pid) is None, 5)


def wait_until(true: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask again and again until the answer is yes; no after `seconds`."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
    return True


def answers(path: Path, *, send: bytes = b"", expect: bytes = b"") -> bool:
    """Whether a server takes connections at a socket and, if asked, answers as expected."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
            if send:
                connection.sendall(send)
            return not expect or connection.recv(64).startswith(expect)
        except OSError:
            return False


def stop(process: subprocess.Popen, signals: tuple[int, ...], seconds: float) -> int:
    """Ask a child to end, each time more firmly; its exit code."""
    for number in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            break
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    return process.wait()
