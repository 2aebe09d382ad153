"""The prosecutor's three forms."""

from django import forms

from lead_cms.core.crispy import Short, StackedChoice, helper
from lead_cms.core.forms import Form
from referrals.enums import Decision


def day_field(label: str, *, required: bool, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class DecideForm(Form):
    decision = forms.ChoiceField(label="What did you decide?", choices=Decision.choices, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(StackedChoice("decision"), submit="")


class ExtendForm(Form):
    until_on = day_field("New day for the decision", required=True)
    # What the page showed: two people do not add their days up.
    seen_due_on = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(Short("until_on"), "seen_due_on", submit="")


class ReceiveForm(Form):
    file_number = forms.CharField(
        label="Your office’s file number",
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    limitation_on = day_field("Limitation date", required=False, help_text="As your office reckons it. LEAD does not.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(Short("file_number"), Short("limitation_on"), submit="")
