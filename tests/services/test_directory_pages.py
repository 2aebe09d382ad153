"""Finding a service, its page, verifying and keeping it."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import OrganisationKind
from services.models import Contact, Hours, Location, Provider, Service
from tests.services.making import ALL_WEEK, WORK_DAYS, make_provider, make_service

pytestmark = pytest.mark.django_db
# A Wednesday, 3 pm in San Francisco; the day after the clocks went back is Monday, November 2.
WEDNESDAY = datetime(2026, 10, 21, 22, tzinfo=UTC)
LIST = reverse("services:list")
PLACE = {"name": "", "address": "118 Lantern Street", "city": "San Francisco", "latitude": 37.78, "longitude": -122.41}


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


def found(client, **asked) -> list[str]:
    page = client.get(LIST, asked)
    assert page.status_code == 200
    return re.findall(r'task__label"><a href="[^"]+">([^<]+)</a>', page.content.decode())


def asked_of_it(queries) -> int:
    return sum(1 for one in queries.captured_queries if "SAVEPOINT" not in one["sql"])


def reread(by, model, **filters):
    with acting_as(by), transaction.atomic():
        return list(model.objects.filter(**filters))


@time_machine.travel(WEDNESDAY, tick=False)
def test_need_language_and_open_now_narrow_the_list(world, sign_in, manager):
    make_service(world.a, "Clinic", needs=["health"], languages=["en", "es"], hours=[(WORK_DAYS, 9, 17)])
    make_service(world.a, "Night shelter", hours=[(ALL_WEEK, 18, 7)])
    make_service(world.a, "Day room", hours=[(ALL_WEEK, 0, 0)])
    make_service(world.a, "Gone", is_listed=False)
    make_service(world.b, "Elsewhere")
    client = sign_in(manager)
    assert found(client) == ["Clinic", "Day room", "Night shelter"]
    assert found(client, need="health") == ["Clinic"]
    assert found(client, language="es") == ["Clinic"]
    assert found(client, open="on") == ["Clinic", "Day room"]
    assert found(client, open="on", need="housing") == ["Day room"]


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        (datetime(2026, 10, 22, 1, 0, tzinfo=UTC), True),  # Wednesday 6:00 pm
        (datetime(2026, 10, 22, 0, 59, tzinfo=UTC), False),  # a minute before
        (datetime(2026, 10, 22, 13, 59, tzinfo=UTC), True),  # Thursday 6:59 am: still Wednesday's night
        (datetime(2026, 10, 22, 14, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), True),  # 1:30 am, the first of two
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), True),  # 1:30 am again
        (datetime(2026, 11, 1, 14, 30, tzinfo=UTC), True),  # 6:30 am, an hour of UTC later than the day before
        (datetime(2026, 11, 1, 15, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 8, 13, 30, tzinfo=UTC), True),  # 6:30 am of the day that lost an hour
        (datetime(2026, 3, 8, 14, 0, tzinfo=UTC), False),
    ],
)
def test_open_over_night_by_the_wall_clock_of_the_site(world, sign_in, manager, moment, open_now):
    made = make_service(world.a, hours=[(ALL_WEEK, 18, 7)])
    with time_machine.travel(moment, tick=False):
        client = sign_in(manager)
        assert bool(found(client, open="on")) is open_now
        page = client.get(reverse("services:service", args=[made.pk])).content.decode()
    assert ("Open now, until" in page) is open_now


@time_machine.travel(WEDNESDAY, tick=False)
def test_words_are_found_though_misspelled(world, sign_in, manager):
    make_service(world.a, "Buprenorphine clinic", needs=["substance_use"])
    make_service(world.a, "Showers")
    client = sign_in(manager)
    assert found(client, words="buprenorfine") == ["Buprenorphine clinic"]
    assert found(client, words="buprenorfine", need="housing") == []
    assert found(client, words="100%_\\") == []
    make_service(world.a, "100% help")
    assert found(client, words="100%") == ["100% help"]


def test_what_is_called_so_comes_before_what_serves_the_need(world, sign_in, manager):
    for number in range(4):
        make_service(world.a, f"House {number}", needs=["housing"])
        make_service(world.a, f"Shelter {number}", needs=["housing"])
    names = found(sign_in(manager), words="shelter")
    assert len(names) == 8 and all(name.startswith("Shelter") for name in names[:4])


def test_near_sorts_by_distance_and_says_which_place(world, sign_in, manager):
    make_service(world.a, "Far", place=PLACE | {"address": "9 Kelp Street", "latitude": 37.70})
    make_service(world.a, "Near", place=PLACE | {"name": "The Lantern"})
    make_service(world.a, "Hidden", place={"is_hidden": True}, is_confidential=True)
    client = sign_in(manager)
    assert found(client, near="lantern") == ["Near", "Far"]
    page = client.get(LIST, {"near": "kelp street"}).content.decode()
    assert "Nearest to 9 Kelp Street first" in page and "right there" in page and "5.5 miles" in page
    page = client.get(LIST, {"near": "nowhere at all"})
    assert "The directory knows no place like this" in page.content.decode()
    assert 'value="nowhere at all"' in page.content.decode()


def test_a_long_list_is_paged_to_its_end(world, sign_in, manager):
    provider = make_provider(world.a)
    for number in range(60):
        make_service(world.a, f"Service {number:02}", provider=provider)
    client, seen, path = sign_in(manager), [], LIST
    while path:
        page = client.get(path).content.decode()
        seen += re.findall(r'task__label"><a href="[^"]+">([^<]+)</a>', page)
        more = re.search(r'href="([^"]+)">More</a>', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert seen == [f"Service {number:02}" for number in range(60)]


@pytest.mark.parametrize("asked", [{}, {"words": "service"}, {"near": "lantern"}, {"need": "housing", "open": "on"}])
def test_the_list_asks_as_much_for_12_as_for_1(world, sign_in, manager, asked):
    client, counts = sign_in(manager), []
    for number in range(12):
        make_service(world.a, f"Service {number}", place=PLACE, hours=[(ALL_WEEK, 0, 0)])
        if number in (0, 11):
            client.get(LIST, asked)
            with CaptureQueriesContext(connection) as queries:
                assert len(found(client, **asked)) == number + 1
            counts.append(asked_of_it(queries))
    assert counts[0] == counts[1] <= 12, [q["sql"][:120] for q in queries]


def test_a_service_page_says_what_to_know(world, sign_in, manager):
    made = make_service(
        world.a, "Clinic", eligibility="Anyone 18 or older", hours=[(WORK_DAYS, 9, 17)], place=PLACE, capacity="full"
    )
    client = sign_in(manager)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("services:service", args=[made.pk])).content.decode()
    for part in ("Anyone 18 or older", "9:00 am to 5:00 pm", "118 Lantern Street", "tel:+14155550111", "Full",
                 "Not verified yet"):  # fmt: skip
        assert part in page
    assert asked_of_it(queries) <= 12


def test_a_hidden_address_is_nowhere(world, sign_in, manager):
    made = make_service(world.a, "Safe place", place={"is_hidden": True}, is_confidential=True)
    page = sign_in(manager).get(reverse("services:service", args=[made.pk])).content.decode()
    assert "The address is not shown; call." in page


def test_verifying_says_who_and_when_and_until(world, sign_in, manager):
    made = make_service(world.a)
    client, path = sign_in(manager), reverse("services:verify", args=[made.pk])
    page = client.post(path, {"capacity": ""})
    assert "Choose whether there is room." in page.content.decode()
    with time_machine.travel(WEDNESDAY, tick=False):
        page = sign_in(manager).post(path, {"capacity": "waitlist"}, follow=True).content.decode()
    assert "Verified today." in page and "Waiting list" in page and "Holds until" in page
    (after,) = reread(manager, Service, pk=made.pk)
    assert (after.verified_by_id, after.verified_at, after.capacity) == (manager.pk, WEDNESDAY, "waitlist")
    with time_machine.travel(datetime(2027, 10, 21, tzinfo=UTC), tick=False):
        assert "Verify again" in sign_in(manager).get(reverse("services:service", args=[made.pk])).content.decode()


VALUES = {
    "name": "Night beds", "description": "Forty beds", "needs": ["housing", "basic_needs"], "languages": ["en", "es"],
    "eligibility": "Adults", "how_to_apply": "Come", "fees": "None", "notes": "", "hours_in_words": "",
    "phones": "(415) 555-0111, Desk\n415-555-0112 x5", "capacity": "open", "is_listed": "on",
}  # fmt: skip


def test_a_providers_staff_keep_their_own_and_see_no_other(world, sign_in):
    staff = world.a.person(Role.PROVIDER)
    ours = make_provider(world.a, "Ours", organisation=staff.organisation, by=world.a.person(Role.COORDINATOR))
    made, other = make_service(world.a, provider=ours), make_service(world.a, "Somebody else’s")
    client = sign_in(staff)
    assert found(client) == ["Night shelter"]
    assert client.get(reverse("services:service", args=[other.pk])).status_code == 404
    assert client.get(reverse("services:edit", args=[other.pk])).status_code == 404
    page = client.post(reverse("services:edit", args=[made.pk]), VALUES, follow=True)
    assert "Saved, and verified today." in page.content.decode()
    (after,) = reread(staff, Service, pk=made.pk)
    assert after.name == "Night beds" and after.edited_at is not None and after.verified_by_id == staff.pk
    assert [one.phone for one in reread(staff, Contact, service=made)] == ["(415) 555-0111", "415-555-0112 x5"]
    assert client.get(reverse("services:provider-new")).status_code == 403


def test_bad_input_is_said_beside_its_field_and_kept(world, sign_in):
    made, client = make_service(world.a), sign_in(world.a.person(Role.COORDINATOR))
    bad = VALUES | {"phones": "call us", "needs": [], "name": "x" * 500}
    page = client.post(reverse("services:edit", args=[made.pk]), bad).content.decode()
    assert (
        "does not begin with a telephone number" in page and "Choose at least one need." in page and "call us" in page
    )
    path = reverse("services:hours", args=[made.pk])
    page = client.post(
        path, {"day_0": "9 to 5", "day_1": "9 am to 25:00", "day_2": "9 am-noon, 11 am-1 pm"}
    ).content.decode()
    assert "Say am or pm" in page and "is not a time of day" in page and "overlap" in page and 'value="9 to 5"' in page
    assert reread(world.a.person(Role.COORDINATOR), Hours) == []


def test_hours_are_kept_by_period(world, sign_in):
    coordinator, made = world.a.person(Role.COORDINATOR), make_service(world.a)
    client, path = sign_in(coordinator), reverse("services:hours", args=[made.pk])
    client.post(path, {"day_0": "9 am to 12 pm, 1 pm to 5 pm", "day_6": "6 pm to 7 am"})
    client.post(path, {"day_0": "24 hours", "valid_from": "2026-12-20", "valid_to": "2027-01-05"})
    spans = {
        (h.weekday, f"{h.opens:%H:%M}", f"{h.closes:%H:%M}", bool(h.valid_from)) for h in reread(coordinator, Hours)
    }
    assert spans == {
        (0, "09:00", "12:00", False), (0, "13:00", "17:00", False), (6, "18:00", "07:00", False), (0, "00:00", "00:00", True),
    }  # fmt: skip
    page = client.get(path, {"from": "2026-12-20", "until": "2027-01-05"}).content.decode()
    assert 'value="24 hours"' in page
    assert client.post(path, {"valid_from": "2027-01-05", "valid_to": "2026-12-20"}).status_code == 200


def test_a_service_becomes_confidential_and_its_address_goes(world, sign_in):
    coordinator, made = world.a.person(Role.COORDINATOR), make_service(world.a, place=PLACE)
    client, path = sign_in(coordinator), reverse("services:edit", args=[made.pk])
    page = client.post(path, VALUES | {"is_confidential": "on", "notes": "Ring at 118 Lantern Street"})
    assert "Leave the address out" in page.content.decode()
    client.post(path, VALUES | {"is_confidential": "on"})
    (place,) = reread(coordinator, Location, service=made)
    assert place.is_hidden and place.line == "" and place.latitude is None
    page = client.post(reverse("services:location", args=[place.pk]), {"address": "1 New Street"})
    assert "its address is not shown" in page.content.decode()


def test_the_coordinator_adds_an_organization_and_links_whose_staff_answer(world, sign_in):
    coordinator = world.a.person(Role.COORDINATOR)
    client = sign_in(coordinator)
    client.post(reverse("services:provider-new"), {"name": "New House", "description": "", "website": ""})
    (made,) = reread(coordinator, Provider, name="New House")
    page = client.post(reverse("services:provider-new"), {"name": "new house"}).content.decode()
    assert "has an organization of this name" in page
    ours = world.a.organisations[OrganisationKind.PROVIDER, 0]
    client.post(reverse("services:provider-link", args=[made.pk]), {"organisation": ours.pk})
    assert reread(world.a.person(Role.PROVIDER), Provider) == [made]
    for stranger in (
        world.b.organisations[OrganisationKind.PROVIDER, 0],
        world.a.organisations[OrganisationKind.POLICE, 0],
    ):
        page = client.post(reverse("services:provider-link", args=[made.pk]), {"organisation": stranger.pk})
        assert page.status_code == 200
    client.post(reverse("services:provider-link", args=[made.pk]), {"organisation": ""})
    assert reread(world.a.person(Role.PROVIDER), Provider) == []


@pytest.mark.parametrize("role", [Role.OFFICER, Role.PROSECUTOR, Role.REFERRER, Role.AUDITOR, Role.STAKEHOLDER])
def test_others_have_no_directory(world, sign_in, role):
    assert sign_in(world.a.person(role)).get(LIST).status_code == 403
