"""Asking a service, answering, and saying why none could take a person."""

import uuid

from django import forms

from lead_cms.core.crispy import Section, Short, StackedChoice, helper
from lead_cms.core.forms import Form, SentOnceForm
from lead_cms.core.moments import MomentField
from participants.enums import InformationClass
from services.actions.asking import Covered
from services.enums import ANSWERS, DECLINE_REASONS, TRANSITIONS, AskStatus, Method, Need, NotAvailable
from services.languages import CHOICES
from services.models import Service, ServiceReferral

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
HOW = {AskStatus.ACCEPTED: "Accept", AskStatus.WAITLIST: "Put on the waiting list", AskStatus.ATTENDED: "Came",
       AskStatus.COMPLETED: "It has ended", AskStatus.PROVIDER_DECLINED: "We cannot take this",
       AskStatus.PERSON_DECLINED: "The person declined"}  # fmt: skip
FACT = "fact_"
ALL_THE_SAME = "I have looked at it: do it all the same"


class WhoForm(Form):
    """For whom: somebody the case manager looks after."""

    person = forms.ChoiceField(label="For whom", error_messages={"required": "Choose for whom."})

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Choose"), *((str(key), name) for key, name in people)]
        self.helper = helper("person", submit="")


class AskForm(Form):
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    need = forms.ChoiceField(label="For which need", choices=Need.choices)
    language = forms.ChoiceField(label="Language the person speaks", choices=CHOICES)
    method = forms.ChoiceField(label="How you ask", widget=forms.RadioSelect)
    names_person = forms.ChoiceField(label="Who it is", widget=forms.RadioSelect)

    def __init__(self, *args, service: Service, covered: Covered, **kwargs):
        super().__init__(*args, **kwargs)
        needs = [(code, Need(code).label) for code in service.needs] or Need.choices
        self.fields["need"].choices = needs
        signs_in = service.provider.organisation_id is not None
        self.fields["method"].choices = [one for one in Method.choices if signs_in or one[0] != Method.HERE]
        self.fields["method"].initial = Method.HERE if signs_in else Method.TELEPHONE
        self.fields["submission_key"].initial = uuid.uuid4
        self.further = covered.further if covered.names_person else []
        if covered.names_person:
            self.fields["names_person"].choices = [
                ("yes", "Name the person, under their consent"), ("no", "An enquiry that names nobody"),
            ]  # fmt: skip
        else:
            self.fields["names_person"].choices = [("no", "An enquiry that names nobody")]
            self.fields["names_person"].initial = "no"
        for code in self.further:
            self.fields[FACT + code] = forms.CharField(
                label=InformationClass(code).label,
                max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
        parts = [
            "submission_key", Section("What is asked", "need", "language", StackedChoice("method")),
            Section("Naming the person", StackedChoice("names_person")),
        ]  # fmt: skip
        if self.further:
            parts.append(Section("What they may know, a line each", *(FACT + code for code in self.further)))
        self.helper = helper(*parts, submit="")

    def given(self) -> dict:
        data = self.cleaned_data
        return {
            "need": data["need"], "language": data["language"], "method": data["method"],
            "names_person": data["names_person"] == "yes", "submission_key": data["submission_key"],
            "facts": {code: data[FACT + code] for code in self.further},
        }  # fmt: skip


class AnswerForm(Form):
    """What may come next, and only what belongs to it."""

    to = forms.ChoiceField(
        label="Your answer", widget=forms.RadioSelect, error_messages={"required": "Choose an answer."}
    )
    reason = forms.ChoiceField(label="If you cannot: why", required=False, choices=[("", "Choose"), *DECLINE_REASONS])
    appointment_at = MomentField(label="First appointment", required=False)
    happened_on = forms.DateField(label="On which day", required=False, widget=DAY, help_text="Blank is today.")
    apart = forms.BooleanField(label=ALL_THE_SAME, required=False)
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args, asked: ServiceReferral, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = asked.status
        onward = TRANSITIONS[AskStatus(asked.status)]
        self.fields["to"].choices = [(one.value, HOW[one]) for one in ANSWERS if one in onward]
        layout = ["seen", StackedChoice("to")]
        if AskStatus.PROVIDER_DECLINED in onward:
            layout.append("reason")
        else:
            del self.fields["reason"]
        if AskStatus.ACCEPTED in onward:
            layout.append("appointment_at")
        else:
            del self.fields["appointment_at"]
        if {AskStatus.ATTENDED, AskStatus.COMPLETED} & onward:
            layout.append(Short("happened_on"))
        else:
            del self.fields["happened_on"]
        self.helper = helper(*layout, submit="")

    def ask_to_confirm(self) -> None:
        """Asks for a supervisor's word only once a rule wanted it."""
        if "apart" in self.errors:
            self.helper.layout.append("apart")

    def given(self) -> dict:
        names = ("reason", "appointment_at", "happened_on")
        given = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return given | {"is_confirmed": self.cleaned_data["apart"], "seen": self.cleaned_data["seen"]}


class AppointmentForm(Form):
    appointment_at = MomentField(label="First appointment")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("appointment_at", submit="")


class GapForm(SentOnceForm):
    need = forms.ChoiceField(label="For which need", choices=Need.choices)
    reason = forms.ChoiceField(
        label="Not available, because", choices=NotAvailable.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose the reason."},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("need", StackedChoice("reason"), "key", submit="")
