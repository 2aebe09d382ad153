"""The prosecutor's pages: who may open them, what stands on them, what opening one writes down."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Permission, Role, has_permission
from lead_cms.access.principals import Duty, acting_as
from lead_cms.audit.models import AuditEvent
from participants.models import Disclosure
from referrals.actions.changing import change_status
from referrals.actions.charges import decide
from referrals.models import HeldCharge, Referral
from tests.referrals.charging import charge_of, held_charge, shared

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)
ON_THE_DAY = datetime(2026, 11, 7, 18, tzinfo=UTC)
LIST = "/referrals/charges/"
MOST_QUERIES = 12


@pytest.fixture
def site(world):
    return world.a


@pytest.fixture
def frozen():
    with time_machine.travel(ON_THE_DAY, tick=False) as clock:
        yield clock


@pytest.fixture
def prosecutor(site, sign_in, frozen):
    return sign_in(site.person(Role.PROSECUTOR))


def page_of(charge, name="charge") -> str:
    return reverse(f"referrals:{name}", args=[charge.pk])


def text(response) -> str:
    return " ".join(response.content.decode().split())


def disclosures(site) -> list[Disclosure]:
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        return list(Disclosure.objects.all())


def events(site, action) -> int:
    with acting_as(site.person(Role.AUDITOR)), transaction.atomic():
        return AuditEvent.objects.filter(action=action).count()


@pytest.mark.parametrize("role", Role)
def test_only_a_prosecutor_opens_held_charges(world, sign_in, role):
    _, charge = held_charge(world.a, at=NOON)
    client = sign_in(world.a.person(role))
    for url in (LIST, page_of(charge)):
        expected = 200 if has_permission(world.a.person(role), Permission.CHARGE_VIEW) else 403
        assert client.get(url).status_code == expected
    for name in ("charge-decide", "charge-extend", "charge-receive"):
        if role != Role.PROSECUTOR:
            assert client.post(page_of(charge, name)).status_code == 403


def test_another_sites_charge_and_none_at_all_answer_alike(world, sign_in):
    _, charge = held_charge(world.a, at=NOON)
    client = sign_in(world.b.person(Role.PROSECUTOR))
    for name in ("charge", "charge-decide", "charge-extend", "charge-receive"):
        ask = client.get if name == "charge" else client.post
        others, none = ask(page_of(charge, name)), ask(reverse(f"referrals:{name}", args=[uuid4()]))
        assert others.status_code == none.status_code == 404
    assert charge.incident_number not in client.get(LIST).content.decode()


def test_the_list_has_every_held_charge_by_due_date_and_the_decided_after_them(site, prosecutor):
    held_charge(site, at=NOON + timedelta(days=5), name="Later Lund")
    _, first = held_charge(site, at=NOON, name="Early Hale")
    page = text(prosecutor.get(LIST))
    assert "1 decision waits for you. 2 charges are held in all." in page
    assert page.index("Early Hale") < page.index("Later Lund")
    decided(site, first, at=ON_THE_DAY)
    page = text(prosecutor.get(LIST))
    assert "No decision waits" in page and page.index("Later Lund") < page.index("Early Hale")
    assert "Filed" in text(prosecutor.get(LIST + "?show=decided"))


@pytest.mark.parametrize(("days_ago", "shown"), [(89, True), (91, False)])
def test_a_decided_charge_leaves_after_the_sites_days(site, prosecutor, days_ago, shown):
    _, charge = held_charge(site, at=NOON, name="Early Hale")
    with connection.cursor() as cursor:  # row security goes by the database's clock, which no test turns
        cursor.execute("select now()")
        at = cursor.fetchone()[0] - timedelta(days=days_ago)
    old = HeldCharge(
        site=site.site, referral_id=charge.referral_id, agency_id=charge.agency_id, incident_number="260000001",
        code="old", code_system="x", title="An older charge", held_on=at.date(), due_on=at.date(), decision="filed",
        decided_at=at, decided_by=site.person(Role.PROSECUTOR), hidden_at=at + timedelta(days=90),
    )  # fmt: skip
    with acting_as(Duty.OPERATOR), transaction.atomic():
        old.save(force_insert=True)
    pages = text(prosecutor.get(LIST)), text(prosecutor.get(LIST + "?show=decided"))
    assert ["An older charge" in page for page in pages] == [shown, shown]
    assert prosecutor.get(page_of(old)).status_code == (200 if shown else 404)


def decided(site, charge, *, at) -> None:
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        decide(charge=charge, decision="filed", by=site.person(Role.PROSECUTOR), at=at)


def test_the_filters_show_what_they_say(site, prosecutor):
    held_charge(site, at=NOON, name="Due Now")
    held_charge(site, at=ON_THE_DAY - timedelta(days=30), name="Due Soon")
    _, far = held_charge(site, at=ON_THE_DAY - timedelta(days=1), name="Due Later")
    prosecutor.post(page_of(far, "charge-receive"), {"file_number": "1", "limitation_on": ""})
    due, packet = text(prosecutor.get(LIST + "?show=due")), text(prosecutor.get(LIST + "?show=packet"))
    assert "Due Now" in due and "Due Soon" in due and "Due Later" not in due
    assert "Due Now" in packet and "Due Later" not in packet
    assert "Due Later" in text(prosecutor.get(LIST + "?show=nonsense&after=nonsense"))


def queries(client, url) -> list[str]:
    """What a page asks, once its session is warm; the framework's own savepoints are not questions."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [one["sql"] for one in captured if "SAVEPOINT" not in one["sql"]]


