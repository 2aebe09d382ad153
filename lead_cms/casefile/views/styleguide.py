"""/styleguide/: every component of the pages in each of its variants, in the light or the dark, with invented words."""

from datetime import timedelta

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.components import TONES
from lead_cms.core.crispy import Choice, Short, StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.core.templatetags.ui import BUTTONS, ICONS, STATES

LOOKS = ("device", "light", "dark")


class SampleForm(Form):
    """Nothing here is ever sent."""

    place = forms.CharField(label="Where to meet", help_text="As a person would say it.")
    age = forms.IntegerField(label="About how old?", min_value=18)
    answer = forms.ChoiceField(
        label="What did the person say?", choices=[("yes", "Yes"), ("no", "No"), ("later", "Could not answer")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.ChoiceField(
        label="Why not?", choices=[("time", "Not now"), ("trust", "Does not trust it"), ("other", "Another reason")],
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("place", Short("age"), Choice("answer"), StackedChoice("reason"), submit="")


@require_safe
@requires(Permission.STYLEGUIDE)
def styleguide(request):
    """It reads nothing: whoever is signed in may see what the pages are made of."""
    look = request.GET.get("look", "device")
    now, today = timezone.now(), timezone.localdate()
    bad = SampleForm({"place": "", "age": "seventeen"})
    bad.full_clean()
    context = {
        "look": look if look in LOOKS else "device", "looks": LOOKS, "tones": TONES, "buttons": BUTTONS, "icons": ICONS,
        "now": now, "today": today, "soon": today + timedelta(days=2), "past": today - timedelta(days=2),
        "form": bad, "empty_form": SampleForm(prefix="plain"), "field": SampleForm(prefix="rule")["answer"],
        "work": _work(today), "tasks": _tasks(), "facts": _facts(), "events": _events(now), "window": _window(today),
        "columns": ["Month", {"label": "Offered", "num": True}], "rows": [["October", 41], ["November", 33]],
        "hidden": {"step": "arrived"}, "step_labels": ["The person", "The offense", "Check and send"],
    }  # fmt: skip
    return render(request, "styleguide/styleguide.html", context)


def _work(today) -> list[dict]:
    here = "/styleguide/"
    return [
        {"title": "Ola Brandt", "url": here, "due_on": today, "missing": "intake",
         "notes": ["No try yet."], "action": {"label": "Log a try", "url": here, "kind": "primary"}},
        {"title": "Devon Marsh", "url": here, "due_on": today - timedelta(days=1), "due_of": "decision",
         "badge": "Met", "badge_tone": "good", "notes": "Packet received"},
        {"title": "Ana Soto", "url": here, "due_says": "12 minutes of 30", "due_tone": "waiting", "due_note": "since the call"},
    ]  # fmt: skip


def _tasks() -> list[dict]:
    return [
        {"label": "Screening", "url": "/styleguide/", "state": "Done", "tone": "good"},
        {"label": "Intake", "url": "/styleguide/", "hints": ["Two of four parts"], "state": "Begun", "tone": "waiting"},
        {"label": "Care plan", "hints": "After the intake", "state": "Cannot start yet"},
    ]


def _facts() -> list[dict]:
    return [
        {"label": "Meeting place", "value": "The library steps", "change_url": "/styleguide/"},
        {"label": "File number", "missing": "Not entered"},
    ]


def _events(now) -> list[dict]:
    labels = {"done": "Called", "now": "On the way", "ahead": "Appointment"}
    return [{"label": labels[state], "at": now, "note": "typed later", "state": state} for state in STATES]


def _window(today) -> dict:
    start = today - timedelta(days=20)
    return {
        "started_on": start, "due_on": start + timedelta(days=40), "first_due_on": start + timedelta(days=30),
        "tries": [start + timedelta(days=3), start + timedelta(days=9)],
    }  # fmt: skip
