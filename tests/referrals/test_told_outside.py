"""What an officer and a prosecutor read under a consent on opening one record, and never in a list."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db.utils import ProgrammingError
from django.urls import reverse

from lead_cms.access.permissions import Role
from participants.actions.consents import revoke
from participants.enums import BARRIERS_TOLD
from participants.models import Disclosure
from referrals.models import Attempt, OfficerSentence
from services.actions.asking import answer, not_available
from services.enums import Need
from tests.casefile.person_making import act, manager_of, words_of
from tests.casefile.working import fresh
from tests.participants.consenting import POLICE, PROSECUTOR, PROVIDER, give, participant_of, provider_of
from tests.referrals.charging import charge_of
from tests.services.making import make_asked, make_linked

SAID = "I have my ID now"


@pytest.fixture
def where(world):
    return world.a


def told_of(where) -> list[tuple[str, object]]:
    supervisor = where.person(Role.SUPERVISOR)
    return act(
        supervisor, lambda: list(Disclosure.objects.order_by("recorded_at").values_list("what", "to_membership_id"))
    )


def own(referral) -> str:
    return reverse("referrals:own", args=[referral.pk])


def back(where, consent):
    by = manager_of(where)
    act(by, lambda: revoke(consent=consent, how="spoken", by=by, at=datetime.now(UTC)))


# ---- one sentence to the officer


def test_the_officer_reads_the_sentence_on_opening_the_referral_and_nothing_else(where, sign_in):
    referral, person = participant_of(where)
    officer = where.person(Role.OFFICER)
    client, url = sign_in(officer), own(referral)
    before = words_of(client.get(url))
    consent = give(where, referral, kind="sentence", sentence=SAID)
    page = client.get(url)
    said = words_of(page)
    assert SAID in said and "42 CFR part 2" in said and consent.scope in said
    assert told_of(where) == [("sentence", officer.pk)]
    # Nothing but the sentence and its notice is new.
    assert person.shown_name not in said.replace(before, "") or person.shown_name in before
    for listed in ("/", "/referrals/", "/notices/"):
        assert SAID not in words_of(client.get(listed))
    assert told_of(where) == [("sentence", officer.pk)]


def test_nobody_else_reads_it(where, sign_in):
    referral, _ = participant_of(where)
    give(where, referral, kind="sentence", sentence=SAID)
    for role, number in [(Role.LIAISON, 0), (Role.OFFICER, 1), (Role.PROSECUTOR, 0), (Role.COORDINATOR, 0)]:
        response = sign_in(where.person(role, number)).get(own(referral))
        assert SAID not in response.content.decode()
    other = where.person(Role.OFFICER, 1)
    assert act(other, lambda: list(OfficerSentence.objects.all())) == []
    with pytest.raises(ProgrammingError, match="permission denied"):
        act(where.person(Role.LIAISON), lambda: list(OfficerSentence.objects.all()))
    assert told_of(where) == []


def test_taken_back_it_is_gone_and_what_was_told_stays(where, sign_in):
    referral, _ = participant_of(where)
    consent = give(where, referral, kind="sentence", sentence=SAID)
    client = sign_in(where.person(Role.OFFICER))
    client.get(own(referral))
    back(where, consent)
    assert SAID not in client.get(own(referral)).content.decode()
    assert len(told_of(where)) == 1


def test_a_sentence_goes_only_to_the_officer_of_that_referral(where):
    referral, _ = participant_of(where)
    by, consent = manager_of(where), give(where, referral, kind="sentence", sentence=SAID, answer="yes")
    row = OfficerSentence(
        site=where.site, referral=referral, officer=where.person(Role.OFFICER, 1), consent=consent, sentence="x",
        written_at=datetime.now(UTC), written_by=by,
    )  # fmt: skip
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(by, lambda: row.save(force_insert=True))


# ---- the prosecutor, beside "met"


def opened(where, sign_in, referral):
    return sign_in(where.person(Role.PROSECUTOR)).get(f"/referrals/charges/{charge_of(where, referral).pk}/")


def test_who_the_case_manager_is_only_where_a_consent_names_this_office(where, sign_in):
    referral, _ = participant_of(where)
    manager = manager_of(where)
    without = opened(where, sign_in, referral).content.decode()
    assert manager.name not in without and "Shared by the person" not in without
    give(where, referral, (PROVIDER, 0, "legal_coordination"), (POLICE, 0, "legal_coordination"), kind="multi_party")
    assert "Shared by the person" not in opened(where, sign_in, referral).content.decode()
    assert told_of(where) == []


def test_with_it_name_and_number_are_shown_with_the_notice_and_written_down(where, sign_in):
    referral, _ = participant_of(where)
    manager, prosecutor = manager_of(where), where.person(Role.PROSECUTOR)
    consent = give(
        where, referral, (PROSECUTOR, 0, "legal_coordination"), (PROSECUTOR, 0, "enrolment"),
        (PROVIDER, 0, "health"), kind="multi_party",
    )  # fmt: skip
    page = opened(where, sign_in, referral)
    said = words_of(page)
    assert manager.name in said and "Takes part in LEAD" in said and "42 CFR part 2" in said
    assert "No result shared" in said and "health" not in said.split("42 CFR")[0].lower()
    assert where.organisations[PROVIDER, 0].name not in said
    assert sorted(told_of(where)) == sorted([("enrolment", prosecutor.pk), ("legal_coordination", prosecutor.pk)])
    client = sign_in(prosecutor)
    for listed in ("/", "/referrals/charges/"):
        assert manager.name not in words_of(client.get(listed))
    back(where, consent)
    after = opened(where, sign_in, referral).content.decode()
    assert "Shared by the person" not in after and manager.name not in after
    assert len(told_of(where)) == 2


def test_another_office_of_the_same_site_reads_nothing(where, sign_in):
    referral, _ = participant_of(where)
    give(where, referral, (PROSECUTOR, 0, "legal_coordination"), kind="multi_party")
    charge = charge_of(where, referral)
    page = sign_in(where.person(Role.PROSECUTOR, 1)).get(f"/referrals/charges/{charge.pk}/")
    assert page.status_code == 200 and "Shared by the person" not in page.content.decode()


# ---- how it is going, and what stands in the way: codes, and only what helps


def reached(where, referral, *, days_ago: int):
    at, by = datetime.now(UTC) - timedelta(days=days_ago), manager_of(where)
    act(
        by,
        lambda: Attempt(
            site=where.site, referral=referral, tried_at=at, entered_at=at, tried_by=by, kind="call", outcome="reached"
        ).save(force_insert=True),
    )


def gap(where, person, need):
    by = manager_of(where)
    act(by, lambda: not_available(participant=person, need=need, reason="full", by=by, at=datetime.now(UTC)))


def test_progress_is_told_in_codes_and_nothing_to_tell_reads_like_no_consent(where, sign_in):
    referral, person = participant_of(where)
    plain = main_of(opened(where, sign_in, referral))
    give(where, referral, (PROSECUTOR, 0, "general_progress"), (PROSECUTOR, 0, "barriers"), kind="multi_party")
    reached(where, referral, days_ago=40)
    assert main_of(opened(where, sign_in, referral)) == plain and told_of(where) == []
    reached(where, referral, days_ago=2)
    said = words_of(opened(where, sign_in, referral))
    assert "In touch with their case manager" in said and "No service was available" not in said
    asked = make_asked(where, make_linked(where, name="Detox center"), person, need="substance_use")
    staff = provider_of(where)
    for to in ("accepted", "attended"):
        act(staff, lambda to=to: answer(asked=fresh(asked), to=to, by=staff, at=datetime.now(UTC)))
    said = words_of(opened(where, sign_in, referral))
    assert "Has begun with a service" in said and "Detox" not in said
    assert {what for what, _ in told_of(where)} == {"general_progress"}


def test_of_what_stands_in_the_way_no_need_of_health_housing_or_safety_is_told(where, sign_in):
    referral, person = participant_of(where)
    give(where, referral, (PROSECUTOR, 0, "barriers"), kind="multi_party")
    for need in Need.values:
        gap(where, person, need)
    said = words_of(opened(where, sign_in, referral))
    line = said.split("No service was available for:")[1].split("This record")[0]
    assert all(words in line for words in BARRIERS_TOLD.values())
    for need in set(Need.values) - set(BARRIERS_TOLD):
        assert Need(need).label not in line
    asked = make_asked(where, make_linked(where), person, need="documents")
    staff = provider_of(where)
    for to in ("accepted", "attended"):
        act(staff, lambda to=to: answer(asked=fresh(asked), to=to, by=staff, at=datetime.now(UTC)))
    assert "ID and documents" not in words_of(opened(where, sign_in, referral)).split("42 CFR")[0]
    assert set(BARRIERS_TOLD) < set(Need.values)


def test_enrolment_alone_tells_nothing_of_progress(where, sign_in):
    referral, person = participant_of(where)
    give(where, referral, (PROSECUTOR, 0, "enrolment"), kind="multi_party")
    reached(where, referral, days_ago=1)
    gap(where, person, "documents")
    said = words_of(opened(where, sign_in, referral))
    assert "In touch" not in said and "No service was available" not in said


def main_of(response) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode().split("<main")[1])
