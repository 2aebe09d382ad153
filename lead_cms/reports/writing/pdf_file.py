"""A sheet as a tagged PDF (PDF/UA-1), set by Typst, with the same chart."""

import json
from functools import cache
from pathlib import Path

import typst

from lead_cms.reports.charts import svg
from lead_cms.reports.tables import Sheet, say
from lead_cms.reports.writing.sheet_text import foot, head

WIDE = 6  # columns; a table with more is set on pages turned sideways


def write(sheet: Sheet, *, form: str = "pdf") -> bytes | list[bytes]:
    """The PDF; `form="png"` gives its pages as pictures."""
    given = {"sheet": json.dumps(_plain(sheet))}
    if sheet.chart is not None:
        given["chart"] = svg(sheet.chart, "light")
    more = {"pdf_standards": "ua-1"} if form == "pdf" else {"ppi": 80}
    return typst.compile(_template(), sys_inputs=given, format=form, **more)


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "report.typ").read_bytes()


def _plain(sheet: Sheet) -> dict:
    """Everything in words: the setting decides nothing about figures."""
    return {
        "title": sheet.title, "site": sheet.site, "period": sheet.period, "custodian": sheet.custodian,
        "facts": [list(pair) for pair in head(sheet)[2:]], "notes": foot(sheet),
        "chart_title": sheet.chart.title if sheet.chart else "", "mark": sheet.chart.mark_says if sheet.chart else "",
        "chart_alt": "; ".join(bar.label for bar in sheet.chart.bars) if sheet.chart else "",
        "tables": [
            {
                "title": table.title, "note": table.note, "wide": len(table.columns) > WIDE,
                "columns": [column.label for column in table.columns],
                "numbers": [column.kind != "text" for column in table.columns],
                "rows": [
                    {
                        "level": row.level,
                        "cells": [say(cell, column.kind) for cell, column in zip(row.cells, table.columns, strict=True)],
                    }
                    for row in table.rows
                ],
            }
            for table in sheet.tables
        ],
    }  # fmt: skip
