"""Small forms of the supervisor's pages: since when, and a line to a note's author."""

from datetime import date, timedelta

from django import forms

from lead_cms.core.crispy import Short, helper
from lead_cms.core.forms import Form
from participants.actions.reviews import LONGEST_REMARK
from referrals.forms.officer_fields import Line

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
EARLIEST = date(2000, 1, 1)


class SinceForm(Form):
    """A first day; none given is so many days ago."""

    since = forms.DateField(label="Since", widget=DATE, error_messages={"invalid": "Enter a day."})

    def __init__(self, data, *, today: date, days: int):
        self.today, otherwise = today, today - timedelta(days=days)
        super().__init__(data if data.get("since") else {"since": otherwise.isoformat()})
        self.fields["since"].unmarked = True
        self.helper = helper(Short("since"), submit="")

    def clean_since(self) -> date:
        since = self.cleaned_data["since"]
        if since > self.today:
            raise forms.ValidationError("This day is still to come.")
        if since < EARLIEST:
            raise forms.ValidationError("Begin in the year 2000 or later.")
        return since


class RemarkForm(Form):
    remark = Line(
        label="A line to the author", required=False, max_length=LONGEST_REMARK, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only the author and the supervisors read it. It may stay empty.",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["remark"].unmarked = True
        self.helper = helper("remark", submit="")
