"""`make demo`: both servers, the database made and seeded, then web, worker and beat until Ctrl-C. The data stay."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from lead_cms.embedded.processes import end_with_parent, open_log, stop, tail
from lead_cms.embedded.servers import CHECKOUT, Servers, ServersError, default_folder, python_path, urls

SECONDS_TO_ANSWER = 60
# Which program is given which of the database's logins; the web server could not change a table if it wanted to.
LOGINS = {
    "setup": ("DATABASE_ADMIN_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL"),
    "manage": ("DATABASE_OWNER_URL", "DATABASE_WORKER_URL"),
    "web": (),
    "worker": ("DATABASE_WORKER_URL",),
}
PREPARATIONS = (
    ("Roles", "setup", ("setup_roles",)),
    ("Tables", "manage", ("migrate", "--database", "owner")),
    ("Walls", "manage", ("apply_walls",)),
    ("Demo data", "manage", ("seed_demo", "--if-empty")),
)


class DemoError(Exception):
    """The demo cannot go on; the message is one line for the person who started it."""


def main() -> int:
    folder = default_folder()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    children: dict[str, subprocess.Popen] = {}
    servers = Servers(folder)
    try:
        port = free_port(os.environ.get("PORT") or "8000")
        print("PostgreSQL and Valkey …", flush=True)
        servers.start()
        logs = folder / "log"
        logs.mkdir(exist_ok=True)
        prepare(folder, port, logs)
        start(children, folder, port, logs)
        wait_for_answer(children, servers, port, logs)
        print(welcome(folder, port), flush=True)
        while True:
            check(children, servers, logs)
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
        return 0
    except (DemoError, ServersError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        # A second Ctrl-C would leave half of it running.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for name in ("beat", "worker", "web"):
            if name in children:
                stop(children[name], (signal.SIGTERM, signal.SIGQUIT), 10)
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(children[name].pid, signal.SIGKILL)
        servers.stop()


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def free_port(text: str) -> int:
    """The port to listen on, known to be free."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise DemoError(f"PORT={text} is not a port: a number from 1 to 65535.")
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", int(text)))
        except OSError as error:
            reason = "is in use" if not isinstance(error, PermissionError) else "may not be used by this user"
            raise DemoError(f"Port {text} {reason}; choose another: PORT={int(text) % 65535 + 1} make demo") from None
    return int(text)


def environment(folder: Path, port: int, part: str) -> dict[str, str]:
    """What one program is told: no more of the database's logins than it needs."""
    addresses = urls(folder)
    told = (
        os.environ
        | python_path()
        | {
            "DJANGO_SETTINGS_MODULE": "lead_cms.settings.development",
            "LEAD_DEMO": "1",
            "LEAD_DATA": str(folder),
            "PORT": str(port),
            "REDIS_URL": addresses["REDIS_URL"],
            "DATABASE_URL": addresses["DATABASE_WORKER_URL" if part == "worker" else "DATABASE_URL"],
        }
    )
    for name in ("DATABASE_ADMIN_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL"):
        # Empty, not absent: the development settings fill in what is absent.
        told[name] = addresses[name] if name in LOGINS[part] else ""
    return told


def prepare(folder: Path, port: int, logs: Path) -> None:
    """Bring roles, tables, walls and data to what this checkout asks for; each step can be repeated."""
    log = logs / "setup.log"
    for title, part, command in PREPARATIONS:
        print(f"{title} …", flush=True)
        descriptor = open_log(log)
        try:
            # A terminal sees the progress bar of the seeding.
            output = None if command[0] == "seed_demo" and sys.stderr.isatty() else descriptor
            done = subprocess.run(
                [sys.executable, str(CHECKOUT / "manage.py"), *command],
                env=environment(folder, port, part),
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=output,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )
        finally:
            os.close(descriptor)
        if done.returncode:
            said = f"{tail(log, 2)} ({log})" if output is not None else "see above"
            raise DemoError(f"manage.py {' '.join(command)} ended with code {done.returncode}: {said}")


def start(children: dict[str, subprocess.Popen], folder: Path, port: int, logs: Path) -> None:
    """Start web, worker and beat, each with a log of its own."""
    celery = ["-m", "celery", "-A", "lead_cms.celery"]
    schedule = folder / "beat" / "schedule"
    schedule.parent.mkdir(exist_ok=True)
    commands = {
        "web": ["-m", "gunicorn", "lead_cms.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
        + ["--access-logfile", "-", "--graceful-timeout", "5", "--name", "lead"],
        "worker": [
            *celery,
            "worker",
            "--concurrency",
            "2",
            "--loglevel",
            "INFO",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", str(schedule), "--pidfile="],
    }
    for name, arguments in commands.items():
        descriptor = open_log(logs / f"{name}.log")
        try:
            children[name] = subprocess.Popen(
                [sys.executable, *arguments],
                env=environment(folder, port, "web" if name == "web" else "worker"),
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                # Ctrl-C is for this process alone, which then stops them in order.
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )
        finally:
            os.close(descriptor)


def check(children: dict[str, subprocess.Popen], servers: Servers, logs: Path) -> None:
    """Raise if anything that should run does not."""
    for name, process in children.items():
        if process.poll() is not None:
            log = logs / f"{name}.log"
            raise DemoError(f"The {name} process ended with code {process.returncode}: {tail(log, 1)} ({log})")
    failure = servers.failure()
    if failure:
        raise DemoError(failure)


def wait_for_answer(children: dict[str, subprocess.Popen], servers: Servers, port: int, logs: Path) -> None:
    """Return when the web server says it is alive."""
    print("Web, worker and beat …", flush=True)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + SECONDS_TO_ANSWER
    while True:
        check(children, servers, logs)
        try:
            with opener.open(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.HTTPError):
            pass
        if time.monotonic() > until:
            raise DemoError(f"No answer from the web server after {SECONDS_TO_ANSWER} seconds ({logs / 'web.log'})")
        time.sleep(0.2)


def welcome(folder: Path, port: int) -> str:
    """The address, and the sign-ins the seeding left in demo.json."""
    address = f"http://127.0.0.1:{port}/"
    lines = ["", f"  {address}", ""]
    path = folder / "demo.json"
    try:
        told = json.loads(path.read_text())
        rows = [[each[key] or "" for key in ("role", "site", "username", "password")] for each in told["sign_ins"]]
    except (OSError, ValueError, KeyError):
        rows = []
    else:
        told["base_url"] = address.rstrip("/")
        path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    if rows:
        table = [["Role", "Site", "Sign in as", "Password"], *rows]
        widths = [max(len(row[column]) for row in table) for column in range(4)]
        lines += [
            "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        ]
        lines.append("")
    mail = folder / "mail"
    lines += [f"  E-mail the demo sends is in {mail}; logs are in {folder / 'log'}.", "  Ctrl-C stops everything."]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
