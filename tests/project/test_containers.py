"""Dockerfile and docker-compose.yml, as far as they can be asked without an engine."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.project.files import ROOT

IMAGE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()


def health_check() -> list[str]:
    """The command by which the image's engine asks whether the web process lives."""
    command = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", IMAGE, re.M)[1]
    return [sys.executable, *json.loads(command)[1:]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("hosts", "is_well"), [("lead.example.org, other.example.org", True), ("nobody.example", False)]
)
def test_the_image_asks_for_its_health_by_a_name_that_is_answered(live_server, settings, hosts, is_well):
    settings.ALLOWED_HOSTS = ["lead.example.org", "other.example.org"]
    env = os.environ | {"PORT": live_server.url.rsplit(":", 1)[1], "ALLOWED_HOSTS": hosts}
    asked = subprocess.run(health_check(), env=env, capture_output=True, text=True)
    assert (asked.returncode == 0) is is_well, asked.stderr


def test_the_image_runs_as_nobody_in_particular():
    assert re.findall(r"^USER (.+)$", IMAGE, re.M) == ["lead"]
    assert IMAGE.index("\nUSER lead") < IMAGE.index("\nCMD ")


def test_no_value_of_the_compose_file_is_a_secret():
    """A password or key comes from the environment, and nothing starts without it."""
    given = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEYS)\w*)(:\?)?", COMPOSE)
    assert given and all(must for _, must in given)
    assert not re.findall(r"://[^$\s:/@]*:[^$\s@]+@", COMPOSE)


def test_the_web_service_knows_no_other_login():
    web = COMPOSE.split("\n  web:\n")[1].split("\n  worker:\n")[0]
    assert "lead_app" in web
    assert not re.search(r"OWNER|ADMIN|WORKER_|POSTGRES_PASSWORD", web)
