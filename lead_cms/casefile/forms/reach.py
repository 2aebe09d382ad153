"""A place where they are found; somebody they trust. Each is one short page."""

from datetime import datetime

from django import forms
from django.utils import timezone

from lead_cms.casefile.forms.casework import DATE
from lead_cms.casefile.forms.people import NumberLine
from lead_cms.core.crispy import Choice, Short, StackedChoice, helper
from lead_cms.core.forms import Form
from participants.actions.reach import DAYS, Spot, Trusted
from participants.enums import MaySay
from participants.models import ReachPlace, TrustedPerson
from referrals.forms.officer_fields import Line


class KeptForm(Form):
    """`key` makes one row of a page that is sent twice; `seen` says how the row stood when the page was opened."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"]) if self.cleaned_data["seen"] else None
        except ValueError as error:
            raise forms.ValidationError("This page is damaged. Open it again from Today.") from error


class PlaceForm(KeptForm):
    place = Line(
        label="Where", max_length=120, help_text="A corner, a shelter, a library. Not somebody else’s name."
    )  # fmt: skip
    days = forms.TypedMultipleChoiceField(
        label="On which days", choices=list(enumerate(DAYS)), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, help_text="None is any day.",
    )  # fmt: skip
    hours = Line(label="When", max_length=60, required=False, help_text="Such as “mornings” or “after 8 pm”.")
    note = Line(
        label="What to know there", max_length=160, required=False,
        help_text="Such as “ask at the desk for Dee”. Never why you look for them.",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("place", Choice("days"), "hours", "note", "key", "seen", submit="")

    def given(self) -> Spot:
        clean = self.cleaned_data
        return Spot(place=clean["place"], days=tuple(clean["days"]), hours=clean["hours"], note=clean["note"])


class TrustedForm(KeptForm):
    name = Line(label="Their name", max_length=80)
    how_known = Line(
        label="How they know each other", max_length=80, required=False, help_text="Such as sister, or neighbor."
    )
    phone = NumberLine(label="Their number", max_length=30, required=False)
    may_say = forms.ChoiceField(
        label="What may be said to them?", choices=MaySay.choices, initial=MaySay.NOTHING.value, widget=forms.RadioSelect,
        help_text="Ask the person, and say no more than this. Never name LEAD, police, a court or treatment.",
    )  # fmt: skip
    agreed_on = forms.DateField(label="Day on which the person said so", widget=DATE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agreed_on"].initial = timezone.localdate
        self.helper = helper(
            "name", "how_known", "phone", StackedChoice("may_say"), Short("agreed_on"), "key", "seen", submit=""
        )

    def given(self) -> Trusted:
        return Trusted(
            **{name: self.cleaned_data[name] for name in ("name", "how_known", "phone", "may_say", "agreed_on")}
        )


def as_kept(row: ReachPlace | TrustedPerson) -> dict:
    """What stands in the form for a row that is there."""
    names = type(row).PERSONAL
    return {name: getattr(row, name) for name in names} | {"key": row.pk, "seen": row.saved_at.isoformat()}
