"""One question of what a person says of themselves, answered anew."""

from django import forms

from lead_cms.casefile.forms.record import RADIOS
from lead_cms.core.crispy import Choice, StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.core.seen import mark_of
from participants.actions.demographics import SelfReported
from participants.models import Demographics
from participants.selfreport import choice_of
from referrals.forms.officer_fields import Line

SHORT = 22  # letters


class SelfReportForm(Form):
    """`choices` are of the question's list; `detail`, where the list has any, says more exactly; `words` is their own."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, question: SelfReported, held: Demographics, **kwargs):
        super().__init__(*args, **kwargs)
        told = [choice_of(one) for one in getattr(held, question.key) or []]
        self.question = question
        self.fields["choices"] = _choices(question, told)
        layout = [_laid(question)]
        self.more = None
        if question.codes.detail:
            self.fields["detail"] = forms.MultipleChoiceField(
                label="More exactly", choices=_detailed(question), required=False,
                initial=[one for one in told if "." in one], widget=forms.CheckboxSelectMultiple,
                help_text="Only if they want to say. Where they were born is not asked.",
            )  # fmt: skip
            self.fields["detail"].unmarked = True
            self.more = helper(StackedChoice("detail"), submit="")
        if question.words:
            room = Demographics._meta.get_field(question.words).max_length
            self.fields["words"] = Line(
                label="In their own words", max_length=room, required=False, initial=getattr(held, question.words)
            )
            layout.append("words")
        self.fields["seen"].initial = mark_of(held, question.columns)
        self.helper = helper(*layout, "seen", submit="")

    def given(self) -> dict:
        clean = self.cleaned_data
        chosen = clean["choices"] if self.question.many else [one for one in [clean["choices"]] if one]
        return {"choices": [*chosen, *clean.get("detail", [])], "words": clean.get("words", ""), "seen": clean["seen"]}


def _choices(question: SelfReported, told: list[str]) -> forms.Field:
    shared = {"label": question.text, "required": False, "help_text": question.hint}
    choices, told = question.codes.choices, [one for one in told if "." not in one]
    if question.many:
        field = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, initial=told, **shared)
    else:
        field = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, initial=told[0] if told else "", **shared)
    field.unmarked = True
    return field


def _laid(question: SelfReported):
    choices = question.codes.choices
    short = len(choices) <= RADIOS and max(len(words) for _, words in choices) <= SHORT
    return Choice("choices") if short else StackedChoice("choices")


def _detailed(question: SelfReported) -> list[tuple[str, str]]:
    names = dict(question.codes.options)
    return [(code, f"{names[code.split('.')[0]]}: {words}") for code, words in question.codes.detail.items()]
