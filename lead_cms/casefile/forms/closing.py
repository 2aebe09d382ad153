"""Staff named for a record, people kept apart, a record opened in an emergency."""

from django import forms

from lead_cms.accounts.models import Membership
from lead_cms.casefile.forms.casework import DATE
from lead_cms.core.crispy import StackedChoice, helper
from lead_cms.core.forms import Form
from participants.enums import AccessKind, AccessReason, ApartReason, Emergency
from referrals.forms.officer_fields import Line


class StaffForm(Form):
    to = forms.ModelChoiceField(queryset=Membership.objects.none(), label="Who?", empty_label="Choose a case manager")
    kind = forms.ChoiceField(label="May they open it?", choices=AccessKind.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(label="Why?", choices=AccessReason.choices, widget=forms.RadioSelect)

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = team
        self.fields["to"].label_from_instance = lambda one: one.name
        self.helper = helper("to", StackedChoice("kind"), StackedChoice("reason"), submit="")


class FindOtherForm(Form):
    words = Line(label="Name of the other person", max_length=120)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("words", submit="")


class ApartForm(Form):
    words = forms.CharField(max_length=120, widget=forms.HiddenInput)
    other = forms.ChoiceField(label="Who is it?", widget=forms.RadioSelect)
    reason = forms.ChoiceField(label="Why?", choices=ApartReason.choices, widget=forms.RadioSelect)

    def __init__(self, *args, others=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = [(str(one.pk), self.said(one)) for one in others]
        self.helper = helper("words", StackedChoice("other"), StackedChoice("reason"), submit="")

    @staticmethod
    def said(one) -> str:
        born = f", born {one.birth_date:%B} {one.birth_date.day}, {one.birth_date.year}" if one.birth_date else ""
        return f"{one.shown_name}{born}"


class EmergencyForm(Form):
    emergency = forms.ChoiceField(label="What is it?", choices=Emergency.choices, widget=forms.RadioSelect)
    reason = Line(label="Why it cannot wait", max_length=200)
    told_whom = Line(
        label="Whom will you tell?", max_length=160, required=False,
        help_text="Medical staff and where they work, if you tell somebody outside.",
    )  # fmt: skip
    code = Line(label="Reference of their referral", max_length=20, required=False)
    words = Line(label="Or their name", max_length=120, required=False)
    birth_date = forms.DateField(label="with their birth date", required=False, widget=DATE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            StackedChoice("emergency"), "reason", "told_whom", "code", "words", "birth_date", submit=""
        )
