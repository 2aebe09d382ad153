"""Two records of one person: put together, what is never put together, consents that open no more, taken apart again."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from lead_cms.access.permissions import Role
from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent
from lead_cms.core.errors import DomainError, StaleState
from participants.actions import closing, merging
from participants.actions.consents import revoke
from participants.actions.notes import Page, Written, add_to_note, keep_note, sign_note
from participants.actions.persons import Names, correct_person, set_phone
from participants.models import (
    Consent,
    ContactNote,
    LegalEvent,
    Merge,
    NeverTogether,
    NoteLine,
    Participant,
    Participation,
)  # fmt: skip
from participants.tasks import erase
from referrals.actions import linking
from referrals.models import Casework
from services.actions.asking import open_asked
from services.models import AskedPerson
from tests.casefile.person_making import act, linked, manager_of, talked
from tests.casefile.working import fresh, taken
from tests.participants.consenting import PROSECUTOR, PROVIDER, asks, give, may_be_told, provider_of
from tests.services.making import make_asked, make_linked

# The database's own clock says until when something can be undone.
NOW = datetime.now(UTC)


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def by(where):
    return manager_of(where)


@pytest.fixture
def supervisor(where):
    return where.person(Role.SUPERVISOR)


@pytest.fixture
def pair(where):
    """The older record first: it is kept."""
    one = linked(where, talked(where, at=NOW - timedelta(days=9)), at=NOW - timedelta(days=9), aliases=("Bear",))
    other = linked(
        where, talked(where, at=NOW - timedelta(days=2)), at=NOW - timedelta(days=2), given_name="Devin", aliases=("Dev",),
        pronouns="they",
    )  # fmt: skip
    return one, other


def put_together(by, one, other, *, days=30, at=NOW, **choices) -> Merge:
    def go():
        first, second = fresh(one), fresh(other)
        asked = {field.name: field.first for field in merging.fields_of(first, second)} | choices
        seen = merging.seen_as(first, second)
        return merging.merge(one=first, other=second, choices=asked, seen=seen, days=days, by=by, at=at)

    return act(by, go)


def apart(by, merge, at=NOW) -> Merge:
    return act(by, lambda: merging.take_apart(merge=fresh(merge), by=by, at=at))


def noted(by, person, **more) -> ContactNote:
    given = Written(happened_at=NOW - timedelta(hours=3), kind="phone", is_two_way=True, line="Called.", **more)
    return act(by, lambda: keep_note(
        key=uuid4(), participant=fresh(person), given=given, page=Page(uuid4(), NOW), by=by, at=NOW
    ))  # fmt: skip


def of(by, model, person) -> set:
    return act(by, lambda: set(model.objects.filter(participant_id=person.pk).values_list("pk", flat=True)))


# ---- put together


def test_two_records_become_one_and_the_other_is_in_no_list(where, by, supervisor, pair):
    one, other = pair
    note = noted(by, other, counselling="Theirs alone.")
    merge = put_together(by, other, one, given_name="one")  # of the two named, "one" is the newer record here
    kept = act(by, lambda: Participant.objects.get(pk=one.pk))
    assert (kept.given_name, kept.pronouns, set(kept.aliases)) == ("Devin", "they", {"Bear", "Dev", "Devon Marsh"})
    assert "devon" in kept.search_names and merge.choices["aliases"] == "both"
    for who in (by, supervisor):
        assert not act(who, lambda: Participant.objects.filter(pk=other.pk).exists())
        assert asks(who, "select count(*) from app.participants_like('Devon Marsh', null, 9, 0.3)") == 1
        assert asks(who, "select app.kept_record(%s)", other.pk) == one.pk
    assert len(of(by, Casework, one)) == 2 and not of(by, Casework, other)
    assert of(by, ContactNote, one) == {note.pk} and len(of(by, NoteLine, one)) == 1
    assert merge.counts["participants_counsellingnote"]["came"] == 1
    # One time of taking part at a time: that of the kept record stands, the other stays with the other record.
    assert len(of(by, Participation, one)) == len(of(by, Participation, other)) == 1
    assert merge.counts["participants_participation"] == {"own": 1, "stayed": 1}


def test_what_was_done_is_recorded_with_codes_and_keys_alone(where, by, pair):
    merge = put_together(by, *pair)
    apart(by, merge)
    auditor = where.person(Role.AUDITOR)
    for action in (AuditAction.PERSON_MERGED, AuditAction.PERSON_TAKEN_APART):
        event = act(auditor, lambda action=action: AuditEvent.objects.get(action=action))
        assert (event.target_id, event.details["left"]) == (str(merge.kept_id), str(merge.left_id))
        assert "Devin" not in str(event.details) and "casework" in str(event.details)


def test_whatever_is_written_meanwhile_about_the_other_record_is_the_kept_ones(supervisor, by, pair):
    one, other = pair
    put_together(by, one, other)
    given = {"site_id": other.site_id, "kind": "hearing", "on": NOW.date(), "source": "person", "recorded_at": NOW}
    act(
        supervisor, lambda: LegalEvent(participant_id=other.pk, recorded_by=supervisor, **given).save(force_insert=True)
    )
    assert len(of(by, LegalEvent, one)) == 1


# ---- what is never put together


def refusal(by, one, other) -> str:
    with pytest.raises(DomainError) as told:
        put_together(by, one, other)
    return str(told.value)


def test_a_case_manager_puts_together_their_own_people_and_a_supervisor_the_sites(where, world, by, supervisor, pair):
    colleague = manager_of(where, 1)
    theirs = linked(where, taken(where, by=colleague), by=colleague)
    assert merging.WORDS["not_yours"] == refusal(by, pair[0], theirs) == refusal(colleague, pair[0], theirs)
    assert put_together(supervisor, pair[0], theirs).kept_id
    elsewhere = linked(world.b, taken(world.b))
    found = act(supervisor, lambda: merging.hindrance(one=pair[1].pk, other=elsewhere.pk, by=supervisor))
    assert found.code == "missing"
    assert act(by, lambda: merging.hindrance(one=pair[1].pk, other=pair[1].pk, by=by)).code == "same"


def test_two_who_must_not_meet_are_two_people_and_a_case_manager_hears_no_more(by, supervisor, pair):
    one, other = pair
    act(supervisor, lambda: closing.keep_apart(one=one, other=other, reason="asked", by=supervisor, at=NOW))
    assert refusal(by, one, other) == closing.ASK
    assert refusal(supervisor, one, other) == merging.WORDS["apart"]
    act(supervisor, lambda: closing.lift(pair=NeverTogether.objects.get(), by=supervisor, at=NOW))
    put_together(by, one, other)


def test_whom_they_must_not_meet_holds_for_the_one_record_unless_a_worker_would_be_shared(where, by, supervisor, pair):
    one, other = pair
    colleague = manager_of(where, 1)
    enemy = linked(where, taken(where, by=colleague), by=colleague, given_name="X", family_name="Y")
    act(supervisor, lambda: closing.keep_apart(one=other, other=enemy, reason="asked", by=supervisor, at=NOW))
    merge = put_together(by, one, other)
    assert asks(by, "select app.has_somebody_to_avoid(%s)", one.pk)
    apart(by, merge)
    assert not asks(by, "select app.has_somebody_to_avoid(%s)", one.pk)
    assert asks(by, "select app.has_somebody_to_avoid(%s)", other.pk)
    theirs = linked(where, taken(where, by=colleague), by=colleague)
    assert refusal(supervisor, other, theirs) == merging.WORDS["worker"]


def test_a_closed_record_and_one_of_somebody_who_died_are_decided_first(where, by, supervisor, pair):
    one, other = pair
    act(supervisor, lambda: linking.set_restricted(participant=fresh(one), restricted=True, by=supervisor, at=NOW))
    assert refusal(by, one, other) == merging.WORDS["restricted"]
    act(supervisor, lambda: linking.set_restricted(participant=fresh(one), restricted=False, by=supervisor, at=NOW))
    named = act(supervisor, lambda: closing.name_staff(
        participant=other, to=manager_of(where, 1), kind="shut", reason="relative", by=supervisor, at=NOW
    ))  # fmt: skip
    assert refusal(by, one, other) == closing.ASK and refusal(supervisor, one, other) == merging.WORDS["named"]
    act(supervisor, lambda: closing.end_staff(access=named, by=supervisor, at=NOW))
    act(supervisor, lambda: Participant.objects.filter(pk=one.pk).update(died_on=NOW.date()))
    assert refusal(by, one, other) == merging.WORDS["died"]
    act(supervisor, lambda: Participant.objects.filter(pk=one.pk).update(died_on=None))
    act(supervisor, lambda: Casework.objects.filter(participant=one).update(is_sealed=True))
    assert refusal(supervisor, one, other) == merging.WORDS["sealed"]


def test_a_site_that_has_not_decided_puts_nothing_together(by, pair):
    with pytest.raises(DomainError, match="has not decided"):
        put_together(by, *pair, days=None)


def test_what_was_changed_since_the_page_was_opened_is_looked_at_first(by, pair):
    one, other = pair
    seen = act(by, lambda: merging.seen_as(fresh(one), fresh(other)))
    act(by, lambda: set_phone(participant=fresh(other), phone="4155550188", may_text=False, may_leave_message=False,
                              others_read="", by=by, at=NOW))  # fmt: skip
    with pytest.raises(StaleState, match="was changed"):
        act(
            by, lambda: merging.merge(one=fresh(one), other=fresh(other), choices={}, seen=seen, days=30, by=by, at=NOW)
        )


def test_sent_twice_it_is_done_once(by, pair):
    one, other = (act(by, lambda row=row: fresh(row)) for row in pair)
    put_together(by, one, other)
    with pytest.raises(StaleState, match="meanwhile"):
        act(by, lambda: merging.merge(one=one, other=other, choices={}, seen="", days=30, by=by, at=NOW))
    assert act(by, lambda: Merge.objects.count()) == 1


# ---- consents open what they opened, and no more


def consents_of(by) -> list:
    return act(by, lambda: list(Consent.objects.order_by("pk").values()))


@pytest.mark.parametrize("revoked", ["kept", "left"])
def test_no_consent_of_one_record_opens_what_hung_on_the_other(where, by, pair, revoked):
    """The provider reads each request under the consent of the record it was sent for, also after the two are one."""
    one, other = pair
    provider, service = provider_of(where), make_linked(where)
    asked, signed = {}, {}
    for name, person in (("kept", one), ("left", other)):
        referral = act(by, lambda person=person: Casework.objects.get(participant=person).referral)
        signed[name] = give(where, referral, (PROVIDER, 0, "enrolment"), at=NOW)
        asked[name] = make_asked(where, service, person, names_person=True)
    before = consents_of(by)
    put_together(by, one, other)
    assert consents_of(by) == before
    assert act(by, lambda: AskedPerson.objects.filter(participant=one).count()) == 2
    act(by, lambda: revoke(consent=fresh(signed[revoked]), how="spoken", by=by, at=NOW))
    shown = {
        name: act(provider, lambda row=row: open_asked(asked=row, by=provider)).person for name, row in asked.items()
    }
    stands = "left" if revoked == "kept" else "kept"
    assert shown[revoked] is None and shown[stands]["name"].startswith("Devin" if stands == "left" else "Devon")
    assert act(provider, lambda: AskedPerson.objects.count()) == 1


def test_a_prosecutor_hears_of_a_referral_what_its_own_record_consented_to(where, by, pair):
    one, other = pair
    referrals = [act(by, lambda row=row: Casework.objects.get(participant=row).referral_id) for row in pair]
    prosecutor = where.person(Role.PROSECUTOR)
    give(where, act(by, lambda: Casework.objects.get(participant=one).referral), (PROSECUTOR, 0, "enrolment"),
         kind="multi_party", at=NOW)  # fmt: skip
    ask = "select count(*) from app.told_of_referral(%s, 30)"
    put_together(by, one, other)
    assert [asks(prosecutor, ask, key) for key in referrals] == [1, 0]
    assert not may_be_told(prosecutor, other, "enrolment")


def test_a_consent_for_as_long_as_they_take_part_begins_again_by_no_spell_of_the_other_record(where, by, pair):
    one, other = pair
    referral = act(by, lambda: Casework.objects.get(participant=one).referral)
    give(where, referral, (PROVIDER, 0, "housing"), ends_on=None, ends_with="taking_part", at=NOW)
    assert may_be_told(provider_of(where), one, "housing")
    act(by, lambda: Participation.objects.filter(participant=one).update(ended_on=NOW.date(), state="door_open"))
    assert not may_be_told(provider_of(where), one, "housing")
    put_together(by, one, other)
    assert len(of(by, Participation, one) | of(by, Participation, other)) == 2
    assert not may_be_told(provider_of(where), one, "housing")


def test_what_is_signed_anew_stands_in_the_place_of_what_was_signed_on_either(where, by, pair):
    one, other = pair
    referrals = [act(by, lambda row=row: Casework.objects.get(participant=row).referral) for row in pair]
    first, second = (give(where, referral, (PROVIDER, 0, "housing"), at=NOW) for referral in referrals)
    merge = put_together(by, one, other)
    standing = first if merge.kept_id == one.pk else second
    give(where, referrals[1], (PROVIDER, 1, "health"), at=NOW, replaces_id=standing.pk)
    assert [act(by, lambda row=row: fresh(row)).superseded_at is not None for row in (first, second)] == [True, True]


# ---- taken apart


def everything(by, person) -> dict:
    return {
        model: of(by, model, person)
        for model in (Casework, ContactNote, NoteLine, LegalEvent, AskedPerson, Participation)
    }


def test_taken_apart_both_are_what_they_were(where, by, pair):
    one, other = pair
    noted(by, other)
    make_asked(where, person=other)
    names = act(by, lambda: [list(Participant.objects.filter(pk=row.pk).values()) for row in pair])
    before = [everything(by, row) for row in pair]
    merge = apart(by, put_together(by, one, other, given_name="other"))
    assert act(by, lambda: [list(Participant.objects.filter(pk=row.pk).values()) for row in pair]) == names
    assert [everything(by, row) for row in pair] == before
    assert merge.result["fields_stay"] == [] and all("stay" not in said for said in merge.result["rows"].values())
    assert merge.before == {} and not asks(by, "select app.kept_record(%s)", other.pk)
    with pytest.raises(StaleState, match="already"):
        apart(by, merge)


def test_what_was_changed_or_added_since_stays_and_is_named(by, pair):
    one, other = pair
    untouched, added_to, unsigned = (noted(by, other) for _ in range(3))
    act(by, lambda: sign_note(note=fresh(added_to), by=by, at=NOW))
    merge = put_together(by, one, other, given_name="other", pronouns="other")
    act(
        by,
        lambda: correct_person(
            participant=fresh(one), names=Names(given_name="Devonne", pronouns="they"), by=by, at=NOW
        ),
    )
    act(by, lambda: add_to_note(note=fresh(added_to), text="They called back.", by=by, at=NOW))
    act(by, lambda: sign_note(note=fresh(unsigned), by=by, at=NOW))
    fresh_note = noted(by, one)
    result = apart(by, merge).result
    assert of(by, ContactNote, other) == {untouched.pk}
    assert of(by, ContactNote, one) == {added_to.pk, unsigned.pk, fresh_note.pk}
    assert len(of(by, NoteLine, other)) == 1  # each text is where its note is
    assert result["rows"]["participants_contactnote"] == {"back": 1, "stay": 2, "added": 1}
    kept = act(by, lambda: fresh(one))
    assert (kept.given_name, kept.pronouns) == ("Devonne", "") and "given_name" in result["fields_stay"]
    assert len(of(by, Casework, other)) == 1  # a referral goes back to whom it was about, whatever was tried since


def test_a_number_and_what_may_be_done_with_it_go_back_together_or_not_at_all(by, pair):
    one, other = pair
    call = {"may_leave_message": False, "others_read": "", "by": by, "at": NOW}
    act(by, lambda: set_phone(participant=fresh(other), phone="4155550188", may_text=True, **call))
    merge = put_together(by, one, other)
    assert act(by, lambda: fresh(one)).may_text
    act(by, lambda: set_phone(participant=fresh(one), phone="4155550188", may_text=False, **call))
    assert "phone" in apart(by, merge).result["fields_stay"]
    kept = act(by, lambda: fresh(one))
    assert (kept.phone, kept.may_text) == ("4155550188", False)


def test_of_three_records_the_last_is_taken_apart_first(where, by, pair):
    middle, first = pair
    oldest = linked(where, talked(where, at=NOW - timedelta(days=20)), at=NOW - timedelta(days=20))
    early = put_together(by, middle, first)
    late = put_together(by, oldest, middle)
    assert (early.kept_id, late.kept_id) == (middle.pk, oldest.pk)
    assert asks(by, "select app.kept_record(%s)", first.pk) == oldest.pk
    with pytest.raises(StaleState, match="later"):
        apart(where.person(Role.SUPERVISOR), early)
    apart(by, late)
    assert asks(by, "select app.kept_record(%s)", first.pk) == middle.pk
    apart(by, early)
    assert [len(of(by, Casework, row)) for row in (oldest, middle, first)] == [1, 1, 1]
    assert act(where.person(Role.SUPERVISOR), lambda: Merge.objects.filter(apart_at=None).count()) == 0


def test_after_the_sites_days_it_stands_and_what_was_before_is_erased(where, by, pair):
    one, other = pair
    merge = put_together(by, one, other, at=NOW - timedelta(days=31), given_name="other")
    with pytest.raises(DomainError, match="are over"):
        apart(by, merge)
    young = linked(where, talked(where, at=NOW - timedelta(days=1)), at=NOW - timedelta(days=1), given_name="Young")
    standing = put_together(by, one, young, given_name="other")
    erase()
    erase()
    assert act(by, lambda: fresh(merge)).before == {} and act(by, lambda: fresh(merge)).erased_at
    assert act(by, lambda: fresh(standing)).before and not act(by, lambda: fresh(standing)).erased_at


def test_nobody_writes_a_merge_for_records_that_are_not_theirs_or_undoes_another_by_hand(where, by, pair):
    """Not by the database either: the function asks again whatever the page has asked."""
    colleague = manager_of(where, 1)
    merge = put_together(by, *pair)
    assert asks(colleague, "select app.merge_apart(%s) ->> 'hinders'", merge.pk) == "not_yours"
    assert asks(colleague, "select app.merge_rows(%s) ->> 'hinders'", merge.pk) == "missing"
    assert asks(colleague, "select count(*) from app.hangs_on(%s, %s)", *[row.pk for row in pair]) == 0
    for role in (Role.OFFICER, Role.COORDINATOR, Role.PROVIDER, Role.AUDITOR):
        with pytest.raises(Exception, match="permission denied"):
            asks(where.person(role), "select app.merge_rows(%s)", merge.pk)
