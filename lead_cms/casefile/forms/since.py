"""Since when, and a line to the next shift."""

from uuid import uuid4

from django import forms

from lead_cms.core.crispy import helper
from lead_cms.core.forms import Form
from lead_cms.core.moments import MomentField
from participants.actions.lines import LONGEST


class SinceForm(Form):
    since = MomentField(label="Since", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("since", submit="")


class LineForm(Form):
    text = forms.CharField(
        label="A line to the next shift", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The whole team reads it. Nothing about a person that their own page does not show everybody here.",
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)  # of this page: twice is once

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        self.helper = helper("key", "text", submit="")
