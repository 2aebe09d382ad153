"""Lines an officer types: what nobody can see is no answer, and a slip in the year is no child."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from referrals.forms.officer_fields import NO_NUL, BirthOrAge, Line


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "\u200b\u202e", "\x01\x02", "\u00a0\u2060"])
def test_what_nobody_can_see_is_no_answer(typed):
    assert Line(required=False).clean(typed) == ""
    with pytest.raises(ValidationError):
        Line().clean(typed)


@pytest.mark.parametrize("name", ["👩🏽\u200d🦱", "محمد علي", "אבג", "O’Neil-Ruiz", "李"])
def test_a_name_stays_as_it_was_typed(name):
    assert Line().clean(name) == name


def test_no_name_rearranges_the_line_it_stands_in():
    assert Line().clean("Jo \u202eeod\u2066\x07 Ray") == "Jo eod  Ray"


def test_nul_is_named():
    with pytest.raises(ValidationError) as told:
        Line().clean("A\0b")
    assert told.value.messages == [NO_NUL]


def test_a_birth_date_to_come_is_a_slip_and_not_a_child():
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="in the future"):
        BirthOrAge().clean(f"{tomorrow:%m/%d/%Y}")
    assert BirthOrAge().clean(f"{timezone.localdate():%m/%d/%Y}") == (timezone.localdate(), None)


def test_lines_of_a_longer_text_stay():
    assert Line().clean("one\r\ntwo") == "one\r\ntwo"