@pytest.mark.parametrize("url", [LIST, f"{LIST}?show=due", f"{LIST}?show=packet", "/"])
def test_a_list_costs_the_same_with_one_charge_and_with_twelve(site, prosecutor, url):
    held_charge(site, at=NOON)
    one = queries(prosecutor, url)
    for _ in range(11):
        held_charge(site, at=NOON)
    twelve = queries(prosecutor, url)
    assert len(one) == len(twelve) <= MOST_QUERIES, twelve


def test_opening_a_charge_costs_few_queries(site, prosecutor):
    _, charge = shared(site, at=NOON)
    asked = queries(prosecutor, page_of(charge))
    writes = [one for one in asked if one.startswith("INSERT")]
    assert len(writes) == 3  # opened, disclosed, and the disclosure itself
    assert len(asked) - len(writes) <= MOST_QUERIES, asked


def test_every_charge_stands_on_exactly_one_page(site, prosecutor):
    rows = 30
    for _ in range(rows):
        held_charge(site, at=NOON)
    seen, url = [], LIST
    while url:
        page = prosecutor.get(url).context
        seen += [row.charge.pk for row in page["rows"]]
        last, url = page["page"], page["page"].older_url
    assert len(seen) == len(set(seen)) == rows
    back = prosecutor.get(last.newer_url).context
    assert [row.charge.pk for row in back["rows"]] == seen[:25] and not back["page"].newer_url


def test_no_result_is_shared_and_nothing_is_disclosed_without_a_consent(site, prosecutor):
    _, charge = held_charge(site, at=NOON)
    page = text(prosecutor.get(page_of(charge)))
    assert "No result shared" in page and "This says nothing about what the person did." in page
    assert ">Met<" not in page and "2.12(c)(5)" not in page
    assert "Not entered" in page  # the limitation date is never computed
    assert disclosures(site) == [] and events(site, "charge.viewed") == 1


def test_met_is_read_with_its_notice_and_written_down_each_time(site, prosecutor):
    _, charge = shared(site, at=NOON)
    for times in (1, 2):
        page = text(prosecutor.get(page_of(charge)))
        assert ">Met<" in page and "42 CFR part 2" in page and "2.12(c)(5)" in page
        assert "That the intake window of referral" in page
        made = disclosures(site)
        assert len(made) == events(site, "disclosure.made") == times
    assert {one.to_membership_id for one in made} == {site.person(Role.PROSECUTOR).pk}
    assert ">Met<" not in text(prosecutor.get(LIST)) + text(prosecutor.get("/"))
    assert len(disclosures(site)) == 2


def test_the_three_deeds_by_the_page(site, prosecutor):
    referral, charge = held_charge(site, at=NOON)
    received = prosecutor.post(
        page_of(charge, "charge-receive"), {"file_number": "26-118", "limitation_on": "10/01/2027"}, follow=True
    )
    assert "Oct 1, 2027" in text(received) and "26-118" in text(received)
    more = prosecutor.post(page_of(charge, "charge-extend"), {"until_on": "2026-11-08"}, follow=True)
    assert "The decision falls due tomorrow, Nov 8." in text(more) and "Record the decision" not in text(more)
    assert "More time: 1 extension" in text(more)
    early = prosecutor.post(page_of(charge, "charge-decide"), {"decision": "filed"})
    assert "A decision can be recorded from November 8, 2026 on." in text(early)
    assert charge_of(site, referral).decided_at is None


