"""A sheet's chart as SVG, drawn here by Altair and vl-convert: no script in the browser, nothing from another host.

API
    svg(chart, scheme="light") -> str           words beside every bar, readable at the width of a phone
    data_uri(chart, scheme) -> str              for an <img>; the policy allows data: pictures and no inline styles
The colors are those of static/css/tokens.css. The table beside the chart says the same to those who do not see it.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import asdict
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import vl_convert
from django.conf import settings
from django.utils.functional import SimpleLazyObject

from lead_cms.reports.tables import Bar, Chart

# Read when something is drawn: it takes a fifth of the time in which a process starts, and few draw.
alt = SimpleLazyObject(lambda: import_module("altair"))

WIDTH, STEP, FONT_SIZE = 330, 46, 14
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, DejaVu Sans, Arial, sans-serif"
TOKENS = {"ink": "--ui-ink", "bar": "--ui-brand", "mark": "--ui-bar-2", "surface": "--ui-surface", "line": "--ui-line"}
LONGEST = 44  # characters of a label on one line


@lru_cache(maxsize=2)
def palette(scheme: str) -> dict[str, str]:
    """The colors of one scheme, read from the token file."""
    css = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
    which = "L" if scheme == "light" else "D"
    return {
        name: re.search(rf"{token}:[^;]*?var\(--{which}, (#[0-9a-f]{{6}})\)", css)[1] for name, token in TOKENS.items()
    }


def svg(chart: Chart, scheme: str = "light") -> str:
    return _drawn(json.dumps(asdict(chart)), scheme)


def data_uri(chart: Chart, scheme: str = "light") -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg(chart, scheme).encode()).decode()


@lru_cache(maxsize=256)
def _drawn(plain: str, scheme: str) -> str:
    given = json.loads(plain)
    chart = Chart(**{**given, "bars": tuple(Bar(**bar) for bar in given["bars"])})
    drawn = _ratios(chart, palette(scheme)) if chart.kind == "ratios" else _bars(chart, palette(scheme))
    spec = (
        drawn.properties(width=WIDTH, height=STEP * max(len(chart.bars), 1))
        .configure(font=FONT, background=palette(scheme)["surface"], padding=4, view=alt.ViewConfig(stroke=None))
        .to_dict()
    )
    return vl_convert.vegalite_to_svg(json.dumps(spec))


def _data(chart: Chart) -> alt.Data:
    rows = [
        {"at": number, "says": _cut(bar.label), "value": bar.value, "low": bar.low, "high": bar.high}
        for number, bar in enumerate(chart.bars)
    ]
    return alt.Data(values=rows)


def _cut(label: str) -> str:
    """A label that fits: its figure, which stands last, is kept."""
    if len(label) <= LONGEST:
        return label
    words, _, figure = label.rpartition(": ")
    return f"{words[: LONGEST - len(figure) - 3]}…: {figure}"


def _base(chart: Chart) -> alt.Chart:
    return alt.Chart(_data(chart)).encode(y=alt.Y("at:O", axis=None, scale=alt.Scale(padding=0)))


def _words(base: alt.Chart, colors: dict) -> alt.Chart:
    drawn = base.mark_text(align="left", baseline="middle", x=0, dy=-10, fontSize=FONT_SIZE, color=colors["ink"])
    return drawn.encode(text="says:N")


def _bars(chart: Chart, colors: dict) -> alt.LayerChart:
    most = max([bar.value or 0 for bar in chart.bars] + [chart.mark or 0]) or 1
    scale = alt.Scale(domain=[0, most * 1.02], nice=False)
    across = alt.X("value:Q", axis=None, scale=scale)
    base = _base(chart)
    layers = [
        base.mark_bar(height=12, yOffset=10, color=colors["bar"], cornerRadiusEnd=3).encode(x=across),
        _words(base, colors),
    ]
    return alt.layer(*layers, *_mark(chart, colors, scale))


def _ratios(chart: Chart, colors: dict) -> alt.LayerChart:
    ends = [value for bar in chart.bars for value in (bar.low, bar.high, bar.value) if value is not None]
    low, high = min([*ends, 0.8]), max([*ends, 1.2])
    scale = alt.Scale(domain=[max(0, low - 0.05), min(high + 0.05, 5)], nice=False, clamp=True)
    base = _base(chart).transform_filter("datum.value != null")
    layers = [
        base.mark_rule(strokeWidth=3, color=colors["bar"], yOffset=10).encode(
            x=alt.X("low:Q", axis=None, scale=scale), x2="high:Q"
        ),
        base.mark_point(size=90, filled=True, color=colors["bar"], opacity=1, yOffset=10).encode(
            x=alt.X("value:Q", axis=None, scale=scale)
        ),
        _words(_base(chart), colors),
    ]
    return alt.layer(*_mark(chart, colors, scale), *layers)


def _mark(chart: Chart, colors: dict, scale: alt.Scale) -> list[alt.Chart]:
    """What to measure against, a mark at every bar and never through the words; its own words stand below the picture."""
    if chart.mark is None:
        return []
    drawn = _base(chart).transform_calculate(mark=str(chart.mark)).transform_filter("datum.value != null")
    tick = drawn.mark_tick(height=22, thickness=3, color=colors["mark"], opacity=1, yOffset=10)
    return [tick.encode(x=alt.X("mark:Q", axis=None, scale=scale))]
