"""Fields of the officer's forms: a line of text, and one that takes a birth date or an age."""

import re
import unicodedata
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone

from lead_cms.core.forms import NO_NUL

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
