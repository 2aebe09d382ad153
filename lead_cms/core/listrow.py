"""Rows of the lists that stand on every person's page, as HTML (see markup.py): tasks, facts, what happened."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

from lead_cms.core.markup import escaped
from lead_cms.core.workrow import badge_mark


def task_row(row: Mapping) -> SafeString:
    """`row` as the tag `task_list` shapes it: the whole row is the target."""
    label = escaped(row["label"])
    named = f'<a href="{escaped(row["url"])}">{label}</a>' if row["url"] else label
    hints = "".join([f'<p class="muted">{escaped(hint)}</p>' for hint in row["hints"]])
    state = badge_mark(row["state"], row["tone"]) if row["state"] else ""
    return SafeString(f'<li class="task"><div><p class="task__label">{named}</p>{hints}</div>{state}</li>\n')


def fact_row(row: Mapping) -> SafeString:
    """`row` as the tag `facts` shapes it: a label, its value, and where it is changed."""
    value, label = row["value"], escaped(row["label"])
    said = f'<dd class="muted">{escaped(row["missing"])}</dd>' if value in ("", None) else f"<dd>{escaped(value)}</dd>"
    change = ""
    if row["change_url"]:
        what = escaped(row["change_label"]) or escaped(str(row["label"]).lower())
        aloud = f'<span class="visually-hidden"> {what}</span>'
        change = f'<dd class="fact__change"><a href="{escaped(row["change_url"])}">Change{aloud}</a></dd>'
    return SafeString(f'<div class="fact"><dt>{label}</dt>{said}{change}</div>\n')


def event_row(row: Mapping) -> SafeString:
    """`row` as the tag `timeline` shapes it: what, when, and a note."""
    note, beneath = escaped(row["note"]), ""
    if row["at"]:
        beside = f" · {note}" if note else ""
        beneath = f'<time class="muted" datetime="{escaped(row["exact"])}">{escaped(row["says"])}{beside}</time>'
    elif note:
        beneath = f'<span class="muted">{note}</span>'
    return SafeString(f'<li class="{escaped(row["state"])}"><strong>{escaped(row["label"])}</strong>{beneath}</li>\n')
