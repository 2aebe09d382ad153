"""What leaves the team, after what has left: the only place that hides figures for it and remembers them.

API
    leave(report, asked, custodian, after_published=) -> Leaving      the sheet as it may leave, and what to remember of it
    remember(leaving, asked, by=, at=, is_published=)                   in the same transaction as the leaving
    left_before(site_id, report, period) -> [LeftFigures]             of other, overlapping periods
Two exports of one report wait for each other, so that each knows what left before it (docs/adr/0016).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lead_cms.accounts.models import Membership
from lead_cms.reports.measures.base import Asked, Report
from lead_cms.reports.models import LeftFigures
from lead_cms.reports.period import Period
from lead_cms.reports.registry import laid_out
from lead_cms.reports.suppression import Earlier
from lead_cms.reports.tables import Figures, Sheet

MOST_COMPARED = 60
LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True)
class Leaving:
    report: str
    sheet: Sheet
    figures: Figures
    known: list[LeftFigures]


def leave(report: Report, asked: Asked, custodian: str, *, after_published: bool = True) -> Leaving:
    """Figures hidden so that neither they nor their difference to what left before tells one of 1 to 10."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"reports {report.name} {asked.site.pk}"])
    found = report.compute(asked)
    known = _overlapping(asked.site.pk, report.name, asked.period)
    counted = known if after_published else [one for one in known if not one.is_published]
    earlier = [_earlier(one, asked.period) for one in counted]
    figures = found.figures(hiding=True, earlier=earlier)
    more = figures.hidden - found.figures(hiding=True).hidden if earlier else frozenset()
    notes = (_says(counted, asked.period),) if more else ()
    sheet = laid_out(report, asked, found, figures, custodian, hiding=True, more=notes)
    return Leaving(report.name, sheet, figures, known)


def remember(leaving: Leaving, asked: Asked, *, by: Membership | None, at: datetime, is_published: bool) -> None:
    """Once: the same figures of the same period again tell nothing new."""
    period, hidden = asked.period, sorted(leaving.figures.hidden)
    for one in leaving.known:
        same_period = (one.begins_on, one.ends_on) == (period.begins_on, period.ends_on)
        same_figures = (one.counts, one.hidden) == (leaving.figures.counts, hidden)
        if same_period and same_figures and one.is_published == is_published:
            return
    LeftFigures(
        site_id=asked.site.pk, report=leaving.report, begins_on=period.begins_on, ends_on=period.ends_on,
        counts=leaving.figures.counts, hidden=hidden, is_published=is_published, left_at=at, exported_by=by,
    ).save(force_insert=True)  # fmt: skip


def left_before(site_id, report: str, period: Period) -> list[LeftFigures]:
    """What a file of this period would be compared with, the newest first; the same period is not among it."""
    own = (period.begins_on, period.ends_on)
    return [one for one in _overlapping(site_id, report, period) if (one.begins_on, one.ends_on) != own]


def _overlapping(site_id, report: str, period: Period) -> list[LeftFigures]:
    rows = LeftFigures.objects.filter(
        site_id=site_id, report=report, begins_on__lt=period.ends_on, ends_on__gt=period.begins_on
    )
    return list(rows.order_by("-left_at", "-pk")[:MOST_COMPARED])


def _earlier(one: LeftFigures, period: Period) -> Earlier:
    is_same = (one.begins_on, one.ends_on) == (period.begins_on, period.ends_on)
    return Earlier(
        counts=one.counts, hidden=frozenset(one.hidden),
        is_within=not is_same and period.begins_on <= one.begins_on and one.ends_on <= period.ends_on,
        holds=not is_same and one.begins_on <= period.begins_on and period.ends_on <= one.ends_on,
    )  # fmt: skip


def _says(earlier: list[LeftFigures], period: Period) -> str:
    said = list(dict.fromkeys(Period(one.begins_on, one.ends_on).says for one in earlier))
    listed = "; ".join(said[:3]) + ("; and others" if len(said) > 3 else "")
    return (
        f"Further figures are hidden, because figures of {listed} have left the team before: the two together would tell "
        "a figure of 1 to 10. A file of one of those periods tells no more than it did."
    )
