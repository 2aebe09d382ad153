"""A sheet made ready for a page: every cell in words, the chart as pictures of the page's scheme."""

from django.http import HttpResponse
from django.utils.safestring import SafeString

from lead_cms.core.markup import escaped
from lead_cms.reports.charts import data_uri
from lead_cms.reports.enums import CONTENT_TYPES, Form
from lead_cms.reports.models import PublishedReport
from lead_cms.reports.period import Period
from lead_cms.reports.registry import REPORTS
from lead_cms.reports.tables import Column, Row, Sheet, say

FOLDS_FROM = 3  # wide tables; from here on each stands behind its title, the first one open
# Of a cell: whether it is a figure, and whether there is none.
CLASSES = {
    (True, True): ' class="num report__none"', (True, False): ' class="num"', (False, True): ' class="report__none"',
    (False, False): "",
}  # fmt: skip
STACK_FROM = 4  # columns; a table with as many becomes blocks on a phone


def shown(sheet: Sheet, theme: str) -> dict:
    """What templates/reports/_sheet_top.html and _sheet_tables.html need."""
    tables = [
        {
            "title": table.title,
            "note": table.note,
            "stack": len(table.columns) >= STACK_FROM,
            "columns": table.columns,
            "rows": SafeString("".join([_row(row, table.columns) for row in table.rows])),
        }
        for table in sheet.tables
    ]
    return {
        "sheet": sheet, "tables": tables, "pictures": pictures(sheet, theme),
        "folds": sum(table["stack"] for table in tables) >= FOLDS_FROM,
    }  # fmt: skip


def _row(row: Row, columns: tuple[Column, ...]) -> str:
    """One row of a report's table as HTML (see core/markup.py)."""
    first, *others = zip(row.cells, columns, strict=True)
    cells = [
        f'<td role="cell"{CLASSES[column.kind != "text", value is None]} data-label="{escaped(column.label)}">'
        f"{escaped(say(value, column.kind))}</td>"
        for value, column in others
    ]
    head = f'<th scope="row" role="rowheader">{escaped(say(first[0], first[1].kind))}</th>'
    return f'<tr role="row" class="report__level-{row.level}">{head}{"".join(cells)}</tr>'


def pictures(sheet: Sheet, theme: str) -> dict | None:
    """The chart in the scheme that the person chose, or in both where the device decides."""
    if sheet.chart is None or not sheet.chart.bars:
        return None
    if theme in {"light", "dark"}:
        return {"one": data_uri(sheet.chart, theme), "dark": ""}
    return {"one": data_uri(sheet.chart), "dark": data_uri(sheet.chart, "dark")}


def file_response(name: str, content: bytes, form: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPES[Form(form)])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def rows_of(published) -> list[dict]:
    return [{"one": one, "title": title_of(one), "says": period_says(one)} for one in published]


def title_of(published: PublishedReport) -> str:
    found = REPORTS.get(published.report)
    return found.title if found else published.report


def period_says(published: PublishedReport) -> str:
    return Period(published.begins_on, published.ends_on).says
