"""Triage, rules in words, and Today of coordinator, administrator, referrer and auditor."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.access.row_security import all_policies
from lead_cms.accounts.models import AccountLock, Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.models import RuleSet
from referrals.actions.triage import cannot_offer, send_on
from referrals.enums import ReferralStatus
from referrals.models import EligibilityAnswer, HeldCharge, IntakeWindow, OnCallShift, Referral, ReferredPerson
from tests.factories import LONG_AGO
from tests.referrals.making import make_arrest_referral, rules_of


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def coordinator(world):
    return world.a.person(Role.COORDINATOR)


@pytest.fixture
def client(sign_in, coordinator):
    return sign_in(coordinator)


@pytest.fixture
def unsure(world):
    """An officer's referral that the officer was not sure of."""
    return make_arrest_referral(world.a.person(Role.OFFICER), is_sure=False)


def rules_of_site(membership):
    with acting_as(membership), transaction.atomic():
        return rules_of(membership)


def new_rules(world, **changes):
    with acting_as(Duty.OPERATOR):
        return RuleSet.objects.create(
            site=world.a.site, version=2, effective_from=LONG_AGO.date(),
            document={**world.a.rules.document, **changes}, document_hash="1" * 64, imported_at=LONG_AGO,
            imported_by="tests",
        )  # fmt: skip


# ---- triage


def test_what_an_officer_was_not_sure_of_waits_for_the_coordinator(client, unsure):
    assert unsure.status == ReferralStatus.TRIAGE
    assert unsure.reference in words(client.get("/site/triage/"))
    page = words(client.get(f"/site/triage/{unsure.pk}/"))
    assert "Can LEAD be offered?" in page
    assert "Devon Marsh" not in page


NO_TO_ALL = "Every question was answered with no."


def test_a_question_without_an_answer_never_reads_as_a_no(client, world):
    officer = world.a.person(Role.OFFICER)
    assert NO_TO_ALL in words(client.get(f"/site/triage/{make_arrest_referral(officer, is_sure=False).pk}/"))
    for amount, says in (("", "Not answered"), ("not_weighed", "Not weighed")):
        referral = make_arrest_referral(officer, is_sure=False, answers={}, amount=amount)
        page = words(client.get(f"/site/triage/{referral.pk}/"))
        assert NO_TO_ALL not in page
        assert page.count("Not answered") >= len(rules_of_site(officer).exclusions_for("arrest"))
        assert f"The controlled substance quantity is over 5 grams. {says}" in page


def test_a_yes_opens_the_window_from_the_day_it_was_sent(client, coordinator, unsure):
    assert client.post(f"/site/triage/{unsure.pk}/yes/")["Location"] == "/site/triage/"
    with acting_as(coordinator):
        after = Referral.objects.get(pk=unsure.pk)
        assert (after.status, after.outcome) == (ReferralStatus.SUBMITTED, "eligible")
        window = IntakeWindow.objects.get(referral=unsure)
        assert window.starts_on == unsure.submitted_at.astimezone(coordinator.site.tz).date()
        assert HeldCharge.objects.filter(referral=unsure).count() == 1


def test_a_yes_that_needs_approval_waits_for_it(client, coordinator, unsure):
    client.post(f"/site/triage/{unsure.pk}/yes/", {"approval": "1"})
    with acting_as(coordinator):
        after = Referral.objects.get(pk=unsure.pk)
        assert (after.status, after.outcome) == (ReferralStatus.PENDING, "needs_approval")
        assert after.approval.because == ["coordinator"]


def test_a_no_is_counted_with_its_reason_and_without_a_name(client, coordinator, unsure):
    page = f"/site/triage/{unsure.pk}/no/"
    assert "has no answer yet" in words(client.post(page, {}))
    assert "Choose one of the answers shown here" in words(client.post(page, {"reason": "because"}))
    assert client.post(page, {"reason": "offense_not_listed"}).status_code == 302
    with acting_as(coordinator):
        assert Referral.objects.get(pk=unsure.pk).status == ReferralStatus.INELIGIBLE
        person = ReferredPerson.objects.get(referral=unsure)
        assert (person.name, person.description, person.birth_date) == ("", "", None)
        assert EligibilityAnswer.objects.filter(rule_code="coordinator.offense_not_listed").count() == 1
        assert not HeldCharge.objects.filter(referral=unsure).exists()


def test_two_answers_at_once_are_one(coordinator, unsure):
    with acting_as(coordinator):
        send_on(referral=unsure, needs_approval=False, by=coordinator, at=timezone.now())
        with pytest.raises(StaleState):
            cannot_offer(referral=unsure, reason="offense_not_listed", by=coordinator, at=timezone.now())


def test_nothing_held_is_nothing_to_divert(world, coordinator):
    referral = make_arrest_referral(world.a.person(Role.OFFICER), is_sure=False, held=())
    with acting_as(coordinator), pytest.raises(DomainError, match="No offense is held"):
        send_on(referral=referral, needs_approval=False, by=coordinator, at=timezone.now())


def test_a_stale_page_is_told_and_changes_nothing(client, unsure):
    client.post(f"/site/triage/{unsure.pk}/yes/")
    assert client.post(f"/site/triage/{unsure.pk}/no/", {"reason": "offense_not_listed"}).status_code == 404


def test_triage_is_the_sites_coordinators_alone(sign_in, world, unsure):
    other = sign_in(world.b.person(Role.COORDINATOR))
    assert unsure.reference not in words(other.get("/site/triage/"))
    for path in ("", "yes/", "no/"):
        method = other.get if not path else other.post
        assert method(f"/site/triage/{unsure.pk}/{path}").status_code == 404
        assert method(f"/site/triage/00000000-0000-4000-8000-000000000000/{path}").status_code == 404
    for role in Role:
        if role != Role.COORDINATOR:
            theirs = sign_in(world.a.person(role))
            assert theirs.get("/site/triage/").status_code == 403
            assert theirs.post(f"/site/triage/{unsure.pk}/yes/").status_code == 403


