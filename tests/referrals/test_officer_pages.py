"""The officer's pages as a browser sends and reads them, without scripts."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import OrganisationKind
from lead_cms.programs.models import RuleSet
from referrals.actions import handoff_officer
from referrals.actions.correcting import cancel
from referrals.actions.referring import make_telephone_referral
from referrals.actions.taking import stamp, take_over
from referrals.models import Draft, IncidentRecord, OnCallShift, Referral, ReferredPerson, UnderageCount
from tests.referrals.making import given_arrest, make_arrest_referral, rules_of

CHECK, NEW = "/referrals/check/", "/referrals/new/"


@pytest.fixture
def officer(world):
    return world.a.person(Role.OFFICER)


@pytest.fixture
def client(sign_in, officer):
    return sign_in(officer)


@pytest.fixture
def liaison(world):
    return world.a.person(Role.LIAISON)


@pytest.fixture
def shift(world):
    return on_call(world)


def on_call(world):
    now = timezone.now()
    with acting_as(Duty.OPERATOR):
        return OnCallShift.objects.create(
            site=world.a.site, person=world.a.person(Role.CASE_MANAGER), starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=8), position=1,
        )  # fmt: skip


def rows(membership, model, **filters):
    with acting_as(membership):
        return list(model.objects.filter(**filters))


def here():
    """What the clocks of the site show."""
    return timezone.localtime(timezone.now(), ZoneInfo("America/Los_Angeles"))


def screen_1(client, **more):
    """Screen 1 answered: its page, with the token in the address."""
    data = {"door": "arrest", "offense": ["HS 11350(a)"], "amount": "within", "none": "1", "answer": "1"} | more
    return client.post(CHECK, {key: value for key, value in data.items() if value}, follow=True)


def token_of(response) -> str:
    return response.context["token"]


def test_a_rule_whose_words_are_the_answer_stands_once(world, sign_in):
    client = sign_in(world.b.person(Role.OFFICER))
    page = client.post(CHECK, {"door": "social", "none": "1", "answer": "1"}, follow=True).content.decode()
    assert page.count("Every social contact referral needs approval.") == 1


def form_2(client, token, **more) -> dict:
    page = client.get(NEW, {"c": token})
    form = page.context["form"]
    at = here()
    data = {
        "check": token, "submission_key": str(form["submission_key"].value()), "incident_number": "260 118 402",
        "occurred_at_0": f"{at:%Y-%m-%d}", "occurred_at_1": f"{at:%H:%M}", "held": ["HS 11350(a)"], "name": "Devon Marsh",
        "age": "about 35", "person_answer": "yes", "meeting": "on_scene", "meeting_other": "Eddy St at Jones St",
    }  # fmt: skip
    return data | more


def test_words_and_codes_find_offenses_and_keep_nothing(client, officer, shift):
    page = client.get(CHECK).content.decode()
    assert "Case manager 0" in page and "about 30 minutes" in page
    page = client.post(CHECK, {"q": "meth", "find": "1", "door": "arrest"}).content.decode()
    assert "HS 11377(a)" in page and "need you" not in page
    # One find, one answer: it is marked.
    page = client.post(CHECK, {"q": "11550", "find": "1"}).content.decode()
    assert 'value="HS 11550(a)" id="id_offense_0" checked' in page
    page = client.post(CHECK, {"q": "", "find": "1"}).content.decode()
    assert page.count('name="offense"') == 16
    page = client.post(CHECK, {"q": "jaywalking", "find": "1"}).content.decode()
    assert "It goes its usual way; it is not held." in page
    assert not rows(officer, Referral) and not rows(officer, Draft)


def test_an_incident_number_finds_its_offenses_and_fills_the_form(world, client):
    with acting_as(Duty.OPERATOR):
        IncidentRecord.objects.create(
            site=world.a.site, source="sfpd", row_key="1", incident_id="1", incident_number="260118402", code="16650",
            category="Drug Offense", description="Methamphetamine Offense", resolution="Cite or Arrest Adult",
            occurred_at=timezone.now() - timedelta(hours=1), precinct="Tenderloin", place="Eddy St at Jones St", group="drug",
        )  # fmt: skip
    page = client.post(CHECK, {"q": "260 118 402", "find": "1", "door": "arrest"})
    assert "Eddy St at Jones St" in page.content.decode()
    assert page.context["form"].found[0].code == "HS 11377(a)"
    answer = screen_1(client, number="260118402")
    data = form_2(client, token_of(answer))
    page = client.get(NEW, {"c": token_of(answer)}).content.decode()
    assert 'value="260118402"' in page and "Eddy St at Jones St" in page
    page = client.post(NEW, data | {"lookup": "1", "name": "Lina", "meeting_other": ""}).content.decode()
    assert 'value="Lina"' in page and "Eddy St at Jones St" in page and "need you" not in page
    page = client.post(NEW, data | {"lookup": "1", "incident_number": "1", "name": "Lina"}).content.decode()
    assert 'value="Lina"' in page and "no record of that number" in page
    page = client.post(NEW, data | {"lookup": "1", "incident_number": "1\x00", "name": "Lina"}).content.decode()
    assert 'value="Lina"' in page and "no record of that number" in page
    client.post(NEW, data)
    with acting_as(world.a.person(Role.OFFICER)):
        assert Referral.objects.get().precinct == "tenderloin"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"offense": None}, "Enter the offense"),
        ({"offense": None, "q": "jaywalking"}, "is not an offense this site diverts"),
        ({"offense": None, "q": "11395"}, "Choose the offense from the list below."),
        ({"amount": None}, "within, over, or not weighed"),
        ({"none": None}, "None of these, that I know of"),
        ({"door": None}, "has no answer yet"),
        ({"door": "community"}, "Choose one of the answers shown here"),
        ({"q": "a\x00b", "offense": None}, "cannot be stored"),
    ],
)
def test_screen_1_says_what_is_missing(client, data, says):
    page = screen_1(client, **data).content.decode()
    assert says in page and "need" in page


def test_the_answer_is_the_rules_own_words(client, shift):
    page = screen_1(client)
    assert page.context["answer"].outcome == "eligible" and "Write the referral" in page.content.decode()
    page = screen_1(client, x_open_case="yes")
    assert page.context["answer"].outcome == "ineligible"
    assert "The person has an open case involving violence or weapons." in page.content.decode()
    page = screen_1(client, x_supervision="yes").content.decode()
    assert "Needs approval: call the agency that supervises the person" in page
    page = screen_1(client, x_no_contact_order="not_known").content.decode()
    assert "Send it to the coordinator" in page
    page = screen_1(client, amount="over").content.decode()
    assert "LEAD cannot be offered here, because" in page


def test_an_override_needs_a_reason(client):
    page = screen_1(client, x_complainant_objects="yes")
    token = token_of(page)
    page = client.post(CHECK, {"c": token, "override": "1"}, follow=True)
    assert page.context["answer"].outcome == "ineligible"
    data = {"c": token, "override": "1", "o_complainant_objects": "The owner came round"}
    page = client.post(CHECK, data, follow=True)
    assert page.context["answer"].outcome == "eligible"


def test_not_sure_goes_to_the_coordinator(client, officer):
    page = client.post(CHECK, {"door": "arrest", "unsure": "1"}, follow=True)
    token = page.context["form"]["check"].value()
    client.post(NEW, form_2(client, token, held=[]))
    assert rows(officer, Referral)[0].status == "triage"


def test_under_age_keeps_nothing_but_a_count(world, client, officer):
    page = client.post(CHECK, {"under_age": "1", "door": "social"}, follow=True).content.decode()
    assert "555-0136" in page and "18 and over" in page
    token = token_of(screen_1(client))
    data = form_2(client, token, age="17")
    answer = client.post("/referrals/draft/", data).json()
    assert "Not saved" in answer["says"] and not rows(officer, Draft)
    page = client.post(NEW, data, follow=True).content.decode()
    assert "555-0136" in page
    assert not rows(officer, Referral) and not rows(officer, ReferredPerson)
    counted = rows(world.a.person(Role.COORDINATOR), UnderageCount)
    assert sorted(one.door for one in counted) == ["arrest", "social"]


def test_a_referral_is_sent_once_and_its_draft_is_gone(client, officer, shift):
    data = form_2(client, token_of(screen_1(client)))
    assert client.post("/referrals/draft/", data).json()["saved_at"]
    assert "Finish your referral" in client.get("/").content.decode()
    client.post("/referrals/called/", headers={"X-Requested-With": "fetch"})
    first, second = client.post(NEW, data), client.post(NEW, data)
    assert first.status_code == 302 and first.url == second.url
    (referral,) = rows(officer, Referral)
    assert referral.incident_number == "260118402"
    assert referral.meeting_place == "Where the officer is: Eddy St at Jones St"
    assert not rows(officer, Draft)
    with acting_as(officer):
        assert Referral.objects.select_related("handoff").get().handoff.called_at
    page = client.get(first.url).content.decode()
    assert "The case manager is called" in page and "Devon Marsh" in page


def test_a_draft_comes_back_as_it_was_typed(client, sign_in, world, officer):
    data = form_2(client, token_of(screen_1(client)), name="ليلى 🦊", age="abc", occurred_at_1="")
    client.post("/referrals/draft/", data)
    (draft,) = rows(officer, Draft)
    page = client.get(NEW, {"draft": str(draft.pk)}).content.decode()
    assert "ليلى 🦊" in page and 'value="abc"' in page
    with connection.cursor() as cursor, acting_as(officer):
        cursor.execute("select fields from referrals_draft")
        assert "ليلى" not in cursor.fetchone()[0]
    other = sign_in(world.a.person(Role.OFFICER, 1))
    assert other.get(NEW, {"draft": str(draft.pk)}).status_code == 302
    other.post(reverse("referrals:draft-discard", args=[draft.pk]))
    assert rows(officer, Draft)
    client.post(reverse("referrals:draft-discard", args=[draft.pk]))
    assert not rows(officer, Draft)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"occurred_at_0": "2999-01-01"}, "This is in the future"),
        ({"occurred_at_0": "2015-01-01"}, "this is before it"),
        ({"occurred_at_0": "yesterday"}, "Enter a day."),
        ({"occurred_at_0": "0001-01-01"}, "this is before it"),
        ({"name": ""}, "Enter a name, or what the person looks like."),
        ({"name": "De\x00von"}, "cannot be stored"),
        ({"incident_number": "260\x00118402"}, "cannot be stored"),
        ({"age": "1/1/1815"}, "too long ago"),
        ({"age": "2/30/1990"}, "There is no such day"),
        ({"age": "old"}, "Enter an age such as 35"),
        ({"age": ""}, "Enter a birth date or an age"),
        ({"incident_number": ""}, "Enter the incident number"),
        ({"person_answer": ""}, "Say what the person answered"),
        ({"person_answer": "no"}, "Choose why, from the list."),
        ({"meeting": ""}, "Choose where the case manager meets you."),
        ({"meeting": "other", "meeting_other": ""}, "Choose where the case manager meets you."),
        ({"held": []}, "Mark at least one offense as held"),
        ({"held": ["PC 187"]}, "Choose one of the answers shown here"),
        ({"submission_key": "1"}, "This page is damaged"),
        ({"greeting": "x" * 201}, "At most 200 fit"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_lost(client, officer, data, says):
    token = token_of(screen_1(client))
    page = client.post(NEW, form_2(client, token, **data)).content.decode()
    assert says in page and "Nothing you typed is lost" in page
    assert "Eddy St at Jones St" in page or "meeting_other" in data
    assert not rows(officer, Referral)


@pytest.mark.parametrize("day", ["2999-01-01", "yesterday", ""])
def test_a_time_that_was_refused_is_not_said_to_be_missing(client, day):
    page = client.post(NEW, form_2(client, token_of(screen_1(client)), occurred_at_0=day)).content.decode()
    assert ": see below. Change" in page and "not given" not in page


def test_an_answer_that_was_refused_is_not_said_to_be_missing_besides(client):
    page = screen_1(client, amount="gone from the rules")
    assert page.context["form"].errors["amount"] == ["Choose one of the answers shown here."]


def test_everything_missing_is_said_at_once(client):
    token = token_of(screen_1(client))
    page = client.post(NEW, form_2(client, token, name="", age="old", meeting="", incident_number=""))
    assert "4 answers need you" in page.content.decode()


def test_emoji_and_right_to_left_names_are_kept(client, officer):
    name = "ليلى الأحمد 🦊"
    page = client.post(NEW, form_2(client, token_of(screen_1(client)), name=name), follow=True)
    assert f"<bdi>{name}</bdi>" in page.content.decode()


def test_another_person_of_the_same_incident_is_asked_for(client, officer):
    token = token_of(screen_1(client))
    client.post(NEW, form_2(client, token))
    page = client.post(NEW, form_2(client, token, name="Lina")).content.decode()
    assert "Is this another person?" in page and "Yes, this is another person" in page
    client.post(NEW, form_2(client, token, name="Lina", is_another_person="on"))
    assert len(rows(officer, Referral)) == 2


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "k1.\x00.é", "1." * 400])
def test_a_token_of_somebody_elses_making_leads_back_to_screen_1(client, token):
    assert client.get(NEW, {"c": token}).status_code == 302
    assert client.post(NEW, {"check": token}).status_code == 302
    assert client.get(CHECK, {"c": token}).status_code in (200, 302)


def test_declined_and_ineligible_are_counted_without_a_name(client, officer):
    token = token_of(screen_1(client))
    client.post(NEW, form_2(client, token, person_answer="no", decline_reason="not_now", perceived_race="white"))
    token = token_of(screen_1(client, x_open_case="yes"))
    page = client.get(NEW, {"c": token})
    assert "Count it, without a name" in page.content.decode() and "name" not in page.context["form"].fields
    key = str(page.context["form"]["submission_key"].value())
    client.post(NEW, {"check": token, "submission_key": key, "age": "40", "perceived_gender": "man"})
    assert sorted(one.status for one in rows(officer, Referral)) == ["declined", "ineligible"]
    assert {one.name for one in rows(officer, ReferredPerson)} == {""}
    assert {one.incident_number for one in rows(officer, Referral)} == {""}


def test_rules_that_are_not_complete_list_the_questions(world, client):
    with acting_as(Duty.OPERATOR):
        document = RuleSet.objects.get(site=world.a.site).document
        document["minors"]["min_age"]["value"] = None
        document["minors"]["min_age"]["source"] = {"kind": "not published"}
        now = timezone.now()
        RuleSet.objects.create(
            site=world.a.site, version=2, effective_from=now.date() - timedelta(days=2), document=document,
            document_hash="1" * 64, imported_at=now, imported_by="tests",
        )  # fmt: skip
    page = client.get(CHECK).content.decode()
    assert "cannot take referrals yet" in page and "must still decide" in page
    assert "cannot take referrals yet" in client.post(NEW, {}).content.decode()
    assert client.get("/").status_code == 200


# ---- the page of one referral


def url(name, referral):
    return reverse(f"referrals:{name}", args=[referral.pk])


def hand_over(world, referral, at=None):
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(manager):
        take_over(referral=Referral.objects.get(pk=referral.pk), by=manager, at=at or timezone.now())


def test_whoever_said_that_they_come_is_named_and_no_call_is_asked_for_any_more(world, client, officer, shift):
    referral, other = make_arrest_referral(officer), world.a.person(Role.CASE_MANAGER, 1)
    with acting_as(other), transaction.atomic():
        stamp(referral=Referral.objects.get(pk=referral.pk), step="acknowledged", by=other, at=timezone.now())
    page = client.get(url("own", referral)).content.decode()
    assert f"{other.name} is on the way" in page and "Call the case manager" not in page


def test_a_call_after_they_arrived_is_no_alarm_and_no_error(client, officer, shift):
    referral = make_arrest_referral(officer)
    client.post(url("stamp", referral), {"moment": "arrived"})
    assert client.post(url("called", referral), headers={"X-Requested-With": "fetch"}).status_code == 204
    page = client.post(url("called", referral), follow=True).content.decode()
    assert "The call is not after the arrival." in page


def test_times_nobody_came_and_what_is_left(world, client, officer, shift):
    referral = make_arrest_referral(officer)
    page = client.get(url("own", referral)).content.decode()
    assert "Call the case manager" in page
    client.post(url("called", referral), headers={"X-Requested-With": "fetch"})
    page = client.post(url("stamp", referral), {"moment": "arrived"}, follow=True).content.decode()
    assert "The time is entered." in page
    page = client.post(url("nobody-came", referral), {"why": "no_answer"}).content.decode()
    assert "has no answer yet" in page
    data = {"why": "too_long", "fallback": "drop_off:turk_center"}
    page = client.post(url("nobody-came", referral), data, follow=True).content.decode()
    assert "Turk Street Center (demo)" in page
    hand_over(world, referral)
    page = client.get(url("own", referral)).content.decode()
    assert "Handed over" in page and "Send the report packet" in page and "Cancel this referral" not in page
    page = client.post(url("nobody-came", referral), data, follow=True).content.decode()
    assert "handed over or ended" in page


def test_a_wait_beyond_the_sites_minutes_says_what_then(client, officer, shift):
    referral = make_arrest_referral(officer)
    with acting_as(officer):
        handoff_officer.stamp(
            referral=referral, moment="called", by=officer, at=timezone.now(),
            happened_at=timezone.now() - timedelta(minutes=50),
        )  # fmt: skip
    page = client.get(url("own", referral)).content.decode()
    assert "waited longer" in page and "typed later" in page


def test_correct_cancel_and_details(world, client, officer):
    referral = make_arrest_referral(officer)
    page = client.get(url("correct", referral)).content.decode()
    assert "Devon Marsh" in page
    at = here() - timedelta(minutes=30)
    data = {
        "incident_number": "260 999 999", "occurred_at_0": f"{at:%Y-%m-%d}", "occurred_at_1": f"{at:%H:%M}",
        "name": "Devon Marshall", "age": "4/3/1990",
    }  # fmt: skip
    assert "Enter a name" in client.post(url("correct", referral), data | {"name": ""}).content.decode()
    assert "18 and over" in client.post(url("correct", referral), data | {"age": "16"}).content.decode()
    client.post(url("correct", referral), data)
    assert rows(officer, ReferredPerson)[0].name == "Devon Marshall"
    details = {"precinct": "central", "children_present": "yes", "perceived_race": "white", "phone": "415 555 0100"}
    assert "555-0137" in client.get(url("details", referral)).content.decode()
    hand_over(world, referral)
    client.post(url("details", referral), details)
    (kept,) = rows(officer, Referral)
    assert (kept.precinct, kept.children_present, bool(kept.details_done_at)) == ("central", "yes", True)
    assert rows(officer, ReferredPerson)[0].perceived_race == "white"
    page = client.get(url("details", referral), follow=True).content.decode()
    assert "stands beside the original" in page
    page = client.get(url("correct", referral), follow=True).content.decode()
    assert "stands beside the original" in page
    page = client.post(url("correction", referral), {"field": "name", "text": "Marshal"}, follow=True).content.decode()
    assert "Marshal" in page
    page = client.post(url("cancel", referral), {"reason": "made_twice"}, follow=True).content.decode()
    assert "handed over or ended" in page
    other = make_arrest_referral(officer)
    assert "has no answer yet" in client.post(url("cancel", other), {}).content.decode()
    page = client.post(url("cancel", other), {"reason": "made_twice"}, follow=True).content.decode()
    assert "Canceled" in page and "Made twice" in page


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("correct", {"name": "ليلى Marshall 🦊", "age": "36", "incident_number": ""}, ["ليلى Marshall 🦊", "36"]),
        ("details", {"where_found": "By the old pier", "children_present": "no"}, ["By the old pier", "No"]),
        (
            "nobody-came",
            {"why": "no_answer", "fallback": "station", "note": "Waited at the pier"},
            ["Waited at the pier"],
        ),
        ("nobody-came", {"why": "", "note": "Waited at the pier"}, ["Waited at the pier"]),
        ("stamp", {"moment": "arrived", "happened": "10:50"}, ["Arrived", "10:50"]),
    ],
)
def test_what_an_old_tab_sends_to_a_finished_referral_changes_nothing_and_is_not_lost(
    world, client, officer, name, typed, shown
):
    referral = make_arrest_referral(officer)
    assert client.get(url("correct", referral)).status_code == 200
    with acting_as(officer):
        cancel(referral=Referral.objects.get(pk=referral.pk), reason="made_twice", by=officer, at=timezone.now())
    before = rows(officer, Referral)[0].__dict__, rows(officer, ReferredPerson)[0].__dict__
    page = client.post(url(name, referral), typed)
    words = page.content.decode()
    assert "Not saved" in words and all(f">{value}<" in words for value in shown)
    after = rows(officer, Referral)[0].__dict__, rows(officer, ReferredPerson)[0].__dict__
    assert [one | {"_state": None} for one in before] == [one | {"_state": None} for one in after]


def test_the_packet_and_its_plain_text(client, officer):
    referral = make_arrest_referral(officer)
    assert "Charge held for review" in client.get(url("packet", referral)).content.decode()
    text = client.get(url("packet-text", referral))
    assert text["Content-Type"].startswith("text/plain") and "Devon Marsh" in text.content.decode()
    assert "Packets to send" in client.get("/").content.decode()
    client.post(url("packet-sent", referral))
    page = client.post(url("packet-sent", referral), follow=True).content.decode()
    assert "marked as sent already" in page
    assert "Packets to send" not in client.get("/").content.decode()


def test_a_name_vanishes_with_the_sites_days(world, client, officer):
    referral = make_arrest_referral(officer, incident_number="260118402")
    hand_over(world, referral)
    assert "Devon Marsh" in client.get(url("own", referral)).content.decode()
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(manager):
        ReferredPerson.objects.update(police_until_at=timezone.now() - timedelta(days=1))
    for address in (url("own", referral), url("packet", referral), "/referrals/", "/"):
        page = client.get(address).content.decode()
        assert "Devon Marsh" not in page and "260118402" in page


def test_anothers_referral_is_missing_like_a_guessed_one(world, sign_in, officer):
    referral = make_arrest_referral(officer)
    names = ["own", "packet", "packet-text", "correct", "details"]
    posts = ["called", "stamp", "nobody-came", "said", "cancel", "correction", "confirm", "packet-sent"]
    for stranger in (world.a.person(Role.OFFICER, 1), world.b.person(Role.OFFICER)):
        client = sign_in(stranger)
        for name in names:
            assert client.get(url(name, referral)).status_code == 404
            assert client.get(reverse(f"referrals:{name}", args=[uuid.uuid4()])).status_code == 404
        for name in posts:
            assert client.post(url(name, referral)).status_code == 404
    for role in Role:
        if role in (Role.OFFICER, Role.LIAISON):
            continue
        client = sign_in(world.a.person(role))
        assert client.get(url("own", referral)).status_code == 403
        assert client.get(CHECK).status_code == 403 and client.get(NEW).status_code == 403
        assert client.post("/referrals/draft/", {}).status_code == 403


def test_the_list_is_paged_by_key(client, officer):
    start = timezone.now() - timedelta(days=2)
    for number in range(27):
        make_arrest_referral(officer, name=f"Person {number}", at=start + timedelta(minutes=number))
    first = client.get("/referrals/")
    assert len(first.context["rows"]) == 25 and first.context["rows"][0]["title"] == "Person 26"
    second = client.get("/referrals/" + first.context["older_url"])
    assert [row["title"] for row in second.context["rows"]] == ["Person 1", "Person 0"]
    for junk in ("x", "2026-01-01T00:00:00_x", "2026-13-41T00:00:00+00:00_" + str(uuid.uuid4())):
        assert client.get("/referrals/", {"before": junk}).status_code == 200


def queries(client, address) -> int:
    with CaptureQueriesContext(
        connection,
    ) as made:
        assert client.get(address).status_code == 200
    return len([one for one in made if "set_config" not in one["sql"] and "SAVEPOINT" not in one["sql"]])


def test_pages_ask_as_much_for_twelve_as_for_one(client, officer, shift):
    first = make_arrest_referral(officer)
    pages = ["/", "/referrals/", url("own", first), url("packet", first), CHECK]
    for page in pages:
        client.get(page)
    one = {page: queries(client, page) for page in pages}
    for _ in range(11):
        make_arrest_referral(officer)
    client.get("/")  # the unit's figures are counted once for many pages
    twelve = {page: queries(client, page) for page in pages}
    assert one == twelve
    assert max(one.values()) <= 12, one


def test_hear_back_hides_small_cells(client, officer):
    make_arrest_referral(officer)
    page = client.get("/").content.decode()
    assert "Your unit this quarter: fewer than 11 offers" in page
    for _ in range(10):
        make_arrest_referral(officer)
    assert "Your unit this quarter: 11 offers, fewer than 11 handed over" in client.get("/").content.decode()


# ---- the liaison


def telephone(world, badge):
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(manager):
        return make_telephone_referral(
            by=manager, at=timezone.now(), given=given_arrest(rules_of(manager), at=timezone.now()),
            submission_key=uuid.uuid4(), agency=world.a.organisations[OrganisationKind.POLICE, 0], name="Ruiz", badge=badge,
        )  # fmt: skip


def test_telephone_referrals_wait_for_one_tap(world, client, officer, sign_in, liaison):
    mine, nobodys = telephone(world, officer.badge), telephone(world, "none")
    assert "Given by telephone" in client.get("/").content.decode()
    assert "Yes, I gave it" in client.get(url("own", mine)).content.decode()
    client.post(url("confirm", mine))
    assert "Given by telephone" not in client.get("/").content.decode()
    desk = sign_in(liaison)
    assert "Ruiz" in desk.get("/").content.decode()
    assert client.get(url("own", nobodys)).status_code == 404
    desk.post(url("confirm", nobodys))
    assert "Given by telephone" not in desk.get("/").content.decode()


def test_the_liaison_answers_approvals(world, officer, sign_in, liaison, client):
    with acting_as(officer):
        answers = {one.code: "no" for one in rules_of(officer).exclusions_for("arrest")} | {"supervision": "yes"}
    pending = make_arrest_referral(officer, answers=answers)
    said = {"said": "yes", "whom": ""}
    assert "Enter whom you asked." in client.post(url("said", pending), said).content.decode()
    client.post(url("said", pending), said | {"whom": "Sgt. Okafor"})
    desk = sign_in(liaison)
    assert "Sgt. Okafor" in desk.get("/").content.decode()
    page = desk.get(url("approval", pending)).content.decode()
    assert "on probation, on parole" in page
    assert "Choose why." in desk.post(url("approval", pending), {"answered": "no"}).content.decode()
    desk.post(url("approval", pending), {"answered": "no", "because": "rule"})
    assert rows(officer, Referral)[0].status == "not_approved"
    page = desk.post(url("approval", pending), {"answered": "yes"}, follow=True).content.decode()
    assert "answered already" in page
    other_agency = sign_in(world.a.person(Role.LIAISON, 1))
    assert other_agency.get(url("approval", pending)).status_code == 404


def test_the_liaison_sees_late_packets_and_counts(world, officer, sign_in, liaison):
    late = make_arrest_referral(officer, at=timezone.now() - timedelta(days=6), incident_number="260118402")
    desk = sign_in(liaison)
    assert "260118402" in desk.get("/").content.decode()
    page = desk.get("/referrals/agency/").content.decode()
    assert "fewer than 11" in page
    assert desk.get("/referrals/").status_code == 200 and desk.get(url("own", late)).status_code == 200
    assert desk.get(CHECK).status_code == 403
    assert queries(desk, "/") <= 12
