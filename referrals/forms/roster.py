"""A shift of the on-call list."""

from django import forms
from django.utils import timezone

from lead_cms.access.permissions import CASEWORK
from lead_cms.accounts.models import Membership
from lead_cms.core.crispy import Choice, helper
from lead_cms.core.forms import Form
from lead_cms.core.moments import MomentField

POSITIONS = [(1, "First"), (2, "Second"), (3, "Third")]


class ShiftForm(Form):
    person = forms.ModelChoiceField(
        label="Who", queryset=Membership.objects.none(), empty_label="Choose a person", widget=forms.Select
    )
    starts = MomentField(label="From")
    ends = MomentField(label="Until")
    position = forms.TypedChoiceField(
        label="Called", choices=POSITIONS, coerce=int, initial=1, widget=forms.RadioSelect,
        help_text="Who is second is called when the first does not answer.",
    )  # fmt: skip

    def __init__(self, *args, site_id, **kwargs):
        super().__init__(*args, **kwargs)
        people = Membership.objects.for_site(site_id).current(timezone.now()).filter(role__in=sorted(CASEWORK))
        self.fields["person"].queryset = people.order_by("name", "pk")
        self.helper = helper("person", "starts", "ends", Choice("position"), submit="Add the shift")

    def given(self) -> dict:
        data = self.cleaned_data
        return {
            "person": data["person"], "starts_at": data["starts"], "ends_at": data["ends"],
            "position": data["position"],
        }  # fmt: skip
