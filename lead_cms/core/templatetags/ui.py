"""Every component of the interface. Each has a test, and a template in templates/components/ or a line of Python. A builtin.

Tags take plain Python values. Where a tag takes items, each is a dict or an object with the keys its docstring names;
an unknown key of a dict, an unknown option or a missing required key raises TemplateSyntaxError. Tones are `neutral`,
`good`, `waiting` and `bad`. Texts are escaped; pass `mark_safe` text only where it was built by `format_html`.
"""

from datetime import date, datetime

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lead_cms.core import components
from lead_cms.core.boxes import button_mark, next_box, pager_box, panel_box, work_box
from lead_cms.core.components import TONES, clock_shape, due_shape, error_shape, lines, one_of, shaped
from lead_cms.core.listrow import event_row, fact_row, task_row
from lead_cms.core.part2 import NOTICE_TEXT, NOTICE_VERSION
from lead_cms.core.templatetags.dates import say_day, say_phone, say_time, say_when, tel_number
from lead_cms.core.workrow import badge_mark, due_block, work_row

register = template.Library()

ICONS = (
    "mark", "phone", "check", "warning", "info", "lock", "chevron", "plus",
    "bell", "back", "search", "print", "clock", "person", "offline", "place",
)  # fmt: skip
BUTTONS = ("primary", "secondary", "danger", "link")
STATES = ("done", "now", "ahead")


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "phone" %}: from icons.svg, always with words beside it, hidden from readers. Names: ICONS."""
    one_of("icon", "name", name, ICONS)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("icons.svg"), name)


icon_of = icon  # where an argument has its name


@register.simple_tag
def button(
    label, kind="secondary", href="", type="submit", name="", value="", icon="", form="", wide=False, disabled=False,
    about="", id="",
):  # fmt: skip
    """{% button "Save" kind="primary" %}: a button, or a link that looks like one when `href` is given.

    kind: primary (one a page), secondary, danger, link. type: submit, button. `about` is read aloud after the label
    ("Open" about "Ola Brandt"). `form` is the id of a form elsewhere on the page; `wide` fills the column.
    """
    one_of("button", "kind", kind, BUTTONS)
    one_of("button", "type", type, ("submit", "button"))
    return button_mark(
        label, kind=kind, href=href, type=type, name=name, value=value, icon=icon_of(icon) if icon else "", form=form,
        wide=wide, disabled=disabled, about=about, id=id,
    )  # fmt: skip


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(context, label, url, kind="secondary", icon="", about="", wide=False, hidden=None, sign_out=False):
    """{% post_button "I’m on my way" url kind="primary" %}: a small form of one button that posts to `url`.

    `hidden` is a dict of further fields; `about` is read aloud after the label.
    """
    one_of("post_button", "kind", kind, BUTTONS)
    if icon:
        one_of("post_button", "icon", icon, ICONS)
    return {
        "label": label, "url": url, "kind": kind, "icon": icon, "about": about, "wide": wide, "hidden": hidden or {},
        "sign_out": sign_out, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.inclusion_tag("components/call.html")
def call(number, label="Call", called_url="", kind="secondary", wide=False, bare=False):
    """{% call person.phone called_url=url %}: a link that dials, "Call (415) 555-0142"; `bare` inside a sentence.

    With `called_url` a tap posts there, so that "called" is stamped, and the page says so.
    """
    one_of("call", "kind", kind, BUTTONS)
    return {
        "tel": tel_number(number), "says": say_phone(number), "label": label, "called_url": called_url, "kind": kind,
        "wide": wide, "bare": bare,
    }  # fmt: skip


@register.simple_tag
def badge(label, tone="neutral"):
    """{% badge label tone="waiting" %}: a state in one to three words; shape and color only repeat it."""
    one_of("badge", "tone", tone, TONES)
    return badge_mark(label, tone)


@register.simple_tag
def due(due_on, of="person", note=""):
    """{% due window.due_on of="decision" %}: days left, exact date beneath. `due_on` is a date, a moment or None.

    After the day, of="decision" reads "2 days over" and of="person" reads "Window ended".
    """
    return due_block(due_shape(due_on, of, note))


@register.simple_tag
def time(value, text="", muted=False):
    """{% time at %}: the moment or day as people say it, in a time element; `text` says it otherwise."""
    if not value:
        return ""
    moment = isinstance(value, datetime)
    exact = timezone.localtime(value).isoformat("T", "seconds") if moment else value.isoformat()
    says = text or (say_when(value) if moment else say_day(value))
    return format_html('<time{} datetime="{}">{}</time>', SafeString(' class="muted"') if muted else "", exact, says)


@register.simple_block_tag
def next_step(content, label, title, level=2):
    """{% next_step label="Next step" title="Book the intake" %}<p>Why.</p><div class="btns">…</div>{% endnext_step %}

    The one dark block of a page: leave it out when nothing is due. Buttons stand in `<div class="btns">`, the last
    child; the primary one is white.
    """
    one_of("next_step", "level", level, (2, 3))
    return next_box(content, label, title, level)


@register.simple_block_tag
def panel(content, title="", level=2, id=""):
    """{% panel title="On call now" %}…{% endpanel %}: a box with a heading, which also names it."""
    one_of("panel", "level", level, (2, 3))
    return panel_box(content, title, level, id or slug(title))


@register.simple_block_tag
def notice(content, title="", tone="neutral", role="", icon="", level=2):
    """{% notice title="Sent" tone="good" role="status" %}<p>…</p>{% endnotice %}: what is now true.

    role: "", "status" (said when free), "alert" (said at once; only for what cannot wait).
    """
    one_of("notice", "tone", tone, TONES)
    one_of("notice", "role", role, ("", "status", "alert"))
    one_of("notice", "level", level, (2, 3))
    if icon:
        one_of("notice", "icon", icon, ICONS)
    return render_to_string(
        "components/notice.html",
        {"content": content, "title": title, "tone": tone, "role": role, "icon": icon, "level": level},
    )


@register.simple_block_tag
def empty(content, title, level=2):
    """{% empty title="Nothing needs you now" %}<p>What to do.</p>{% endempty %}: a designed nothing."""
    one_of("empty", "level", level, (2, 3))
    return render_to_string("components/empty.html", {"content": content, "title": title, "level": level})


@register.simple_block_tag
def form_actions(content):
    """{% form_actions %}<p>Goes to …</p>{% button "Send" kind="primary" %}{% endform_actions %}: the sticky foot.

    For a long form: a direct child of the form, outside columns, last on the page.
    """
    return render_to_string("components/form_actions.html", {"content": content})


@register.simple_tag(takes_context=True)
def work_list(context, items, label="", level=3):
    """{% work_list items label="Windows, soonest first" %}: due, who and what is missing, one action.

    Each item: title; url; due_on, due_of ("person" or "decision"), due_note; or due_says and due_tone instead;
    badge, badge_tone; missing (text); notes (a text or several); action {label, url, post, kind}.
    """
    rows = []
    for item in items:
        row = shaped(
            "work_list", item, ("title",), url="", due_on=None, due_of="person", due_note="", due_says="",
            due_tone="neutral", badge="", badge_tone="neutral", missing="", notes=(), action=None,
        )  # fmt: skip
        one_of("work_list", "due_tone", row["due_tone"], TONES)
        one_of("work_list", "badge_tone", row["badge_tone"], TONES)
        row["due"] = (
            {"says": row["due_says"], "tone": row["due_tone"], "day": None, "note": row["due_note"]}
            if row["due_says"]
            else due_shape(row["due_on"], row["due_of"], row["due_note"])
        )
        row["notes"] = lines(row["notes"])
        if row["action"]:
            row["action"] = shaped("work_list action", row["action"], ("label", "url"), post=False, kind="secondary")
            one_of("work_list", "kind", row["action"]["kind"], BUTTONS)
        rows.append(work_row(row, level, context.get("csrf_token")))
    return work_box(rows, label)


@register.inclusion_tag("components/task_list.html")
def task_list(items, label="", ordered=False):
    """{% task_list items label="What the window needs" %}: the whole row is the target; `ordered` where the order says something.

    Each item: label; url (none: it cannot start yet); hints (a text or several); state; tone.
    """
    rows = [shaped("task_list", item, ("label",), url="", hints=(), state="", tone="neutral") for item in items]
    for row in rows:
        row["hints"] = lines(row["hints"])
    return {"rows": SafeString("".join(map(task_row, rows))), "label": label, "of": "ol" if ordered else "ul"}


@register.inclusion_tag("components/facts.html")
def facts(items, label=""):
    """{% facts items %}: a summary list with Change.

    Each item: label; value; change_url; change_label (read aloud after "Change", else the label); missing (said, muted,
    when there is no value, else "Not entered").
    """
    rows = [
        shaped("facts", item, ("label",), value="", change_url="", change_label="", missing="Not entered")
        for item in items
    ]
    return {"rows": SafeString("".join(map(fact_row, rows))), "label": label}


@register.inclusion_tag("components/rule.html")
def rule(title, tone="neutral", answer="", so="", source="", field=None):
    """{% rule "Under 18" tone="bad" answer="Yes" so="LEAD cannot be offered here, because …" %}: one eligibility rule.

    title: the rule's own words. so: what follows. source: where the rule stands. field: a bound radio field, when the
    answer can be given here; then `answer` is not shown. Put several in `<div class="rows">`.
    """
    one_of("rule", "tone", tone, TONES)
    return {"title": title, "tone": tone, "answer": answer, "so": so, "source": source, "field": field}


@register.simple_tag
def error_summary(*forms, kept=True):
    """{% error_summary form other_form %}: first in the form, takes the focus, links to the fields.

    kept=False where something typed has to be typed again, such as a password.
    """
    errors = error_shape(form for form in forms if form is not None)
    if not errors:
        return ""
    title = "" if any(error["goes_to"] for error in errors) else "This did not go through"
    return render_to_string("components/error_summary.html", {"errors": errors, "title": title, "kept": kept})


@register.simple_tag
def said_errors(field):
    """{% said_errors field %}: a bound field's errors in the summary's words."""
    return " ".join(components.said_errors(field))


@register.inclusion_tag("components/table.html")
def table(columns, rows, caption, stack=True, caption_hidden=False):
    """{% table columns rows caption="Tries to reach the person" %}: on a phone each row becomes a block.

    columns: texts, or dicts {label, num} where num=True aligns figures right. rows: lists of cells in the same order.
    """
    heads = [
        shaped("table", head, ("label",), num=False) if not isinstance(head, str) else {"label": head, "num": False}
        for head in columns
    ]
    body = [list(zip(heads, row, strict=True)) for row in rows]
    return {"heads": heads, "body": body, "caption": caption, "stack": stack, "caption_hidden": caption_hidden}


@register.simple_tag
def pager(newer_url="", older_url="", says="", newer="Newer", older="Older", label="Newer and older"):
    """{% pager newer_url older_url says="Oct 6 to Oct 14" %}: paging is by key, so no page numbers."""
    return pager_box(newer_url, older_url, says, newer, older, label)


@register.inclusion_tag("components/draft_saved.html")
def draft_saved(saved_at=None):
    """{% draft_saved draft.saved_at %}: the mark that draft.js rewrites; `saved_at` is a moment or None.

    The form carries data-draft-url; it, or the body for casework, data-draft-key (base64, 32 bytes).
    """
    return {"says": f"Draft saved {say_time(saved_at)}" if saved_at else ""}


@register.inclusion_tag("components/clock.html")
def clock(window):
    """{% clock window %}: the window, one cell a day, as one picture with a spoken label.

    window: started_on; due_on; first_due_on (before it was extended); tries (days); done_on; note.
    """
    return clock_shape(window)


@register.inclusion_tag("components/timeline.html")
def timeline(events, label=""):
    """{% timeline events %}: what happened, newest first.

    Each event: label; at (a moment or a day); note; state: done, now, ahead.
    """
    rows = [shaped("timeline", event, ("label",), at=None, note="", state="done") for event in events]
    for row in rows:
        one_of("timeline", "state", row["state"], STATES)
        if isinstance(row["at"], datetime):
            row["says"], row["exact"] = say_when(row["at"]), timezone.localtime(row["at"]).isoformat("T", "seconds")
        elif isinstance(row["at"], date):
            row["says"], row["exact"] = say_day(row["at"]), row["at"].isoformat()
    return {"rows": SafeString("".join(map(event_row, rows))), "label": label}


@register.inclusion_tag("components/stat.html")
def stat(value, label, says, level=3):
    """{% stat 82 "Said yes" says="of 99 people offered LEAD since July 1" %}: a figure has a sentence."""
    one_of("stat", "level", level, (2, 3))
    return {"value": value, "label": label, "says": says, "level": level}


@register.inclusion_tag("components/steps.html")
def steps(items, current):
    """{% steps items current=2 %}: where one is in a form of several pages; texts, counted from 1."""
    items = list(items)
    one_of("steps", "current", current, range(1, len(items) + 1))
    return {"items": [(label, number < current, number == current) for number, label in enumerate(items, start=1)]}


@register.inclusion_tag("components/part2_notice.html")
def part2_notice(scope, title="Shared with you under the person’s consent", consent_url="", level=2):
    """{% part2_notice scope %}: the statement of 42 CFR 2.32(a)(1) with what the consent covers.

    `scope` is a text or several. Every consented disclosure to another organization carries it.
    """
    one_of("part2_notice", "level", level, (2, 3))
    return {
        "text": NOTICE_TEXT, "version": NOTICE_VERSION, "scope": lines(scope), "title": title,
        "consent_url": consent_url, "level": level,
    }  # fmt: skip


def slug(title: str) -> str:
    """An id for a heading, from its words."""
    return "".join(letter if letter.isalnum() else "-" for letter in title.lower())[:40].strip("-")
