"""Shifts of the on-call list: one, the same for weeks, one handed to a colleague."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from lead_cms.access.permissions import CASEWORK
from lead_cms.accounts.models import Membership
from lead_cms.core.crispy import Choice, Short, StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.core.moments import MomentField
from lead_cms.core.templatetags.dates import say_when
from referrals.actions.roster import MOST_WEEKS, Pattern
from referrals.models import OnCallShift

POSITIONS = [(1, "First"), (2, "Second"), (3, "Third")]
WEEKDAYS = [(0, "Mon"), (1, "Tue"), (2, "Wed"), (3, "Thu"), (4, "Fri"), (5, "Sat"), (6, "Sun")]
LOOK = timedelta(weeks=MOST_WEEKS)


def colleagues(site_id):
    """Those who can be on call at the site, by name."""
    people = Membership.objects.for_site(site_id).current(timezone.now()).filter(role__in=sorted(CASEWORK))
    return people.order_by("name", "pk")


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
        self.fields["person"].queryset = colleagues(site_id)
        self.helper = helper("person", "starts", "ends", Choice("position"), submit="")

    def given(self) -> dict:
        data = self.cleaned_data
        return {
            "person": data["person"], "starts_at": data["starts"], "ends_at": data["ends"],
            "position": data["position"],
        }  # fmt: skip


class PatternForm(Form):
    """The same shifts for weeks: "every weekday from 7 pm until 7 am, these two in turn"."""

    first_on = forms.DateField(
        label="From day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day, such as 3/1/2026."},
    )  # fmt: skip
    weeks = forms.IntegerField(
        label="For how many weeks", min_value=1, max_value=MOST_WEEKS, initial=4,
        error_messages={
            "min_value": "Plan at least one week.", "max_value": f"Plan at most {MOST_WEEKS} weeks at a time.",
            "invalid": "Enter a number of weeks.",
        },
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label="On these days", choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text="The day on which the shift begins.",
    )  # fmt: skip
    begins = forms.TimeField(label="From", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label="Until", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Earlier than “from”: the next morning.",
    )  # fmt: skip
    people = forms.ModelMultipleChoiceField(
        label="Who", queryset=Membership.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text="Several take turns, in the order of their names.",
    )  # fmt: skip
    turns = forms.ChoiceField(
        label="The next person comes with each", choices=[("shift", "Shift"), ("week", "Week")], initial="shift",
        widget=forms.RadioSelect,
    )  # fmt: skip
    position = forms.TypedChoiceField(
        label="Called", choices=POSITIONS, coerce=int, initial=1, widget=forms.RadioSelect
    )

    def __init__(self, *args, site_id, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = colleagues(site_id)
        self.helper = helper(
            "first_on", Short("weeks"), Choice("weekdays"), Short("begins"), Short("ends"), StackedChoice("people"),
            Choice("turns"), Choice("position"), submit="",
        )  # fmt: skip

    def pattern(self) -> Pattern:
        return Pattern(**self.cleaned_data | {"people": list(self.cleaned_data["people"])})


class HandOverForm(Form):
    """To whom, and perhaps for which of theirs."""

    to = forms.ModelChoiceField(label="To whom", queryset=Membership.objects.none(), empty_label="Choose a colleague")
    in_return = forms.ModelChoiceField(
        label="In return I take", queryset=OnCallShift.objects.none(), required=False, empty_label="Nothing",
        help_text="A shift of the same colleague, for a swap.",
    )  # fmt: skip

    def __init__(self, *args, by: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        now = timezone.now()
        self.fields["to"].queryset = colleagues(by.site_id).exclude(pk=by.pk)
        others = OnCallShift.objects.filter(site_id=by.site_id, starts_at__gt=now, starts_at__lt=now + LOOK)
        field = self.fields["in_return"]
        field.queryset = others.exclude(person=by).select_related("person").order_by("starts_at", "position", "pk")
        field.label_from_instance = lambda shift: (
            f"{shift.person.name}, {say_when(shift.starts_at)} to {say_when(shift.ends_at)}"
        )
        self.helper = helper("to", "in_return", submit="")
