"""The parts of a form that is data: code lists, questions, sections."""

from dataclasses import dataclass

from participants.selfreport import CodeList


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
