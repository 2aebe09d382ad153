"""The browser of the tests: `python -m lead_cms.embedded.browser` prints the path of one that really starts.

In this order: BROWSER_EXECUTABLE, Chromium or Chrome on the path, Playwright's own download, and as root on Debian the
distribution's package.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SECONDS_TO_START = 60
SECONDS_TO_DOWNLOAD = 150
SECONDS_TO_INSTALL = 600
ADVICE = (
    "No browser for the tests: install Chromium, or name one in BROWSER_EXECUTABLE, "
    "or run the rest with `make test BROWSER=none`."
)


def main() -> int:
    named = os.environ.get("BROWSER_EXECUTABLE")
    if named:
        if starts(named):
            print(named)
            return 0
        print(f"BROWSER_EXECUTABLE={named} does not start.", file=sys.stderr)
        return 1
    for path in candidates():
        if starts(path):
            print(path)
            return 0
    print(ADVICE, file=sys.stderr)
    return 1


def candidates() -> Iterator[str]:
    """Browsers from the nearest to the farthest; each step is taken only when the one before gave none that starts."""
    yield from on_path()
    path = playwright_path()
    if path:
        if not Path(path).exists():
            print("Fetching a browser for the tests …", file=sys.stderr)
            quietly([sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"], SECONDS_TO_DOWNLOAD)
        yield path
    if os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get"):
        print("Installing the distribution's Chromium for the tests …", file=sys.stderr)
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
        if not quietly(install, SECONDS_TO_INSTALL):
            quietly(["apt-get", "update", "-q"], SECONDS_TO_INSTALL)
            quietly(install, SECONDS_TO_INSTALL)
        yield from on_path()


def on_path() -> Iterator[str]:
    for name in NAMES:
        path = shutil.which(name)
        if path:
            yield path


def playwright_path() -> str | None:
    """Where Playwright keeps, or would keep, its own Chromium."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    try:
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS_TO_START)
    except subprocess.TimeoutExpired:
        return None
    return found.stdout.strip() or None


def starts(path: str) -> bool:
    """Whether the browser shows an empty page; some systems have a placeholder of that name."""
    try:
        shown = subprocess.run(
            [path, *ARGUMENTS, "--dump-dom", "about:blank"], capture_output=True, timeout=SECONDS_TO_START
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"<html>" in shown.stdout


def quietly(command: list[str], seconds: float) -> bool:
    try:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        return not subprocess.run(command, capture_output=True, timeout=seconds, env=environment).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    sys.exit(main())
