"""The community door: without police from end to end."""

import contextlib
import re
import uuid
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.programs.models import RuleSet
from referrals.actions.community import CommunityGiven, refer_community, status_for_referrer
from referrals.enums import ReferralStatus
from referrals.models import Casework, EligibilityAnswer, HeldCharge, OutreachEntry, Referral, ReferredPerson
from tests.factories import LONG_AGO

NEW, LIST = "/referrals/community/new/", "/referrals/community/"
POLICE_TABLES = (
    "referrals_referral", "referrals_referredperson", "referrals_eligibilityanswer", "referrals_handoff",
    "referrals_approval", "referrals_packet", "referrals_heldcharge", "referrals_chargeidentity",
    "referrals_intakewindow", "referrals_casework", "referrals_outreachentry", "referrals_windowresult",
    "referrals_extension", "referrals_attempt",
)  # fmt: skip


@pytest.fixture
def referrer(world):
    return world.a.person(Role.REFERRER)


@pytest.fixture
def client(sign_in, referrer):
    return sign_in(referrer)


def form(**more):
    return {
        "submission_key": str(uuid.uuid4()), "name": "Ola", "age": "40", "where_found": "Fifth and Pine, mornings",
        "phone": "", "concerns": ["housing", "health"], "greeting": "Likes to be called Ola", "language": "es",
    } | more  # fmt: skip


def refer(referrer, at=None, **more):
    given = {"name": "Ola", "age_about": 40, "where_found": "Fifth and Pine", "concerns": ("housing",)} | more
    with acting_as(referrer):
        return refer_community(
            by=referrer, at=at or timezone.now(), given=CommunityGiven(**given), submission_key=uuid.uuid4()
        )


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def approval_needed(world, needed):
    """The next version of the site's rules, with another answer to this question."""
    with acting_as(Duty.OPERATOR):
        document = dict(world.a.rules.document)
        community = dict(document["approval"]["community"])
        community["needed"] = {**community["needed"], "value": needed}
        document["approval"] = {**document["approval"], "community": community}
        RuleSet.objects.create(
            site=world.a.site, version=2, effective_from=LONG_AGO.date(), document=document, document_hash="1" * 64,
            imported_at=LONG_AGO, imported_by="tests",
        )  # fmt: skip


def test_a_referral_is_received_and_casework_reads_the_person(client, world, referrer):
    assert "No police sees this" in words(client.get(NEW))
    response = client.post(NEW, form())
    assert response["Location"] == LIST
    text = words(client.get(LIST))
    assert "Received" in text
    assert "Ola" not in text
    with acting_as(world.a.person(Role.SUPERVISOR)):
        referral = Referral.objects.select_related("person").get()
        assert referral.reference in text
        assert (referral.door, referral.officer_id, referral.agency_id) == ("community", None, None)
        assert referral.person.where_found == "Fifth and Pine, mornings"
        assert set(EligibilityAnswer.objects.values_list("rule_code", flat=True)) == {
            "concern.housing",
            "concern.health",
        }
        assert Casework.objects.filter(referral=referral).exists()
        assert not HeldCharge.objects.exists()


def test_where_the_rules_ask_for_a_yes_outreach_waits_for_the_coordinator(sign_in, world, referrer):
    referral = refer(referrer)
    assert referral.status == ReferralStatus.PENDING
    assert status_for_referrer(referral) == "received"
    coordinator = world.a.person(Role.COORDINATOR)
    with acting_as(coordinator):
        assert not OutreachEntry.objects.exists()
    theirs = sign_in(coordinator)
    assert referral.reference in words(theirs.get("/site/triage/"))
    page = words(theirs.get(f"/site/triage/{referral.pk}/"))
    assert "Nowhere safe to stay" in page
    assert theirs.post(f"/site/triage/{referral.pk}/yes/")["Location"] == "/site/triage/"
    with acting_as(coordinator):
        assert Referral.objects.get().status == ReferralStatus.OUTREACH
        assert OutreachEntry.objects.get().state == "to_find"
    assert "In review" in words(sign_in(referrer).get(LIST))
    assert theirs.post(f"/site/triage/{referral.pk}/yes/").status_code == 404


def test_a_no_keeps_no_name_and_reads_done(sign_in, world, referrer):
    referral = refer(referrer)
    coordinator = world.a.person(Role.COORDINATOR)
    theirs = sign_in(coordinator)
    page = f"/site/triage/{referral.pk}/no/"
    assert "has no answer yet" in words(theirs.post(page, {}))
    assert theirs.post(page, {"because": "rule"}).status_code == 302
    with acting_as(coordinator):
        assert Referral.objects.get().status == ReferralStatus.NOT_APPROVED
        assert ReferredPerson.objects.get().name == ""
    assert "Done" in words(sign_in(referrer).get(LIST))


def test_where_no_approval_is_asked_outreach_begins_at_once(world, referrer):
    approval_needed(world, "never")
    referral = refer(referrer)
    assert referral.status == ReferralStatus.OUTREACH
    with acting_as(world.a.person(Role.CASE_MANAGER)):
        entry = OutreachEntry.objects.get(referral=referral)
    assert entry.first_try_target_at > referral.submitted_at


