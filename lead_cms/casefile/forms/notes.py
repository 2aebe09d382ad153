"""The form of a contact note: three taps and a few words; the rest can wait, and everything is kept as it is typed."""

import uuid
from datetime import datetime

from django import forms
from django.utils import timezone

from lead_cms.core.crispy import Choice, Short, helper
from lead_cms.core.forms import Form, SentOnceForm
from lead_cms.core.moments import MomentField
from participants.actions.notes import LONGEST, LONGEST_LINE, MOST_MINUTES, Page, Written
from participants.enums import NOTE_DOMAINS, NoteKind, NotePlace
from participants.models import ContactNote
from referrals.forms.officer_fields import Line

REACHED = [("yes", "Yes, we talked"), ("no", "Not reached")]
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _words(rows: int, **more) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST})
    return Line(required=False, max_length=LONGEST, widget=widget, **more)


class NoteForm(Form):
    """Nothing is required here, so that half a note is kept; what a signed one needs is asked when it is signed."""

    note = forms.UUIDField(widget=forms.HiddenInput)
    page = forms.UUIDField(widget=forms.HiddenInput)
    opened = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="How?", choices=NoteKind.choices, required=False, widget=forms.RadioSelect)
    reached = forms.ChoiceField(label="Did you talk?", choices=REACHED, required=False, widget=forms.RadioSelect)
    detail = _words(5, label="What happened", help_text="Only you, their case manager and the supervisors read this.")
    next_step = Line(label="What next", required=False, max_length=400)
    next_on = forms.DateField(label="On which day", required=False, widget=DATE)
    happened_at = MomentField(label="When, if not now", required=False)
    place = forms.ChoiceField(label="Where?", choices=NotePlace.choices, required=False, widget=forms.RadioSelect)
    minutes = forms.IntegerField(label="Minutes", required=False, min_value=0, max_value=MOST_MINUTES)
    domains = forms.MultipleChoiceField(
        label="About", choices=list(NOTE_DOMAINS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    line = Line(
        label="Line to share", required=False, max_length=LONGEST_LINE,
        help_text="As if read aloud in court with the person listening. May stay empty.",
    )  # fmt: skip
    counselling = _words(
        4, label="Counseling note", help_text="Yours alone, also once the note is signed. Not the supervisor’s either."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.unmarked = True
        self.first = helper(Choice("kind"), Choice("reached"), "detail", submit="")
        self.after = helper("next_step", Short("next_on"), submit="")
        self.facts = helper("happened_at", Choice("place"), Short("minutes"), Choice("domains"), submit="")
        self.shared = helper("line", submit="")
        self.apart = helper("counselling", submit="")
        for one in (self.after, self.facts, self.shared, self.apart):
            one.include_media = False

    def page_of(self) -> Page:
        """The open page; one without a readable mark counts as opened long ago, so that it overwrites nothing."""
        try:
            opened = datetime.fromisoformat(self.cleaned_data.get("opened", ""))
        except ValueError:
            opened = datetime.fromtimestamp(0, tz=timezone.get_current_timezone())
        if timezone.is_naive(opened):
            opened = timezone.make_aware(opened)
        return Page(self.cleaned_data["page"], opened)

    def written(self, otherwise: datetime) -> Written:
        """What is there and readable; `otherwise` is when it was, where the form does not say."""
        given = self.cleaned_data
        reached = given.get("reached")
        return Written(
            happened_at=given.get("happened_at") or otherwise, kind=given.get("kind", ""),
            is_two_way=reached == "yes" if reached else None, place=given.get("place", ""), minutes=given.get("minutes"),
            domains=tuple(given.get("domains") or ()), line=given.get("line", ""), detail=given.get("detail", ""),
            next_step=given.get("next_step", ""), next_on=given.get("next_on"), counselling=given.get("counselling", ""),
        )  # fmt: skip


class AddendumForm(SentOnceForm):
    text = _words(3, label="Add to this note", help_text="It stands beside the note, with today’s date and your name.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].unmarked = True
        self.helper = helper("text", "key", submit="")


def opened_now() -> dict:
    """The marks of a page that is being opened."""
    return {"page": uuid.uuid4(), "opened": timezone.now().isoformat()}


def as_typed(note: ContactNote, texts: dict) -> dict:
    """A kept note as its form shows it."""
    reached = {None: "", True: "yes", False: "no"}[note.is_two_way]
    return {
        "note": note.pk, "kind": note.kind, "reached": reached, "happened_at": note.happened_at, "place": note.place,
        "minutes": note.minutes, "domains": note.domains, "next_on": note.next_on, **texts,
    }  # fmt: skip
