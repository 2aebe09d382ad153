"""One person's row of the monthly picture as HTML (see core/markup.py); the row that is being changed is a template."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

from lead_cms.core.markup import escaped
from lead_cms.core.workrow import badge_mark


def month_head(row: Mapping) -> SafeString:
    """Who, what is known, and from when."""
    words = f"<p>{escaped(' · '.join(row['words']))}</p>" if row["words"] else ""
    known = f"{row['source']}: not confirmed yet." if row["source"] else "Nothing is known from before."
    said = f"{row['by']}." if row["by"] else known
    hints = escaped(f"{said} {'. '.join(row['hints'])}.")
    name = f'<a href="{escaped(row["months_url"])}">{escaped(row["name"])}</a>'
    return SafeString(f'<h2 class="task__label mt-0 mb-0">{name}</h2>{words}<p class="muted">{hints}</p>')


def month_row(row: Mapping) -> SafeString:
    """The same with what one tap does: as before, or change in place."""
    aloud = f'<span class="visually-hidden">: {escaped(row["name"])}</span>'
    taps = ""
    if row["by"]:
        taps = badge_mark("Confirmed", "good")
    elif row["can_stay"]:
        taps = (
            '<button class="btn btn-secondary" type="submit" form="as-before" name="before" '
            f'value="{escaped(row["key"])}">As before{aloud}</button>'
        )
    if row["is_open"]:
        kind, says = ("link", "Change") if row["by"] or row["words"] else ("secondary", "Enter")
        taps += f'<a class="btn btn-{kind}" href="{escaped(row["change_url"])}">{says}{aloud}</a>'
    head = f'<li id="{escaped(row["anchor"])}" class="month"><div>{month_head(row)}</div>'
    return SafeString(f'{head}<div class="btns month__taps">{taps}</div></li>\n')
