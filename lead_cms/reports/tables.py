"""What a report shows, apart from where it is shown: one Sheet serves the page, the file, the print and what is published.

API
    Table(title, columns, rows), Column(label, kind), Row(cells, level)
    HIDDEN                        a figure of 1 to 10, or one from which such a figure could be worked out
    Sheet.as_json() / Sheet.from_json(...)      the same sheet frozen and read again
    say(value, kind) -> str       a cell in words
A cell is a whole number, a share between 0 and 1, a number, a text, None (there is none) or HIDDEN.
"""

from dataclasses import asdict, dataclass
from typing import Any

HIDDEN_WORD = "hidden"


class _Hidden:
    """A figure that is not shown; there is one of it."""

    def __repr__(self):
        return "HIDDEN"

    def __bool__(self):
        return False

    def __deepcopy__(self, memo):
        return self


HIDDEN = _Hidden()
KINDS = ("text", "count", "share", "days", "minutes", "ratio")


@dataclass(frozen=True)
class Column:
    label: str
    kind: str = "count"


@dataclass(frozen=True)
class Row:
    """`level` 1 and deeper stands under the row before it, of which it is a part."""

    cells: tuple
    level: int = 0


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar (`value`) or one point with its interval (`value`, `low`, `high`) of the chart; None where hidden."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Chart:
    """`kind` is "bars" or "ratios"; `mark` is a line to measure against, `mark_says` its words."""

    title: str
    kind: str
    bars: tuple[Bar, ...]
    mark: float | None = None
    mark_says: str = ""


@dataclass(frozen=True)
class Sheet:
    """A report as it is read: its figures with everything that says what they are."""

    report: str
    title: str
    site: str
    custodian: str
    period: str
    begins_on: str
    ends_on: str
    data_at: str  # ISO, in the site's zone
    data_says: str
    definition: str
    denominator: str
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    tables: tuple[Table, ...]
    chart: Chart | None
    is_hiding: bool

    def as_json(self) -> dict:
        plain = asdict(self)
        for table in plain["tables"]:
            for row in table["rows"]:
                row["cells"] = [{"hidden": True} if cell is HIDDEN else cell for cell in row["cells"]]
        return plain

    @classmethod
    def from_json(cls, plain: dict) -> "Sheet":
        tables = tuple(_table(one) for one in plain["tables"])
        chart = plain["chart"]
        if chart is not None:
            chart = Chart(**{**chart, "bars": tuple(Bar(**bar) for bar in chart["bars"])})
        texts = {name: tuple(plain[name]) for name in ("missing", "notes")}
        return cls(**{**plain, **texts, "tables": tables, "chart": chart})


def _table(plain: dict) -> Table:
    columns = tuple(Column(**one) for one in plain["columns"])
    rows = tuple(
        Row(tuple(HIDDEN if isinstance(cell, dict) else cell for cell in row["cells"]), row["level"])
        for row in plain["rows"]
    )
    return Table(plain["title"], columns, rows, plain["note"])


def say(value: Any, kind: str) -> str:
    """A cell as people read it."""
    if value is HIDDEN:
        return HIDDEN_WORD
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if kind == "share":
        return f"{percent(value)}%"
    if kind == "ratio":
        return f"{value:.2f}"
    if kind in {"days", "minutes"}:
        return f"{value:g}"
    return f"{value:,}"


def percent(share: float) -> int:
    """Whole percent, halves upwards: 0.175 is 18."""
    return int(share * 100 + 0.5 + 1e-9)


class Figures:
    """Counts by key, and which of them are hidden; arithmetic on a hidden one is hidden."""

    def __init__(self, counts: dict[str, int], hidden: frozenset[str] = frozenset()):
        self.counts, self.hidden = counts, hidden

    def __getitem__(self, key: str):
        return HIDDEN if key in self.hidden else self.counts[key]

    def share(self, part: str, whole: str):
        """The part's share of the whole; None of nothing."""
        top, below = self[part], self[whole]
        if top is HIDDEN or below is HIDDEN:
            return HIDDEN
        return top / below if below else None

    def number(self, value, of: str):
        """A median or the like: shown where the people it was taken over are many enough to be shown themselves."""
        if value is None:
            return None
        return HIDDEN if of in self.hidden else value
