"""Draw docs/reports.md from the reports as they are declared: `python -m tests.project.reports > docs/reports.md`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lead_cms.settings.test")

HEAD = """# Reports

What each report counts, in the words that stand on its page, in its files and in what is published. This page is drawn from
the code (`python -m tests.project.reports > docs/reports.md`); a test compares them.

A report is declared in `lead_cms/reports/measures/`: name, title, definition, columns, one SQL statement, denominator, notes.
The statement runs as the role that asks, under row security. What a coordinator may not read row by row is counted inside a
function of the database that gives numbers only, looks at the asker's own site alone, and leaves restricted and sealed records
out, whoever asks.

- **Period.** From the first day to before another, whole days in the site's time zone, of 23 or 25 hours where clocks change.
- **Full and hidden.** The team's own pages show full figures. In every file and in what is published figures of 1 to 10 are
  hidden, and further ones, so that no hidden figure, and no small difference of two that are shown, can be worked out from
  the sums. Zero is shown. A share, ratio or median of a hidden figure is hidden with it. Two published periods that
  overlap are compared: where their difference would tell a small figure, the second is not published.
- **What left before.** A file is compared with the last sixty files and published reports of the same report whose periods
  overlap with its own: figures whose difference to a shown one is 1 to 10 are hidden as well, with whatever would tell them.
  The file says so and names those periods; a file of one of them tells no more than it did ([ADR
  0016](adr/0016-what-left-before.md)).
- **By blocks.** *Month by month* and *Needs and services* have hundreds of figures. There a few figures of a row are shown
  together or not at all, zero among them, by a rule that hides more than the search and ends at once
  (`lead_cms/reports/row_suppression.py`); a test works out by elimination everything that the printed figures tell.
- **Not covered.** What follows from three or more files taken together, from two different reports, or from the same period
  counted once before and once after a late entry where a figure was hidden. The audit holds who exported what.
- **Custodian.** Each file, print and published report names the organization that manages the project, or the site.
- **Command.** `manage.py report NAME --site SITE --from DATE --to DATE --format csv|xlsx|pdf --output FILE`; `--list` prints
  the names.
- **Counts from agencies.** A CSV of month, precinct, group and count, taken on the page *Counts from agencies* or by
  `manage.py import_counts FILE --site SITE --agency NAME`. Bad rows are listed with their line, good ones kept. A file is
  taken once; a later one overrides the months, precincts and groups that it names again.
"""


def text() -> str:
    from lead_cms.reports.registry import REPORTS

    lines = [HEAD]
    for report in REPORTS.values():
        lines += [f"## {report.title} (`{report.name}`)", "", report.about, ""]
        lines += [f"**Definition.** {report.definition}", "", f"**Denominator.** {report.denominator}", ""]
        lines += [f"**Columns.** {'; '.join(report.columns)}.", ""]
        lines += [f"- {note}" for note in report.notes] + [""]
        lines += ["<details><summary>SQL</summary>", "", "```sql", report.sql.strip(), "", "-- inside the function:"]
        lines += [report.counted.strip(), "```", "", "</details>", ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    django.setup()
    print(text(), end="")
