"""What the components of the interface are given, put into one shape and checked, so that templates need no guards."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.forms import Field
from django.template import TemplateSyntaxError

from lead_cms.core.templatetags.dates import days_until, local_day, say_days_left, short_day, site_day

TONES = ("neutral", "good", "waiting", "bad")
REQUIRED = Field.default_error_messages["required"]
LONGEST_CLOCK = 120  # days; a longer window is told in words alone


def one_of(tag: str, option: str, value: Any, allowed: Iterable) -> None:
    """Refuse an option that the component does not know."""
    if value not in allowed:
        raise TemplateSyntaxError(f"{tag}: unknown {option} {value!r}; known: {', '.join(map(str, allowed))}")


def shaped(tag: str, item: Any, required: tuple[str, ...], **optional: Any) -> dict:
    """A mapping or an object as a dict with every key; an unknown key, or a required one without value, is refused."""
    if isinstance(item, Mapping):
        unknown = set(item) - set(required) - set(optional)
        if unknown:
            raise TemplateSyntaxError(f"{tag}: unknown key {', '.join(sorted(map(str, unknown)))}")
        shape = {**optional, **item}
    else:
        shape = {key: getattr(item, key, default) for key, default in optional.items()}
        shape.update({key: getattr(item, key) for key in required if hasattr(item, key)})
    missing = [key for key in required if shape.get(key) in (None, "")]
    if missing:
        raise TemplateSyntaxError(f"{tag}: {', '.join(missing)} missing")
    if "tone" in shape:
        one_of(tag, "tone", shape["tone"], TONES)
    return shape


def lines(value: Any) -> list:
    """None, one text or several: a list of those that say something."""
    if value is None or value == "":
        return []
    return [value] if isinstance(value, str) else [line for line in value if line]


def due_shape(due_on: date | datetime | None, of: str, note: str) -> dict:
    """Days first, date beside. Of a decision "2 days over", of a person "Window ended"; red from one day before."""
    one_of("due", "of", of, ("person", "decision"))
    if not due_on:
        return {"says": "No due date", "tone": "neutral", "day": None, "note": note}
    on = local_day(due_on)
    today = site_day()
    left = days_until(on, today)
    says = "Window ended" if left < 0 and of == "person" else say_days_left(on, today)
    tone = "bad" if left <= 1 else "waiting" if left <= 7 else "neutral"
    if left < 0:
        beside = f"was due {short_day(on, today)}"
    elif left == 0:
        beside = f"{short_day(on, today)}, end of the day"
    elif left == 1:
        beside = f"due tomorrow, {on:%b} {on.day}"
    elif left <= 6:
        beside = f"due {on:%A}, {on:%b} {on.day}"
    else:
        beside = f"due {short_day(on, today)}"
    return {"says": says, "tone": tone, "day": on, "beside": beside, "note": note}


def clock_shape(window: Any) -> dict:
    """One cell a day from the start to the due day, or to today when that is later."""
    given = shaped("clock", window, ("started_on", "due_on"), first_due_on=None, tries=(), done_on=None, note="")
    start, due = local_day(given["started_on"]), local_day(given["due_on"])
    today = site_day()
    done = local_day(given["done_on"]) if given["done_on"] else None
    was = local_day(given["first_due_on"]) if given["first_due_on"] else None
    was = None if was == due else was
    tries = {local_day(on) for on in given["tries"]}
    length, number = (due - start).days, (today - start).days
    cells = []
    for step in range(length + 1 if length <= LONGEST_CLOCK else 0):
        on = start + timedelta(days=step)
        classes = ["day"]
        if on < today:
            classes.append("day--past")
        if on == today:
            classes.append("day--now")
        if on == due:
            classes.append("day--due")
        if on == was:
            classes.append("day--was")
        if on in tries:
            classes.append("day--try")
        cells.append(" ".join(classes))
    tried = [(on - start).days for on in sorted(tries) if start <= on <= due]
    if done:
        says = f"Done on day {(done - start).days} of {length}."
    elif number > length:
        says = f"Ended on day {length}."
    else:
        says = f"Day {number} of {length}."
    spoken = f"{says} Due on day {length}."
    if tried:
        spoken += f" Tried on day{'s' if len(tried) > 1 else ''} {', '.join(map(str, tried))}."
    return {
        "says": says, "spoken": spoken, "cells": cells, "start": start, "due": due, "was": was,
        "tried": bool(tried), "note": given["note"], "start_says": short_day(start), "due_says": short_day(due),
        "was_says": short_day(was) if was else "",
    }  # fmt: skip


def error_shape(forms: Iterable) -> list[dict]:
    """Every error of the forms in the order of their fields, with the id of the control to go to."""
    found = []
    for form in forms:
        for error in form.non_field_errors():
            found.append({"says": error, "goes_to": ""})
        for field in form:
            target = control_id(field) if field.errors else ""
            found.extend({"says": error, "goes_to": target} for error in said_errors(field))
    return found


def said_errors(field: Any) -> list[str]:
    """The field's errors; the framework's "required" is said in the question's own words."""
    return [f"“{field.label}” has no answer yet" if error == REQUIRED else error for error in field.errors]


def control_id(field: Any) -> str:
    """The id of the first thing one can press or fill: a group of radio buttons has none of its own."""
    if field.use_fieldset and field.auto_id:
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
