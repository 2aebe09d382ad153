"""The private talk, the consent's question and its revocation."""

from django import forms

from lead_cms.core.crispy import StackedChoice, helper
from lead_cms.core.forms import Form
from participants.actions.consents import INTERPRETER, READS
from participants.enums import ConsentAnswer, HowRevoked
from referrals.actions.talking import OTHERS
from referrals.forms.officer_fields import Line


class TalkForm(Form):
    others_present = forms.ChoiceField(
        label="Who else is there?", choices=list(OTHERS.items()), initial="nobody", widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(StackedChoice("others_present"), submit="")


class ConsentForm(Form):
    """What they answered, and how the words reached them. Only a yes is signed."""

    language = forms.CharField(widget=forms.HiddenInput)
    seen_digest = forms.CharField(widget=forms.HiddenInput)
    how_read = forms.ChoiceField(
        label="How did the words reach them?",
        choices=[(READS, "They read this language"), (INTERPRETER, "A named interpreter told them")],
        widget=forms.RadioSelect,
        required=False,
        help_text="Needed for a yes: it is signed only by whom the words have reached.",
    )
    interpreter = Line(label="Interpreter’s name", max_length=120, required=False)
    answer = forms.ChoiceField(label="What they answered", choices=ConsentAnswer.choices, widget=forms.RadioSelect)
    signed_name = Line(
        label="Signature: they type their name",
        max_length=120,
        required=False,
        help_text="Only with a yes. Day and time are added.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["signed_name"].widget.attrs["autocomplete"] = "off"
        self.fields["how_read"].unmarked = True
        self.helper = helper(
            "language", "seen_digest", StackedChoice("how_read"), "interpreter", StackedChoice("answer"), "signed_name",
            submit="",
        )  # fmt: skip


class RevokeForm(Form):
    how = forms.ChoiceField(label="How did they take it back?", choices=HowRevoked.choices, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(StackedChoice("how"), submit="")