def test_a_decision_by_the_page_and_a_second_one_from_an_old_tab(site, sign_in, prosecutor):
    _, charge = held_charge(site, at=NOON)
    empty = prosecutor.post(page_of(charge, "charge-decide"), {})
    assert "“What did you decide?” has no answer yet" in text(empty)
    done = prosecutor.post(page_of(charge, "charge-decide"), {"decision": "not_filed_completed"}, follow=True)
    assert "Recorded: Not filed, completed." in text(done)
    other = sign_in(site.person(Role.PROSECUTOR, 1))
    second = other.post(page_of(charge, "charge-decide"), {"decision": "filed"}, follow=True)
    assert "Prosecutor 0 recorded “Not filed, completed” today" in text(second)
    assert "Record the decision" not in text(second)


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("charge-extend", {"until_on": "2026-11-01"}, "falls due"),
        ("charge-extend", {"until_on": "soon"}, "Enter a day"),
        ("charge-receive", {"file_number": "26-118", "limitation_on": "2026-09-01"}, "before the charge was held"),
        ("charge-receive", {"file_number": "\u202eאב🙂", "limitation_on": "never"}, "Enter a day"),
        ("charge-receive", {"file_number": "a\x00b", "limitation_on": ""}, "a character that cannot be stored"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(site, prosecutor, name, typed, says):
    _, charge = held_charge(site, at=NOON)
    page = prosecutor.post(page_of(charge, name), typed)
    assert page.status_code == 200 and says in text(page)
    for value in typed.values():
        assert value in page.content.decode()


def test_a_charge_of_a_cancelled_referral_is_not_on_the_list(site, prosecutor):
    referral, charge = held_charge(site, at=NOON, name="Gone Hale")
    officer = site.person(Role.OFFICER)
    with acting_as(officer), transaction.atomic():
        own = Referral.objects.get(pk=referral.pk)
        own.cancel_reason = "mistake"
        own.save(update_fields=["cancel_reason"])
        change_status(own, "cancelled", by=officer, at=datetime(2020, 1, 1, tzinfo=UTC))
    assert "Gone Hale" not in text(prosecutor.get(LIST))
    assert prosecutor.get(page_of(charge)).status_code == 404


def test_today_names_what_is_due_what_comes_and_which_packets_are_missing(site, prosecutor):
    held_charge(site, at=NOON, name="Due Now")
    held_charge(site, at=ON_THE_DAY - timedelta(days=30), name="Due Soon")
    held_charge(site, at=ON_THE_DAY - timedelta(days=2), name="Fresh One")
    page = prosecutor.get("/")
    assert [one["title"].split(",")[0] for one in page.context["now"]] == ["Due Now"]
    assert [one["title"].split(",")[0] for one in page.context["soon"]] == ["Due Soon"]
    assert [one["title"].split(",")[0] for one in page.context["packets"]] == ["Due Now", "Due Soon"]
    assert "Decision due first" in text(page)


def test_today_with_nothing_on_it(prosecutor):
    page = text(prosecutor.get("/"))
    assert "No decision is due soon" in page and "Decision due first" not in page


@pytest.mark.parametrize(
    ("show", "says"),
    [
        ("all", "No charge is held"),
        ("due", "No decision falls due soon"),
        ("packet", "Every packet has been received"),
        ("decided", "No decision yet"),
    ],
)
def test_an_empty_list_says_so(prosecutor, show, says):
    assert says in text(prosecutor.get(f"{LIST}?show={show}"))


def test_the_due_date_of_a_charge_is_the_sites_day(site, prosecutor, frozen):
    _, charge = held_charge(site, at=NOON)
    frozen.move_to(datetime(2026, 11, 7, 7, 59, 59, tzinfo=UTC))
    assert "Record the decision" not in text(prosecutor.get(page_of(charge)))
    frozen.move_to(datetime(2026, 11, 7, 8, tzinfo=UTC))
    assert "Record the decision" in text(prosecutor.get(page_of(charge)))


def test_asking_for_the_head_alone_opens_nothing(site, prosecutor):
    _, charge = shared(site, at=NOON)
    assert prosecutor.head(page_of(charge)).status_code == 405
    assert disclosures(site) == []
