"""One row of a work list as HTML, and the other small pieces that a page has many times (see markup.py)."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

from lead_cms.core.markup import escaped


def work_row(row: Mapping, level: int, csrf_token) -> SafeString:
    """`row` as the tag `work_list` shapes it: due, who and what is missing, one action."""
    title = escaped(row["title"])
    parts = [f'<li class="work">{due_block(row["due"])}<div><h{level}>']
    parts.append(f'<a href="{escaped(row["url"])}">{title}</a>' if row["url"] else title)
    parts.append(f"</h{level}>")
    if row["badge"]:
        parts.append(f'<p class="work__badge">{badge_mark(row["badge"], row["badge_tone"])}</p>')
    if row["missing"]:
        parts.append(f"<p><strong>Missing:</strong> {escaped(row['missing'])}</p>")
    parts += [f'<p class="muted">{escaped(note)}</p>' for note in row["notes"]]
    parts.append("</div>")
    if row["action"]:
        parts.append(_action(row["action"], title, csrf_token))
    parts.append("</li>\n")
    return SafeString("".join(parts))


def badge_mark(label, tone: str) -> SafeString:
    """A state in one to three words."""
    return SafeString(f'<span class="badge badge--{escaped(tone)}">{escaped(label)}</span>')


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
