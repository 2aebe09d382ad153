"""How somebody takes part, in one choice, and since when."""

from django import forms
from django.utils import timezone

from lead_cms.casefile.forms.casework import DATE
from lead_cms.core.crispy import Short, StackedChoice, helper
from lead_cms.core.forms import Form
from participants.enums import InactiveReason, SpellState

WAYS = [
    ("active", "Active"),
    *((f"inactive:{reason.value}", f"Inactive: {reason.label.lower()}") for reason in InactiveReason),
    ("door_open", "They left: the door is open"),
]


class SpellForm(Form):
    how = forms.ChoiceField(
        label="How is it now?", choices=WAYS, widget=forms.RadioSelect,
        error_messages={"required": "Say how it is now.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    since = forms.DateField(label="Since which day?", widget=DATE)
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)  # the spell that stood when the page was opened

    corrects = forms.BooleanField(
        label="I put it down wrong just now: correct it", required=False,
        help_text="Then it never was so. Otherwise what stands stays, and this follows it.",
    )  # fmt: skip

    def __init__(self, *args, is_correctable: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = timezone.localdate
        asked = [StackedChoice("how"), Short("since"), *(["corrects"] if is_correctable else [])]
        self.helper = helper("seen", *asked, submit="")

    def given(self) -> dict:
        state, _, reason = self.cleaned_data["how"].partition(":")
        return {"state": SpellState(state), "reason": reason} | {
            name: self.cleaned_data[name] for name in ("since", "seen")
        }
