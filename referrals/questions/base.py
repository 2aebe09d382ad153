"""The parts of a form that is data: code lists, questions, sections."""

from dataclasses import dataclass

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

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [*self.options, *((f"{NO}{code}", words) for code, words in NO_ANSWER.items())]

    def coded(self, value: str) -> dict[str, str]:
        """What is stored of one choice: system, version, code, and the words at the time. KeyError for no such choice."""
        if value.startswith(NO):
            code = value.removeprefix(NO)
            return {"system": NO_SYSTEM, "version": NO_VERSION, "code": code, "label": NO_ANSWER[code]}
        return {"system": self.system, "version": self.version, "code": value, "label": dict(self.options)[value]}


def choice_of(stored: dict[str, str]) -> str:
    """The choice that a stored answer was."""
    is_none = stored["system"] == NO_SYSTEM and stored["code"] in NO_ANSWER
    return f"{NO}{stored['code']}" if is_none else stored["code"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. With `codes` it is answered by one of them, or by several (`many`); without, in words or a count."""

    key: str
    text: str
    codes: CodeList | None = None
    many: bool = False
    is_count: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    questions: tuple[Question, ...]
    says: str = ""

    @property
    def coded(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.codes is not None)

    def answered(self, answers: dict) -> int:
        """How many of the coded questions have an answer; those in words may stay empty."""
        return sum(question.key in answers for question in self.coded)


@dataclass(frozen=True, slots=True)
class QuestionForm:
    kind: str
    title: str
    says: str
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)


def local(*options: tuple[str, str]) -> CodeList:
    """Codes of our own, where no national list asks it."""
    return CodeList("LEAD", "1", options)


IN_WORDS = "In their own words. Never where drugs came from, never the names of other people."
