"""What a report is: a declared object, computed by one statement as the asking role."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from lead_cms.programs.rules import Rules
from lead_cms.reports.period import Period, year_before
from lead_cms.reports.row_suppression import Blocks, hidden_blocks
from lead_cms.reports.suppression import Earlier, Sum, hidden
from lead_cms.reports.tables import Chart, Figures, Table


@dataclass(frozen=True)
class Asked:
    """Of which site, for which period, on which day, under which rules."""

    site: object
    period: Period
    today: date
    rules: Rules | None
    data_at: datetime

    @property
    def until_on(self) -> date:
        """The first day that is not counted: after the period, or tomorrow."""
        return min(self.period.ends_on, date.fromordinal(self.today.toordinal() + 1))

    @property
    def completed_by(self) -> str:
        """The fact by which completion is counted; where the site has not said, that the window was met."""
        return (self.rules.value("completion.counted_by") if self.rules else None) or "window_met"

    def parameters(self) -> dict:
        begins_at, ends_at = self.period.moments(self.site.tz)
        return {
            "site": self.site.pk, "begins_at": begins_at, "ends_at": ends_at, "begins_on": self.period.begins_on,
            "ends_on": self.period.ends_on, "until_on": self.until_on, "since_on": year_before(self.until_on),
            # A window is over when its last day has passed, at the end of the period or by now.
            "over_on": min(self.period.ends_on, self.today), "zone": self.site.time_zone, "completed_by": self.completed_by,
        }  # fmt: skip


MOST_KEPT = 256
_kept: dict[bytes, frozenset[str]] = {}  # names of hidden figures by the digest of all figures; no figure is kept


@dataclass(frozen=True)
class Found:
    """What the statement gave: counts by key, how they add up, and what is no count."""

    counts: dict[str, int]
    sums: list[Sum] = field(default_factory=list)
    implied: frozenset[str] = frozenset()
    extra: dict = field(default_factory=dict)
    blocks: Blocks | None = None  # of a table that has too many figures to be searched

    def figures(self, *, hiding: bool, earlier: Sequence[Earlier] = ()) -> Figures:
        """With `hiding` as they leave the team, after the `earlier` ones of the same report."""
        return Figures(self.counts, self._hidden(earlier)) if hiding else Figures(self.counts)

    def _hidden(self, earlier: Sequence[Earlier]) -> frozenset[str]:
        """What must not be shown: searched for once in a process, as whoever looks at it then publishes it or takes a file."""
        before = [(list(one.counts.items()), sorted(one.hidden), one.is_within, one.holds) for one in earlier]
        asked = repr((list(self.counts.items()), self.sums, sorted(self.implied), self.blocks, before))
        key = hashlib.sha256(asked.encode()).digest()
        if key not in _kept:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            if self.blocks is not None:
                _kept[key] = hidden_blocks(self.counts, self.blocks, earlier)
            else:
                _kept[key] = hidden(self.counts, self.sums, self.implied, earlier)
        return _kept[key]


@dataclass(frozen=True)
class Report:
    """A report: what it counts, in words and in SQL, and how its figures are laid out."""

    name: str
    title: str
    about: str  # one line for the list
    definition: str
    denominator: str
    columns: tuple[str, ...]
    sql: str  # the one statement, run as the asking role
    counted: str  # the query inside the function that the statement calls
    notes: tuple[str, ...]
    read: Callable[[Asked, Sequence[dict]], Found]
    lay_out: Callable[[Asked, Found, Figures], "Laid"]
    given: Callable[[Asked], dict] = lambda asked: {}  # parameters that no other report has

    def compute(self, asked: Asked) -> Found:
        """Run the statement, under row security, as whoever the transaction is for."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, asked.parameters() | self.given(asked))
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return self.read(asked, rows)


@dataclass(frozen=True)
class Laid:
    tables: tuple[Table, ...]
    chart: Chart | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


# Records that are closed to the team are in no figure, whoever asks: two exports of the same figures cannot be compared
# to find them. `k` is the referral's casework, `p` its participant.
OPEN = "not coalesce(k.is_restricted or k.is_sealed or p.is_restricted, false)"
