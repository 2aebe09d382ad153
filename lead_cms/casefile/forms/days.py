"""A birth date among other words, as people write it: 3/4/85, 1985-03-04, Mar 4 1985, 4-Mar-85, 4 marzo 1985, 030485."""

import re
from contextlib import suppress
from datetime import date

from django import forms

from referrals.forms.officer_fields import parse_birth_date

MONTHS = [
    "january enero", "february febrero", "march marzo", "april abril", "may mayo", "june junio", "july julio",
    "august agosto", "september septiembre setiembre", "october octubre", "november noviembre", "december diciembre",
]  # fmt: skip
NUMBERS = re.compile(
    r"(?<!\w)(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{1,2} \d{1,2} \d{4}|\d{8}|\d{6})(?!\w)"
)
DAY_FIRST = re.compile(r"(?<!\w)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\w)")
_DAY, _MONTH, _YEAR = (
    r"(?P<day>\d{1,2})(?:st|nd|rd|th|º|°)?",
    r"(?P<month>[^\W\d_]{3,10})\.?",
    r"['’]?(?P<year>\d{4}|\d{2})",
)
_OF, _THEN = r"(?:\s+(?:of\s+|de\s+|del\s+)?|[-/.])", r"(?:,?\s+(?:of\s+|de\s+|del\s+)?|,|[-/.])"
WORDY = [
    re.compile(rf"(?<!\w){_MONTH}{_OF}{_DAY}{_THEN}{_YEAR}(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<!\w){_DAY}{_OF}{_MONTH}{_THEN}{_YEAR}(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?P<year>\d{{4}}){_THEN}{_MONTH}{_OF}{_DAY}(?!\w)", re.IGNORECASE),
]


def name_and_day(text: str) -> tuple[str, date | None]:
    """What is left of the words without the day that stands among them, and the day; all of them where none does."""
    for found, day in _days(text):
        left = " ".join((text[: found.start()] + " " + text[found.end() :]).replace(",", " ").split())
        return re.sub(r"\b(born|dob|nacid[oa])\b:?", "", left, flags=re.IGNORECASE).strip(), day
    return text.strip(), None


def month_of(word: str) -> int | None:
    """Of "Mar", "sept" or "marzo"; a name is none, such as Marisol."""
    begun = (number for number, names in enumerate(MONTHS, start=1) if f" {word.lower()}" in f" {names}")
    return next(begun, None)


def _days(text: str):
    """Each writing that is a day, the likeliest first; of 13/2/1985 the day can only stand first."""
    for found in NUMBERS.finditer(text):
        digits = found.group()
        with suppress(forms.ValidationError):
            yield (
                found,
                parse_birth_date(
                    "/".join(re.findall("..", digits)) if len(digits) == 6 and digits.isdigit() else digits
                ),
            )
    for found in DAY_FIRST.finditer(text):
        with suppress(forms.ValidationError):
            yield found, parse_birth_date(f"{found[2]}/{found[1]}/{found[3]}")
    for pattern in WORDY:
        for found in pattern.finditer(text):
            month = month_of(found["month"])
            if month is not None:
                with suppress(forms.ValidationError):
                    yield found, parse_birth_date(f"{month}/{found['day']}/{found['year']}")
