"""What a partner is asked about somebody they refer: who, how to reach, why. Never what somebody did."""

import uuid
from datetime import date

from django import forms

from lead_cms.core.crispy import Section, Short, helper
from lead_cms.core.forms import Form
from lead_cms.programs.rules import Rules
from referrals.actions.community import CommunityGiven, Concern

AGE = "Birth date, or an age as near as you know"


class CommunityForm(Form):
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label="Name, also a street name", max_length=160, required=False)
    description = forms.CharField(
        label="What the person looks like", max_length=200, required=False, help_text="A name or this: one is enough."
    )
    birth_date = forms.DateField(
        label="Birth date", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    age = forms.IntegerField(
        label="Or about how old", required=False, min_value=0, max_value=150,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    language = forms.ChoiceField(label="Language", required=False)
    where_found = forms.CharField(
        label="Where outreach can meet the person, and when", max_length=200, required=False,
        help_text="A corner, a shelter, your office on a weekday morning.",
    )  # fmt: skip
    phone = forms.CharField(
        label="The person’s phone", max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    concerns = forms.MultipleChoiceField(
        label="Why you refer them", choices=Concern.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one reason."},
    )  # fmt: skip
    greeting = forms.CharField(
        label="How to find and greet this person", max_length=200, required=False,
        help_text="Not what they did or said: the person, and a court, may read this.",
    )  # fmt: skip
    safety = forms.CharField(
        label="What outreach should take care of", max_length=200, required=False, help_text="A dog, a place to avoid."
    )

    is_another_person = forms.BooleanField(label="Yes, this is another person", required=False)

    def __init__(self, *args, rules: Rules, **kwargs):
        super().__init__(*args, **kwargs)
        languages = [(one.code, one.name) for one in rules.languages or ()]
        self.fields["language"].choices = [("", "Not known"), *languages]
        self.fields["submission_key"].initial = uuid.uuid4
        self.helper = helper(
            "submission_key",
            Section("The person", "name", "description", Short("birth_date"), Short("age"), "language"),
            Section("How to reach them", "where_found", "phone"),
            Section("Why", "concerns"),
            Section("Good to know", "greeting", "safety"),
            submit="",
        )

    def place_error(self, error) -> None:
        """A rule's no beside its field; the question whether it is another person stands there once it is asked."""
        self.say_refusal(error)
        if error.field == "is_another_person":
            self.helper.layout.append(error.field)

    def clean(self):
        """What is missing is said at once, each beside its field."""
        data = super().clean()
        if not data.get("name") and not data.get("description") and not {"name", "description"} & set(self.errors):
            self.add_error("name", "Enter a name, or what the person looks like.")
        if not data.get("where_found") and not data.get("phone") and not {"where_found", "phone"} & set(self.errors):
            self.add_error("where_found", "Say where outreach can meet the person, or a number to call.")
        return data

    def given(self) -> CommunityGiven:
        data = self.cleaned_data
        born: date | None = data["birth_date"]
        return CommunityGiven(
            name=data["name"], description=data["description"], birth_date=born, age_about=data["age"],
            language=data["language"], phone=data["phone"], where_found=data["where_found"],
            concerns=tuple(data["concerns"]), greeting=data["greeting"], safety=data["safety"],
            is_another_person=data["is_another_person"],
        )  # fmt: skip
