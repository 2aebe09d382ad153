"""An arrest dated long ago is asked about once more: mostly it is a slip in the month or the year."""

from datetime import datetime

from django import forms
from django.utils import timezone

from lead_cms.programs.rules import Rules

RIGHT = "date_is_right"


def right_date_field() -> forms.BooleanField:
    """The tick box; a page shows it once it was asked for."""
    return forms.BooleanField(label="Yes, this date is right", required=False)


def ask_whether_right(form: forms.Form, rules: Rules, *, known: datetime | None = None) -> None:
    """Ask, beside the box, unless it is ticked, the site has set no number of days, or the date is the one on record."""
    moment, most = form.cleaned_data.get("occurred_at"), rules.entry.old_arrest_days
    if RIGHT not in form.fields or moment is None or moment == known or most is None or form.cleaned_data.get(RIGHT):
        return
    on = timezone.localtime(moment).date()
    days = (timezone.localdate() - on).days
    if days > most and not (rules.submission_start_on and on < rules.submission_start_on):
        form.add_error(RIGHT, f"{on:%B} {on.day}, {on.year}, is {days} days ago. Is this date right?")


def asks_whether_right(form: forms.Form) -> bool:
    """Whether the page shows the box: it was asked for, or it is ticked and something else has to be put right."""
    return form.is_bound and RIGHT in form.fields and (RIGHT in form.errors or bool(form[RIGHT].value()))
