"""Screening, intake and assessment as data: sections, questions, code lists with system and version.

FORMS[kind] -> QuestionForm. No question asks anyone to admit an offense, where drugs came from, or for another's name; none
asks for citizenship, immigration, country of birth or a Social Security number (docs/practice.md 18).
"""

from referrals.questions.assessment import ASSESSMENT
from referrals.questions.base import CodeList, Question, QuestionForm, Section
from referrals.questions.intake import INTAKE
from referrals.questions.screening import SCREENING

FORMS: dict[str, QuestionForm] = {form.kind: form for form in (SCREENING, INTAKE, ASSESSMENT)}

__all__ = ["FORMS", "CodeList", "Question", "QuestionForm", "Section"]
