"""Approval at each door: by whom the rules name, one after the other where they say so, with the time it took."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.models import RuleSet
from referrals.actions import approvals
from referrals.actions.community import CommunityGiven, refer_community
from referrals.actions.handoff_officer import nobody_came
from referrals.actions.triage import answer_community
from referrals.enums import ReferralStatus as S
from referrals.models import Approval, ApprovalStep, ChargeIdentity, Paging, Referral
from tests.referrals.charging import charge_of, hand_over, window_of
from tests.referrals.making import make_arrest_referral, rules_of

pytestmark = pytest.mark.django_db
SITE = {"kind": "site", "note": "Decided in March."}
CHAIN = [
    {"code": "supervising", "whom": "the agency that supervises the person", "phone": "555-0137", "because": ["supervision"]},
    {"code": "sergeant", "whom": "the LEAD sergeant", "phone": "555-0134"},
]  # fmt: skip
MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(world):
    return world.a


def decide(site, **paths) -> None:
    """A next version of the site's rules with these decided."""
    document = deepcopy(site.rules.document)
    for path, value in paths.items():
        *sections, last = path.split("__")
        node = document
        for section in sections:
            node = node[section]
        node[last] = {"value": value, "source": SITE}
    with acting_as(Duty.OPERATOR), transaction.atomic():
        RuleSet.objects.create(
            site=site.site, version=2, effective_from=datetime(2024, 2, 1, tzinfo=UTC).date(), document=document,
            document_hash="1" * 64, imported_at=timezone.now(), imported_by="tests",
        )  # fmt: skip


def supervised(site, **more) -> Referral:
    officer = site.person(Role.OFFICER)
    with acting_as(officer), transaction.atomic():
        codes = [one.code for one in rules_of(officer).exclusions_for("arrest")]
    answers = dict.fromkeys(codes, "no") | {"supervision": "yes"}
    return make_arrest_referral(officer, answers=answers, **more)


def says(site, referral, said, *, whom="Officer Lindqvist", at=None) -> None:
    officer = site.person(Role.OFFICER)
    with acting_as(officer), transaction.atomic():
        row = Referral.objects.get(pk=referral.pk)
        approvals.record_said(referral=row, said=said, whom=whom, by=officer, at=at or timezone.now())


def status(site, referral) -> str:
    with acting_as(site.person(Role.OFFICER)), transaction.atomic():
        return Referral.objects.get(pk=referral.pk).status


def steps(site, referral) -> list[str]:
    with acting_as(site.person(Role.OFFICER)), transaction.atomic():
        return list(ApprovalStep.objects.filter(referral=referral).order_by("number").values_list("said", flat=True))


def approval_of(person, referral) -> Approval | None:
    with acting_as(person), transaction.atomic():
        return Approval.objects.filter(referral=referral).first()


def test_several_say_yes_one_after_the_other(site):
    decide(site, approval__arrest__chain=CHAIN)
    referral = supervised(site)
    assert status(site, referral) == S.PENDING and steps(site, referral) == ["", ""]
    says(site, referral, "no_answer", whom="")
    assert steps(site, referral) == ["no_answer", ""]
    says(site, referral, "yes")
    assert (status(site, referral), steps(site, referral)) == (S.PENDING, ["yes", ""])
    assert approval_of(site.person(Role.OFFICER), referral).minutes is None
    says(site, referral, "yes", whom="Sgt. Okafor")
    assert (status(site, referral), steps(site, referral)) == (S.SUBMITTED, ["yes", "yes"])
    with pytest.raises(StaleState):
        says(site, referral, "yes")


def test_one_no_of_several_is_the_last_word(site):
    decide(site, approval__arrest__chain=CHAIN)
    referral = supervised(site)
    says(site, referral, "no")
    assert (status(site, referral), steps(site, referral)) == (S.NOT_APPROVED, ["no", ""])


def test_the_first_yes_given_with_the_referral_does_not_stand_for_the_others(site):
    decide(site, approval__arrest__chain=CHAIN)
    referral = supervised(site, approval_said="yes", approval_whom="Officer Lindqvist")
    assert (status(site, referral), steps(site, referral)) == (S.PENDING, ["yes", ""])


