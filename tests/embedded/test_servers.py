"""The real servers, really started: they end with their owner however it ends, and the data stay."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from lead_cms.embedded import Servers, ServersError, running, urls
from lead_cms.embedded.place import Place, place_of
from lead_cms.embedded.processes import command_line, wait_until
from lead_cms.embedded.servers import CHECKOUT

EMBEDDED = [sys.executable, "-m", "lead_cms.embedded"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    chosen = tmp_path / "data"
    place = place_of(chosen)
    yield chosen
    for path in (place.home, place.sockets.parent):
        if path != chosen:
            shutil.rmtree(path, ignore_errors=True)


def server_pids(place: Place) -> list[int]:
    files = (place.postgres / "postmaster.pid", place.valkey / "valkey.pid")
    return [int(path.read_text().split()[0]) for path in files]


def gone(pids: list[int]) -> bool:
    return not any("postgres" in line or "valkey" in line for pid in pids if (line := command_line(pid)))


def connect(folder: Path) -> psycopg.Connection:
    return psycopg.connect(urls(folder)["DATABASE_ADMIN_URL"], autocommit=True)


def start_owner(folder: Path) -> subprocess.Popen:
    """Another process that starts the servers and holds them."""
    owner = subprocess.Popen(
        [*EMBEDDED, "--folder", str(folder), "--scratch", "start"], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    assert "ready" in owner.stdout.readline()
    return owner


def kill(owner: subprocess.Popen) -> None:
    owner.kill()
    owner.wait()
    owner.stdout.close()


def test_servers_start_listen_on_their_sockets_only_and_stop(folder):
    with Servers(folder):
        assert running(folder)
        with connect(folder) as connection:
            told = dict(
                connection.execute(
                    "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'fsync', 'TimeZone')"
                ).fetchall()
            )
            assert told == {"listen_addresses": "", "fsync": "on", "TimeZone": "UTC"}
            for extension in ("pg_trgm", "btree_gin", "fuzzystrmatch", "unaccent"):
                connection.execute(f"CREATE EXTENSION {extension}")
        with redis.Redis.from_url(urls(folder)["REDIS_URL"]) as client:
            assert client.config_get("port") == {"port": "0"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        place = place_of(folder)
        pids = server_pids(place)
        assert place.sockets.stat().st_mode & 0o777 == 0o700
        assert place.sockets.stat().st_uid != 0
    assert not running(folder)
    assert gone(pids)


def test_both_end_when_their_owner_is_killed_and_the_data_stay(folder):
    owner = start_owner(folder)
    with connect(folder) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pids = server_pids(place_of(folder))
    kill(owner)
    assert wait_until(lambda: gone(pids), 20)
    with Servers(folder, scratch=True), connect(folder) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent ended")
def test_both_end_when_owner_and_keeper_are_killed_together(folder):
    owner = start_owner(folder)
    pids = server_pids(place_of(folder))
    keeper = int(Path(f"/proc/{pids[0]}/stat").read_text().rsplit(")")[-1].split()[1])
    os.kill(keeper, signal.SIGKILL)
    kill(owner)
    assert wait_until(lambda: gone(pids), 20)
    assert not running(folder)


def test_a_killed_postgresql_is_reported_and_started_again_over_what_it_left(folder):
    servers = Servers(folder, scratch=True).start()
    postgres, _valkey = pids = server_pids(place_of(folder))
    os.kill(postgres, signal.SIGKILL)
    assert wait_until(lambda: servers.failure() is not None, 20)
    servers.stop()
    assert gone(pids)
    # The number of the dead process may belong to any other program by now: to this one, say.
    left = place_of(folder).postgres / "postmaster.pid"
    left.write_text(left.read_text().replace(str(postgres), str(os.getpid()), 1))
    with Servers(folder, scratch=True):
        assert running(folder)


def test_run_gives_the_addresses_and_returns_the_code_of_the_command(folder):
    code = (
        "import os, psycopg, sys; psycopg.connect(os.environ['DATABASE_ADMIN_URL']).close();"
        "sys.exit(41 if os.environ['REDIS_URL'].startswith('unix:///') else 1)"
    )
    command = [*EMBEDDED, "--folder", str(folder), "--scratch", "run", "--", sys.executable, "-c", code]
    assert subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 41
    assert not running(folder)


def test_servers_that_run_already_are_used_and_left_running(folder):
    with Servers(folder, scratch=True):
        command = [*EMBEDDED, "--folder", str(folder), "run", "--", sys.executable, "-c", "pass"]
        assert subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 0
        assert running(folder)


def test_servers_stay_for_a_guest_when_their_owner_ends(folder):
    owner = start_owner(folder)
    guest = Servers(folder).start()
    assert guest.joined
    pids = server_pids(place_of(folder))
    kill(owner)
    assert not wait_until(lambda: not running(folder), 1.5)
    guest.stop()
    assert wait_until(lambda: gone(pids), 20)


def test_long_path_gets_a_short_socket(tmp_path):
    deep = tmp_path / ("long" * 30)
    place = place_of(deep)
    assert len(os.fsencode(place.postgres_socket)) <= 100
    assert place.sockets.parent != deep


def test_an_address_is_the_same_before_and_after_the_start(folder):
    before = urls(folder)
    with Servers(folder, scratch=True):
        assert urls(folder) == before


def test_data_of_another_major_version_are_left_alone(folder):
    with Servers(folder, scratch=True):
        pass
    (place_of(folder).postgres / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServersError, match="made by PostgreSQL 17"):
        Servers(folder, scratch=True).start()
