"""Screen 2, the referral: seven things, filled while waiting."""

from dataclasses import replace

from django import forms

from lead_cms.core.forms import Form
from lead_cms.core.moments import MomentField
from lead_cms.programs.eligibility import Assessment
from lead_cms.programs.rules import Rules
from referrals.actions.approvals import Said
from referrals.actions.referring import Given
from referrals.enums import Door, PersonAnswer
from referrals.forms.dating import ask_whether_right, right_date_field
from referrals.forms.officer import incident_number
from referrals.forms.officer_choices import PerceivedGender, PerceivedRace
from referrals.forms.officer_fields import BirthOrAge, Line

NEEDED = ("incident_number", "occurred_at", "held", "name", "age", "person_answer", "meeting", "said")
OTHER, NOBODY = "other", "nobody"
PERSONAL = frozenset(
    {"incident_number", "occurred_at", "date_is_right", "name", "description", "greeting", "person_answer", "decline_reason",
     "held", "meeting", "meeting_other", "said", "whom"}
)  # fmt: skip


class ReferralForm(Form):
    """What stands on screen 2 for one set of answers; of an offer that cannot be made only what is counted."""

    check = forms.CharField(widget=forms.HiddenInput)
    submission_key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": "This page is damaged. Open it again from Today."}
    )
    incident_number = Line(label="Incident number", required=False, max_length=30)
    is_another_person = forms.BooleanField(label="Yes, this is another person", required=False)
    occurred_at = MomentField(label="Day and time", required=False)
    date_is_right = right_date_field()
    held = forms.MultipleChoiceField(label="Charge held", required=False, widget=forms.CheckboxSelectMultiple)
    name = Line(label="Name", required=False, max_length=160, help_text="As they give it. Part of a name will do.")
    description = Line(
        label="Or what they look like", required=False, max_length=200, help_text="Only where there is no name.",
    )  # fmt: skip
    age = BirthOrAge(label="Birth date or age", required=False, max_length=30, help_text="“35” or “4/3/1990”.")
    person_answer = forms.ChoiceField(
        label="Their answer", required=False, choices=PersonAnswer.choices, widget=forms.RadioSelect
    )
    decline_reason = forms.ChoiceField(label="Why, if they say", required=False, widget=forms.RadioSelect)
    perceived_race = forms.ChoiceField(
        label="Race or ethnicity, as you see it", required=False, choices=[("", "—"), *PerceivedRace.choices]
    )
    perceived_gender = forms.ChoiceField(
        label="Gender, as you see it", required=False, choices=PerceivedGender.choices, widget=forms.RadioSelect
    )
    meeting = forms.ChoiceField(label="Where does the case manager meet you?", required=False, widget=forms.RadioSelect)
    meeting_other = Line(label="Address or landmark", required=False, max_length=120)
    greeting = Line(
        label="How to find and greet this person", required=False, max_length=200,
        help_text="Not the offense, not what they said; the person, the defense and a court may read this.",
    )  # fmt: skip
    said = forms.ChoiceField(label="What did they say?", required=False, choices=Said.choices, widget=forms.RadioSelect)
    whom = Line(label="Whom you spoke to", required=False, max_length=120)

    def __init__(self, rules: Rules, given: Given, assessment: Assessment, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rules, self.base, self.assessment = rules, given, assessment
        self.is_count = assessment.outcome == "ineligible"
        self.needs_approval = assessment.outcome == "needs_approval"
        fields = self.fields
        fields["decline_reason"].choices = [(one.code, one.name) for one in rules.codes.decline_reasons or ()]
        places = [(one.code, one.name) for one in rules.meeting_places or ()]
        if given.door == Door.SOCIAL:
            places.append((NOBODY, "Nowhere now; outreach finds the person"))
        fields["meeting"].choices = [*places, (OTHER, "Another place")]
        known = [one for code in given.offences if (one := rules.offence(code))]
        fields["held"].choices = [(one.code, f"{one.code} {one.title}") for one in known]
        fields["occurred_at"].label = rules.terms.incident_date or "Day and time"
        if given.door == Door.SOCIAL:
            fields["incident_number"].label = "Incident number, if there is one"
        if self.is_count:
            for name in PERSONAL:
                del fields[name]
            fields["age"].help_text = "As near as you know."
        elif not self.needs_approval:
            del fields["said"], fields["whom"]

        # What a "yes" needs is shown as needed; what is needed after all only the whole answer says.
        self.needed = [] if self.is_count else [name for name in NEEDED if name in fields]
        self._show_needed(True)

    def _show_needed(self, needed: bool) -> None:
        for name in self.needed:
            self.fields[name].required = needed

    def full_clean(self):
        self._show_needed(False)
        super().full_clean()
        self._show_needed(True)

    def clean(self):
        given = super().clean()
        ask_whether_right(self, self.rules)
        return given

    @property
    def usual_way(self) -> list[str]:
        """Offenses that the site does not divert: they go their usual way."""
        return [code for code in self.base.offences if self.rules.offence(code) is None]

    def given(self) -> Given:
        """All that was given, with the answers of screen 1."""
        clean = self.cleaned_data
        birth_date, age_about = clean.get("age") or (None, None)
        seen = {
            "birth_date": birth_date, "age_about": age_about, "perceived_race": clean.get("perceived_race", ""),
            "perceived_gender": clean.get("perceived_gender", ""),
        }  # fmt: skip
        seen["is_another_person"] = clean.get("is_another_person", False)
        if self.is_count:
            return replace(self.base, **seen)
        place = clean.get("meeting", "")
        names = {one.code: one.name for one in self.rules.meeting_places or ()}
        return replace(
            self.base, **seen, incident_number=incident_number(clean.get("incident_number", "")),
            occurred_at=clean.get("occurred_at"),
            held=tuple(clean.get("held", ())), name=clean.get("name", "").strip(),
            description=clean.get("description", "").strip(), greeting=clean.get("greeting", "").strip(),
            person_answer=clean.get("person_answer", ""), decline_reason=clean.get("decline_reason", ""),
            meeting_place=self._place(place, names.get(place, "")),
            nobody_meets=place == NOBODY, approval_said=clean.get("said", ""),
            approval_whom=clean.get("whom", "").strip(),
        )  # fmt: skip

    def _place(self, code: str, name: str) -> str:
        """The place's name with the address or landmark, as far as they are given."""
        where = self.cleaned_data.get("meeting_other", "").strip()
        if code in ("", NOBODY):
            return ""
        return ": ".join(part for part in (name, where) if part)[:200]

    def place_error(self, error) -> None:
        """A rule's refusal beside its field, or at the top where this form has no such field."""
        field = {"meeting_place": "meeting", "offences": "held"}.get(error.field, error.field)
        if field not in self.errors:
            self.add_error(field if field in self.fields else None, str(error))

    def as_typed(self) -> dict:
        """What is kept as a draft: every field but the token of the session."""
        return {name: self.data.getlist(name) for name in self.fields if name in self.data} | {
            name: [self.data[name]] for name in ("occurred_at_0", "occurred_at_1", "occurred_at_2") if name in self.data
        }
