"""What reaches a person, and when: one kind of alert."""

from django import forms

from lead_cms.core.crispy import Short, StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.notify.kinds import KINDS
from lead_cms.notify.models import EmailChoice

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
UNREADABLE = {"invalid": "Write a time such as 10:00 PM or 22:00."}
FORMATS = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p"]


class AlertForm(Form):
    in_app = forms.BooleanField(label="Show it here, on Today and under Notices", required=False)
    email = forms.ChoiceField(
        label="E-mail",
        choices=EmailChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say when you want an e-mail.", "invalid_choice": "Choose one of these."},
    )
    quiet_from = forms.TimeField(
        label="No e-mail from", required=False, widget=TIME, input_formats=FORMATS, error_messages=UNREADABLE
    )
    quiet_until = forms.TimeField(
        label="until", required=False, widget=TIME, input_formats=FORMATS, error_messages=UNREADABLE
    )
    for_all = forms.BooleanField(label="These quiet hours for every kind", required=False)

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        layout = [StackedChoice("email"), Short("quiet_from"), Short("quiet_until"), "for_all"]
        if KINDS[kind].always_because:
            del self.fields["in_app"]
        else:
            layout.insert(0, "in_app")
        self.helper = helper(*layout, submit="")

    def clean(self):
        """What always stands here has no box to untick."""
        return self.cleaned_data | {"in_app": self.cleaned_data.get("in_app", "in_app" not in self.fields)}
