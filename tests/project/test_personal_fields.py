"""Every column is classed: what may point to a person, and what may not. Masks, exports and seeds read it."""

import pytest
from django.apps import apps

from tests.project.files import CODE

MODELS = sorted(
    (model for model in apps.get_models() if model.__module__.split(".")[0] in CODE), key=lambda m: m._meta.label
)
# What no column asks for (docs/practice.md 18): citizenship, immigration, country of birth, social security number.
NEVER_ASKED = ("citizen", "immigra", "alien", "visa_", "birth_country", "country_of_birth", "birthplace", "ssn",
               "social_security", "nationality")  # fmt: skip


def columns(model) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def test_there_are_models_to_look_at():
    assert len(MODELS) > 30


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_column_is_personal_or_plain(model):
    personal, plain = vars(model).get("PERSONAL"), vars(model).get("PLAIN")
    assert personal is not None and plain is not None, "the model names no PERSONAL and PLAIN of its own"
    assert columns(model) - personal - plain == set(), "columns that nobody has classed"
    assert (personal | plain) - columns(model) == set(), "classed, and not a column"
    assert personal & plain == set(), "both personal and plain"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_column_asks_what_is_never_asked(model):
    assert [name for name in columns(model) if any(part in name for part in NEVER_ASKED)] == []
