"""One row of a work list as HTML. Written in Python: lists are long, and as a template a row took ten times as long.

Every value goes through `escaped`; what stands beside the values is ours.
"""

from collections.abc import Mapping
from html import escape

from django.utils.safestring import SafeString


def escaped(value) -> str:
    """The same as the framework's `conditional_escape`, without what that does for lazy texts."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def work_row(row: Mapping, level: int, csrf_token) -> SafeString:
    """`row` as the tag `work_list` shapes it: due, who and what is missing, one action."""
    title = escaped(row["title"])
    parts = [f'<li class="work">{due_block(row["due"])}<div><h{level}>']
    parts.append(f'<a href="{escaped(row["url"])}">{title}</a>' if row["url"] else title)
    parts.append(f"</h{level}>")
    if row["badge"]:
        tone = escaped(row["badge_tone"])
        parts.append(f'<p class="work__badge"><span class="badge badge--{tone}">{escaped(row["badge"])}</span></p>')
    if row["missing"]:
        parts.append(f"<p><strong>Missing:</strong> {escaped(row['missing'])}</p>")
    parts += [f'<p class="muted">{escaped(note)}</p>' for note in row["notes"]]
    parts.append("</div>")
    if row["action"]:
        parts.append(_action(row["action"], title, csrf_token))
    parts.append("</li>\n")
    return SafeString("".join(parts))


def due_block(due: Mapping) -> SafeString:
    """How long there is, the day beneath, and a note."""
    day, note = due["day"], due["note"]
    beneath = f'<time class="muted" datetime="{day.isoformat()}">{escaped(due["beside"])}</time>' if day else ""
    beneath += f'<span class="muted">{escaped(note)}</span>' if note else ""
    return SafeString(f'<div class="due due--{escaped(due["tone"])}"><b>{escaped(due["says"])}</b>{beneath}</div>')


def _action(action: Mapping, title: str, csrf_token) -> str:
    kind, url = escaped(action["kind"]), escaped(action["url"])
    says = f'{escaped(action["label"])}<span class="visually-hidden">: {title}</span>'
    if not action["post"]:
        return f'<a class="btn btn-{kind}" href="{url}">{says}</a>'
    # As {% csrf_token %} says it: nothing where there is no request.
    token = f'<input type="hidden" name="csrfmiddlewaretoken" value="{escaped(csrf_token)}">' if csrf_token else ""
    button = f'<button class="btn btn-{kind} w-100" type="submit">{says}</button>'
    return f'<form class="post" method="post" action="{url}">{token}{button}</form>'
