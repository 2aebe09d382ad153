"""What the person takes along."""

from django import forms

from lead_cms.core.crispy import Choice, helper
from lead_cms.core.forms import Form
from lead_cms.core.moments import MomentField
from participants.enums import WRITTEN
from referrals.forms.officer_fields import Line


class SlipForm(Form):
    name = Line(label="Name they want on it", max_length=80, required=False, help_text="Any name, or none.")
    on = MomentField(label="Day and time", required=False)
    place = Line(label="Where you meet", max_length=160)
    phone = Line(label="Number they can call", max_length=30)
    language = forms.ChoiceField(
        label="Language", choices=list(WRITTEN.items()), initial="en", widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("name", "on", "place", "phone", Choice("language"), submit="")


class LetterForm(Form):
    name = Line(label="Name the letter is for", max_length=120)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("name", submit="")
