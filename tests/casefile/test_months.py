"""The monthly picture: codes that mean what they say, one row a person and month, a caseload confirmed on one page."""

import json
import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from participants import codes
from participants.actions.months import (
    Outcome,
    Picture,
    Said,
    confirm_months,
    month_after,
    open_months,
)
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.models import Participation, PersonMonth
from referrals.actions.records import save_section
from referrals.questions.codes import CURRENT_LIVING, INCOME, YES_NO
from tests.casefile.person_making import LATER, act, linked, manager_of, talked, words_of
from tests.casefile.working import fresh, taken

OCTOBER, NOVEMBER, SEPTEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 9, 1)
NOW = datetime(2026, 11, 5, 20, tzinfo=UTC)  # noon at the site; October is open until the 10th
OUTSIDE = Picture(living="116", employment="looking", income="1", income_sources=("SSI",), benefits="0")
HOME = Picture(living="435", employment="part", income="1", income_sources=("Earned",), insurance="1")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


@pytest.fixture
def person(where):
    return linked(where, taken(where))  # who said yes on October 6


def confirmed(by, person, month=OCTOBER, picture=OUTSIDE, *, seen=None, at=NOW, until_day=10):
    said = Said(person, month, picture, seen)
    return act(by, lambda: confirm_months(said=[said], by=by, at=at, until_day=until_day))[0]


def standing(by, person, month=OCTOBER) -> PersonMonth:
    return act(by, lambda: PersonMonth.objects.get(participant=person, month=month, superseded_at=None))


def page(**given) -> str:
    return reverse("casefile:months") + "".join(f"{'&' if i else '?'}{k}={v}" for i, (k, v) in enumerate(given.items()))


# ---- what the codes mean


def test_every_living_situation_means_what_it_is_and_116_is_no_shelter():
    """Said once more, by hand, apart from the data file: a first digit alone would call 116 a shelter."""
    roofs = {"101", "118", "204", "205", "206", "215", "225", "302", "314", "329", "332", "335", "336"}
    homes, not_known = {"410", "411", "421", "435"}, {"8", "9", "17", "37", "99"}
    expected = dict.fromkeys(roofs, ("yes", "no")) | dict.fromkeys(homes, ("yes", "yes"))
    expected |= dict.fromkeys(not_known, ("unknown", "unknown")) | {"116": ("no", "no"), "207": ("no", "no")}
    found = {one.code: (one.says["sheltered"], one.says["permanent"]) for one in codes.LIVING.options}
    assert found == expected
    assert {one.says["group"] for one in codes.LIVING.options} == set(codes.GROUPS)
    assert codes.EMPLOYMENT.that("continuum", "yes") == ["full", "part", "sporadic", "training", "retired"]


def test_every_list_says_where_it_is_from_and_the_questions_of_intake_use_the_same():
    for path in Path(codes.__file__).parent.glob("*.json"):
        document = json.loads(path.read_text())
        assert document["version"] and document["source"]["publisher"] and document["source"]["read_from"]
    assert set(dict(CURRENT_LIVING.options)) == set(dict(codes.LIVING.choices)) - {"8", "9", "99"}


def test_what_is_confirmed_of_each_code_is_kept_with_what_follows(manager, person):
    seen = None
    for one in codes.LIVING.options:
        assert confirmed(manager, person, picture=Picture(living=one.code, income="0"), seen=seen).outcome != "declined"
        row = standing(manager, person)
        assert (row.living, row.sheltered, row.permanent) == (one.code, one.says["sheltered"], one.says["permanent"])
        seen = row.pk
    assert row.lists_version == "HUD FY2026, LEAD 1"
    said = {"living": "116", "sheltered": "yes", "month": NOVEMBER, "confirmed_at": NOW, "confirmed_by": manager}
    with pytest.raises(IntegrityError, match="116_is_unsheltered"):
        act(manager, lambda: PersonMonth.objects.create(site=person.site, participant=person, **said))


# ---- one person, one month