# ---- rules in words


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR])
def test_the_rules_stand_in_words_with_their_sources(sign_in, world, role):
    text = words(sign_in(world.a.person(role)).get("/rules/"))
    assert "version 1, in force since" in text
    assert "Invented for the demo" in text
    assert "Cal. Penal Code 1001.87" in text
    assert "The policy group must still decide" not in text
    assert "Seattle" not in text


def test_what_is_missing_stands_as_questions(client, world):
    new_rules(world, doors={"value": None, "source": {"kind": "not published"}})
    text = words(client.get("/rules/"))
    assert "Which doors are open" in text
    assert "Not decided yet." in text
    assert "takes no referral until its rules are complete" in words(client.get("/"))


def test_a_consent_that_is_a_condition_is_said_to_be_no_free_choice(client, world):
    consent = dict(world.a.rules.document["criminal_justice_consent"])
    consent["condition_of_diversion"] = {"value": True, "source": {"kind": "site", "note": "Policy group, May 2"}}
    new_rules(world, criminal_justice_consent=consent)
    for page in ("/rules/", "/"):
        assert "Required, so not a free choice; ask counsel" in words(client.get(page))


def test_a_site_without_rules_says_so(sign_in, world):
    with acting_as(Duty.OPERATOR):
        RuleSet.objects.create(
            site=world.a.site, version=9, effective_from=timezone.localdate() + timedelta(days=3), imported_at=LONG_AGO,
            document=world.a.rules.document, document_hash="2" * 64, imported_by="tests",
        )  # fmt: skip
    assert "To come" in words(sign_in(world.a.person(Role.COORDINATOR)).get("/rules/"))


@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.LIAISON, Role.PROSECUTOR, Role.REFERRER, Role.ADMINISTRATOR, Role.AUDITOR]
)
def test_others_do_not_open_the_rules_or_the_counts(sign_in, world, role):
    theirs = sign_in(world.a.person(role))
    assert theirs.get("/rules/").status_code == theirs.get("/site/counts/").status_code == 403


# ---- Today


def test_today_of_the_coordinator_leads_with_what_is_worst(client, coordinator, world, unsure):
    text = words(client.get("/"))
    assert "Nobody is on call now and for the next 7 days" in text
    assert unsure.reference in text
    now = timezone.now()
    with acting_as(coordinator):
        OnCallShift(
            site=coordinator.site, person=world.a.person(Role.CASE_MANAGER), starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(days=8),
        ).save(force_insert=True)  # fmt: skip
    text = words(client.get("/"))
    assert "A referral waits for your answer" in text
    assert "Nobody is on call" not in text


def test_today_of_the_coordinator_shows_outreach_that_nobody_tried(client, world):
    referral = make_arrest_referral(world.a.person(Role.OFFICER), door="social")
    if referral.status != ReferralStatus.SUBMITTED:
        pytest.skip("this site's social door asks for approval first")
    text = words(client.get("/"))
    assert "1 person has not been tried yet" in text
    assert referral.reference in text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.REFERRER, Role.AUDITOR])
def test_today_asks_as_much_for_one_as_for_twelve(sign_in, world, role):
    theirs = sign_in(world.a.person(role))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert theirs.get("/").status_code == 200
        return sum("SAVEPOINT" not in one["sql"] for one in queries)

    make_arrest_referral(world.a.person(Role.OFFICER), is_sure=False)
    asked()
    one = asked()
    for _ in range(11):
        make_arrest_referral(world.a.person(Role.OFFICER), is_sure=False)
    assert asked() == one <= 12


def test_today_of_the_administrator_shows_locks_and_ends(sign_in, world):
    officer, other = world.a.person(Role.OFFICER), world.a.person(Role.OFFICER, 1)
    AccountLock.objects.create(user=officer.user, failures=5, first_failed_at=timezone.now(), locked_at=timezone.now())
    with acting_as(Duty.OPERATOR):
        Membership.objects.filter(pk=other.pk).update(ends_at=timezone.now() + timedelta(days=3))
    text = words(sign_in(world.a.person(Role.ADMINISTRATOR)).get("/"))
    assert "A sign-in is locked" in text
    assert "Roles that end within 14 days" in text


# ---- the auditor


def test_an_auditor_reads_the_deeds_of_the_own_site_and_nothing_else(world):
    for site in (world.a, world.b):
        with acting_as(site.person(Role.OFFICER)):
            record(AuditAction.REFERRAL_VIEWED)
    auditor = world.a.person(Role.AUDITOR)
    with acting_as(auditor), connection.cursor() as cursor:
        cursor.execute("select distinct site_id from audit_auditevent")
        assert cursor.fetchall() == [(world.a.site.pk,)]
    frame = {"accounts_site", "accounts_organisation", "accounts_membership", "programs_ruleset", "notify_notice",
             "referrals_draft", "audit_auditevent", "accounts_user", "notify_alertpreference",
             "participants_emergencyaccess"}  # fmt: skip
    read = set()
    for policy in all_policies():
        with acting_as(auditor), suppress(ProgrammingError), transaction.atomic():
            connection.cursor().execute(f'select id from "{policy.table}"')
            read.add(policy.table)
    assert read <= frame


def test_today_of_the_auditor_says_what_is_recorded(sign_in, world):
    text = words(sign_in(world.a.person(Role.AUDITOR)).get("/"))
    assert "denied" in text.lower()
