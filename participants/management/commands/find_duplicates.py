"""Which records of a file are likely one person. Reads no database and keeps nothing."""

import csv
import sys
from argparse import ArgumentTypeError
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from participants.likeness.duplicates import AT_LEAST, Pair, find_duplicates
from participants.likeness.reading import Unreadable, read_people
from participants.likeness.reasons import codes, shared_aliases, words

NOT_USABLE = 2  # the exit code for a file that is none, as for wrong options


class Command(BaseCommand):
    """Pairs go to standard output as CSV; what is wrong in the file goes to standard error."""

    help = (
        "Find likely duplicates in a CSV file of people: left,right,score,reasons. left and right are the column id or rec_id, "
        "or else line numbers, the headings being line 1."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument(
            "--at-least", type=_share, default=AT_LEAST, metavar="SCORE",
            help=f"from which score, 0 to 1, a pair is shown ({AT_LEAST})",
        )  # fmt: skip

    def handle(self, *args, file, at_least, **options):
        try:
            entries, faults = read_people(file)
        except Unreadable as error:
            raise CommandError(f"{file}: {error}", returncode=NOT_USABLE) from error
        for fault in faults:
            self.stderr.write(f"{file.name} {fault}")
        with tqdm(unit=" pairs", desc="compared", disable=None, file=sys.stderr) as bar:
            found = find_duplicates(entries, at_least=at_least, progress=bar.update)
        out = csv.writer(self.stdout, lineterminator="\n")
        out.writerow(["left", "right", "score", "reasons"])
        out.writerows([pair.left.key, pair.right.key, f"{pair.score:.4f}", reasons(pair)] for pair in found)


def reasons(pair: Pair) -> str:
    """In words, and the record by way of which two are one."""
    said = words(codes(pair.answers), aliases=shared_aliases(pair.left, pair.right))
    return "; ".join([*said, f"both like {pair.through}"] if pair.through else said)


def _share(text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise ArgumentTypeError(f"“{text}” is no score from 0 to 1")
    return score
