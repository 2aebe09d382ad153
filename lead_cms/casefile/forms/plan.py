"""Goals in the person's own words, small steps, and the conversation about them."""

from django import forms

from lead_cms.casefile.forms.casework import DATE
from lead_cms.core.crispy import Choice, Short, StackedChoice, helper
from lead_cms.core.forms import SentOnceForm
from lead_cms.core.seen import mark_of
from participants.actions.plan import LONGEST, WANTED, Said, Wanted
from participants.enums import NOTE_DOMAINS, GoalState, StepWho
from participants.models import Goal
from participants.models.plan import MOST_ON_SCALE
from referrals.forms.officer_fields import Line


def said(label: str, hint: str = "", rows: int = 2, **more) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST})
    return Line(label=label, help_text=hint, widget=widget, max_length=LONGEST, **({"required": False} | more))


def scale(label: str = "Where they are on it now, 0 to 10") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=MOST_ON_SCALE,
        help_text="Their own number. May stay empty.",
    )  # fmt: skip


class GoalForm(SentOnceForm):
    words = said(
        "What do you want?", "In the person’s own words.", required=True,
        error_messages={"required": "Write down what they want, in their own words."},
    )  # fmt: skip
    why = said("Why does it matter to you?")
    measure = said("What would tell you that it went well?")
    baseline = said("Where are you with it now?")
    scale = scale("Where they are on it as it begins, 0 to 10")
    domain = forms.ChoiceField(
        label="About", required=False, choices=[("", "Not said"), *NOTE_DOMAINS.items()],
        help_text="For the site’s figures. It is not on the person’s page.",
    )  # fmt: skip
    review_on = forms.DateField(label="Look at it again on", required=False, widget=DATE)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            "words",
            "why",
            "measure",
            "baseline",
            Short("scale"),
            "domain",
            Short("review_on"),
            "key",
            "seen",
            submit="",
        )

    def given(self) -> Wanted:
        return Wanted(**{name: self.cleaned_data[name] for name in WANTED})


def as_wanted(goal: Goal) -> dict:
    return {name: getattr(goal, name) for name in WANTED} | {"seen": mark_of(goal, WANTED)}


class StepForm(SentOnceForm):
    words = Line(label="A small step", max_length=LONGEST)
    who = forms.ChoiceField(label="Who?", choices=StepWho.choices, widget=forms.RadioSelect)
    by_when = forms.DateField(label="By when", required=False, widget=DATE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="step", **kwargs)
        self.helper = helper("words", Choice("who"), Short("by_when"), "key", submit="")


class ReviewForm(SentOnceForm):
    """In the conversation's order."""

    went_well = said("What went well?")
    was_hard = said("What was hard?", "Using again is part of the story: it takes nothing away.")
    what_next = said("What next?")
    scale = scale()
    state = forms.ChoiceField(label="How does it stand?", choices=GoalState.choices, widget=forms.RadioSelect)
    review_on = forms.DateField(label="Look at it again on", required=False, widget=DATE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="review", **kwargs)
        self.helper = helper(
            "went_well",
            "was_hard",
            "what_next",
            Short("scale"),
            StackedChoice("state"),
            Short("review_on"),
            "key",
            submit="",
        )

    def given(self) -> Said:
        return Said(**self.typed())
