"""A birth date among other words, in the writings that people use."""

from datetime import date

import pytest

from lead_cms.casefile.forms.days import name_and_day
from participants.naming import also_called, words_of

BORN = date(1985, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "3/4/1985", "03/04/85", "3-4-1985", "3.4.1985", "1985-03-04", "1985/3/4", "03041985", "Mar 4 1985", "March 4th, 1985",
        "4 March 1985", "4th of March 1985", "4 mar. 1985", "4 de marzo de 1985", "4 marzo 1985", "Mar 4 85", "4 Mar '85",
        "4-Mar-1985", "04-mar-85", "Mar-4-1985", "1985-Mar-04", "1985 March 4", "030485", "3 4 1985", "Mar 4,1985",
    ],
)  # fmt: skip
def test_a_day_in_any_writing(text):
    assert name_and_day(text) == ("", BORN)
    assert name_and_day(f"Devon Marsh {text}") == ("Devon Marsh", BORN)
    assert name_and_day(f"{text}, Marsh") == ("Marsh", BORN)


@pytest.mark.parametrize(
    "text",
    [
        "Marsh",
        "260555123",
        "7KQP-R3TX",
        "May Flowers",
        "2/30/1985",
        "13/13/1985",
        "Mar 4",
        "12345678901",
        "260555",
        "Marisol 4 1985",
        "Apt 4 12",
    ],
)
def test_what_is_no_day_stays_a_name(text):
    assert name_and_day(text) == (text, None)


def test_of_thirteen_the_day_can_only_stand_first():
    assert name_and_day("13/2/1985") == ("", date(1985, 2, 13))
    assert name_and_day("DOB 3/4/1985 Marsh") == ("Marsh", BORN)


@pytest.mark.parametrize(
    ("text", "day"), [("5 sept. 1990", (1990, 9, 5)), ("1 ago 88", (1988, 8, 1)), ("dic 24 2001", (2001, 12, 24))]
)
def test_months_by_how_their_names_begin(text, day):
    assert name_and_day(text) == ("", date(*day))


def test_words_and_nicknames():
    assert words_of("  José  Núñez-O’Brien, JOSÉ ") == ["jose", "nunez", "o", "brien"]
    assert words_of("מרים 🌷") == ["מרים"] and words_of("%') or 1=1 --") == ["or", "1"]
    assert "william" in also_called("bill") and "will" in also_called("bill") and "pepe" in also_called("jose")
    assert also_called("oyelaran") == ()
