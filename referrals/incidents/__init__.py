"""Published police records of incidents: reading, checking and counting, without a database.

API
    SOURCES          the known publishers, by slug
    SOURCES[x].read(file)   yields a Row for each good row and a Fault for each bad one; raises FileFault
    summarise(rows, source) rows and distinct incidents by LEAD type: "incidents with a divertible charge and an adult
                     cited or arrested" (docs/practice.md 28)
"""

from referrals.incidents import sfpd
from referrals.incidents.parts import Fault, FileFault, GroupCount, Row, Source, Summary, Tally

SOURCES: dict[str, Source] = {source.slug: source for source in (sfpd.SOURCE,)}

__all__ = ["SOURCES", "Fault", "FileFault", "GroupCount", "Row", "Source", "Summary", "Tally", "summarise"]


def summarise(rows, source: Source) -> Summary:
    """Counts of the rows in which an adult was cited or arrested, by LEAD type."""
    tally = Tally(source)
    for row in rows:
        tally.add(row)
    return tally.summary()
