"""A birth date among other words, in the writings that people use: 3/4/85, 1985-03-04, Mar 4 1985, 4 marzo 1985, 03041985."""

import re
from contextlib import suppress
from datetime import date

from django import forms

from referrals.forms.officer_fields import parse_birth_date

MONTHS = {
    word: number
    for number, words in enumerate(
        ("jan ene", "feb", "mar", "apr abr", "may", "jun", "jul", "aug ago", "sep set", "oct", "nov", "dec dic"), start=1
    )
    for word in words.split()
}  # fmt: skip
NUMBERS = re.compile(r"(?<!\w)(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{8})(?!\w)")
DAY_FIRST = re.compile(r"(?<!\w)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\w)")
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th|º|°)?", r"(?P<month>[^\W\d_]{3,10})\.?", r"(?P<year>\d{4})"
WORDY = [
    re.compile(rf"(?<!\w){_MONTH}\s+{_DAY},?\s+(?:of\s+|de\s+)?{_YEAR}(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<!\w){_DAY}\s+(?:of\s+|de\s+)?{_MONTH},?\s+(?:of\s+|de\s+|del\s+)?{_YEAR}(?!\w)", re.IGNORECASE),
]


def name_and_day(text: str) -> tuple[str, date | None]:
    """What is left of the words without the day that stands among them, and the day; all of them where none does."""
    for found, day in _days(text):
        left = " ".join((text[: found.start()] + " " + text[found.end() :]).replace(",", " ").split())
        return re.sub(r"\b(born|dob|nacid[oa])\b:?", "", left, flags=re.IGNORECASE).strip(), day
    return text.strip(), None


def _days(text: str):
    """Each writing that is a day, the likeliest first; of 13/2/1985 the day can only stand first."""
    for found in NUMBERS.finditer(text):
        with suppress(forms.ValidationError):
            yield found, parse_birth_date(found.group())
    for found in DAY_FIRST.finditer(text):
        with suppress(forms.ValidationError):
            yield found, parse_birth_date(f"{found[2]}/{found[1]}/{found[3]}")
    for pattern in WORDY:
        for found in pattern.finditer(text):
            month = MONTHS.get(found["month"][:3].lower())
            if month is not None:
                with suppress(forms.ValidationError):
                    yield found, parse_birth_date(f"{found['year']}-{month}-{found['day']}")
