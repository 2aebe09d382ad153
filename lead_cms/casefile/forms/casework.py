"""Forms of casework: tries, appointments, items, events, times typed later, who looks after whom."""

from uuid import UUID, uuid4

from django import forms
from django.utils import timezone

from lead_cms.accounts.models import Membership
from lead_cms.core.crispy import Choice, StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.core.moments import MomentField
from referrals.actions.assigning import LONGEST_NOTE
from referrals.enums import AttemptKind, AttemptOutcome, HandoverReason, WindowEventKind
from referrals.forms.officer_fields import Line

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AttemptForm(Form):
    """Two taps: how, and what came of it. The rest has a usual answer and can be changed."""

    kind = forms.ChoiceField(label="How did you try?", choices=AttemptKind.choices, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        choices=AttemptOutcome.choices, error_messages={"required": "Say what came of it.", "invalid_choice": "Say it."}
    )
    tried_at = MomentField(label="When, if not now", required=False)
    next_try_at = MomentField(
        label="Next try", required=False,
        help_text="Left empty, your site’s rules set it by what came of this try. None once the person was reached.",
    )  # fmt: skip
    place = Line(label="Where", required=False, max_length=120)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)  # of this page: twice is once

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        self.taps = helper("key", Choice("kind"), submit="")
        self.more = helper("tried_at", "next_try_at", "place", submit="")
        self.more.include_media = False


class MayConfirm(Form):
    """Asks for a supervisor's word only once a rule wanted it; what was ticked before stays ticked."""

    apart = forms.BooleanField(label="I have looked at it: do it all the same", required=False)

    def ask_to_confirm(self) -> None:
        for name in ("apart", "load"):
            if name in self.fields and (name in self.errors or self[name].value()):
                self.helper.layout.append(name)


class AppointmentForm(MayConfirm):
    on = MomentField(label="Day and time")
    place = Line(label="Where", max_length=160)
    # Which appointment the page showed; empty while there is none.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("on", "place", "seen", submit="")


class ItemForm(Form):
    done_on = forms.DateField(
        label="Day it was done", widget=DATE, help_text="It counts on this day, whenever it is typed."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = timezone.localdate
        self.helper = helper("done_on", submit="")


class EventForm(Form):
    """What happened, and when. No police or prosecutor role reads it."""

    kind = forms.ChoiceField(label="What happened?", choices=WindowEventKind.choices, widget=forms.RadioSelect)
    happened_on = forms.DateField(label="On which day?", widget=DATE)
    new_referral = forms.ChoiceField(
        label="New referral of the same person", required=False,
        help_text="For a new arrest. The first window’s clock runs on.",
    )  # fmt: skip

    def __init__(self, *args, others=(), has_window=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_window:
            self.fields["kind"].choices = [(WindowEventKind.DEATH.value, WindowEventKind.DEATH.label)]
        self.fields["happened_on"].initial = timezone.localdate
        choices = [("", "None, or not known here"), *((str(one.pk), say_referral(one)) for one in others)]
        self.fields["new_referral"].choices = choices
        layout = [StackedChoice("kind"), "happened_on"]
        if others:
            layout.append("new_referral")
        else:
            del self.fields["new_referral"]
        self.helper = helper(*layout, submit="")


class TimesForm(Form):
    """A moment typed later, with its true time."""

    step = forms.ChoiceField(label="What happened?", widget=forms.RadioSelect)
    true_at = MomentField(label="When it really was")

    def __init__(self, *args, steps=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = steps
        self.helper = helper(StackedChoice("step"), "true_at", submit="")


NOBODY = "nobody"


class AssignForm(MayConfirm):
    """Who, and, where it is a supervisor's to give, why and what the new one should know.

    `loads`: who has how many, by key; it stands beside each name. `others`: how many more cases of the same person there are.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # who looked after it when the page was opened
    to = forms.ModelChoiceField(
        label="Who looks after this?", queryset=Membership.objects.none(), empty_label=None,
        error_messages={"required": "Choose somebody.", "invalid_choice": "Choose somebody of the team."},
    )  # fmt: skip
    others = forms.BooleanField(required=False, initial=True)
    why = forms.ChoiceField(
        label="Why somebody else?", widget=forms.RadioSelect,
        error_messages={
            "required": "Say why somebody else looks after this from now on.", "invalid_choice": "Choose one of these.",
        },
    )  # fmt: skip
    note = forms.CharField(
        label="What the new case manager should know", required=False, max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only they, while they look after this, and the supervisors can read it.",
        error_messages={"required": "Write what the new case manager should know: what was promised, what comes next."},
    )  # fmt: skip
    load = forms.BooleanField(label="I have looked at their load: do it all the same", required=False)

    def __init__(self, *args, team, gives=False, former=None, loads=None, others=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = team
        self.fields["to"].label_from_instance = lambda person: _with_load(person, (loads or {}).get(person.pk))
        reasons = [pair for pair in HandoverReason.choices if pair[0] != HandoverReason.FIRST]
        self.fields["why"].choices = reasons
        self.fields["seen"].initial = str(former.pk) if former else NOBODY
        self.fields["others"].label = f"Also their {others} other open {'case' if others == 1 else 'cases'}"
        hands_on = gives and former is not None
        self.fields["note"].required = hands_on
        shown = {"seen": True, "to": True, "others": others, "why": former is not None, "note": gives}
        for name in [name for name, is_shown in shown.items() if not is_shown]:
            del self.fields[name]
        layout = [StackedChoice(name) if name == "why" else name for name in shown if name in self.fields]
        self.helper = helper(*layout, submit="")

    def clean_seen(self) -> UUID | None | str:
        """Whoever it was, None for nobody, "" where the page does not say."""
        seen = self.cleaned_data["seen"]
        if seen == NOBODY:
            return None
        try:
            return UUID(seen)
        except ValueError:
            return ""


def _with_load(person: Membership, load) -> str:
    """A name with what there is to carry: "Ana Ruiz, case manager (14 active, 3 out of touch)"."""
    name = f"{person.name}, {person.get_role_display().lower()}"
    return name if load is None else f"{name} ({load.active} active, {load.out_of_touch} out of touch)"


def say_referral(referral) -> str:
    day = timezone.localtime(referral.submitted_at)
    return f"{referral.reference}, {day:%b} {day.day}, {day.year}"
