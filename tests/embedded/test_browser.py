"""Which browser the tests get: the order of lead_cms.embedded.browser, with browsers that are made here."""

import os
import shutil
from pathlib import Path

import pytest

from lead_cms.embedded import browser

PAGE, PLACEHOLDER, BROKEN = "echo '<html></html>'", "echo 'install me first'", "exit 3"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without any browser: nothing on the path, nothing downloaded, and nobody's own choice."""
    monkeypatch.delenv("BROWSER_EXECUTABLE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "playwright_path", lambda: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(browser, "quietly", lambda command, _: pytest.fail(f"not to be run: {command}"))
    return tmp_path


def program(path: Path, does: str) -> str:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)


def test_the_one_that_is_named_comes_first(machine, monkeypatch, capsys):
    program(machine / "chromium", PAGE)
    named = program(machine / "mine", PAGE)
    monkeypatch.setenv("BROWSER_EXECUTABLE", named)
    assert browser.main() == 0
    assert capsys.readouterr().out == f"{named}\n"


@pytest.mark.parametrize("does", [BROKEN, PLACEHOLDER])
def test_a_named_one_that_does_not_start_is_told_and_not_replaced(machine, monkeypatch, capsys, does):
    program(machine / "chromium", PAGE)
    monkeypatch.setenv("BROWSER_EXECUTABLE", program(machine / "mine", does))
    assert browser.main() == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err == f"BROWSER_EXECUTABLE={machine / 'mine'} does not start.\n"


@pytest.mark.parametrize("does", [BROKEN, PLACEHOLDER])
def test_on_the_path_the_first_that_starts(machine, capsys, does):
    program(machine / "chromium", does)
    chrome = program(machine / "google-chrome", PAGE)
    assert browser.main() == 0
    assert capsys.readouterr().out == f"{chrome}\n"


def test_then_playwrights_own_download(machine, monkeypatch, capsys):
    own = program(machine / "downloaded", PAGE)
    monkeypatch.setattr(browser, "playwright_path", lambda: own)
    assert browser.main() == 0
    assert capsys.readouterr().out == f"{own}\n"


def test_which_is_fetched_where_it_is_missing(machine, monkeypatch, capsys):
    own = machine / "downloaded"
    monkeypatch.setattr(browser, "playwright_path", lambda: str(own))
    monkeypatch.setattr(browser, "quietly", lambda command, _: "playwright" in command and bool(program(own, PAGE)))
    assert browser.main() == 0
    assert capsys.readouterr().out == f"{own}\n"


@pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="the distribution's package is Debian's")
def test_then_as_root_the_distributions_package(machine, monkeypatch, capsys):
    """Its lists may be old: then they are renewed, and it is tried once more."""
    program(machine / "apt-get", BROKEN)
    asked = []

    def run(command, _):
        asked.append(command[1])
        if asked == ["install", "update", "install"]:
            program(machine / "chromium", PAGE)
        return len(asked) > 1

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(browser, "quietly", run)
    assert browser.main() == 0
    assert capsys.readouterr().out == f"{shutil.which('chromium')}\n"
    assert asked == ["install", "update", "install"]


def test_else_one_line_says_how_to_get_one(machine, capsys):
    assert browser.main() == 1
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.splitlines()) == 1
    assert "BROWSER_EXECUTABLE" in said.err and "BROWSER=none" in said.err