def test_a_month_stands_once_and_what_is_corrected_stays_beside_it(manager, person):
    assert confirmed(manager, person).outcome == Outcome.CONFIRMED
    assert confirmed(manager, person).outcome == Outcome.STANDS  # sent twice
    first = standing(manager, person)
    assert confirmed(manager, person, picture=HOME).outcome == Outcome.DECLINED  # a tab that has seen nothing yet
    assert confirmed(manager, person, picture=HOME, seen=uuid.uuid4()).outcome == Outcome.DECLINED
    assert confirmed(manager, person, picture=HOME, seen=first.pk).outcome == Outcome.CORRECTED
    rows = act(manager, lambda: list(PersonMonth.objects.order_by("confirmed_at", "superseded_at")))
    assert {(row.living, row.superseded_by) for row in rows} == {("116", manager), ("435", None)}
    with pytest.raises(IntegrityError, match="personmonth_once"):
        act(manager, lambda: PersonMonth.objects.create(
            site=person.site, participant=person, month=OCTOBER, confirmed_at=NOW, confirmed_by=manager
        ))  # fmt: skip


def test_only_months_of_taking_part_and_the_one_before(where, manager, person):
    """September is what later months are measured against; it is open while the month of their beginning is."""
    assert confirmed(manager, person, SEPTEMBER).outcome == Outcome.CONFIRMED
    supervisor = where.person(Role.SUPERVISOR)
    assert "did not take part" in confirmed(supervisor, person, date(2026, 8, 1)).why
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(manager, lambda: PersonMonth.objects.create(
            site=person.site, participant=person, month=date(2026, 8, 1), confirmed_at=NOW, confirmed_by=manager
        ))  # fmt: skip
    act(manager, lambda: Participation.objects.update(ended_on=date(2026, 10, 31)))
    assert "did not take part" in confirmed(manager, person, NOVEMBER).why


@pytest.mark.parametrize("is_back", [False, True])
def test_who_left_does_not_take_part_until_they_are_back(where, sign_in, manager, person, is_back):
    """Left on October 20, so October is theirs; whose door is open only has no November, nor a row that waits for it."""
    spells = {"site": person.site, "participant": person, "recorded_by": manager}

    def leave():
        Participation.objects.update(ended_on=date(2026, 10, 20))
        back = date(2026, 11, 4) if is_back else None
        Participation.objects.create(**spells, state="door_open", began_on=date(2026, 10, 20), ended_on=back)
        if is_back:
            Participation.objects.create(**spells, state="active", began_on=back)

    act(manager, leave)
    supervisor = where.person(Role.SUPERVISOR)
    assert confirmed(manager, person).outcome == Outcome.CONFIRMED
    told = confirmed(supervisor, person, NOVEMBER)
    assert ("did not take part" in told.why) is not is_back
    assert ("Marsh" in words_of(sign_in(manager).get(page(month="2026-11")))) is is_back
    if not is_back:
        with pytest.raises(ProgrammingError, match="row-level security"):
            act(manager, lambda: PersonMonth.objects.create(
                site=person.site, participant=person, month=NOVEMBER, confirmed_at=NOW, confirmed_by=manager
            ))  # fmt: skip


@pytest.mark.parametrize(
    ("at", "until_day", "months"),
    [
        (datetime(2026, 11, 1, 6, 59, tzinfo=UTC), 10, (OCTOBER, SEPTEMBER)),  # October 31, 11:59 pm there
        (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), 10, (NOVEMBER, OCTOBER)),
        (
            datetime(2026, 11, 11, 7, 59, tzinfo=UTC),
            10,
            (NOVEMBER, OCTOBER),
        ),  # the 10th, an hour later since that Sunday
        (datetime(2026, 11, 11, 8, 0, tzinfo=UTC), 10, (NOVEMBER, None)),
        (NOW, None, (NOVEMBER, None)),
    ],
)
def test_a_month_ends_by_the_clocks_of_the_site(where, manager, person, at, until_day, months):
    if months[1] == SEPTEMBER:
        months = (OCTOBER, None)  # the 31st is past the 10th
    assert open_months(at.astimezone(where.site.tz).date(), until_day) == months
    outcome = confirmed(manager, person, OCTOBER, at=at, until_day=until_day).outcome
    assert (outcome == Outcome.CONFIRMED) is (OCTOBER in months)


