"""No column for what must never be kept: SSN, citizenship, immigration, country of birth."""

import re

from django.apps import apps

from referrals.questions import FORMS

NEVER = re.compile(
    r"ssn|social_?sec|citizen|immigra|birth_?(country|place)|country|nationality|visa_|alien|undocumented",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"citizen|immigra|country of birth|born in|ssn|social security number|dealer|who sold|supplier|commit|crime|offen[cs]e"
    r"|guilty|illegal|steal|stole",
    re.IGNORECASE,
)


def test_no_model_has_a_column_for_it():
    found = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if NEVER.search(field.name) or NEVER.search(getattr(field, "column", None) or "")
    ]
    assert found == []


def test_no_question_asks_for_it():
    for form in FORMS.values():
        for section in form.sections:
            for question in section.questions:
                said = f"{question.key} {question.text} {question.hint}"
                assert not ASKED.search(said), said
                for code, words in question.codes.options if question.codes else ():
                    assert not ASKED.search(f"{code} {words}"), words


def test_every_coded_question_can_be_left_unanswered_in_three_ways():
    for form in FORMS.values():
        for section in form.sections:
            keys = [question.key for question in section.questions]
            assert len(keys) == len(set(keys))
            for question in section.coded:
                choices = [choice for choice, _ in question.codes.choices]
                assert choices[-3:] == ["no-8", "no-9", "no-99"]
                assert len(choices) == len(set(choices)), question.key
                assert question.codes.coded("no-9")["label"] == "Prefers not to answer"
                assert {question.codes.system, question.codes.version} <= {
                    "LEAD", "1", "OMB SPD-15", "2024", "FY2024", "FY2026",
                } | {question.codes.system}  # fmt: skip
                assert question.codes.version
