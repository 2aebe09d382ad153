"""Moments as they are typed: an hour that the clocks skip, an hour that they repeat, and days at the end of time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from lead_cms.core.forms import Form
from lead_cms.core.moments import FIRST, SECOND, MomentField, SearchMoment, passes, twice_lately

HERE = ZoneInfo("America/Los_Angeles")


class Asked(Form):
    at = MomentField(label="When?")
    maybe = MomentField(label="And then?", required=False)


@pytest.fixture(autouse=True)
def _clocks():
    with timezone.override(HERE):
        yield


def asked(day, clock, which=None) -> Asked:
    parts = {"at_0": day, "at_1": clock} | ({} if which is None else {"at_2": which})
    return Asked(parts)


def test_an_ordinary_time_is_its_moment_and_nothing_more_is_asked():
    form = asked("2026-06-01", "14:30")
    assert form.is_valid()
    assert form.cleaned_data == {"at": datetime(2026, 6, 1, 21, 30, tzinfo=UTC), "maybe": None}
    assert "at_2" not in str(form["at"])


@pytest.mark.parametrize("clock", ["02:00", "02:30", "2:59 am"])
def test_a_time_that_the_clocks_skipped_is_refused_with_the_times_beside_the_gap(clock):
    form = asked("2026-03-08", clock)
    assert not form.is_valid()
    (told,) = form.errors["at"]
    assert told.startswith(
        f"There was no {'2:00' if '00' in clock else clock.removesuffix(' am').lstrip('0')} am on March 8"
    )
    assert "from 1:59 am to 3:00 am" in told and "up to 1:59 am, or from 3:00 am on" in told
    assert 'value="2026-03-08"' in str(form["at"])


@pytest.mark.parametrize(("clock", "hour"), [("01:59", 9), ("03:00", 10)])
def test_the_minutes_beside_the_gap_are_taken(clock, hour):
    form = asked("2026-03-08", clock)
    assert form.is_valid() and form.cleaned_data["at"].astimezone(UTC).hour == hour


@pytest.mark.parametrize("clock", ["01:00", "01:59"])
def test_a_time_that_came_twice_asks_which(clock):
    form = asked("2026-11-01", clock)
    assert not form.is_valid()
    assert "came twice on November 1" in form.errors["at"][0]
    page = str(form["at"])
    assert 'name="at_2"' in page and "The first time" in page and f'value="{clock}' in page
    minute = int(clock[3:])
    assert asked("2026-11-01", clock, FIRST).fields and _moment(clock, FIRST) == datetime(
        2026, 11, 1, 8, minute, tzinfo=UTC
    )
    assert _moment(clock, SECOND) == datetime(2026, 11, 1, 9, minute, tzinfo=UTC)


def _moment(clock, which):
    form = asked("2026-11-01", clock, which)
    assert form.is_valid(), form.errors
    return form.cleaned_data["at"]


@pytest.mark.parametrize("clock", ["00:59", "02:00"])
def test_the_times_around_the_repeated_hour_ask_nothing(clock):
    form = asked("2026-11-01", clock)
    assert form.is_valid() and "at_2" not in str(form["at"])


def test_nobodys_word_for_which_of_the_two_is_taken():
    assert not asked("2026-11-01", "01:30", "third").is_valid()


@pytest.mark.parametrize("which", [0, 1])
def test_a_moment_that_is_shown_again_stays_the_moment_it_was(which):
    """A page that corrects something else sends back the hour that came twice as it stood."""
    moment = datetime(2026, 11, 1, 8 + which, 30, tzinfo=UTC)
    page = str(Asked(initial={"at": timezone.localtime(moment)})["at"])
    assert f'value="{[FIRST, SECOND][which]}" selected' in page
    assert _moment("01:30", [FIRST, SECOND][which]) == moment


@pytest.mark.parametrize(
    ("day", "clock", "says"),
    [
        ("2026-13-01", "10:00", "Enter a day."),
        ("2026-11-02", "25:00", "Enter a time."),
        ("2026-11-02", "", "Enter both the day and the time."),
        ("", "10:00", "Enter both the day and the time."),
        ("9999-12-31", "23:59", "Enter a day near today."),
        ("2026-11-02\0", "10:00", "Enter a day."),
    ],
)
def test_what_is_no_moment_is_said_and_the_page_still_draws(day, clock, says):
    form = asked(day, clock)
    assert not form.is_valid() and says in form.errors["at"]
    assert str(form["at"])


def test_which_of_the_two_alone_is_no_answer():
    form = Asked({"at_0": "2026-11-02", "at_1": "10:00", "maybe_2": FIRST})
    assert form.is_valid() and form.cleaned_data["maybe"] is None


def test_a_zone_that_has_no_summer_time_neither_skips_nor_repeats():
    phoenix = ZoneInfo("America/Phoenix")
    for month, day in ((3, 8), (11, 1)):
        assert len(passes(datetime(2026, month, day, 2, 30, tzinfo=UTC).replace(tzinfo=None), phoenix)) == 1


def test_a_page_that_asks_for_a_time_of_day_says_how_a_repeated_one_is_taken():
    assert "The clocks went back on November 1." in twice_lately(datetime(2026, 11, 1, 20, tzinfo=UTC), HERE)
    assert twice_lately(datetime(2026, 11, 3, 20, tzinfo=UTC), HERE) == ""
    assert twice_lately(datetime(2026, 3, 8, 20, tzinfo=UTC), HERE) == ""


def test_every_moment_of_the_project_is_asked_for_in_this_one_way():
    """A field of Django's own would take a skipped hour in the framework's words or guess."""
    from tests.core.test_forms import FORMS

    fields = [(form, name, field) for form in FORMS for name, field in form.base_fields.items()]
    kinds = (forms.DateTimeField, forms.SplitDateTimeField)
    asked_for = [(form, name) for form, name, field in fields if isinstance(field, kinds)]
    assert asked_for
    ours = (MomentField, SearchMoment)
    assert [one for one in fields if isinstance(one[2], kinds) and not isinstance(one[2], ours)] == []


def test_a_refusal_names_its_kind():
    with pytest.raises(ValidationError) as told:
        MomentField().clean(["2026-03-08", "02:30"])
    assert told.value.code == "skipped"
