"""A sheet as CSV: what it is on top, then each table."""

import csv
import io

from lead_cms.reports.tables import HIDDEN, HIDDEN_WORD, Sheet, percent
from lead_cms.reports.writing.sheet_text import disarmed, foot, head


def write(sheet: Sheet) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([disarmed(label), disarmed(value)] for label, value in head(sheet))
    for table in sheet.tables:
        writer.writerow([])
        writer.writerow([disarmed(table.title)])
        writer.writerow([disarmed(column.label) for column in table.columns])
        for row in table.rows:
            writer.writerow([_cell(cell, column.kind) for cell, column in zip(row.cells, table.columns, strict=True)])
    writer.writerow([])
    writer.writerows([disarmed(line)] for line in foot(sheet))
    return out.getvalue().encode("utf-8-sig")  # with the mark by which a spreadsheet knows UTF-8


def _cell(value, kind: str):
    if value is HIDDEN:
        return HIDDEN_WORD
    if value is None:
        return ""
    if isinstance(value, str):
        return disarmed(value)
    if kind == "share":
        return f"{percent(value)}%"
    return round(value, 2) if isinstance(value, float) else value
