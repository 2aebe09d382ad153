"""A referral that an officer gives by telephone: the same seven things, typed by whoever is on call."""

import uuid
from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from lead_cms.accounts.models import Organisation, OrganisationKind
from lead_cms.core.crispy import Choice, Section, Short, StackedChoice, helper
from lead_cms.core.errors import DomainError
from lead_cms.core.forms import Form
from lead_cms.core.moments import MomentField
from lead_cms.programs.eligibility import none_known
from lead_cms.programs.rules import Rules
from referrals.actions.approvals import Said
from referrals.actions.referring import Given, assess_given, faults
from referrals.enums import Amount, Door, PersonAnswer, ThreeWay
from referrals.forms.dating import RIGHT, ask_whether_right, asks_whether_right, right_date_field
from referrals.forms.officer import incident_number
from referrals.forms.officer_fields import BirthOrAge, Line

OTHER = "other"
# Every referral with a charge needs them, and most of the others: none is called optional.
NEEDED = ("incident_number", "offence", "name", "age", "meeting")


def this_minute() -> datetime:
    """The officer is on the line: it is happening now."""
    return timezone.localtime().replace(second=0, microsecond=0)


class TelephoneForm(Form):
    """For one site's rules. What an officer cannot say on the telephone may wait until the end of their shift."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    agency = forms.ModelChoiceField(label="Agency", queryset=Organisation.objects.none(), empty_label="Choose")
    given_by_badge = Line(label="Badge", required=False, max_length=30)
    given_by_name = Line(
        label="Officer’s name",
        required=False,
        max_length=120,
        help_text="The badge or the name; both if you have them.",
    )
    door = forms.ChoiceField(label="What is this?", widget=forms.RadioSelect)
    incident_number = Line(label="Incident number", required=False, max_length=30)
    occurred_at = MomentField(label="Day and time", required=False, initial=this_minute)
    date_is_right = right_date_field()
    offence = forms.ChoiceField(label="Offense", required=False)
    amount = forms.ChoiceField(
        label="Amount", required=False, choices=Amount.choices, widget=forms.RadioSelect, help_text="Where one counts."
    )
    name = Line(label="Name of the person", required=False, max_length=160)
    description = Line(label="Or what they look like", required=False, max_length=200)
    age = BirthOrAge(label="Birth date or age", required=False, max_length=30, help_text="“35” or “4/3/1990”.")
    none = forms.BooleanField(label="None of these, that the officer knows of", required=False)
    said = forms.ChoiceField(
        label="Approval, if one is needed", required=False, choices=Said.choices, widget=forms.RadioSelect,
        help_text="What the approver said to the officer. Left open, the referral waits for it.",
    )  # fmt: skip
    whom = Line(label="Whom the officer asked", required=False, max_length=120)
    person_answer = forms.ChoiceField(
        label="The person’s answer", choices=PersonAnswer.choices, widget=forms.RadioSelect
    )
    decline_reason = forms.ChoiceField(label="Why, if they said no", required=False, widget=forms.RadioSelect)
    meeting = forms.ChoiceField(label="Where do you meet?", required=False, widget=forms.RadioSelect)
    meeting_other = Line(label="Another place", required=False, max_length=120)
    greeting = Line(
        label="How to find and greet this person", required=False, max_length=200,
        help_text="Not the offense, not what they said; the person, the defense and a court may read this.",
    )  # fmt: skip

    is_another_person = forms.BooleanField(label="Yes, this is another person", required=False)

    def __init__(self, rules: Rules, site_id, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rules = rules
        self._offer_choices(site_id)
        for name in NEEDED:
            self.fields[name].unmarked = True
        self._lay_out()

    def _offer_choices(self, site_id) -> None:
        """What the site's rules let whoever calls choose from."""
        rules, fields = self.rules, self.fields
        fields["submission_key"].initial = uuid.uuid4
        police = Organisation.objects.filter(site_id=site_id, kind=OrganisationKind.POLICE)
        fields["agency"].queryset = police.order_by("name", "pk")
        doors = [door for door in (Door.ARREST, Door.SOCIAL) if rules.opens(door)]
        fields["door"].choices = [(door, rules.door_name(door).capitalize()) for door in doors]
        offences = [(one.code, f"{one.code} {one.title}") for one in rules.offences or ()]
        fields["offence"].choices = [("", "Choose"), *offences]
        fields["decline_reason"].choices = [(one.code, one.name) for one in rules.codes.decline_reasons or ()]
        places = [(one.code, one.name) for one in rules.meeting_places or ()]
        fields["meeting"].choices = [*places, (OTHER, "Another place")]
        self.asked = [one for one in rules.exclusions or () if set(one.doors) & {Door.ARREST.value, Door.SOCIAL.value}]
        for one in self.asked:
            fields[f"x_{one.code}"] = forms.ChoiceField(
                label=one.text, required=False, choices=ThreeWay.choices, widget=forms.RadioSelect
            )

    def _lay_out(self) -> None:
        self.helper = helper(
            "submission_key",
            Section("Who is calling", "agency", Short("given_by_badge"), "given_by_name"),
            Section(
                "What happened",
                StackedChoice("door"),
                Short("incident_number"),
                "occurred_at",
                *([RIGHT] if asks_whether_right(self) else []),
                "offence",
                Choice("amount"),
            ),  # fmt: skip
            Section(
                "The person",
                "name",
                "description",
                Short("age"),
                Choice("person_answer"),
                StackedChoice("decline_reason"),
            ),  # fmt: skip
            Section("What would stand in the way", "none"),
            submit="",
        )
        self.singly = helper(*[Choice(f"x_{one.code}") for one in self.asked], submit="")
        self.rest = helper(
            Section(
                "Meeting and approval", StackedChoice("meeting"), "meeting_other", "greeting", Choice("said"), "whom"
            ),
            submit="",
        )

    @property
    def is_singly(self) -> bool:
        """Whether any exclusion was answered by itself."""
        return any(self[f"x_{one.code}"].value() for one in self.asked)

    def clean(self):
        given = super().clean()
        door = given.get("door")
        asked = self.rules.exclusions_for(door) if door else ()
        if asked and not given.get("none") and not any(given.get(f"x_{one.code}") for one in asked):
            self.say_missing("none", "Tap “None of these, that the officer knows of”, or answer them one by one.")
        if door == Door.ARREST and not given.get("offence"):
            self.say_missing("offence", "Choose the offense.")
        ask_whether_right(self, self.rules)
        offence = self.rules.offence(given["offence"]) if given.get("offence") else None
        if offence and offence.amount_limit and not given.get("amount"):
            self.say_missing("amount", "Choose within, over, or not weighed.")
        if not given.get("given_by_badge") and not given.get("given_by_name"):
            self.say_missing("given_by_name", "Enter the officer’s name or badge.")
        return given

    def place_all(self, *, at: datetime, zone: ZoneInfo) -> None:
        """Everything that is missing at once, not one fault a try: the officer is on the line."""
        given = self.given()
        if not given.door:
            return  # what else is needed depends on it
        for error in faults(given, self.rules, assess_given(self.rules, given, at=at, zone=zone), at=at, zone=zone):
            if self._field_of(error) not in self.errors:
                self.place_error(error)

    def given(self) -> Given:
        """What the officer gave, as the action takes it."""
        clean = defaultdict(str, self.cleaned_data)
        asked = self.rules.exclusions_for(clean["door"])
        answers = dict(none_known(self.rules, clean["door"])) if clean["none"] else {}
        answers |= {one.code: clean[f"x_{one.code}"] for one in asked if clean.get(f"x_{one.code}")}
        birth_date, age_about = clean.get("age") or (None, None)
        place = clean.get("meeting", "")
        names = {one.code: one.name for one in self.rules.meeting_places or ()}
        return Given(
            door=clean["door"], offences=(clean["offence"],) if clean["offence"] else (), amount=clean["amount"],
            answers=answers, incident_number=incident_number(clean["incident_number"]), occurred_at=clean["occurred_at"] or None,
            name=clean["name"].strip(), description=clean["description"].strip(), birth_date=birth_date,
            age_about=age_about, greeting=clean["greeting"].strip(), person_answer=clean["person_answer"],
            decline_reason=clean["decline_reason"],
            meeting_place=clean["meeting_other"].strip() if place == OTHER else names.get(place, ""),
            approval_said=clean["said"], approval_whom=clean["whom"].strip(),
            is_another_person=bool(clean["is_another_person"]),
        )  # fmt: skip

    @staticmethod
    def _field_of(error: DomainError) -> str:
        return {"meeting_place": "meeting", "offences": "offence", "held": "offence"}.get(error.field, error.field)

    def place_error(self, error: DomainError) -> None:
        """A rule's no beside its field."""
        field = self._field_of(error)
        self.add_error(field if field in self.fields else None, str(error))
        if field == "is_another_person":
            self.rest.layout.append(field)
