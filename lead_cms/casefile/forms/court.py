"""Court dates, warrants, arrests: one form to write one down, and the answers to a court date."""

from django import forms
from django.utils import timezone

from lead_cms.casefile.forms.casework import DATE
from lead_cms.core.crispy import Choice, Short, StackedChoice, helper
from lead_cms.core.forms import Form, SentOnceForm
from participants.actions.legal import Event
from participants.enums import ChargeClass, CourtState, LegalKind, LegalSource
from referrals.forms.officer_fields import Line

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
TIMES = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"]
ANSWERS = [(code.value, code.label) for code in (CourtState.KEPT, CourtState.MISSED, CourtState.CALLED_OFF)]


class EventForm(SentOnceForm):
    kind = forms.ChoiceField(
        label="What is it?",
        choices=LegalKind.choices,
        initial=LegalKind.HEARING.value,
        help_text="Never what they did.",
    )
    on = forms.DateField(label="Day", widget=DATE)
    at_time = forms.TimeField(label="Time, for a court date", required=False, widget=CLOCK, input_formats=TIMES)
    place = Line(label="Court and room, or place", required=False, max_length=160)
    cause_number = Line(label="Case number", required=False, max_length=40)
    charge = Line(label="Charge, as the paper says it", required=False, max_length=160)
    charge_code = Line(
        label="Its code", required=False, max_length=40, help_text="The statute, such as “RCW 69.50.4013”."
    )
    charge_class = forms.ChoiceField(
        label="Its class", choices=ChargeClass.choices, required=False, widget=forms.RadioSelect
    )
    source = forms.ChoiceField(label="Who says so?", choices=LegalSource.choices, widget=forms.RadioSelect)
    told = forms.ChoiceField(
        label="Do they know of it?",
        choices=[("yes", "Yes"), ("no", "Not yet")],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            "kind", Short("on"), Short("at_time"), "place", Short("cause_number"), StackedChoice("source"), Choice("told"),
            "key", submit="",
        )  # fmt: skip
        self.of_charge = helper("charge", Short("charge_code"), StackedChoice("charge_class"), submit="")

    def has_charge(self) -> bool:
        names = ("charge", "charge_code", "charge_class")
        return any(self[name].value() or self[name].errors for name in names)

    def given(self) -> Event:
        told = timezone.localdate() if self.cleaned_data["told"] == "yes" else None
        names = ("kind", "on", "at_time", "place", "cause_number", "charge", "charge_code", "charge_class", "source")
        return Event(told_on=told, **{name: self.cleaned_data[name] for name in names})


class MoveForm(Form):
    on = forms.DateField(label="New day", widget=DATE)
    at_time = forms.TimeField(label="Time", required=False, widget=CLOCK, input_formats=TIMES)
    place = Line(label="Court and room, if another", required=False, max_length=160)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(Short("on"), Short("at_time"), "place", submit="")
