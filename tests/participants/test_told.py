"""What a matrix opens, to whom, and until which second; each showing is written down."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.access.row_security import all_policies, db_role
from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.consents import Asked, Cell, ask, revoke, revoke_cells, state_of
from participants.actions.disclosing import disclose
from participants.actions.spells import change_spell
from participants.consent_texts import ConsentText
from participants.enums import ConsentState, InformationClass
from participants.models import Consent, ConsentCell, Disclosure, Participation
from tests.casefile.person_making import act, manager_of
from tests.conftest import connection_to
from tests.factories import World
from tests.participants.consenting import (
    POLICE,
    PROSECUTOR,
    PROVIDER,
    asks,
    give,
    may_be_told,
    participant_of,
    provider_of,
)


@pytest.fixture
def where(world):
    return world.a


def everything(by, person) -> set[str]:
    return {code for code in InformationClass.values if may_be_told(by, person, code)}


def with_end(where, referral, person, ends_at) -> Consent:
    """Signed yesterday, to end at exactly this moment."""
    by, organisation = manager_of(where), where.organisations[PROVIDER, 0]
    text = ConsentText("en", "Words")
    asked = Asked(
        referral_id=referral.pk, participant_id=person.pk, talked_at=datetime.now(UTC), text=text, scope="s",
        is_revocable=True, seen_digest=text.digest, answer="yes", signed_name="D", kind="treatment", ends_at=ends_at,
        cells=(Cell(organisation_id=organisation.pk, organisation_kind="provider", information_class="housing"),),
    )  # fmt: skip
    return act(by, lambda: ask(asked, by=by, at=datetime.now(UTC) - timedelta(days=1)))


# ---- default off, one cell at a time


def test_nothing_is_open_until_it_is_signed_and_then_that_cell_alone(where):
    referral, person = participant_of(where)
    provider, other = provider_of(where), provider_of(where, 1)
    assert everything(provider, person) == set()
    give(where, referral, (PROVIDER, 0, "housing"), (PROVIDER, 1, "health"))
    assert (everything(provider, person), everything(other, person)) == ({"housing"}, {"health"})
    assert everything(where.person(Role.OFFICER), person) == everything(where.person(Role.PROSECUTOR), person) == set()
    people = asks(provider, "select array_agg(p::text) from app.consented_people('housing') p")
    assert people == [str(person.pk)]
    assert asks(provider, "select count(*) from app.consented_people('health')") == 0


def test_another_site_and_a_no_open_nothing(world):
    referral, person = participant_of(world.a)
    give(world.a, referral, (PROVIDER, 0, "housing"), answer="no", signed_name="")
    assert not may_be_told(provider_of(world.a), person, "housing")
    give(world.a, referral, (PROVIDER, 0, "housing"))
    assert may_be_told(provider_of(world.a), person, "housing")
    assert not may_be_told(provider_of(world.b), person, "housing")


def test_a_provider_knows_who_it_is_only_while_something_is_open(where):
    referral, person = participant_of(where)
    provider, who = provider_of(where), "select count(*) from app.person_for_me(%s)"
    assert asks(provider, who, person.pk) == 0
    consent = give(where, referral, (PROVIDER, 0, "housing"))
    assert asks(provider, "select shown_name from app.person_for_me(%s)", person.pk) == person.shown_name
    assert asks(provider_of(where, 1), who, person.pk) == 0
    act(manager_of(where), lambda: revoke(consent=consent, how="spoken", by=manager_of(where), at=datetime.now(UTC)))
    assert asks(provider, who, person.pk) == 0


# ---- until which second


def test_one_cell_taken_back_shuts_that_cell_and_the_last_one_the_consent(where):
    referral, person = participant_of(where)
    by, provider = manager_of(where), provider_of(where)
    consent = give(where, referral, (PROVIDER, 0, "housing"), (PROVIDER, 0, "health"), (PROVIDER, 1, "housing"))
    cells = act(by, lambda: list(ConsentCell.objects.filter(consent=consent).select_related("organisation")))
    health = next(cell for cell in cells if cell.information_class == "health")

    def back(*gone):
        keys = [cell.pk for cell in gone]
        return act(by, lambda: revoke_cells(consent=consent, cells=keys, how="spoken", by=by, at=datetime.now(UTC)))

    back(health)
    assert everything(provider, person) == {"housing"}
    assert may_be_told(provider_of(where, 1), person, "housing")
    cells = act(by, lambda: list(ConsentCell.objects.filter(consent=consent)))
    assert state_of(consent=consent, cells=cells, at=datetime.now(UTC)) == ConsentState.PARTLY_REVOKED
    with pytest.raises(StaleState):
        back(health)
    with pytest.raises(DomainError):
        back()
    assert back(*cells).revoked_at is not None
    assert everything(provider, person) == everything(provider_of(where, 1), person) == set()


def test_it_is_open_one_second_before_its_end_and_shut_after_it_without_a_job(where):
    referral, person = participant_of(where)
    consent = with_end(where, referral, person, datetime.now(UTC) + timedelta(seconds=1.5))
    assert may_be_told(provider_of(where), person, "housing")
    time.sleep(max(0, (consent.ends_at - datetime.now(UTC)).total_seconds()) + 0.05)
    assert not may_be_told(provider_of(where), person, "housing")
    assert state_of(consent=consent, cells=[], at=datetime.now(UTC)) == ConsentState.EXPIRED
    assert act(provider_of(where), lambda: tell(where, person)) is None


def test_one_that_ended_a_second_ago_opens_nothing(where):
    referral, person = participant_of(where)
    with_end(where, referral, person, datetime.now(UTC) - timedelta(seconds=1))
    assert not may_be_told(provider_of(where), person, "housing")


def test_a_newer_one_takes_the_place_of_the_whole(where):
    referral, person = participant_of(where)
    first = give(where, referral, (PROVIDER, 0, "housing"), (PROVIDER, 0, "health"))
    with pytest.raises(StaleState):  # the page did not know of the one that stands
        give(where, referral, (PROVIDER, 0, "barriers"))
    second = give(where, referral, (PROVIDER, 0, "barriers"), replaces_id=first.pk)
    assert everything(provider_of(where), person) == {"barriers"}
    first = act(manager_of(where), lambda: Consent.objects.get(pk=first.pk))
    assert first.superseded_by_consent_id == second.pk and first.revoked_at is None
    assert state_of(consent=first, cells=[], at=datetime.now(UTC)) == ConsentState.SUPERSEDED
    by = manager_of(where)
    with pytest.raises(StaleState, match="newer consent"):
        act(by, lambda: revoke(consent=first, how="spoken", by=by, at=datetime.now(UTC)))


def test_one_that_ends_with_taking_part_ends_with_the_spell(where):
    referral, person = participant_of(where)
    by = manager_of(where)
    give(where, referral, (PROVIDER, 0, "housing"), ends_on=None, ends_with="taking_part")
    assert may_be_told(provider_of(where), person, "housing")
    act(by, lambda: Participation.objects.filter(participant=person).update(ended_on=datetime.now(UTC).date()))
    assert not may_be_told(provider_of(where), person, "housing")
    with pytest.raises(DomainError, match="end at once"):
        give(where, referral, (PROVIDER, 1, "housing"), ends_on=None, ends_with="taking_part")


def test_it_ends_when_they_leave_and_not_while_they_are_inactive(where):
    referral, person = participant_of(where)
    by, today = manager_of(where), datetime.now(UTC).date() - timedelta(days=1)
    give(where, referral, (PROVIDER, 0, "housing"), ends_on=None, ends_with="taking_part")
    for state, reason, is_told in (("inactive", "custody", True), ("door_open", "", False), ("active", "", True)):
        seen = act(by, lambda: Participation.objects.filter(participant=person).newest_first()[0].pk)
        act(by, lambda s=state, r=reason, k=seen: change_spell(
            participant=person, state=s, reason=r, since=max(today, person_since(by, person)), seen=k, by=by,
            at=datetime.now(UTC),
        ))  # fmt: skip
        assert may_be_told(provider_of(where), person, "housing") is is_told


def person_since(by, person):
    return act(by, lambda: Participation.objects.filter(participant=person).newest_first()[0].began_on)


@pytest.mark.django_db(transaction=True)
def test_taken_back_in_one_connection_it_is_shut_in_another_at_once():
    """Both ways round: a transaction that is open already neither keeps the door open nor keeps it shut."""
    where = World.build().a
    referral, person = participant_of(where)
    by, provider = manager_of(where), provider_of(where)
    with connection_to("lead_app") as other:
        other.execute("select set_config('role', 'lead_provider', true)")
        for name, value in {
            "site_id": provider.site_id, "membership_id": provider.pk, "organisation_id": provider.organisation_id,
        }.items():  # fmt: skip
            other.execute("select set_config(%s, %s, true)", [f"app.{name}", str(value)])

        def one(sql, *parameters):
            return other.execute(sql, parameters).fetchone()

        assert one("select app.consented(%s, 'housing')", person.pk) == (False,)
        consent = give(where, referral, (PROVIDER, 0, "housing"))
        assert one("select app.consented(%s, 'housing')", person.pk) == (True,)
        assert one("select consent_id from app.told_under('housing', %s, null)", person.pk) == (consent.pk,)
        act(by, lambda: revoke(consent=consent, how="written", by=by, at=datetime.now(UTC)))
        # The provider's transaction is the same, still open; what it was about to write is refused.
        assert one("select app.consented(%s, 'housing')", person.pk) == (False,)
        assert one("select consent_id from app.told_under('housing', %s, null)", person.pk) is None
        with pytest.raises(Exception, match="row-level security"):
            other.execute(
                """insert into participants_disclosure (id, site_id, consent_id, what, to_membership_id,
                   to_organisation_id, purpose, notice_version)
                   values (gen_random_uuid(), %s, %s, 'housing', %s, %s, 'p', 'v')""",
                [provider.site_id, consent.pk, provider.pk, provider.organisation_id],
            )


# ---- written down


def tell(where, person, what="housing", by=None):
    return disclose(what=what, by=by or provider_of(where), purpose="service", participant_id=person.pk, target=None)


def test_showing_writes_one_row_and_says_only_ones_own_scope(where):
    referral, person = participant_of(where)
    give(where, referral, (PROVIDER, 0, "housing"), (PROVIDER, 1, "substance_use"))
    provider = provider_of(where)
    told = act(provider, lambda: tell(where, person))
    assert "housing" in told.scope and provider.organisation.name in told.scope
    assert "substance" not in told.scope and provider_of(where, 1).organisation.name not in told.scope
    assert act(provider, lambda: tell(where, person, "health")) is None
    act(provider, lambda: tell(where, person))
    rows = act(where.person(Role.SUPERVISOR), lambda: list(Disclosure.objects.all()))
    assert [(row.what, row.to_membership_id, row.consent_id) for row in rows] == [
        ("housing", provider.pk, told.consent_id)
    ] * 2
    assert all(row.recorded_at is not None and row.notice_version for row in rows)
    auditor = where.person(Role.AUDITOR)
    events = act(auditor, lambda: list(AuditEvent.objects.filter(action=AuditAction.DISCLOSED)))
    assert len(events) == 2 and events[0].details["what"] == "housing"


def test_taking_back_rewrites_nothing_that_was_told(where):
    referral, person = participant_of(where)
    by, consent = manager_of(where), give(where, referral, (PROVIDER, 0, "housing"))
    act(provider_of(where), lambda: tell(where, person))
    before = act(by, lambda: list(Disclosure.objects.values()))
    act(by, lambda: revoke(consent=consent, how="spoken", by=by, at=datetime.now(UTC)))
    assert act(by, lambda: list(Disclosure.objects.values())) == before != []


def test_nobody_writes_a_disclosure_of_what_is_not_open_not_even_by_intake(where):
    referral, person = participant_of(where)
    consent = give(where, referral, (PROVIDER, 0, "housing"))
    officer = where.person(Role.OFFICER)

    def row(by, what):
        return Disclosure(
            site_id=by.site_id, consent=consent, what=what, to_membership=by, to_organisation_id=by.organisation_id,
            purpose="p", notice_version="v",
        )  # fmt: skip

    for by, what in [(provider_of(where, 1), "housing"), (provider_of(where), "health")]:
        with pytest.raises(ProgrammingError):
            act(by, lambda by=by, what=what: row(by, what).save(force_insert=True))
    with pytest.raises(ProgrammingError), acting_as(officer), transaction.atomic(), acting_as(Duty.INTAKE):
        row(officer, "housing").save(force_insert=True)


def test_police_have_no_right_on_any_table_of_the_person():
    roles = {db_role(Role.OFFICER), db_role(Role.LIAISON)}
    held = {(policy.table, verb) for policy in all_policies() for verb, role, _ in policy.entries() if role in roles}
    assert not [table for table, _ in held if table.startswith("participants_")]


# ---- what the tables themselves refuse


def test_no_cell_is_written_that_was_not_signed(where):
    referral, person = participant_of(where)
    by, consent = manager_of(where), give(where, referral, (PROVIDER, 0, "housing"))
    row = {"site": where.site, "consent": consent, "participant": person, "kind": "treatment",
           "organisation_kind": "provider", "information_class": "health",
           "organisation": where.organisations[PROVIDER, 0]}  # fmt: skip
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(by, lambda: ConsentCell(**row).save(force_insert=True))
    # Nor one that calls a police department a provider.
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(by, lambda: ConsentCell(**row | {"organisation": where.organisations[POLICE, 0]}).save(force_insert=True))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "treatment", "organisation_kind": "police", "information_class": "enrolment"},
        {"kind": "treatment", "organisation_kind": "prosecutor", "information_class": "enrolment"},
        {"kind": "multi_party", "organisation_kind": "police", "information_class": "health"},
        {"kind": "multi_party", "organisation_kind": "prosecutor", "information_class": "substance_use"},
        {"kind": "multi_party", "organisation_kind": "prosecutor", "information_class": "window_result"},
        {"kind": "multi_party", "organisation_kind": "public_body", "information_class": "enrolment"},
        {"kind": "criminal_justice", "organisation_kind": "provider", "information_class": "enrolment"},
    ],
)
def test_the_table_refuses_what_the_law_does(where, wrong):
    referral, person = participant_of(where)
    consent = give(where, referral, (PROVIDER, 0, "housing"))
    row = ConsentCell(
        site=where.site, consent=consent, participant=person, organisation=where.organisations[PROVIDER, 1], **wrong
    )  # fmt: skip
    with acting_as(Duty.OPERATOR), pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("treatment", (POLICE, 0, "enrolment")),
        ("treatment", (PROSECUTOR, 0, "enrolment")),
        ("multi_party", (POLICE, 0, "health")),
        ("multi_party", (PROSECUTOR, 0, "window_result")),
    ],
)
def test_the_form_refuses_it_in_words(where, kind, cell):
    referral, _ = participant_of(where)
    with pytest.raises(DomainError) as refusal:
        give(where, referral, cell, kind=kind)
    assert refusal.value.field == "cells"


def test_consents_of_a_person_are_found_by_an_index(where):
    """However small the table: a plan that could not use the index would read every consent of the site."""
    with acting_as(Duty.OPERATOR), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where indexname = 'consentcell_asked'")
        assert "(participant_id, organisation_id, information_class)" in cursor.fetchone()[0]
