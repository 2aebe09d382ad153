"""A sheet as a workbook: one page that says what it is, and one for each table."""

import io

import xlsxwriter

from lead_cms.reports.tables import HIDDEN, HIDDEN_WORD, Sheet
from lead_cms.reports.writing.sheet_text import foot, head

FORMATS = {"share": "0%", "ratio": "0.00", "days": "0.#", "minutes": "0.#", "count": "#,##0"}
LONGEST_NAME = 31
OPTIONS = {
    # Text stays text: nothing is taken for a formula, a link or a number.
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True,
}  # fmt: skip


def write(sheet: Sheet) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        book.set_properties({"title": sheet.title, "company": sheet.custodian, "subject": sheet.period})
        about = book.add_worksheet("About")
        about.set_column(0, 0, 26)
        about.set_column(1, 1, 90)
        lines = [*head(sheet), *(("", line) for line in foot(sheet))]
        for number, (label, value) in enumerate(lines):
            about.write_string(number, 0, label, bold)
            about.write_string(number, 1, value, wrap)
        for number, table in enumerate(sheet.tables, start=1):
            _page(book, table, number, bold)
    return out.getvalue()


def _page(book, table, number: int, bold) -> None:
    name = "".join(letter for letter in f"{number} {table.title}" if letter not in "[]:*?/\\'")[:LONGEST_NAME]
    page = book.add_worksheet(name.strip())
    formats = [book.add_format({"num_format": FORMATS.get(column.kind, "General")}) for column in table.columns]
    page.write_string(0, 0, table.title, bold)
    page.set_column(0, 0, 34)
    page.set_column(1, len(table.columns) - 1, 16)
    page.freeze_panes(2, 1)
    for place, column in enumerate(table.columns):
        page.write_string(1, place, column.label, bold)
    for line, row in enumerate(table.rows, start=2):
        for place, cell in enumerate(row.cells):
            if cell is HIDDEN:
                page.write_string(line, place, HIDDEN_WORD)
            elif isinstance(cell, str):
                page.write_string(line, place, cell)
            elif cell is not None:
                page.write_number(line, place, float(cell), formats[place])
