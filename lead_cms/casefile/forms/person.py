"""Who the person is, how to reach them, and finding them again."""

import re
from datetime import date

from django import forms

from lead_cms.casefile.forms.days import name_and_day
from lead_cms.casefile.forms.people import NumberLine
from lead_cms.core.crispy import Choice, StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.core.seen import mark_of
from participants.actions.persons import NAMES, Names
from participants.enums import LANGUAGES
from participants.models import Participant
from referrals.forms.officer import incident_number
from referrals.forms.officer_fields import BirthOrAge, Line

NEW = "new"
YES_NO = [("yes", "Yes"), ("no", "No")]
# "D260000244", "d 26-0000244", "SFPD-260000244"; not "Marsh 1961".
NUMBER = re.compile(r"(?:[A-Z]{1,2}[\s.#-]*|[A-Z]{1,6}[.#-]?)?\d[0-9A-Z\s.-]*", re.IGNORECASE)
LEAST_OF_NUMBER = 4  # from which it is looked for by how it begins
LISTED = ("street_names", "aliases")  # several in one line, commas between
NAME_FIELDS = ("given_name", "family_name", "chosen_name", *LISTED, "born", "language", "pronouns")
# The action speaks of the columns; the page asks birth date and age as one thing.
ASKED_AS = {"birth_date": "born", "age_about": "born"}