def test_a_double_tap_makes_one(client, referrer):
    given = form()
    assert client.post(NEW, given).status_code == client.post(NEW, given).status_code == 302
    with acting_as(referrer):
        assert Referral.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "", "description": ""}, "Enter a name, or what the person looks like"),
        ({"where_found": "", "phone": ""}, "Say where outreach can meet the person"),
        ({"concerns": []}, "Choose at least one reason"),
        ({"concerns": ["crime"]}, "Choose one of the answers shown here"),
        ({"age": "", "birth_date": "2226-01-01"}, "in the future"),
        ({"age": "", "birth_date": "1826-01-01"}, "too long ago"),
        ({"age": "149"}, "too high"),
        ({"age": "-1"}, "Enter a number from 0 up"),
        ({"name": "a\x00b"}, "a character that cannot be stored"),
        ({"language": "xx"}, "Choose one of the answers shown here"),
        ({"submission_key": "nonsense"}, "This page is damaged"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, referrer, change, says):
    response = client.post(NEW, form(**change))
    assert response.status_code == 200
    assert says in words(response)
    assert "Likes to be called Ola" in response.content.decode()
    with acting_as(referrer):
        assert not Referral.objects.exists()


@pytest.mark.parametrize("name", ["Zoë 👩🏽‍🚒", "أمل", "‮abc", "a" * 160])
def test_any_name_is_taken_as_it_is(client, world, name):
    assert client.post(NEW, form(name=name)).status_code == 302
    with acting_as(world.a.person(Role.SUPERVISOR)):
        assert ReferredPerson.objects.get().name == name


def test_under_age_keeps_nothing_but_a_count(client, world, referrer):
    born = (timezone.localdate() - timedelta(days=17 * 365)).isoformat()
    for given in (form(age="17"), form(age="", birth_date=born)):
        response = client.post(NEW, given)
        text = words(response)
        assert "Nothing of what you typed is kept" in text
        assert "555-0136" in text
        assert "Likes to be called" not in text
    with acting_as(referrer):
        assert not Referral.objects.exists()
    with acting_as(world.a.person(Role.COORDINATOR)), connection.cursor() as cursor:
        cursor.execute("select count(*), max(door), max(precinct) from referrals_underagecount")
        assert cursor.fetchone() == (2, "community", "")


def test_a_site_without_complete_rules_takes_none(client, world):
    with acting_as(Duty.OPERATOR):
        document = {**world.a.rules.document, "doors": {"value": None, "source": {"kind": "not published"}}}
        RuleSet.objects.create(
            site=world.a.site, version=2, effective_from=LONG_AGO.date(), document=document, document_hash="1" * 64,
            imported_at=LONG_AGO, imported_by="tests",
        )  # fmt: skip
    assert "takes no referral from partners now" in words(client.get(NEW))
    assert "takes no referral from partners now" in words(client.post(NEW, form()))


# ---- who reaches it


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LIAISON, Role.PROSECUTOR])
def test_no_police_or_prosecutor_role_reads_a_row_of_it(world, referrer, role):
    approval_needed(world, "never")
    referral = refer(referrer)
    for number in (0, 1):
        for table in POLICE_TABLES:
            rows = []
            # Either the role has no right on the table at all, or none of the rows is there for it.
            with acting_as(world.a.person(role, number)), contextlib.suppress(ProgrammingError), transaction.atomic():
                rows = connection.cursor().execute(f"select id from {table}").fetchall()
            assert rows == [], (table, role)
    assert referral.pk


@pytest.mark.parametrize("role", [role for role in Role if role != Role.REFERRER])
def test_only_referrers_open_its_pages(sign_in, world, role):
    theirs = sign_in(world.a.person(role))
    assert theirs.get(NEW).status_code == theirs.get(LIST).status_code == 403
    assert theirs.post(NEW, form()).status_code == 403


def test_another_partner_does_not_see_it(sign_in, world, referrer):
    referral = refer(referrer)
    for other in (world.a.person(Role.REFERRER, 1), world.b.person(Role.REFERRER)):
        assert referral.reference not in words(sign_in(other).get(LIST))


def test_a_referrer_reads_no_person_no_casework(world, referrer):
    refer(referrer)
    for table in POLICE_TABLES[1:]:
        with acting_as(referrer), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"select * from {table}")


def test_the_list_pages_and_asks_the_same_for_one_and_twelve(client, referrer):
    at = timezone.now()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        return len(queries)

    made = [refer(referrer, at=at).reference]
    asked()
    one = asked()
    again = {"is_another_person": True}
    made += [refer(referrer, at=at - timedelta(minutes=n // 2), **again).reference for n in range(29)]
    assert asked() == one <= 12
    first = client.get(LIST).content.decode()
    older = re.search(r'href="(\?before=[^"]+)"', first)[1]
    second = client.get(LIST + older).content.decode()
    seen = re.findall(r'task__label">([^<]+)<', first + second)
    assert sorted(seen) == sorted(made)
    assert client.get(f"{LIST}?before={uuid.uuid4()}").status_code == client.get(f"{LIST}?before=x").status_code == 200
