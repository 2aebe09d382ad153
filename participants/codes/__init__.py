"""Code lists of the monthly picture, read from the data files beside this one; each says where it is from.

API
    LIVING, EMPLOYMENT, INCOME, BENEFITS, INSURANCE -> Codes
    codes.words(code), codes.brief(code)       as people say it; a code that the list does not have is read as it stands
    codes[code].says["sheltered"]      what follows from a code: "yes", "no" or "unknown"
    YES_NO                    HUD HMIS 1.8: yes, no, and three answers that are none
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from participants.enums import NO_ANSWER

FOLDER = Path(__file__).parent
YES, NO, NOT_COLLECTED = "1", "0", "99"
YES_NO = {YES: "Yes", NO: "No", **NO_ANSWER}
VERSION = "HUD FY2026, LEAD 1"


@dataclass(frozen=True)
class Code:
    code: str
    words: str
    brief: str
    says: dict[str, str]


@dataclass(frozen=True)
class Codes:
    """One list in its order, with its system and version."""

    system: str
    version: str
    options: tuple[Code, ...]

    def __getitem__(self, code: str) -> Code:
        return self._by_code[code]

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def words(self, code: str) -> str:
        found = self._by_code.get(code)
        return found.words if found else code

    def brief(self, code: str) -> str:
        found = self._by_code.get(code)
        return found.brief if found else code

    def that(self, what: str, answer: str) -> list[str]:
        """The codes from which this follows, such as `that("sheltered", "yes")`."""
        return [one.code for one in self.options if one.says.get(what) == answer]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(one.code, one.words) for one in self.options]

    @cached_property
    def _by_code(self) -> dict[str, Code]:
        return {one.code: one for one in self.options}


def _read(name: str) -> dict[str, Codes]:
    document = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return {
        key: Codes(one["system"], document["version"], tuple(_code(option) for option in one["options"]))
        for key, one in document["lists"].items()
    }


def _code(option: dict[str, str]) -> Code:
    says = {key: value for key, value in option.items() if key not in {"code", "words", "brief", "hud"}}
    return Code(option["code"], option["words"], option.get("brief", option["words"]), says)


_HUD, _LEAD = _read("hud_fy2026.json"), _read("lead_1.json")
LIVING, INCOME, BENEFITS, INSURANCE = (_HUD[name] for name in ("living", "income", "benefits", "insurance"))
EMPLOYMENT = _LEAD["employment"]
GROUPS = {
    "unsheltered": "Unsheltered", "shelter": "Shelter", "institution": "An institution", "for_a_while": "For a while",
    "own_home": "A home of their own", "unknown": "Not known",
}  # fmt: skip
