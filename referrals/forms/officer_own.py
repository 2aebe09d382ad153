"""Small forms of an officer's own referral: times, nobody came, approval, correction, what could wait."""

from django import forms
from django.utils import timezone

from lead_cms.core.crispy import Choice, Short, StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.core.moments import TIMES, MomentField, twice_lately
from lead_cms.programs.hours import offered
from lead_cms.programs.rules import Rules
from referrals.actions.approvals import NoBecause, Said
from referrals.actions.correcting import CORRECTABLE
from referrals.actions.handoff_officer import FALLBACK_NAMES, Moment, NobodyCame
from referrals.enums import Complainant, Door
from referrals.forms.dating import RIGHT, ask_whether_right, asks_whether_right, right_date_field
from referrals.forms.officer import incident_number
from referrals.forms.officer_choices import PerceivedGender, PerceivedRace
from referrals.forms.officer_fields import BirthOrAge, Line

NOT_GIVEN = [("", "—")]


def radio(label: str, choices, **more):
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **more)


def clock(label: str, **more):
    """A time of the day; "10:50 pm" after midnight is last night's."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, input_formats=TIMES, **more)


def _say_of_the_clocks(field) -> None:
    """On the day on which the clocks go back: how a time that came twice is taken."""
    if told := twice_lately(timezone.now(), timezone.get_current_timezone()):
        field.help_text = f"{field.help_text} {told}"


class StampForm(Form):
    moment = radio("What happened?", Moment.choices)
    happened = clock("When?", required=False, help_text="Empty: now. A time you enter is marked “typed later”.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="stamp_%s", **kwargs)
        _say_of_the_clocks(self.fields["happened"])
        self.helper = helper(Choice("moment"), Short("happened"), submit="")


class NobodyCameForm(Form):
    """What the site's rules allow, in their order; each place by itself, and one that is closed not first."""

    why = radio("What happened?", NobodyCame.choices)
    fallback = radio("What do you do now?", [])
    note = Line(label="In a line", required=False, max_length=160)

    def __init__(self, rules: Rules, *args, at, zone, **kwargs):
        super().__init__(*args, auto_id="nobody_%s", **kwargs)
        self.places = {}
        choices = []
        for way, places in offered(rules.handoff.fallbacks or (), at, zone):
            if not places:
                hours = f" within {way.outreach_hours} hours" if way.outreach_hours else ""
                choices.append((way.kind, FALLBACK_NAMES[way.kind] + hours))
            for place, opening in places:
                code = f"{way.kind}:{place.code}"
                self.places[code] = place.name
                where = ", ".join(part for part in (place.name, place.address, opening.says) if part)
                choices.append((code, f"{FALLBACK_NAMES[way.kind]}: {where}"))
        if not choices:
            choices = [("judgement", FALLBACK_NAMES["judgement"])]
            self.fields["note"].help_text = "The site has not said what to do: use your judgment and tell us."
        self.fields["fallback"].choices = choices
        self.helper = helper(Choice("why"), StackedChoice("fallback"), "note", submit="")

    def chosen(self) -> tuple[str, str]:
        """The way and the place's name."""
        code = self.cleaned_data["fallback"]
        return code.partition(":")[0], self.places.get(code, "")