class NamesForm(Form):
    """A name of any kind is enough; all of it can wait and be corrected."""

    given_name = Line(label="First name", max_length=80, required=False)
    family_name = Line(label="Last name", max_length=80, required=False)
    chosen_name = Line(
        label="What they want to be called", max_length=80, required=False, help_text="This name leads everywhere."
    )
    street_names = Line(
        label="Street names", max_length=200, required=False, help_text="What people call them; commas between."
    )
    aliases = Line(
        label="Other names", max_length=200, required=False,
        help_text="Former names, names on papers, other spellings; commas between.",
    )  # fmt: skip
    born = BirthOrAge(
        label="Birth date or age", max_length=20, required=False, help_text="Such as 4/3/1990, or about 35."
    )
    language = forms.ChoiceField(label="Language they speak", choices=list(LANGUAGES.items()), initial="en")
    pronouns = Line(label="Pronouns", max_length=40, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    sure = forms.BooleanField(label="It is right: they are that young. Close the record", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(*NAME_FIELDS, "seen", submit="")

    def ask_if_sure(self, age: int) -> None:
        """A slip in the year would close a record that nobody opens again, so it is read once more before."""
        self.add_error(
            "born",
            f"This makes them {age}. At that age the record is closed to you at once. Correct it, or say that it is right.",
        )
        layout = self.asked.layout if hasattr(self, "asked") else self.helper.layout
        layout.fields.insert(layout.fields.index("born") + 1, "sure")

    def names(self) -> Names:
        given = self.cleaned_data
        birth_date, age_about = given["born"] or (None, None)
        listed = {
            name: tuple(dict.fromkeys(" ".join(one.split()) for one in given[name].split(",") if one.strip()))
            for name in LISTED
        }
        lines = {name: given[name] for name in NAME_FIELDS if name not in (*LISTED, "born")}
        return Names(birth_date=birth_date, age_about=age_about, **listed, **lines)


def as_typed(day: date | None) -> str:
    """As the field asks for it, "4/3/1990"."""
    return f"{day.month}/{day.day}/{day.year}" if day else ""


def asked_of(participant: Participant) -> dict:
    """What stands in the form for somebody known."""
    known = {name: getattr(participant, name) for name in NAME_FIELDS if name not in (*LISTED, "born")}
    born = as_typed(participant.birth_date) or participant.age_about or ""
    listed = {name: ", ".join(getattr(participant, name)) for name in LISTED}
    return known | listed | {"born": born, "seen": mark_of(participant, NAMES)}


def asked_of_referred(person) -> dict:
    """What the referrer wrote down, as a beginning; the person's own word replaces it."""
    first, _, last = person.name.strip().rpartition(" ")
    born = as_typed(person.birth_date) or person.age_about or ""
    language = person.language if person.language in LANGUAGES else "en"
    return {"given_name": first or last, "family_name": last if first else "", "born": born, "language": language}


class LinkForm(NamesForm):
    """One of those who may be the same person, or somebody new; and whether they said yes."""

    who = forms.ChoiceField(label="Is it one of these people?", widget=forms.RadioSelect)
    said_yes = forms.ChoiceField(
        label="Have they said yes to taking part?",
        choices=[("yes", "Yes"), ("no", "Not yet")],
        widget=forms.RadioSelect,
        help_text="Somebody becomes a participant by their own yes, and may leave at any time.",
    )
    is_restricted = forms.BooleanField(
        label="Restricted record: closed to everyone but their case manager and the supervisor",
        required=False,
        help_text="For a relative, a former partner, a colleague, or somebody who fled violence.",
    )

    apart = forms.BooleanField(label="I have looked at it: do it all the same", required=False)

    def __init__(self, *args, matches=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.matches = {str(match.participant.pk): match for match in matches}
        listed = [(key, said_match(match)) for key, match in self.matches.items()]
        self.fields["who"].choices = [*listed, (NEW, "None of these: somebody new")]
        if not listed:
            self.fields["who"].widget = forms.HiddenInput()
            self.fields["who"].initial = NEW
        self.choose = helper(StackedChoice("who"), submit="")
        self.asked = helper(*NAME_FIELDS, "is_restricted", submit="")
        self.yes = helper(Choice("said_yes"), submit="")

    def ask_to_confirm(self) -> None:
        """Asks for a supervisor's word only once a rule wanted it."""
        if "apart" in self.errors:
            self.yes.layout.append("apart")


def said_match(match) -> str:
    person = match.participant
    born = (
        f", born {person.birth_date:%b} {person.birth_date.day}, {person.birth_date.year}" if person.birth_date else ""
    )
    also = f", also {person.also_called}" if person.also_called else ""
    taking_part = ". Already a participant" if match.is_participant else ". Known, not taking part now"
    return f"{person.shown_name}{born}{also}: {', '.join(match.reasons).lower()}{taking_part}"


class PhoneForm(Form):
    """Asked anew each time the number changes: nothing of the old number's answers is carried over."""

    phone = NumberLine(
        label="Their number", max_length=30, required=False, help_text="Leave it empty if there is none now."
    )
    may_text = forms.ChoiceField(
        label="Is it safe to send texts to this number?", choices=[("no", "No"), ("yes", "Yes, they said so")],
        initial="no", widget=forms.RadioSelect, help_text="One word from them stops the texts again.",
    )  # fmt: skip
    may_leave_message = forms.ChoiceField(
        label="May a voice message be left?",
        choices=[("no", "No"), ("yes", "Yes, they said so")],
        initial="no",
        widget=forms.RadioSelect,
    )
    others_read = Line(
        label="Who else reads or hears it?",
        max_length=80,
        required=False,
        help_text="Such as “partner” or “shared phone”.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("phone", Choice("may_text"), Choice("may_leave_message"), "others_read", "seen", submit="")


class SearchForm(Form):
    """One box. It is sent, not put into the address: names do not belong into a browser's history."""

    words = Line(
        label="Name, birth date, incident number or code",
        max_length=80,
        help_text="A part of a name, a nickname or a misspelling will do. A birth date can stand beside it.",
    )
    wider = forms.BooleanField(required=False, widget=forms.HiddenInput)  # asked by a button of its own

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        box = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "enterkeyhint": "search"}
        self.fields["words"].widget.attrs |= box
        self.helper = helper("words", submit="")

    def asked(self) -> tuple[str, date | None]:
        """The name and the birth date among the words, either of them left out."""
        return name_and_day(self.cleaned_data["words"])

    def as_number(self) -> dict[str, str]:
        """The words as an incident number and as a code to quote, "7KQP-R3TX", however they were typed."""
        number = incident_number(self.cleaned_data["words"])
        bare = re.sub(r"[^0-9A-Z]", "", number.upper())
        reference = f"{bare[:4]}-{bare[4:]}" if len(bare) == 8 else bare
        return {"number": number, "capitals": number.upper(), "reference": reference, "bare": bare}

    def beginning_of_number(self) -> str:
        """How an incident number begins, if the words may be that, as `referrals_numbered` is asked; else nothing."""
        words = self.cleaned_data["words"]
        plain = re.sub(r"^[^0-9]+|[^0-9A-Z]", "", words.upper())
        return plain if NUMBER.fullmatch(words) and len(plain) >= LEAST_OF_NUMBER else ""


class RestrictForm(Form):
    restricted = forms.ChoiceField(choices=YES_NO)
