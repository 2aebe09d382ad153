"""README names the two commands, and no page points to something that is not there."""

import re

import pytest

from lead_cms.access.principals import Duty
from lead_cms.demo.people import PASSWORD, SITES, username
from tests.project.files import CODE, ROOT, documents, line_of, name_of

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
PATH = re.compile(
    r"`((?:lead_cms|participants|referrals|services|templates|static|tests|docs|bench|requirements|\.ci)/[\w./*-]+)`"
)
MAKE = re.compile(r"\bmake ([a-z]+)\b")
ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


def prose(path) -> str:
    """A page without its fenced blocks; the lines stay where they are."""
    return FENCE.sub(lambda m: "\n" * m[0].count("\n"), path.read_text())


def test_readme_names_the_two_commands_and_the_sign_ins():
    text = (ROOT / "README.md").read_text()
    assert "make demo" in text and "make test" in text
    assert PASSWORD in text
    assert all(username("officer", 0, short) in text for _, short, *_ in SITES)


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_every_link_leads_somewhere(path):
    broken = []
    for match in LINK.finditer(prose(path)):
        target, _, anchor = match[1].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (path.parent / target).resolve() if target else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(f"{name_of(path)}:{line_of(prose(path), match.start())} {match[1]}")
    assert broken == []


def anchors(path) -> set[str]:
    """The anchors of a page's headings, as most viewers of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_every_file_that_is_named_is_there(path):
    """A path in backquotes, from the root; `*` stands for any name."""
    text = prose(path)
    gone = [m[1] for m in PATH.finditer(text) if not any(ROOT.glob(m[1].rstrip("/")))]
    assert gone == []


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_every_make_command_exists(path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    in_code = " ".join(re.findall(r"`[^`\n]*`|^```.*?^```", path.read_text(), re.M | re.S))
    assert set(MAKE.findall(in_code)) - targets == set()


def test_the_architecture_names_every_app_every_folder_of_tests_and_every_duty():
    text = (ROOT / "docs" / "architecture.md").read_text()
    apps = [path.parent for folder in CODE for path in sorted((ROOT / folder).rglob("apps.py"))]
    tests = [path.parent for path in sorted((ROOT / "tests").glob("*/__init__.py"))]
    named = [f"`{name_of(path)}`" for path in apps] + [f"`{name_of(path)}/`" for path in tests]
    assert [name for name in [*named, *(f"`{duty}`" for duty in Duty)] if name not in text] == []


def test_pictures_are_small():
    large = {
        name_of(path): path.stat().st_size
        for path in (ROOT / "docs" / "img").glob("*")
        if path.stat().st_size > 150_000
    }
    assert large == {}


def test_decisions_are_numbered_without_gaps_and_listed():
    assert [path.name[:4] for path in ADRS] == [f"{number:04}" for number in range(1, len(ADRS) + 1)]
    listed = set(LINK.findall((ROOT / "docs" / "adr" / "README.md").read_text()))
    assert {path.name for path in ADRS} <= listed


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_says_why_and_what_follows(path):
    headings = re.findall(r"^## (.+)$", path.read_text(), re.M)
    assert headings == ["Why", "Decision", "What follows"]
