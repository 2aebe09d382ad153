"""A moment as people type it: a day and a time at the site's clocks, which skip an hour once a year and repeat one.

API
    MomentField(...)                      the field of a form; everything that asks for a moment uses it
    passes(naive, zone) -> [moment]       the moments at which the clocks show this: none, one, or two
    skipped(naive, zone) -> str           why there was no such time, with the two times beside the gap
    twice_lately(at, zone) -> str         said beside a bare time of the day when the clocks went back within a day
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from lead_cms.core.crispy import DayAndTime
from lead_cms.core.templatetags.dates import say_time

TIMES = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"]
FIRST, SECOND = "first", "second"
MINUTE = timedelta(minutes=1)
BOTH = "Enter both the day and the time."


def passes(naive: datetime, zone: ZoneInfo) -> list[datetime]:
    """Earliest first. Of a time that the clocks skip there is none, of one that they repeat there are two."""
    found = {naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = naive.replace(fold=0)
    return sorted(one for one in found if one.astimezone(zone).replace(tzinfo=None, fold=0) == shown)


def skipped(naive: datetime, zone: ZoneInfo) -> str:
    """There was no such time: the last minute before the gap and the first after it."""
    before = after = naive.replace(second=0, microsecond=0)
    while not passes(before, zone):
        before -= MINUTE
    while not passes(after, zone):
        after += MINUTE
    told = [say_time(one.replace(tzinfo=zone)) for one in (naive, before, after)]
    return (
        f"There was no {told[0]} on {naive:%B} {naive.day}: the clocks went forward from {told[1]} to {told[2]}. "
        f"Enter a time up to {told[1]}, or from {told[2]} on."
    )


def twice_lately(at: datetime, zone: ZoneInfo) -> str:
    """Words for a day on which the clocks went back; empty on every other."""
    for hours in range(25):
        moment = (at - timedelta(hours=hours)).astimezone(zone)
        if len(passes(moment.replace(tzinfo=None), zone)) == 2:
            return (
                f"The clocks went back on {moment:%B} {moment.day}. A time that came twice is taken as its second "
                "passing, once that is over."
            )
    return ""


def as_typed(day: str, clock: str) -> datetime | None:
    """The day and the time as they stand in the form, or None where they cannot be read."""
    try:
        return datetime.combine(forms.DateField().clean(day), forms.TimeField(input_formats=TIMES).clean(clock))
    except (ValidationError, TypeError):
        return None


def _came_twice(naive: datetime | None) -> bool:
    try:
        return naive is not None and len(passes(naive, timezone.get_current_timezone())) == 2
    except OverflowError:
        return False


class DayTimeAndPass(DayAndTime):
    """Day and time; for a time that comes twice also which of the two, asked nowhere else."""

    def __init__(self, attrs=None):
        super().__init__(attrs)
        which = [("", "Which of the two?"), (FIRST, "The first time"), (SECOND, "The second time")]
        self.widgets.append(forms.Select({"aria-label": "Which of the two"}, choices=which))
        self.widgets_names.append("_2")

    def decompress(self, value):
        if not value:
            return [None, None, None]
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        twice = _came_twice(local.replace(tzinfo=None))
        return [local.date(), local.time(), (SECOND if local.fold else FIRST) if twice else None]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        parts = value if isinstance(value, list | tuple) else self.decompress(value)
        if not _came_twice(as_typed(*parts[:2])):
            context["widget"]["subwidgets"].pop()
        return context


class MomentField(forms.SplitDateTimeField):
    """A moment. A time that the clocks skipped is refused, one that came twice asks which; nobody guesses."""

    widget = DayTimeAndPass

    def __init__(self, **kwargs):
        super().__init__(input_time_formats=TIMES, **kwargs)
        self.fields[0].error_messages["invalid"] = "Enter a day."
        self.fields[1].error_messages["invalid"] = "Enter a time."

    def clean(self, value):
        """The parts as the form sends them; which of two passes is the third, and mostly not there."""
        parts = list(value or ())
        if len({part in self.empty_values for part in parts[:2]}) == 2:
            raise ValidationError(BOTH)
        naive = super().clean(parts[:2])
        which = parts[2] if len(parts) > 2 else ""
        return None if naive is None else moment(naive, timezone.get_current_timezone(), which)

    def compress(self, data_list):
        return datetime.combine(*data_list) if data_list else None


class SearchMoment(forms.DateTimeField):
    """A bound of a search, where nothing hangs on an hour: of one that came twice the first, of a skipped one the next."""

    def to_python(self, value):
        with timezone.override("UTC"):
            typed = super().to_python(value)
        return None if typed is None else typed.replace(tzinfo=timezone.get_current_timezone())


def moment(naive: datetime, zone: ZoneInfo, which: str = "") -> datetime:
    """The moment at which the site's clocks show this, or a ValidationError in words for the person who typed it."""
    try:
        found = passes(naive, zone)
    except OverflowError as error:
        raise ValidationError("Enter a day near today.") from error
    if not found:
        raise ValidationError(skipped(naive, zone), code="skipped")
    if len(found) == 1:
        return found[0]
    if which not in (FIRST, SECOND):
        told = say_time(naive.replace(tzinfo=zone))
        raise ValidationError(
            f"{told} came twice on {naive:%B} {naive.day}, when the clocks went back. Choose which of the two.",
            code="twice",
        )
    return found[which == SECOND]
