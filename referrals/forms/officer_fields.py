"""Fields of the officer's forms: one line that takes a birth date or an age, and moments at the site's clocks."""

import re
import unicodedata
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone

from lead_cms.core.crispy import DayAndTime

NO_NUL = "This contains a character that cannot be stored. Type it again."
AGE = re.compile(r"^(?:about|abt|ca|approx|~|age|aged)?\.?\s*(\d{1,3})\s*(?:years?|yrs?|y/?o)?\.?$", re.IGNORECASE)
ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
AMERICAN = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2}|\d{4})$")
DIGITS = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
# Marks that turn the writing direction of what follows: a name must not rearrange the line it stands in.
TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# Control, format (joiners within an emoji, zero width), surrogate and space: nothing that can be seen.
UNSEEN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}


class Line(forms.CharField):
    """One line of text; NUL is refused in words that help."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        for validator in self.validators:
            if isinstance(validator, ProhibitNullCharactersValidator):
                self.validators[self.validators.index(validator)] = ProhibitNullCharactersValidator(message=NO_NUL)

    def to_python(self, value):
        """What nobody can see is no answer; NUL is left for its validator to name."""
        text = super().to_python(value)
        if not isinstance(text, str) or "\0" in text:
            return text
        text = "".join(
            " " if unicodedata.category(c) == "Cc" and c not in "\n\r\t" else c for c in text.translate(TURNS)
        ).strip()
        return text if any(unicodedata.category(c) not in UNSEEN for c in text) else self.empty_value


class BirthOrAge(Line):
    """ "34", "about 35", "4/3/1990", "04031990" or "1990-04-03": a pair of birth date and age, one of them None."""

    def clean(self, value):
        text = " ".join(super().clean(value).split())
        if not text:
            return None, None
        if found := AGE.match(text):
            return None, int(found[1])
        return parse_birth_date(text), None


def parse_birth_date(text: str) -> date:
    """A day as people write it in the US, or as ISO; two digits of a year are never more than this year's."""
    if found := ISO.match(text):
        year, month, day = map(int, found.groups())
    elif found := (AMERICAN.match(text) or DIGITS.match(text)):
        month, day, year = map(int, found.groups())
        if len(found[3]) == 2:
            year += 2000 if 2000 + year <= timezone.localdate().year else 1900
    else:
        raise ValidationError("Enter an age such as 35, or a birth date such as 4/3/1990.")
    try:
        born_on = date(year, month, day)
    except ValueError as error:
        raise ValidationError("There is no such day. Check the birth date.") from error
    if born_on > timezone.localdate():
        # A slip of the finger, not a child: under 18 would end the form and forget what was typed.
        raise ValidationError("This birth date is in the future. Check the year.")
    return born_on


class MomentField(forms.SplitDateTimeField):
    """Day and time at the site's clocks. An hour that comes twice is its second passing, unless that is to come."""

    widget = DayAndTime

    def __init__(self, **kwargs):
        super().__init__(
            input_time_formats=["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"],
            **kwargs,
        )
        self.fields[0].error_messages["invalid"] = "Enter a day."
        self.fields[1].error_messages["invalid"] = "Enter a time."

    def compress(self, data_list):
        if not data_list or data_list[0] in self.empty_values or data_list[1] in self.empty_values:
            if data_list and any(part not in self.empty_values for part in data_list):
                raise ValidationError("Enter both the day and the time.")
            return None
        return moment(datetime.combine(*data_list), timezone.get_current_timezone())


def moment(naive: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the site's clocks show this."""
    try:
        later, first = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    except OverflowError as error:
        raise ValidationError("Enter a day near today.") from error
    return later if later <= timezone.now() else first
