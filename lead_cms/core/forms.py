"""What every form of the project is made from: a refusal is said in plain words, and in the same words everywhere.

    class AttemptForm(Form): ...          instead of django.forms.Form
    class SignIn(PlainWords, LoginForm)   for a form that a package brings

A field that has words of its own (`error_messages=`, a validator's `message=`) keeps them; only the framework's stock words
are replaced. What is missing is said by `said_errors`, which knows the field's name.
"""

from copy import copy
from functools import cache, partial
from uuid import uuid4

from django import forms
from django.core import validators

from lead_cms.core.errors import DomainError

NO_NUL = "This contains a character that cannot be stored. Type it again."
DAMAGED = "This page is damaged. Open it again from Today."
DAY = "Enter a day, such as 10/31/2026."
TIME = "Enter a time, such as 10:50 pm."
ANSWER = "Choose one of the answers shown here."
# The nearest class of a field's ancestors that is named here gives its words.
WORDS: dict[type[forms.Field], dict[str, str]] = {
    forms.DateField: {"invalid": DAY},
    forms.TimeField: {"invalid": TIME},
    forms.SplitDateTimeField: {"invalid_date": DAY, "invalid_time": TIME},
    forms.DateTimeField: {"invalid": "Enter a day and a time."},
    forms.IntegerField: {"invalid": "Enter a whole number, such as 3."},
    forms.FloatField: {"invalid": "Enter a number, such as 3.5."},
    forms.DecimalField: {"invalid": "Enter a number, such as 3.5."},
    forms.ChoiceField: {"invalid_choice": ANSWER},
    forms.MultipleChoiceField: {"invalid_choice": ANSWER, "invalid_list": ANSWER},
    forms.ModelChoiceField: {"invalid_choice": ANSWER},
    forms.ModelMultipleChoiceField: {"invalid_choice": ANSWER, "invalid_list": ANSWER, "invalid_pk_value": ANSWER},
    forms.UUIDField: {"invalid": DAMAGED},
    forms.JSONField: {"invalid": DAMAGED},
    forms.MultiValueField: {"invalid": "Enter it again."},
}
CHECKS: dict[type, str] = {
    validators.ProhibitNullCharactersValidator: NO_NUL,
    validators.MaxLengthValidator: "This is too long: %(show_value)d characters. At most %(limit_value)d fit.",
    validators.MinLengthValidator: "This is too short: %(show_value)d characters. At least %(limit_value)d are needed.",
    validators.MaxValueValidator: "Enter a number up to %(limit_value)s.",
    validators.MinValueValidator: "Enter a number from %(limit_value)s up.",
    validators.EmailValidator: "Enter an e-mail address, such as name@example.org.",
}


class PlainWords:
    """Mixed into a form. Fields that a form adds while it is made are told as well, since they are told last."""

    def full_clean(self):
        for field in self.fields.values():
            speak_plainly(field)
        super().full_clean()


class Form(PlainWords, forms.Form):
    """A form of ours."""

    def say_missing(self, name: str, words: str) -> None:
        """Beside a field that a rule wants. What was given there and refused is said already, and is not missing besides."""
        if name not in self.errors:
            self.add_error(name, words)

    def say_refusal(self, error: DomainError) -> None:
        """A rule's no, beside the field that it is about; at the top where this form has no such field."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class SentOnceForm(Form):
    """With the open page's own key: what it writes is written once, however often it is sent."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def typed(self) -> dict:
        """What was given, without the page's key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


def speak_plainly(field: forms.Field) -> None:
    """Put our words for the framework's into one field and its parts."""
    for key, (stock, ours) in _words_of(type(field)).items():
        if field.error_messages.get(key) is stock:
            field.error_messages[key] = ours
    field.validators = [_in_our_words(check) for check in field.validators]
    if isinstance(field, forms.ModelChoiceField):
        field.validate_no_null_characters = partial(_readable_key, field.queryset.model)
    for part in getattr(field, "fields", ()):
        speak_plainly(part)


def _readable_key(model, value) -> None:
    """What is no key at all is no answer either; the framework would let the column's own words through."""
    try:
        model._meta.pk.to_python(value)
    except forms.ValidationError as error:
        raise forms.ValidationError(ANSWER, code="invalid_choice") from error


@cache
def _words_of(kind: type[forms.Field]) -> dict[str, tuple]:
    """For each message: the framework's own, to be recognized by identity, and ours."""
    stock, ours = {}, {}
    for ancestor in reversed(kind.__mro__):
        stock |= getattr(ancestor, "default_error_messages", {})
        ours |= WORDS.get(ancestor, {})
    return {key: (stock[key], words) for key, words in ours.items() if key in stock}


def _in_our_words(check):
    words = CHECKS.get(type(check))
    if words is None or "message" in vars(check):
        return check
    told = copy(check)
    told.message = words
    return told
