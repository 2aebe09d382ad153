"""Where somebody was seen: a place in words, now if nothing else is said."""

from django import forms

from lead_cms.core.crispy import helper
from lead_cms.core.forms import Form
from lead_cms.core.moments import MomentField
from participants.actions.seen import LONGEST
from referrals.forms.officer_fields import Line


class SeenForm(Form):
    place = Line(
        label="Where were they seen?", max_length=LONGEST, help_text="The place alone, and nobody else’s name."
    )
    seen_at = MomentField(label="When, if not now", required=False)
    back = forms.CharField(required=False, widget=forms.HiddenInput)  # the page it was opened from

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("place", "back", submit="")
        self.more = helper("seen_at", submit="")
        self.more.include_media = False