def test_the_liaisons_word_does_not_stand_for_the_supervising_agencys(site):
    decide(site, approval__arrest__chain=CHAIN)
    referral = supervised(site)
    liaison = site.person(Role.LIAISON)
    with acting_as(liaison), transaction.atomic():
        row = Referral.objects.get(pk=referral.pk)
        approvals.answer_approval(referral=row, answered="yes", by=liaison, at=timezone.now())
    assert status(site, referral) == S.PENDING
    says(site, referral, "yes")
    says(site, referral, "yes")
    assert status(site, referral) == S.SUBMITTED


def test_where_one_is_asked_there_are_no_steps_and_the_time_taken_is_measured(site):
    asked = timezone.now() - 12 * MINUTE
    referral = supervised(site, at=asked)
    assert steps(site, referral) == []
    says(site, referral, "yes", at=asked + 7 * MINUTE)
    found = approval_of(site.person(Role.LIAISON), referral)
    assert (found.asked_at, found.minutes) == (asked, 7)


def test_only_those_whom_the_rules_name_answer(site):
    decide(site, approval__arrest__roles=["coordinator"])
    referral = supervised(site)
    liaison, coordinator = site.person(Role.LIAISON), site.person(Role.COORDINATOR)
    with acting_as(liaison), transaction.atomic():
        row = Referral.objects.get(pk=referral.pk)
        with pytest.raises(DomainError, match="somebody else"):
            approvals.answer_approval(referral=row, answered="yes", by=liaison, at=timezone.now())
    with acting_as(coordinator), transaction.atomic():
        row = Referral.objects.get(pk=referral.pk)
        answer_community(referral=row, answered="yes", by=coordinator, at=timezone.now())
    assert status(site, referral) == S.SUBMITTED


def test_it_stands_on_the_today_of_whom_the_rules_name(site, sign_in):
    supervised(site)
    liaison, coordinator = (site.person(role) for role in (Role.LIAISON, Role.COORDINATOR))
    assert "Approvals for your answer" in sign_in(liaison).get("/").content.decode()
    assert "Needs your yes" not in sign_in(coordinator).get("/").content.decode()


def test_project_management_answers_where_the_rules_say_so(site, sign_in):
    decide(site, approval__arrest__roles=["coordinator"])
    referral = supervised(site)
    liaison, coordinator = (site.person(role) for role in (Role.LIAISON, Role.COORDINATOR))
    assert "Approvals for your answer" not in sign_in(liaison).get("/").content.decode()
    client = sign_in(coordinator)
    assert "Needs your yes" in client.get("/").content.decode()
    page = client.get(f"/site/triage/{referral.pk}/").content.decode()
    assert "Do you approve this?" in page and "outreach" not in page.lower().split("<main")[1]
    assert client.post(f"/site/triage/{referral.pk}/yes/").status_code == 302
    assert status(site, referral) == S.SUBMITTED


@pytest.mark.parametrize("by_telephone", [False, True])
@pytest.mark.parametrize("meanwhile", ["left", "handed over"])
def test_what_is_held_begins_with_the_yes_also_after_the_person_left_or_was_handed_over(site, meanwhile, by_telephone):
    decide(site, window__opens_at="approval")
    referral, officer, liaison = supervised(site), site.person(Role.OFFICER), site.person(Role.LIAISON)
    assert status(site, referral) == S.PENDING
    if meanwhile == "left":
        with acting_as(officer), transaction.atomic():
            row = Referral.objects.get(pk=referral.pk)
            way = {"why": "no_answer", "fallback": "hold_and_reach_out"}
            nobody_came(referral=row, **way, by=officer, at=timezone.now())
    else:
        hand_over(site, referral, at=timezone.now())
    before = status(site, referral)
    assert charge_of(site, referral) is None
    if by_telephone:
        says(site, referral, "yes")
    with acting_as(liaison), transaction.atomic():
        row = Referral.objects.get(pk=referral.pk)
        approvals.answer_approval(referral=row, answered="yes", by=liaison, at=timezone.now())
    assert status(site, referral) == before
    assert charge_of(site, referral).due_on > window_of(site, referral).due_on > timezone.localdate()
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        name = Referral.objects.get(pk=referral.pk).person.name
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        assert ChargeIdentity.objects.get(referral_id=referral.pk).name == name != ""
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert not Paging.objects.filter(referral_id=referral.pk, stopped_at=None).exists()


