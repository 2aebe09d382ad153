"""National code lists, each with its system and version; the data files beside this one, with their SOURCE.md.

RACE.choices                    the answers, and the three that are none
RACE.coded("asian")             {"system": …, "version": …, "code": …, "label": …}: what is stored of one answer
choice_of(stored)               the choice that a stored answer was
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from participants.enums import NO_ANSWER

NO_SYSTEM, NO_VERSION = "HUD HMIS 1.8", "FY2026"
# Before the code of an answer that is none: some lists have an 8 or a 9 of their own.
NO = "no-"


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes with their words, and the system and version they are of. Don't know, prefers not, not collected: always."""

    system: str
    version: str
    options: tuple[tuple[str, str], ...]
    # More exact answers within one of them: "asian.korean" is "Korean", and Asian.
    detail: dict[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [*self.options, *((f"{NO}{code}", words) for code, words in NO_ANSWER.items())]

    def coded(self, value: str) -> dict[str, str]:
        """What is stored of one choice: system, version, code, and the words at the time. KeyError for no such choice."""
        if value.startswith(NO):
            code = value.removeprefix(NO)
            return {"system": NO_SYSTEM, "version": NO_VERSION, "code": code, "label": NO_ANSWER[code]}
        label = self.detail[value] if "." in value else dict(self.options)[value]
        return {"system": self.system, "version": self.version, "code": value, "label": label}


def choice_of(stored: dict[str, str]) -> str:
    """The choice that a stored answer was."""
    is_none = stored["system"] == NO_SYSTEM and stored["code"] in NO_ANSWER
    return f"{NO}{stored['code']}" if is_none else stored["code"]


def is_none(stored: dict[str, str]) -> bool:
    """Whether it says that there is no answer."""
    return choice_of(stored).startswith(NO)


def _read(name: str) -> dict:
    return json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))


def _hud(file: str, number: str) -> CodeList:
    held = _read(file)
    return CodeList(f"HUD HMIS {number}", held["version"], tuple(held["lists"][number]["options"].items()))


def _spd15() -> CodeList:
    held = _read("spd15_2024")
    categories = held["categories"].items()
    detail = {f"{code}.{part}": words for code, one in categories for part, words in one["detail"].items()}
    return CodeList("OMB SPD-15", held["version"], tuple((code, one["label"]) for code, one in categories), detail)


YES_NO = _hud("hud_fy2026", "1.8")
DISABILITY = _hud("hud_fy2026", "1.3")
SEX = _hud("hud_fy2026", "4.21")
GENDER = _hud("hud_fy2024", "3.06")
RACE = _spd15()