def test_a_supervisor_completes_a_closed_month_and_nobody_a_month_to_come(where, manager, person, clock):
    clock.move_to(datetime(2027, 1, 20, tzinfo=UTC))
    later, supervisor = datetime(2027, 1, 20, tzinfo=UTC), where.person(Role.SUPERVISOR)
    assert "no longer" in confirmed(manager, person, at=later).why
    assert confirmed(supervisor, person, at=later).outcome == Outcome.CONFIRMED
    assert confirmed(supervisor, person, date(2027, 2, 1), at=later).outcome == Outcome.DECLINED


@pytest.mark.parametrize(
    "picture",
    [
        Picture(), Picture(living="100"), Picture(employment="boss"), Picture(income="2"),
        Picture(income="1", income_sources=("SNAP",)), Picture(income="0", income_sources=("SSI",)),
    ],
)  # fmt: skip
def test_what_no_list_knows_is_not_taken(manager, person, picture):
    assert confirmed(manager, person, picture=picture).why
    assert act(manager, PersonMonth.objects.count) == 0


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASE_MANAGER, Role.SUPERVISOR}))
def test_nobody_but_casework_has_any_right(where, manager, person, role):
    with pytest.raises(ProgrammingError, match="permission denied"):
        act(where.person(role), lambda: PersonMonth.objects.count())


def test_a_colleague_sees_nothing_of_it_and_nobody_writes_it_anew(where, manager, person):
    confirmed(manager, person)
    assert act(manager_of(where, 1), PersonMonth.objects.count) == 0
    for column in ({"living": "410"}, {"sheltered": "yes"}, {"month": NOVEMBER}, {"confirmed_at": NOW}):
        with pytest.raises(ProgrammingError, match="permission denied"):
            act(manager, lambda c=column: PersonMonth.objects.update(**c))


# ---- the page


def test_one_tap_a_person_and_one_for_all_the_rest(where, sign_in, manager, person):
    others = [linked(where, taken(where), given_name=name) for name in ("Ada", "Ben", "Cleo")]
    for one in (person, *others[:2]):
        confirmed(manager, one)
    client = sign_in(manager)
    shown = client.get(page()).context["waiting"]
    sent = {"shown": [f"{row['line'].participant.pk}:{row['line'].digest}" for row in shown]}
    assert [row["name"] for row in shown] == ["Ada", "Ben", "Devon Marsh"] or len(shown) == 3
    assert "Nothing is known from before" in words_of(client.get(page()))  # Cleo: never counted as known
    one = client.post(page(), sent | {"before": str(person.pk)}, follow=True)
    assert "1 confirmed for November" in words_of(one)
    rest = client.post(page(), sent, follow=True)
    assert "2 confirmed for November" in words_of(rest) and "3 of 4 confirmed" in words_of(rest)
    again = client.post(page(), sent, follow=True)
    assert "confirmed for November" not in words_of(again)
    assert act(manager, PersonMonth.objects.filter(month=NOVEMBER).count) == 3
    assert standing(manager, person, NOVEMBER).living == "116"


def test_one_tap_confirms_what_was_shown_and_nothing_else(sign_in, manager, person):
    confirmed(manager, person)
    client = sign_in(manager)
    (row,) = client.get(page()).context["waiting"]
    confirmed(manager, person, picture=HOME, seen=standing(manager, person).pk)  # October is corrected in another tab
    answer = client.post(page(), {"shown": f"{person.pk}:{row['line'].digest}"}, follow=True)
    assert "changed since the page was opened" in words_of(answer)
    assert act(manager, PersonMonth.objects.filter(month=NOVEMBER).count) == 0


