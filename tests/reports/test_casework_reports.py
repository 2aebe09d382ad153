"""T2, T6 and T12 against rows made one by one and counted by hand, and the shape that Santa Fe published in 2016."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db.utils import ProgrammingError

from lead_cms.access.permissions import Role
from lead_cms.core.crypto import EncryptedJSONField
from lead_cms.reports.period import Period
from lead_cms.reports.registry import REPORTS, sheet_from
from lead_cms.reports.tables import HIDDEN, say
from participants.actions.months import Picture, in_columns
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.actions.plan import Wanted, begin_goal
from participants.models import Demographics, Participation, PersonMonth
from referrals.models import RecordSection, ReferralOffence
from referrals.questions import FORMS
from services.models import AskedPerson, ServiceGap, ServiceReferral
from tests.casefile.person_making import act
from tests.reports import making
from tests.services.making import make_service

APRIL, MAY, JUNE, JULY = (date(2026, number, 1) for number in (4, 5, 6, 7))
OUTSIDE, SHELTER, HOME = Picture(living="116", income="0", benefits="0"), Picture(living="101"), Picture(living="435")


@pytest.fixture
def where(world):
    return world.a


def tables(where, name: str, *, period=making.QUARTER, now=making.NOW, hiding=False, role=Role.COORDINATOR):
    by = where.person(role)
    found = making.counts(by, name, period, now)
    sheet = sheet_from(REPORTS[name], making.asked_by(by, period, now), found, "x", hiding=hiding)
    return {
        one.title: {row.cells[0]: dict(zip([c.label for c in one.columns], row.cells, strict=True)) for row in one.rows}
        for one in sheet.tables
    }  # fmt: skip


def lived(where, participant, month: date, picture: Picture, **more) -> PersonMonth:
    return making.put(
        PersonMonth, where, participant=participant, month=month, confirmed_by=where.person(Role.CASE_MANAGER),
        **in_columns(picture) | {"confirmed_at": making.AT} | more,
    )  # fmt: skip


def wrote(where, participant, happened: datetime, *, is_two_way=True, is_signed=True, domains=()) -> None:
    by = where.person(Role.CASE_MANAGER)
    given = Written(happened_at=happened, kind="phone", is_two_way=is_two_way, domains=domains)
    note = act(by, lambda: keep_note(
        key=uuid.uuid4(), participant=participant, given=given, page=Page(uuid.uuid4(), making.NOW), by=by, at=making.NOW
    ))  # fmt: skip
    if is_signed:
        act(by, lambda: sign_note(note=note, by=by, at=making.NOW))


def left(where, participant, on: date) -> None:
    """They left on that day; their door is open."""
    manager = where.person(Role.CASE_MANAGER)
    act(manager, lambda: Participation.objects.filter(participant=participant, ended_on=None).update(ended_on=on))
    making.put(
        Participation, where, participant=participant, state="door_open", began_on=on, recorded_by=manager
    )  # fmt: skip


# ---- T6


@pytest.fixture
def three(where):
    """A since May 10; B from April 20 to May 31, whose door is open since; D since June 1; one whose record is closed."""
    a, b, d, closed = (
        making.take_part(where, making.refer(where), began_on=day, is_restricted=is_closed)
        for day, is_closed in ((date(2026, 5, 10), False), (date(2026, 4, 20), False), (JUNE, False), (MAY, True))
    )
    manager = where.person(Role.CASE_MANAGER)
    left(where, b, date(2026, 5, 31))
    corrected = {"superseded_at": making.NOW, "superseded_by": manager}
    lived(where, a, APRIL, OUTSIDE)
    lived(where, a, MAY, HOME, **corrected)
    lived(where, a, MAY, Picture(living="116", employment="training", benefits="1"))
    lived(where, a, JUNE, SHELTER)
    lived(where, b, APRIL, HOME)
    lived(where, d, MAY, Picture(living="335"))
    lived(where, closed, MAY, HOME)
    wrote(where, a, datetime(2026, 6, 1, 6, 30, tzinfo=UTC))  # the last half hour of May there
    wrote(where, a, datetime(2026, 6, 1, 7, 0, tzinfo=UTC))
    wrote(where, a, making.AT, is_two_way=False)
    wrote(where, a, making.AT, is_signed=False)
    return a, b, d


def test_person_months_by_hand(where, three):
    found = tables(where, "months")
    brief = found["Before and after"]
    keys = ("Person-months", "Confirmed", "Sheltered", "Unsheltered", "Permanent housing", "Not confirmed")
    assert {label: tuple(row[key] for key in keys) for label, row in brief.items()} == {
        "Month before": (2, 2, 1, 1, 0, 0),  # A in April, D in May; B's lies before the period
        "Months 1 to 18": (5, 3, 2, 1, 1, 2),
        "Later months": (0, 0, 0, 0, 0, 0),
        "All since they began": (5, 3, 2, 1, 1, 2),
    }
    since = brief["Months 1 to 18"]
    assert (since["Share sheltered"], since["Contacts a month"]) == (pytest.approx(2 / 3), 0.4)
    # Of work only one of three is known; of income or benefits one is a yes and the rest not known.
    assert (since["Employment continuum"], since["Share on the continuum"]) == (1, 1.0)
    assert since["Share with income or benefits"] == 1.0
    assert brief["Month before"]["Share with income or benefits"] == 0.0
    each = found["Month by month since they began"]
    assert [each[f"Month {n}"]["Person-months"] for n in (1, 2)] == [3, 2] and "Month 3" not in each
    assert [each[f"Month {n}"]["Confirmed"] for n in (1, 2)] == [2, 1]
    calendar = found["By month of the calendar"]
    assert {label: (row["Person-months"], row["Confirmed"], row["Contacts a month"]) for label, row in calendar.items()} == {
        "April 2026": (1, 1, 0.0), "May 2026": (2, 1, 0.5), "June 2026": (2, 1, 0.5),
    }  # fmt: skip


def test_only_months_that_begin_in_the_period_and_none_to_come(where, three):
    late = tables(where, "months", period=Period(date(2026, 5, 2), date(2026, 12, 1)))
    assert list(late["By month of the calendar"]) == ["June 2026", "July 2026"]  # it is July 20
    assert late["By month of the calendar"]["July 2026"]["Not confirmed"] == 2  # B's ended in May


def test_a_jail_is_no_shelter_and_stands_apart(where):
    person = making.take_part(where, making.refer(where), began_on=MAY)
    lived(where, person, MAY, Picture(living="207"))
    row = tables(where, "months")["Before and after"]["Months 1 to 18"]
    assert (row["Sheltered"], row["Unsheltered"], row["In jail"], row["Share sheltered"]) == (0, 0, 1, 0.0)


# ---- T2


def test_the_profile_that_santa_fe_published(where):
    """December 23, 2016: 55% social, 45% arrest, 84% Medicaid, 40% in permanent housing, work 70, 12, 17 of a hundred.

    How many people each share was of was not published; 84 were enrolled, and of one of them insurance is taken as unknown.
    """
    for number in range(84):
        door = "social" if number < 46 else "arrest"
        person = making.take_part(where, making.refer(where, door=door))
        insured = (
            {}
            if number == 83
            else {"insurance": "1", "insurance_sources": ("Medicaid",)}
            if number < 70
            else {"insurance": "0"}
        )
        work = "none" if number < 59 else "unable" if number < 69 else "full" if number < 83 else "99"
        living = "410" if number < 34 else "116"
        lived(where, person, MAY, Picture(living=living, employment=work, **insured))
    found = tables(where, "profile")
    brief = {label: say(row["Share of those known"], "share") for label, row in found["In short"].items()}
    assert (brief["Came by social contact"], brief["Came by arrest"]) == ("55%", "45%")
    assert (brief["of these, Medicaid"], brief["Permanent housing"]) == ("84%", "40%")
    assert found["In short"]["of these, Medicaid"]["Known of"] == 83
    work = {label: row["Number"] for label, row in found["Work"].items()}
    assert (work["Not working, not looking"], work["Unable to work"], work["Works full-time"], work["Not known"]) == (
        59,
        10,
        14,
        1,
    )
    assert [round(100 * n / 84) for n in (59, 10, 14)] == [70, 12, 17]
    left = tables(where, "profile", hiding=True)
    assert left["Work"]["Unable to work"]["Number"] is HIDDEN and left["Work"]["Not known"]["Number"] is HIDDEN
    assert left["In short"]["Health insurance"]["Not known"] is HIDDEN


def test_the_profile_says_which_shares_of_santa_fe_it_cannot_have():
    """Each by where its answer stands: encrypted in a form, or not asked at all."""
    sections = [section for form in FORMS.values() for section in form.sections]
    asked = {question.key: question.text.lower() for section in sections for question in section.questions}
    assert {"disabilities", "children_with", "grade"} <= asked.keys()
    assert isinstance(RecordSection._meta.get_field("answers"), EncryptedJSONField)
    assert isinstance(Demographics._meta.get_field("disabilities"), EncryptedJSONField)
    assert not any("hepatitis" in text for text in asked.values())
    said = " ".join(REPORTS["profile"].notes)
    assert all(
        word in said for word in ("Co-occurring conditions", "children", "schooling", "Hepatitis C is asked nowhere")
    )


def test_whose_door_is_open_only_is_not_in_the_profile(where):
    people = [making.take_part(where, making.refer(where), began_on=APRIL) for _ in range(2)]
    left(where, people[0], date(2026, 4, 20))
    of_may = Period(MAY, JUNE)
    assert tables(where, "profile", period=of_may)["In short"]["Took part"]["Number"] == 1
    assert tables(where, "profile")["In short"]["Took part"]["Number"] == 2


def test_the_profile_by_hand(where):
    facts = [
        {"race": ["black"], "gender": ["0"], "birth_date": date(1986, 7, 1)},  # turns 40 the day after the period
        {"race": ["black", "white"], "gender": ["1"], "birth_date": date(1986, 6, 30)},
        {"race": [], "gender": ["2"], "age_about": 61},
    ]
    people = [making.take_part(where, making.refer(where, seen={"perceived_race": "asian"}), **one) for one in facts]
    making.take_part(where, making.refer(where), is_restricted=True, race=["white"])
    making.take_part(where, making.refer(where), began_on=JULY)
    first = making.refer(where, at=datetime(2025, 1, 5, tzinfo=UTC), door="community")
    again = making.take_part(where, first, making.refer(where), began_on=date(2025, 1, 10), race=["mena"])
    lived(where, people[0], APRIL, HOME)  # the month before: not counted
    lived(where, people[0], MAY, OUTSIDE)
    lived(where, people[0], JUNE, Picture(living="435", income="1", income_sources=("SSI", "Earned")))
    lived(where, again, date(2026, 3, 1), HOME)  # before the period
    found = tables(where, "profile")
    brief = found["In short"]
    assert brief["Took part"]["Number"] == 4
    assert brief["Mean age"]["Number"] == f"{(39 + 40 + 61) / 3:.1f} years" and brief["Mean age"]["Known of"] == 3
    assert (brief["Came by the community"]["Number"], brief["Came by arrest"]["Number"]) == (1, 3)
    assert (brief["Permanent housing"]["Number"], brief["Permanent housing"]["Not known"]) == (1, 3)
    race = found["Race and ethnicity, as people describe themselves"]
    assert (
        race["Black or African American"]["Alone"],
        race["Black or African American"]["Alone or in combination"],
    ) == (1, 2)
    assert (race["Two or more"]["Alone"], race["Not answered"]["Alone"], "Asian" in race) == (1, 1, False)
    assert {label: row["Number"] for label, row in found["Income from"].items()} == {
        "Earned income": 1, "Supplemental Security Income (SSI)": 1,
    }  # fmt: skip
    assert {label: row["Number"] for label, row in found["Age"].items()} == {
        "35 to 44": 2, "55 to 64": 1, "Known of": 3, "Not known": 1,
    }  # fmt: skip


def test_the_charges_are_those_of_the_first_referral_at_the_arrest_door(where):
    for door in ("arrest", "arrest", "social"):
        referral = making.refer(where, door=door)
        making.take_part(where, referral)
        for code, title in (("1", "Possession"), ("2", "Theft")):
            making.put(ReferralOffence, where, referral=referral, code_system="x", code=code, title=title, is_held=True,
                       officer=referral.officer, agency=referral.agency)  # fmt: skip
    charges = tables(where, "profile")["Charges at the arrest door"]
    assert {label: row["Number"] for label, row in charges.items()} == {"Possession": 2, "Theft": 2}
    assert charges["Theft"]["Share of those who came by arrest"] == 1.0


# ---- T12


def asked(where, person, need: str, status: str, **more) -> None:
    service = make_service(where, name=uuid.uuid4().hex[:8], needs=[need])
    by = where.person(Role.CASE_MANAGER)
    row = making.put(
        ServiceReferral, where, reference=uuid.uuid4().hex[:8], service=service, provider=service.provider, need=need,
        method="telephone", submission_key=uuid.uuid4(), asked_at=making.AT, asked_by=by, status=status,
        status_changed_at=making.AT, **more,
    )  # fmt: skip
    making.put(AskedPerson, where, referral=row, participant=person)


def gap(where, person, need: str, reason: str) -> None:
    by = where.person(Role.CASE_MANAGER)
    making.put(ServiceGap, where, participant=person, need=need, reason=reason, recorded_at=making.AT, recorded_by=by)


def test_needs_and_services_by_hand(where):
    a, b, c, closed = (
        making.take_part(where, making.refer(where), is_restricted=one) for one in (False, False, False, True)
    )
    by = where.person(Role.CASE_MANAGER)
    wrote(where, a, making.AT, domains=("housing", "physical_health"))
    wrote(where, c, making.AT, domains=("transport",), is_signed=False)
    wrote(where, closed, making.AT, domains=("housing",))
    act(by, lambda: begin_goal(participant=a, given=Wanted(words="A door", domain="housing"), by=by, at=making.AT))
    asked(where, a, "housing", "attended", result="1", attended_on=date(2026, 5, 27))
    asked(where, b, "housing", "provider_declined", result="3", decline_reason="full")
    asked(where, b, "income", "sent")
    gap(where, b, "housing", "no_such_service")
    gap(where, c, "legal", "full")
    found = tables(where, "needs")
    needs = found["From need to service"]
    keys = ("People who named it", "Referred to a service", "Met the service", "Wait for it", "Not available to them")
    assert {label: tuple(row[key] for key in keys) for label, row in needs.items()} == {
        "All needs of everybody": (5, 3, 1, 1, 2),
        "Shelter, housing": (2, 2, 1, 0, 1),
        "Income, benefits": (1, 1, 0, 1, 0),
        "Physical health": (1, 0, 0, 0, 0),
        "Legal, court, warrants": (1, 0, 0, 0, 1),
    }
    assert needs["Shelter, housing"]["Half met it within days"] == 7.0
    assert {label: row["People and needs"] for label, row in found["Why a service was not available"].items()} == {
        "There is no such service": 1, "Full": 2,
    }  # fmt: skip
    assert tables(where, "needs", role=Role.SUPERVISOR) == found


@pytest.mark.parametrize("name", ["months", "profile", "needs"])
def test_an_empty_site_has_a_page_and_others_have_no_right(world, where, name):
    assert tables(where, name) and tables(where, name, hiding=True)
    for role in (Role.CASE_MANAGER, Role.OFFICER, Role.STAKEHOLDER):
        with pytest.raises(ProgrammingError, match="permission denied"):
            making.counts(where.person(role), name)


def test_another_site_counts_its_own(world, where):
    lived(where, making.take_part(where, making.refer(where), began_on=MAY), MAY, HOME)
    assert making.counts(world.b.person(Role.COORDINATOR), "months").counts["due:all"] == 0
    assert making.counts(world.b.person(Role.COORDINATOR), "profile").counts["people"] == 0