class SaidForm(Form):
    said = radio("What did they say?", Said.choices)
    whom = Line(label="Whom you spoke to", required=False, max_length=120)
    said_at = clock("When?", required=False, help_text="Empty: now.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="said_%s", **kwargs)
        _say_of_the_clocks(self.fields["said_at"])
        self.helper = helper(Choice("said"), "whom", Short("said_at"), submit="")


class AnswerForm(Form):
    """The approver's own word; a "no" has a coded reason."""

    answered = radio("Your answer", [("yes", "Yes"), ("no", "No")])
    because = radio("If no, why?", NoBecause.choices, required=False)


class CancelForm(Form):
    reason = radio("Why?", [])

    def __init__(self, rules: Rules, *args, **kwargs):
        super().__init__(*args, auto_id="cancel_%s", **kwargs)
        self.fields["reason"].choices = [(one.code, one.name) for one in rules.codes.cancel_reasons or ()]
        self.helper = helper(StackedChoice("reason"), submit="")


class CorrectionForm(Form):
    field = forms.ChoiceField(label="What is it about?", choices=list(CORRECTABLE.items()))
    text = Line(label="What is right", max_length=200, help_text="It stands beside the original, with today’s date.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="correction_%s", **kwargs)
        self.helper = helper("field", "text", submit="")


class CorrectForm(Form):
    """All that was typed, until the handover."""

    incident_number = Line(label="Incident number", required=False, max_length=30)
    occurred_at = MomentField(label="Day and time", required=False)
    date_is_right = right_date_field()
    name = Line(label="Name", required=False, max_length=160)
    description = Line(label="Or what they look like", required=False, max_length=200)
    age = BirthOrAge(label="Birth date or age", max_length=30)
    meeting_place = Line(label="Meeting place", required=False, max_length=200)
    greeting = Line(
        label="How to find and greet this person", required=False, max_length=200,
        help_text="Not the offense, not what they said; the person, the defense and a court may read this.",
    )  # fmt: skip

    def __init__(self, referral, rules: Rules, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.referral, self.rules = referral, rules
        if referral.door == Door.ARREST:
            self.fields["incident_number"].required = self.fields["occurred_at"].required = True
        self.fields["occurred_at"].label = rules.terms.incident_date or "Day and time"
        self.helper = helper(
            Short("incident_number"), "occurred_at", *([RIGHT] if asks_whether_right(self) else []), "name",
            "description", Short("age"), "meeting_place", "greeting",
            submit="",
        )  # fmt: skip

    @staticmethod
    def initial_of(referral, person) -> dict:
        age = ""
        if person is not None and person.birth_date:
            age = f"{person.birth_date:%m/%d/%Y}"
        elif person is not None and person.age_about is not None:
            age = str(person.age_about)
        occurred_at = referral.occurred_at
        return {
            "incident_number": referral.incident_number, "meeting_place": referral.meeting_place,
            "occurred_at": timezone.localtime(occurred_at) if occurred_at else None, "age": age,
            "name": person.name if person else "", "description": person.description if person else "",
            "greeting": person.greeting if person else "",
        }  # fmt: skip

    def clean(self):
        given = super().clean()
        if not (given.get("name") or "").strip() and not (given.get("description") or "").strip():
            self.add_error("name", "Enter a name, or what the person looks like.")
        ask_whether_right(self, self.rules, known=self.referral.occurred_at)
        return given

    def changes(self) -> dict:
        clean = self.cleaned_data
        birth_date, age_about = clean["age"]
        return {
            "incident_number": incident_number(clean["incident_number"]), "occurred_at": clean["occurred_at"],
            "meeting_place": clean["meeting_place"], "name": clean["name"].strip(), "birth_date": birth_date,
            "age_about": age_about, "description": clean["description"].strip(), "greeting": clean["greeting"].strip(),
        }  # fmt: skip


class DetailsForm(Form):
    """What may wait until the end of the shift."""

    precinct = forms.ChoiceField(label="Precinct", required=False)
    perceived_race = forms.ChoiceField(
        label="Race or ethnicity, as you see it", required=False, choices=NOT_GIVEN + PerceivedRace.choices
    )
    perceived_gender = radio("Gender, as you see it", PerceivedGender.choices, required=False)
    language = forms.ChoiceField(label="Language they speak", required=False)
    phone = Line(label="Their phone", required=False, max_length=30)
    where_found = Line(label="Where they are usually found", required=False, max_length=200)
    safety = Line(
        label="For the safety of outreach", required=False, max_length=200,
        help_text="A dog, a place to stay away from. Not what they did.",
    )  # fmt: skip
    children_present = radio("Were children present?", [("yes", "Yes"), ("no", "No")], required=False)
    complainant_position = radio("The person or business harmed", Complainant.choices, required=False)

    def __init__(self, rules: Rules, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["precinct"].choices = NOT_GIVEN + [(one.code, one.name) for one in rules.precincts or ()]
        self.fields["language"].choices = NOT_GIVEN + [(one.code, one.name) for one in rules.languages or ()]
        if rules.mandated_reporter_line:
            words = f"No names. If you must report, call {rules.mandated_reporter_line}."
            self.fields["children_present"].help_text = words
        given = self.initial.get("precinct")
        if given and given not in dict(self.fields["precinct"].choices):
            self.fields["precinct"].choices.append((given, given))
        self.helper = helper(
            "precinct", "perceived_race", Choice("perceived_gender"), "language", "phone", "where_found", "safety",
            Choice("children_present"), StackedChoice("complainant_position"), submit="",
        )  # fmt: skip
