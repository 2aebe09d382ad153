"""What every form of a report says before and after its tables, and how a cell that a spreadsheet would run is disarmed."""

from lead_cms.reports.tables import Sheet

# A spreadsheet runs a cell that begins so; a mark in front makes it text (OWASP, CSV injection).
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def head(sheet: Sheet) -> list[tuple[str, str]]:
    return [
        ("Report", sheet.title),
        ("Site", sheet.site),
        ("Period", sheet.period),
        ("Data of", sheet.data_says),
        ("Custodian of these figures", sheet.custodian),
        ("Definition", sheet.definition),
        ("Denominator", sheet.denominator),
    ]


def foot(sheet: Sheet) -> list[str]:
    return [*sheet.missing, *sheet.notes]


def disarmed(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(RUNS) else text


def file_name(sheet: Sheet, form: str) -> str:
    return f"{sheet.report}-{sheet.begins_on}-{sheet.ends_on}.{form}"