def test_the_path_without_police(world):
    """From end to end no police role learns of it: not of the referral, not of its approval, nor by a notice."""
    site = world.b
    referrer, coordinator = site.person(Role.REFERRER), site.person(Role.COORDINATOR)
    given = CommunityGiven(concerns=("housing",), where_found="Under the bridge", name="Ola Brandt", age_about=40)
    with acting_as(referrer), transaction.atomic():
        referral = refer_community(by=referrer, at=timezone.now() - 9 * MINUTE, given=given, submission_key=uuid4())
    assert referral.status == S.PENDING
    found = approval_of(coordinator, referral)
    assert found.roles == ["coordinator"] and found.asked_at is not None and found.agency_id is None
    for role in (Role.OFFICER, Role.LIAISON, Role.PROSECUTOR):
        for number in (0, 1):
            person = site.person(role, number)
            with acting_as(person), transaction.atomic():
                if role != Role.PROSECUTOR:
                    assert not Referral.objects.filter(pk=referral.pk).exists()
                    assert not Approval.objects.exists()
    with acting_as(coordinator), transaction.atomic():
        row = Referral.objects.get(pk=referral.pk)
        answer_community(referral=row, answered="yes", by=coordinator, at=timezone.now())
        assert Referral.objects.get(pk=referral.pk).status == S.OUTREACH
        assert 8 <= Approval.objects.get(referral=referral).minutes <= 9


def test_a_no_after_the_handover_undoes_nothing(site):
    referral = supervised(site)
    says(site, referral, "yes")
    hand_over(site, referral, at=timezone.now())
    liaison = site.person(Role.LIAISON)
    with acting_as(liaison), transaction.atomic():
        row = Referral.objects.get(pk=referral.pk)
        approvals.answer_approval(referral=row, answered="no", because="supervision", by=liaison, at=timezone.now())
    assert status(site, referral) == S.HANDED_OVER


# ---- what the person or business harmed says


def test_what_the_person_harmed_says_is_asked_before_the_offer_only_where_the_rules_ask(site, sign_in):
    officer = site.person(Role.OFFICER)
    assert "person or business harmed say" not in sign_in(officer).get("/referrals/check/").content.decode()
    decide(site, complainant__before_offer="must_agree")
    client = sign_in(officer)
    page = client.get("/referrals/check/").content.decode()
    assert "What does the person or business harmed say?" in page
    with acting_as(officer), transaction.atomic():
        offence = next(one for one in rules_of(officer).offences if not one.amount_limit)
    sent = {"door": "arrest", "offense": offence.code, "none": "1", "answer": "1"}
    assert "Choose what they say" in client.post("/referrals/check/", sent).content.decode()
    for position, title in (
        ("objects", "LEAD cannot be offered here, because the person or business harmed does not agree"),
        ("agrees", "Eligible: LEAD can be offered here"), ("not_asked", "Not sure"),
    ):  # fmt: skip
        answered = client.post("/referrals/check/", sent | {"complainant": position}, follow=True).content.decode()
        assert title in answered, position


def test_it_is_kept_as_a_code_with_the_referral(site):
    decide(site, complainant__before_offer="must_agree")
    referral = make_arrest_referral(site.person(Role.OFFICER), complainant="declines_prosecution")
    assert (referral.status, referral.complainant_position) == (S.SUBMITTED, "declines_prosecution")
    unasked = make_arrest_referral(site.person(Role.OFFICER), complainant="not_asked")
    assert unasked.status == S.TRIAGE


# ---- a chain that names roles: each gives their own word


NAMED = [
    {"code": "supervising", "whom": "the agency that supervises the person", "because": ["supervision"]},
    {"code": "sergeant", "whom": "the LEAD sergeant", "role": "liaison"},
    {"code": "management", "whom": "project management", "role": "coordinator"},
]  # fmt: skip


def own_word(site, referral, role, answered="yes", because="") -> None:
    person = site.person(role)
    with acting_as(person), transaction.atomic():
        row = Referral.objects.get(pk=referral.pk)
        approvals.answer_approval(referral=row, answered=answered, because=because, by=person, at=timezone.now())


def asked_on_today(sign_in, site) -> list[bool]:
    liaison, coordinator = (sign_in(site.person(role)) for role in (Role.LIAISON, Role.COORDINATOR))
    return [
        "Approvals for your answer" in liaison.get("/").content.decode(),
        "Needs your yes" in coordinator.get("/").content.decode(),
    ]