def test_changed_in_place(where, sign_in, manager, person):
    client, url = sign_in(manager), page(month="2026-11")
    fields = {"living": "101", "employment": "none", "income": "99", "benefits": "1", "insurance": "0", "seen": ""}
    fields |= {"save": str(person.pk), "benefit_sources": ["SNAP"], "income_sources": ["SSI"]}
    assert "Save November" in words_of(client.get(page(open=person.pk)))
    wrong = client.post(url, fields | {"living": "nowhere", "employment": "full"})
    assert "Choose one of the answers" in words_of(wrong)
    assert 'value="full" selected' in wrong.content.decode()
    assert client.post(url, fields).status_code == client.post(url, fields).status_code == 302
    first = standing(manager, person, NOVEMBER)
    assert (first.income, first.income_sources, first.sheltered) == ("1", ["SSI"], "yes")
    # Another tab that has not seen it: what was chosen there stays, and is kept once it is sent again.
    stale = client.post(url, fields | {"living": "435"})
    assert "Somebody saved this month" in words_of(stale) and 'value="435" selected' in stale.content.decode()
    assert f'name="seen" value="{first.pk}"' in stale.content.decode()
    assert client.post(url, fields | {"living": "435", "seen": str(first.pk)}).status_code == 302
    assert standing(manager, person, NOVEMBER).permanent == "yes"
    history = words_of(client.get(reverse("casefile:person-months", args=[person.pk])))
    assert "Stood here before" in history and "Emergency shelter" in history


def test_what_is_known_from_intake_and_notes(where, sign_in, manager):
    referral = talked(where)
    person = linked(where, referral)
    answers = {
        "any_income": {"codes": [YES_NO.coded("1")]}, "income": {"codes": [INCOME.coded("SSI")]},
        "any_benefits": {"codes": [YES_NO.coded("no-9")]},
    }  # fmt: skip
    living = {"current": {"codes": [CURRENT_LIVING.coded("336")]}}
    for section, given in (("living", living), ("income", answers)):
        act(manager, lambda s=section, g=given: save_section(
            referral=fresh(referral), kind="intake", section=s, answers=g, by=manager, at=LATER
        ))  # fmt: skip
    for happened in (datetime(2026, 11, 1, 6, 59, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC), NOW):
        given = Written(happened_at=happened, kind="in_person", is_two_way=True, place="shelter")
        note = act(manager, lambda g=given: keep_note(
            key=uuid.uuid4(), participant=person, given=g, page=Page(uuid.uuid4(), NOW), by=manager, at=NOW
        ))  # fmt: skip
        act(manager, lambda n=note: sign_note(note=n, by=manager, at=NOW))
    said = words_of(sign_in(manager).get(page()))
    assert "With friends · Income: SSI" in said and "As they said at intake" in said
    assert "2 contacts both ways" in said and "Last met at a shelter" in said
    assert "Nobody confirmed October" in said


def test_whose_people_and_which_month(world, where, sign_in, manager, person):
    confirmed(manager, person)
    name = "Devon Marsh"
    assert name not in words_of(sign_in(manager_of(where, 1)).get(page()))
    assert name not in words_of(sign_in(manager_of(where, 1)).get(page(of=manager.pk)))
    supervisor = sign_in(where.person(Role.SUPERVISOR))
    assert "0 of 1 confirmed" in words_of(supervisor.get(page()))
    assert "1 of 1 confirmed" in words_of(supervisor.get(page(month="2026-10")))
    assert name in words_of(supervisor.get(page(of=manager.pk)))
    elsewhere, nobody = world.b.person(Role.CASE_MANAGER).pk, uuid.uuid4()
    assert {supervisor.get(page(of=key)).status_code for key in (elsewhere, nobody)} == {404}
    for month in ("2031-01", "2026-13", "x", ""):
        assert sign_in(manager).get(page(month=month)).context["asked"].month == NOVEMBER


def test_as_many_questions_for_twelve_people_as_for_one(where, sign_in, manager, person):
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page()).status_code == 200
        return sum(1 for one in caught.captured_queries if "SAVEPOINT" not in one["sql"])

    client = sign_in(manager)
    asked()
    one = asked()
    for number in range(11):
        other = linked(where, taken(where), given_name=f"P{number}")
        if number % 2:
            confirmed(manager, other, NOVEMBER)
    assert asked() == one <= 12


def test_months_follow_one_another():
    assert [month_after(date(2026, 11, 1), by) for by in (-11, -1, 1, 2)] == [
        date(2025, 12, 1), OCTOBER, date(2026, 12, 1), date(2027, 1, 1),
    ]  # fmt: skip
