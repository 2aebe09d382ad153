"""The files of this project, as the tests of it read them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("lead_cms", "participants", "referrals", "services")


def python_files(*folders: str) -> list[Path]:
    """Every Python file of the folders, without migrations."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def templates() -> list[Path]:
    """Every template, of every kind: pages, fragments, components, e-mails."""
    folders = [ROOT / "templates", *(path for folder in CODE for path in (ROOT / folder).rglob("templates"))]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".txt"})


def documents() -> list[Path]:
    """Every page in Markdown that belongs to the repository."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def without_comments(template: str) -> str:
    """A template without its comments; the lines stay where they are."""

    def blank(match: re.Match) -> str:
        return "\n" * match[0].count("\n")

    block = r"\{#.*?#\}|\{% comment.*?%\}.*?\{% endcomment %\}|<!--.*?-->"
    return re.sub(block, blank, template, flags=re.DOTALL)
