"""Every form of the project refuses in our words; the framework's stock words never reach a page."""

import re
from copy import deepcopy
from importlib import import_module

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.utils.module_loading import import_string

from lead_cms.core.components import said_errors
from lead_cms.core.errors import DomainError
from lead_cms.core.forms import NO_NUL, Form, PlainWords, speak_plainly
from lead_cms.core.said import SaidOnce
from tests.project.files import CODE, ROOT

STOCK = re.compile(
    r"This field is required|Enter a valid|Ensure (this|that)|Select a valid|Null characters|Enter a whole number\.|"
    r"Enter a number\.|Enter a list|Enter a complete|not a valid (value|UUID)|is not one of the available|could ?n.t be interpreted"
)
BAD = [
    "",
    "\0",
    "a\0b",
    "x" * 5000,
    "no such answer",
    "-1",
    "99999999999999999999",
    "2026-13-45",
    "25:61",
    "🚓",
    "\u202e",
]


def _modules():
    """Where forms are: rooms called forms or views, and whatever else speaks of a class that is called Form."""
    for path in sorted(path for part in CODE for path in (ROOT / part).rglob("*.py")):
        if "migrations" not in path.parts and re.search(r"^class .*Form\b.*:|\(.*Form\):", path.read_text(), re.M):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _forms() -> list[type[forms.BaseForm]]:
    found = set()
    for name in _modules():
        for value in vars(import_module(name)).values():
            if isinstance(value, type) and issubclass(value, forms.BaseForm) and value.__module__.split(".")[0] in CODE:
                found.add(value)
    found |= {import_string(path) for path in (settings.ACCOUNT_FORMS | settings.MFA_FORMS).values()}
    return sorted(found - {Form}, key=lambda form: (form.__module__, form.__name__))


FORMS = _forms()


def test_the_walk_finds_the_forms():
    names = {form.__name__ for form in FORMS}
    assert len(FORMS) > 35
    assert {
        "ReferralForm",
        "CommunityForm",
        "TelephoneForm",
        "DecideForm",
        "InviteForm",
        "CannotForm",
        "SignInCode",
    } <= names


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_form_speaks_plainly(form):
    assert issubclass(form, PlainWords), f"{form.__module__}.{form.__name__} is to be made from lead_cms.core.forms"


def _asked(kind: type[forms.BaseForm]) -> type[Form]:
    """A form with the fields of one class, without what its maker wants to know, and with nobody to choose from."""
    fields = deepcopy(kind.base_fields)
    for field in fields.values():
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = field.queryset.none()
    return type(f"Asked{kind.__name__}", (Form,), dict(fields))


@pytest.mark.parametrize("kind", [form for form in FORMS if form.base_fields], ids=lambda form: form.__name__)
def test_bad_values_are_refused_in_our_words(kind):
    refused = 0
    for bad in BAD:
        names = [(name, f"{name}_0", f"{name}_1") for name in kind.base_fields]
        form = _asked(kind)({part: bad for parts in names for part in parts})
        form.is_valid()
        for name in form.fields:
            told = " ".join(said_errors(form[name]))
            refused += bool(told)
            assert not STOCK.search(told), (kind.__name__, name, bad[:20], told)
    assert refused or all(not field.required for field in kind.base_fields.values())


def test_the_framework_says_it_otherwise():
    """What this file looks for is what would stand there: a form made from the framework's own fails it."""

    class Plain(forms.Form):
        day = forms.DateField()
        name = forms.CharField(max_length=3)
        one = forms.ChoiceField(choices=[("a", "A")])

    form = Plain({"day": "x", "name": "a\0b", "one": "z"})
    assert all(STOCK.search(" ".join(form.errors[name])) for name in form.fields)


def test_words_of_a_fields_own_stay():
    field = forms.ChoiceField(choices=[("a", "A")], error_messages={"invalid_choice": "Say it."})
    speak_plainly(field)
    with pytest.raises(forms.ValidationError, match="Say it."):
        field.clean("z")


def test_a_field_that_is_added_while_the_form_is_made_speaks_plainly_too():
    class Grown(Form):
        def __init__(self, *args):
            super().__init__(*args)
            self.fields["late"] = forms.CharField(max_length=3)

    assert Grown({"late": "a\0b"}).errors["late"] == [NO_NUL]
    assert "At most 3 fit." in Grown({"late": "abcd"}).errors["late"][0]


@pytest.mark.parametrize(("field", "place"), [("day", "day"), ("reason", "__all__"), (None, "__all__")])
def test_a_rules_no_stands_beside_its_field_or_at_the_top(field, place):
    class Asked(Form):
        day = forms.DateField()

    form = Asked({"day": "2026-03-04"})
    form.say_refusal(DomainError("That day is over.", field=field))
    assert form.errors == {place: ["That day is over."]}


def test_one_forms_words_do_not_leak_into_the_class():
    class Named(Form):
        name = forms.CharField(max_length=3)

    Named({"name": "abcd"}).is_valid()
    assert all("message" not in vars(check) for check in Named.base_fields["name"].validators)


def test_equal_words_are_shown_once(rf):
    request = rf.get("/")
    request.session = {}
    storage = SaidOnce(request)
    storage._loaded_data = [Message(constants.SUCCESS, "The referral is in.")] * 2
    storage.add(constants.SUCCESS, "The referral is in.")
    storage.add(constants.INFO, "The referral is in.")
    assert [(one.level, one.message) for one in storage] == [
        (constants.SUCCESS, "The referral is in."), (constants.INFO, "The referral is in."),
    ]  # fmt: skip
    assert settings.MESSAGE_STORAGE == "lead_cms.core.said.SaidOnce"
