"""Today of a supervisor: the whole site by urgency, what waits for their word, and who has no case manager."""

from datetime import timedelta

from django.utils import timezone

from lead_cms.casefile.caseload import brief
from lead_cms.casefile.lists import MOST, first_windows, foremost, outreach_untried
from lead_cms.casefile.today.case_manager import (
    frame_of,
    handoffs_of,
    note_row,
    rules_of_site,
    shifts_of,
    since_of,
)
from lead_cms.casefile.urgency import outreach_row, window_row

LATE_DAYS = 60  # how far back an unconfirmed item is looked for; older windows stand on their own list


def context(request) -> dict:
    """A fixed number of queries, each of them bounded."""
    me, now, today = request.membership, timezone.now(), timezone.localdate()
    rules = rules_of_site(me.site_id, today)
    site_id, since = me.site_id, since_of(rules, today)
    late = first_windows(site_id, MOST, unsure=True, since=today - timedelta(days=LATE_DAYS), until=today)
    nobody = foremost(first_windows(site_id, MOST, who="none", since=since), today)
    shown = {one.pk for one in (*late, *nobody)}
    soon = first_windows(site_id, 2 * MOST, since=since, until=today + timedelta(days=8))
    soon = foremost([one for one in soon if one.pk not in shown], today)
    restricted, over, notes = brief(me, rules, now, today)
    return frame_of(handoffs_of(me, rules, now)) | shifts_of(me, now) | {
        "late": [_confirm(window_row(one, today, with_manager=True)) for one in late],
        "nobody": [window_row(one, today) for one in nobody],
        "windows": [window_row(one, today, with_manager=True) for one in soon],
        "need_now": sum(1 for one in soon if (one.due_on - today).days <= 1),
        "outreach": [outreach_row(one, now, rules) for one in outreach_untried(me.site_id, 4)],
        "restricted": restricted,
        "over": over,
        "unsigned": [note_row(one) for one in notes],
        "today": today,
    }  # fmt: skip


def _confirm(row: dict) -> dict:
    return row | {"action": {"label": "Open to confirm", "url": row["url"]}}
