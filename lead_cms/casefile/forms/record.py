"""A form made from a section's questions, and what it stores."""

from django import forms
from django.utils import timezone

from lead_cms.core.crispy import Choice, Short, StackedChoice, helper
from lead_cms.core.forms import Form
from participants.selfreport import NO, choice_of
from referrals.forms.officer_fields import Line
from referrals.questions import Question, Section

RADIOS = 6  # more answers than these are a list
SHORT = 22  # letters
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SectionForm(Form):
    """The questions of one section; nothing is required, so that a part can be saved and come back to."""

    def __init__(self, *args, section: Section, answers: dict | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.section = section
        layout = []
        for question in section.questions:
            self.fields[question.key] = field = _field(question)
            field.initial = _initial(question, (answers or {}).get(question.key))
            field.unmarked = True  # every question here may be left open, which the page says once
            layout.append(_laid(question, field))
        self.helper = helper(*layout, submit="")

    def clean(self):
        given = super().clean()
        for question in self.section.questions:
            chosen = given.get(question.key)
            if question.many and chosen:
                none = [value for value in chosen if value.startswith(NO) or value == "none"]
                if none and len(chosen) > 1:
                    self.add_error(question.key, "Choose either what applies, or the one that says none does.")
        return given

    def answers(self) -> dict:
        """{key: {"codes": […]} or {"text": …}} of what was answered; what was left open is not there."""
        found = {}
        for question in self.section.questions:
            value = self.cleaned_data.get(question.key)
            if value in (None, "", []):
                continue
            if question.codes is not None:
                values = value if question.many else [value]
                found[question.key] = {"codes": [question.codes.coded(one) for one in values]}
            else:
                found[question.key] = {"text": str(value)}
        return found


class FinishForm(Form):
    done_on = forms.DateField(
        label="Day it was done", widget=DATE, help_text="It counts on this day, whenever it is typed."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = timezone.localdate
        self.helper = helper(Short("done_on"), submit="")


def _field(question: Question) -> forms.Field:
    shared = {"label": question.text, "help_text": question.hint, "required": False}
    if question.codes is None:
        if question.is_count:
            return forms.IntegerField(min_value=0, max_value=30, **shared)
        return Line(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **shared)
    choices = question.codes.choices
    if question.many:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **shared)
    if len(choices) <= RADIOS:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)
    return forms.ChoiceField(choices=[("", "Not asked yet"), *choices], **shared)


def _laid(question: Question, field: forms.Field):
    """Short answers stand side by side, long ones one under the other."""
    if isinstance(field.widget, forms.RadioSelect):
        longest = max(len(words) for _, words in question.codes.choices)
        return Choice(question.key) if longest <= SHORT else StackedChoice(question.key)
    return Short(question.key) if question.is_count else question.key


def _initial(question: Question, stored: dict | None):
    if not stored:
        return None
    if question.codes is None:
        return stored.get("text")
    chosen = [choice_of(one) for one in stored.get("codes", [])]
    return chosen if question.many else chosen[0] if chosen else None