def test_each_whom_the_rules_name_gives_their_own_word_in_turn(site, sign_in):
    decide(site, approval__arrest__chain=NAMED)
    referral = supervised(site)
    assert asked_on_today(sign_in, site) == [False, False]
    with pytest.raises(StaleState, match="before you"):
        own_word(site, referral, Role.LIAISON)
    says(site, referral, "yes")
    assert asked_on_today(sign_in, site) == [True, False]
    with pytest.raises(StaleState, match="before you"):
        own_word(site, referral, Role.COORDINATOR)
    own_word(site, referral, Role.LIAISON)
    assert (steps(site, referral), asked_on_today(sign_in, site)) == (["yes", "yes", ""], [False, True])
    assert status(site, referral) == S.PENDING and approval_of(site.person(Role.LIAISON), referral).answered == ""
    own_word(site, referral, Role.COORDINATOR)
    assert (status(site, referral), steps(site, referral)) == (S.SUBMITTED, ["yes", "yes", "yes"])
    assert asked_on_today(sign_in, site) == [False, False]
    with pytest.raises(StaleState, match="answered already"):
        own_word(site, referral, Role.COORDINATOR)
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        last = ApprovalStep.objects.get(referral=referral, number=3)
        assert (last.answered_by, last.said_whom) == (site.person(Role.COORDINATOR), "Coordinator 0")


def test_on_the_pages_of_today(site, sign_in):
    decide(site, approval__arrest__chain=NAMED[1:])
    referral = supervised(site)
    client, url = sign_in(site.person(Role.LIAISON)), reverse("referrals:approval", args=[referral.pk])
    assert "Your word as the LEAD sergeant" in client.get(url).content.decode()
    assert "Choose why" in client.post(url, {"answered": "no"}).content.decode()
    assert client.post(url, {"answered": "yes"}).status_code == 302
    assert "Not your turn" in client.get(url).content.decode()
    client = sign_in(site.person(Role.COORDINATOR))
    page = client.get(f"/site/triage/{referral.pk}/").content.decode()
    assert "Asked one after the other" in page and "the LEAD sergeant" in page
    client.post(f"/site/triage/{referral.pk}/yes/")
    assert status(site, referral) == S.SUBMITTED


def test_what_the_officer_wrote_down_is_confirmed_afterwards_by_each(site, sign_in):
    decide(site, approval__arrest__chain=NAMED[1:])
    referral = supervised(site)
    for whom in ("Sgt. Okafor", "Dana"):
        says(site, referral, "yes", whom=whom)
    assert status(site, referral) == S.SUBMITTED
    assert asked_on_today(sign_in, site) == [True, True]
    page = sign_in(site.person(Role.COORDINATOR)).get(f"/site/triage/{referral.pk}/").content.decode()
    assert "A yes was written down by telephone" in page
    own_word(site, referral, Role.COORDINATOR)
    own_word(site, referral, Role.LIAISON)
    assert asked_on_today(sign_in, site) == [False, False]
    assert approval_of(site.person(Role.LIAISON), referral).answered == "yes"


def test_a_no_of_one_of_them_is_the_last_word_until_the_handover(site):
    decide(site, approval__arrest__chain=NAMED[1:])
    referral = supervised(site)
    own_word(site, referral, Role.LIAISON, "no", "rule")
    assert (status(site, referral), steps(site, referral)) == (S.NOT_APPROVED, ["no", ""])
    after = supervised(site)
    for _ in range(2):
        says(site, after, "yes")
    hand_over(site, after, at=timezone.now())
    own_word(site, after, Role.COORDINATOR, "no", "rule")
    assert status(site, after) == S.HANDED_OVER


def test_nobody_writes_the_step_of_another(site):
    decide(site, approval__arrest__chain=NAMED[1:])
    referral = supervised(site)
    for role, number in ((Role.LIAISON, 2), (Role.COORDINATOR, 1)):
        with acting_as(site.person(role)), transaction.atomic():
            assert ApprovalStep.objects.filter(referral=referral, number=number).update(said_whom="x") == 0


def test_where_project_management_said_yes_by_telephone_it_confirms_on_today(site, sign_in):
    decide(site, approval__arrest__roles=["coordinator"])
    referral = supervised(site)
    says(site, referral, "yes", whom="Dana")
    assert status(site, referral) == S.SUBMITTED and asked_on_today(sign_in, site) == [False, True]
    assert sign_in(site.person(Role.COORDINATOR)).post(f"/site/triage/{referral.pk}/yes/").status_code == 302
    assert asked_on_today(sign_in, site) == [False, False]
