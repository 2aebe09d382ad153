"""Dates of birth as people type them, and how two of them are alike."""

import re
from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES.split(), start=1)}
WORDY = re.compile(
    r"^(?:(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([a-z]{3})[a-z]*|([a-z]{3})[a-z]*[\s.]+(\d{1,2})(?:st|nd|rd|th)?)"
    r",?[\s.,-]+(\d{2,4})$"
)
CLOCK = re.compile(r"[t ]\d{1,2}:\d\d.*$")
DATE_LENGTH = 8
OLDEST_YEARS = 120


class Born(IntEnum):
    """How a date of birth is like another, the likest first."""

    SAME = 0
    TURNED = 1  # day and month the other way round
    CROSSED = 2  # two neighboring digits the other way round
    DIGIT = 3  # one digit is another
    YEAR = 4  # day and month the same
    PART = 5  # year and month, or year and day, the same
    CLOSE = 6  # two digits are others
    SAME_YEAR = 7  # only the year is known of one of them
    OTHER = 8


def day_first(texts: Iterable[str]) -> bool:
    """Do dates such as 13/02/1980 stand in this column, and none such as 02/13/1980?"""
    first = second = 0
    for text in texts:
        numbers = re.findall(r"\d+", text)
        if len(numbers) >= 3 and len(numbers[0]) <= 2 and len(numbers[1]) <= 2:
            first += 12 < int(numbers[0]) <= 31
            second += 12 < int(numbers[1]) <= 31
    return first > second


def born_of(text: str, *, is_day_first: bool = False, today: date | None = None) -> str | None:
    """A date as eight digits, a lone year as four, "" for none; None for what is no date.

    What no calendar has (a 13th month) stays as it was typed: a wrong digit is what is looked for.
    """
    plain = CLOCK.sub("", text.strip().lower())
    if not plain or not re.search(r"[1-9]", plain):
        return "" if not plain or re.fullmatch(r"[0\W]*|unknown|unk|none|n/?a|null|nan", plain) else None
    if wordy := WORDY.match(plain):
        day, month, month_first, day_second, year = wordy.groups()
        number = MONTHS.get(month or month_first)
        return _put(year, str(number), day or day_second, today) if number else None
    if re.fullmatch(r"\d+\.0", plain):
        plain = plain[:-2]
    numbers = re.findall(r"\d+", plain)
    if re.search(r"[^\d/.\- ]", plain):
        return None
    if len(numbers) == 1:
        return _of_digits(numbers[0], is_day_first)
    if len(numbers) != 3:
        return None
    if len(numbers[0]) == 4:
        return _put(*numbers, today)
    day, month = (numbers[0], numbers[1]) if is_day_first else (numbers[1], numbers[0])
    return _put(numbers[2], month, day, today)


def _of_digits(digits: str, is_day_first: bool) -> str | None:
    if len(digits) == 4:
        return digits
    if len(digits) != DATE_LENGTH:
        return None
    # 02131980 is no year: it ends with one.
    if not 1850 <= int(digits[:4]) <= 2100 and 1850 <= int(digits[4:]) <= 2100:
        first, second, year = digits[:2], digits[2:4], digits[4:]
        return year + (second + first if is_day_first else first + second)
    return digits


def _put(year: str, month: str, day: str, today: date | None) -> str | None:
    if len(year) == 2:
        ends = ((today or date.today()).year) % 100  # noqa: DTZ011
        year = ("20" if int(year) <= ends else "19") + year
    if len(year) != 4 or len(month) > 2 or len(day) > 2:
        return None
    return f"{year}{int(month):02}{int(day):02}"


@lru_cache(1 << 18)
def likeness(a: str, b: str) -> Born:
    """How two dates are alike; neither is empty."""
    if a == b:
        return Born.SAME
    if len(a) != DATE_LENGTH or len(b) != DATE_LENGTH:
        return Born.SAME_YEAR if a[:4] == b[:4] else Born.OTHER
    if a[:4] == b[:4] and a[4:6] == b[6:] and a[6:] == b[4:6]:
        return Born.TURNED
    others = [place for place in range(DATE_LENGTH) if a[place] != b[place]]
    if len(others) == 1:
        return Born.DIGIT
    if OSA.distance(a, b) == 1:
        return Born.CROSSED
    if a[4:] == b[4:]:
        return Born.YEAR
    if a[:4] == b[:4] and (a[4:6] == b[4:6] or a[6:] == b[6:]):
        return Born.PART
    if len(others) == 2 or a[4:6] == b[6:] and a[6:] == b[4:6]:
        return Born.CLOSE
    return Born.OTHER
