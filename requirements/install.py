"""Install what a requirement file names, in a few processes: to unpack takes a processor, and pip takes one.

    .venv/bin/python requirements/install.py requirements/dev.txt

The file names every package with its hashes (make lock), so nothing has to be looked up. Ends as pip ended.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

PIP = (
    "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps", "--require-hashes",
)  # fmt: skip


def install(names: Path, processes: int = 4) -> int:
    packages = re.findall(r"^\S.*?(?=^\S|\Z)", names.read_text(), re.DOTALL | re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        running = []
        for number in range(processes):
            part = Path(folder) / f"{number}.txt"
            part.write_text("".join(packages[number::processes]))
            running.append(subprocess.Popen([sys.executable, *PIP, "-r", part]))
        return max(process.wait() for process in running)


if __name__ == "__main__":
    sys.exit(install(Path(sys.argv[1])))
