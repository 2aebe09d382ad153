"""The lines of a plan that go onto paper, and what some of them would tell whoever finds it.

API
    paper_lines([(goal, steps)], ticked) -> [Line]      ticked: keys of the lines that stand on the page, or None on the first look
    named_in(text) -> ("a drug", ...)                   what the words name that may harm
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from participants.enums import StepWho
from participants.models import Goal, GoalStep
from participants.naming import plain

# In capitals alone: small they are other words.
IN_CAPITALS = {"LEAD": "this program", "ICE": "papers to stay"}
WHO = {StepWho.PERSON: "me", StepWho.TOGETHER: "together"}
SOMEBODY_ELSE = "somebody else"


@dataclass
class Line:
    """One line, whether it stands on the page, and what it names; a step says who does it."""

    key: str
    words: str
    is_on: bool
    names: tuple[str, ...]
    who: str = ""
    by_when: object = None
    steps: list["Line"] = field(default_factory=list)

    @property
    def on_page(self) -> list["Line"]:
        return [step for step in self.steps if step.is_on]


def paper_lines(goals: list[tuple[Goal, list[GoalStep]]], ticked: list[str] | None) -> list[Line]:
    """Each goal with its steps. Before anybody ticked, what names nothing stands on the page."""
    return [_line(goal, ticked, steps=[_line(step, ticked, who=_who(step)) for step in steps]) for goal, steps in goals]


def _line(row: Goal | GoalStep, ticked: list[str] | None, **more) -> Line:
    names = named_in(row.words)
    is_on = not names if ticked is None else str(row.pk) in ticked
    return Line(str(row.pk), row.words, is_on, names, by_when=getattr(row, "by_when", None), **more)


def _who(step: GoalStep) -> str:
    return WHO.get(StepWho(step.who), SOMEBODY_ELSE)


def named_in(text: str) -> tuple[str, ...]:
    """What somebody who finds the page would read of the person in it. No list is whole: they read it together first."""
    found = [what for what, pattern in _telling() if pattern.search(plain(text))]
    found += [what for word, what in IN_CAPITALS.items() if re.search(rf"\b{word}\b", text)]
    return tuple(dict.fromkeys(found))


@cache
def _telling() -> list[tuple[str, re.Pattern]]:
    """Of each kind its words; a word with a star is the beginning of one."""
    kinds = []
    for line in (Path(__file__).parent / "telling_words.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            what, words = line.split(":")
            each = (re.escape(plain(word.strip())).replace(r"\*", r"\w*") for word in words.split(","))
            kinds.append((what.strip(), re.compile(rf"\b(?:{'|'.join(each)})\b")))
    return kinds
