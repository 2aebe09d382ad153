"""What an auditor asks the audit for: a person of the site, a record, a deed, a stretch of time."""

from uuid import UUID

from django import forms

from lead_cms.audit.in_words import RECORDS, action_choices
from lead_cms.core.crispy import helper
from lead_cms.core.forms import Form
from lead_cms.core.moments import SearchMoment
from referrals.forms.officer_fields import Line

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]
UNREADABLE = {"invalid": "Choose a day and a time."}
SHOWN = [("deeds", "Deeds, looks and denials"), ("sign_ins", "Signing in")]


class AuditForm(Form):
    show = forms.ChoiceField(label="Show", choices=SHOWN, required=False)
    who = Line(label="Who did it: name of a colleague, or part of it", required=False, max_length=80)
    kind = forms.ChoiceField(label="Kind of record", required=False, choices=[("", "Any"), *RECORDS.items()])
    record = Line(
        label="Record: its key, or a referral’s code to quote", required=False, max_length=40,
        help_text="A key stands on the page of an event.",
    )  # fmt: skip
    deed = forms.ChoiceField(label="Deed", required=False)
    since = SearchMoment(label="From", required=False, widget=MOMENT, input_formats=FORMATS, error_messages=UNREADABLE)
    until = SearchMoment(label="Until", required=False, widget=MOMENT, input_formats=FORMATS, error_messages=UNREADABLE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deed"].choices = [("", "Any"), *action_choices()]
        self.helper = helper("show", "who", "deed", "kind", "record", "since", "until", submit="")

    def clean(self):
        given = self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until <= since:
            self.add_error("until", "This lies before the beginning.")
        if given.get("show") == "sign_ins" and (given.get("kind") or given.get("record")):
            self.add_error("kind", "Signing in has no record. Leave kind and record empty, or show deeds.")
        return given


def key_of(text: str) -> str:
    """A key as the audit writes it, or "" when the text is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""
