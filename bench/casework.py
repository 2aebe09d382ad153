"""`python -m bench --only casework`: the case manager's day and the board where many people came and went over the years.

A database for each number of people, in the same demo: who takes part now is the same in both, what has been grows.
"""

import argparse
import json
import uuid

import django

django.setup()

from django.urls import reverse
from django.utils import timezone

from bench.client import Typed
from bench.likeness import fill
from bench.likeness import measured as alike_measured
from bench.lives import lived, much_written
from bench.measure import LIST, POST, Bench, counts_of, person
from lead_cms.access.permissions import Role
from lead_cms.casefile.board import BOARD
from lead_cms.casefile.waiting import UNTOUCHED

LIKENESS_AT = 250_000
WORDS = ("ma", "mar", "maria g", "bill", "jonhson", "maria gonzales", "1985-03-04")


def pages(bench: Bench) -> None:
    manager, supervisor = Role.CASE_MANAGER, Role.SUPERVISOR
    who, referral = much_written(bench.people[manager])
    for name, role, path in [
        ("Today", manager, reverse("today")),
        ("who to look for", manager, reverse("casefile:look")),
        ("windows", manager, reverse("casefile:windows")),
        ("what happened since", manager, reverse("casefile:since")),
        ("months of the caseload", manager, reverse("casefile:months")),
        ("referral of a person with 2,000 notes", manager, reverse("casefile:case", args=[referral])),
        ("person with 2,000 notes", manager, reverse("casefile:person", args=[who])),
        ("their notes", manager, reverse("casefile:notes", args=[who])),
        ("new note", manager, reverse("casefile:note-new", args=[who]) + "?another=1"),
        ("notes to read", supervisor, reverse("casefile:note-reviews")),
        ("search, page", manager, reverse("casefile:search")),
    ]:
        bench.page(f"casework: {name}", role, path, LIST)
    if bench.only in "casework: their notes, last page":
        bench.start = reverse("casefile:notes", args=[who])
        bench.page("casework: their notes, last page", manager, bench.last_page(manager, bench.start), LIST)
    find = reverse("casefile:search")
    for words in WORDS:
        bench.page(f"casework: search, {words}", manager, find, LIST, data=lambda words=words: [("words", words)])
        name = f"casework: search as typed, {words}"
        bench.page(name, manager, find, LIST, data=lambda words=words: Typed([("words", words)]))
    saves(bench, who)
    counts_of(
        bench,
        [
            ("casework: caseload board", supervisor, reverse("casefile:caseloads"), [BOARD]),
            ("casework: what waits in the team", supervisor, reverse("casefile:team-waiting"), [UNTOUCHED]),
        ],
    )


def saves(bench: Bench, who: uuid.UUID) -> None:
    """A note kept while it is typed, again and again as the page does, and one signed with the button."""
    marks = {"note": str(uuid.uuid4()), "page": str(uuid.uuid4()), "opened": timezone.now().isoformat()}
    text = [("kind", "phone"), ("reached", "yes"), ("detail", "Talked about the room. " * 10), ("line", "Has a bed.")]
    bench.page("casework: note kept as typed", Role.CASE_MANAGER, reverse("casefile:note-keep", args=[who]), POST,
               data=lambda: [*marks.items(), *text])  # fmt: skip

    def signed():
        fresh = {"note": str(uuid.uuid4()), "page": str(uuid.uuid4()), "opened": timezone.now().isoformat()}
        return [*fresh.items(), *text, ("sign", "1")]

    new = reverse("casefile:note-new", args=[who])
    bench.page("casework: note signed", Role.CASE_MANAGER, new, POST, data=signed, ok=(302,))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    manager = person(Role.CASE_MANAGER)
    people = fill(manager, options.people)
    lived(manager.site_id, options.people)
    bench = Bench(options.people, options.rounds, options.only)
    pages(bench)
    if options.people >= LIKENESS_AT and options.only in "duplicates: who may this be":
        bench.results += alike_measured(manager, people, options.people)
    print(json.dumps(bench.results))


if __name__ == "__main__":
    main()
