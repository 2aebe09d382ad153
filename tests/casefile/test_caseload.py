"""Handing a case on, and who looks after how many: counted apart, named only where the team may know."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.casefile import caseload
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.models import Notice
from lead_cms.programs.current import rules_for
from lead_cms.programs.models import RuleSet
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.models import Participant, Participation
from referrals.actions.assigning import assign
from referrals.actions.attempts import log_attempt
from referrals.models import CaseHandover, Casework, HandoverNote
from referrals.tasks import plan
from tests.casefile.working import case_of, fresh, referred, taken
from tests.factories import membership

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SECRET = "Brother works at the front desk"


@pytest.fixture
def supervisor(world):
    return world.a.person(Role.SUPERVISOR)


def managers(world) -> tuple[Membership, Membership]:
    return world.a.person(Role.CASE_MANAGER, 0), world.a.person(Role.CASE_MANAGER, 1)


def given(by, referral, to, **more) -> None:
    with acting_as(by), transaction.atomic():
        assign(referral=fresh(referral), to=to, by=by, at=timezone.now(), **{"why": "share"} | more)


def notes_of(by) -> list[str]:
    with acting_as(by), transaction.atomic():
        return [one.text for one in HandoverNote.objects.all()]


def told(person) -> list[str]:
    with acting_as(person), transaction.atomic():
        return list(Notice.objects.filter(recipient=person).values_list("text", flat=True))


# ---- handing on


def test_who_from_whom_and_why_are_kept_and_both_are_told_once(world, supervisor):
    former, new = managers(world)
    referral = taken(world.a)
    given(supervisor, referral, new, why="away", note=f" {SECRET} ")
    plan()
    plan()
    with acting_as(supervisor), transaction.atomic():
        handover = CaseHandover.objects.get()
    assert (handover.to, handover.former, handover.why, handover.assigned_by) == (new, former, "away", supervisor)
    assert told(new).count("Somebody was given to you to look after") == 1
    assert told(former).count("Somebody you looked after has another case manager now") == 1
    assert case_of(supervisor, referral).case_manager == new


def test_the_note_is_the_new_case_managers_while_the_case_is_theirs_and_the_supervisors(world, supervisor, sign_in):
    former, new = managers(world)
    referral = taken(world.a)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        third = membership(world.a, Role.CASE_MANAGER, 3, name="third")
    given(supervisor, referral, new, note=SECRET)
    assert notes_of(new) == notes_of(supervisor) == [SECRET]
    assert notes_of(former) == notes_of(third) == []
    page = reverse("casefile:case", args=[referral.pk])
    seen = {who: SECRET in sign_in(who).get(page).content.decode() for who in (new, supervisor, former, third)}
    assert seen == {new: True, supervisor: True, former: False, third: False}
    assert (
        "To share the work".lower() in sign_in(former).get(page).content.decode()
    )  # that, everybody of the team reads
    given(supervisor, referral, third)
    assert notes_of(new) == [] and notes_of(third) == []


def test_the_note_stands_encrypted(world, supervisor):
    given(supervisor, taken(world.a), managers(world)[1], note=SECRET)
    with acting_as(supervisor), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select text from referrals_handovernote")
        assert SECRET not in cursor.fetchone()[0]


@pytest.mark.parametrize("why", ["", "first", "because"])
def test_taking_a_case_from_somebody_needs_a_reason(world, supervisor, why):
    with pytest.raises(DomainError) as refused:
        given(supervisor, taken(world.a), managers(world)[1], why=why)
    assert refused.value.field == "why"


def test_of_two_pages_the_second_does_not_overrule_the_first_unseen(world, supervisor, sign_in):
    former, new = managers(world)
    referral = taken(world.a)
    url, client = reverse("casefile:assign", args=[referral.pk]), sign_in(supervisor)
    seen = client.get(url).context["form"]["seen"].value()
    assert seen == str(former.pk)
    assert client.post(url, {"to": str(new.pk), "why": "away", "note": "n", "seen": seen}).status_code == 302
    sent = {"to": str(supervisor.pk), "why": "share", "note": "n"}
    page = client.post(url, sent | {"seen": seen})
    assert "Somebody changed who looks after this" in page.content.decode()
    again = client.get(url).context["form"]["seen"].value()
    assert client.post(url, sent | {"seen": again}).status_code == 302


def test_the_same_twice_somebody_elses_and_a_note_of_ones_own_are_refused(world, supervisor):
    former, new = managers(world)
    referral = taken(world.a)
    given(supervisor, referral, new)
    with pytest.raises(StaleState):
        given(supervisor, referral, new)
    with pytest.raises(StaleState):
        given(former, referral, former)
    with pytest.raises(DomainError):
        given(former, referred(world.a), former, note="x")
    with pytest.raises(DomainError):
        given(supervisor, referral, former, note="x" * 501)
    with acting_as(supervisor), pytest.raises(IntegrityError), transaction.atomic():
        CaseHandover.objects.create(site_id=referral.site_id, referral_id=referral.pk, to=new, former=new, why="share",
                                    assigned_at=timezone.now(), assigned_by=supervisor)  # fmt: skip


def test_the_form_of_a_supervisor_asks_why_and_keeps_what_was_typed(world, supervisor, sign_in):
    former, new = managers(world)
    referral = taken(world.a)
    client, url = sign_in(supervisor), reverse("casefile:assign", args=[referral.pk])
    page = client.post(url, {"to": new.pk, "note": SECRET}).content.decode()
    assert "Say why somebody else looks after this" in page and SECRET in page
    assert "what was promised" in client.post(url, {"to": new.pk, "why": "language"}).content.decode()
    sent = {"to": new.pk, "note": SECRET, "why": "language"}
    assert "looks after this now" in client.post(url, sent, follow=True).content.decode()
    again = client.post(url, sent).content.decode()
    assert "looks after this already" in again
    assert "Choose somebody" in client.post(url, {"to": uuid.uuid4(), "why": "share", "note": "n"}).content.decode()
    # A case manager is asked for neither.
    own = sign_in(former).get(reverse("casefile:assign", args=[referred(world.a).pk])).content.decode()
    assert 'name="why"' not in own and 'name="note"' not in own


# ---- caseloads


def loads(world, supervisor) -> dict[str, caseload.Load]:
    now = timezone.now()
    with acting_as(supervisor), transaction.atomic():
        rules = caseload_rules(world)
        found = caseload.loads(world.a.site.pk, rules, now, timezone.localdate(timezone=world.a.site.tz))
    assert [one.person.name for one in found] == sorted(one.person.name for one in found)
    return {one.person.name: one for one in found}


def caseload_rules(world):
    return rules_for(RuleSet.objects.filter(site=world.a.site).order_by("-version").first())


def spell(world, referral, state: str, manager) -> Participant:
    """Of a person who said yes long ago."""
    with acting_as(manager), transaction.atomic():
        person = Participant.objects.create(site=world.a.site, given_name="Pat", created_at=timezone.now(),
                                            created_by=manager)  # fmt: skip
        Participation.objects.create(site=world.a.site, participant=person, state=state, recorded_by=manager,
                                     began_on=timezone.localdate() - 90 * DAY)  # fmt: skip
        Casework.objects.filter(referral=referral).update(participant=person)
    return person


def test_active_and_out_of_touch_are_counted_apart(world, supervisor):
    one, _ = managers(world)
    now = timezone.now()
    taken(world.a, at=now - DAY)
    old = taken(world.a, at=now - 25 * DAY)
    spell(world, taken(world.a, at=now - DAY), "inactive", one)
    spell(world, taken(world.a, at=now - DAY), "door_open", one)
    found = loads(world, supervisor)
    mine = found[one.name]
    assert (mine.active, mine.inactive, mine.suggested, mine.out_of_touch) == (1, 1, 1, 2)
    assert found["Case manager 1"].active == 0
    with acting_as(one), transaction.atomic():
        log_attempt(referral=fresh(old), kind="call", outcome="reached", by=one, at=now - 2 * DAY)
    assert loads(world, supervisor)[one.name].suggested == 0
    with acting_as(one), transaction.atomic():
        assert not Participation.objects.filter(state="inactive").exclude(participant__given_name="Pat").exists()


def test_a_try_that_did_not_reach_the_person_is_no_contact(world, supervisor):
    one, _ = managers(world)
    old = taken(world.a, at=timezone.now() - 25 * DAY)
    with acting_as(one), transaction.atomic():
        log_attempt(referral=fresh(old), kind="call", outcome="left_word", by=one, at=timezone.now() - DAY)
    assert loads(world, supervisor)[one.name].suggested == 1


@pytest.mark.parametrize(
    ("is_two_way", "is_signed", "suggested"), [(True, True, 0), (False, True, 1), (True, False, 1)]
)
def test_a_signed_note_of_a_talk_is_a_contact(world, supervisor, is_two_way, is_signed, suggested):
    one, _ = managers(world)
    now = timezone.now()
    person = spell(world, taken(world.a, at=now - 25 * DAY), "active", one)
    given = Written(happened_at=now - DAY, kind="phone", is_two_way=is_two_way)
    with acting_as(one), transaction.atomic():
        note = keep_note(
            key=uuid.uuid4(), participant=person, given=given, page=Page(uuid.uuid4(), now), by=one, at=now
        )
        if is_signed:
            sign_note(note=note, by=one, at=now)
    assert loads(world, supervisor)[one.name].suggested == suggested
    with acting_as(supervisor), transaction.atomic():
        (case,) = caseload.cases_of(world.a.site.pk, one.pk)
        assert (case.met_at == now - DAY) is (suggested == 0)


def test_one_person_with_two_referrals_is_one(world, supervisor):
    one, _ = managers(world)
    now = timezone.now()
    first, second = taken(world.a, at=now - DAY), taken(world.a, at=now - 25 * DAY)
    person = spell(world, first, "active", one)
    with acting_as(one), transaction.atomic():
        Casework.objects.filter(referral=second).update(participant=person)
    mine = loads(world, supervisor)[one.name]
    assert (mine.active, mine.suggested) == (1, 0)


def test_windows_ending_within_a_week_are_counted(world, supervisor):
    now = timezone.now()
    for days in (30, 25, 23, 10):
        taken(world.a, at=now - timedelta(days=days))
    assert loads(world, supervisor)["Case manager 0"].ending == 3


def test_a_restricted_case_is_counted_and_never_named(world, supervisor, sign_in):
    one, _ = managers(world)
    referral = taken(world.a, name="Closed Case")
    taken(world.a, name="Open Case")
    with acting_as(one), transaction.atomic():
        Casework.objects.filter(referral=referral).update(is_restricted=True)
    mine = loads(world, supervisor)[one.name]
    assert (mine.active + mine.suggested, mine.closed) == (2, 1)
    client = sign_in(supervisor)
    pages = [client.get(reverse("casefile:caseloads")), client.get(reverse("casefile:caseload-of", args=[one.pk]))]
    assert all("Closed Case" not in page.content.decode() for page in pages)
    assert "Open Case" in pages[1].content.decode() and "1 more is closed to the team" in pages[1].content.decode()


@pytest.mark.parametrize(
    ("active", "tone"),
    [(0, "neutral"), (15, "neutral"), (20, "neutral"), (21, "waiting"), (25, "waiting"), (26, "bad")],
)
def test_the_sites_thresholds_say_what_a_number_means(world, supervisor, active, tone):
    with acting_as(supervisor), transaction.atomic():
        says, found = caseload.against(active, caseload_rules(world))
    assert found == tone and (says == "") == (active < 15)
    assert caseload.against(active, None) == ("", "neutral")


def test_who_is_over_stands_on_today(world, supervisor, sign_in, monkeypatch):
    decide(world, {"full": 1, "high": 1, "most": 1})
    assert "None by the site’s rules." in sign_in(supervisor).get("/").content.decode()
    for _ in range(2):
        taken(world.a, at=timezone.now() - DAY)
    page = sign_in(supervisor).get("/").content.decode()
    assert "Caseloads over a threshold" in page and "2 active. More than 1: the most is exceeded." in page


def test_what_is_not_published_says_so_and_suggests_nothing(world, supervisor, sign_in):
    taken(world.a, at=timezone.now() - 300 * DAY)
    decide(world, {})
    page = sign_in(supervisor).get(reverse("casefile:caseloads")).content.decode()
    assert page.count("not published") == 4 and "1 active" in page and "0 out of touch" in page


def decide(world, values: dict) -> None:
    """A version of the rules with these values for the caseload, and no other."""
    node = {name: {"value": value, "source": {"kind": "site", "note": "n"}} for name, value in values.items()}
    with acting_as(Duty.OPERATOR), transaction.atomic():
        ruleset = RuleSet.objects.get(site=world.a.site, version=1)
        RuleSet.objects.create(
            site=world.a.site, version=2, effective_from=ruleset.effective_from, imported_by="tests",
            document=ruleset.document | {"caseload": node}, document_hash="1" * 64, imported_at=ruleset.imported_at,
        )  # fmt: skip


def test_cases_of_somebody_whose_role_has_ended_are_seen(world, supervisor):
    one, _ = managers(world)
    taken(world.a)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=one.pk).update(ends_at=timezone.now() - DAY)
    assert "hand these over" in loads(world, supervisor)[one.name].says


@pytest.mark.parametrize("page", ["casefile:caseloads", "casefile:caseload-of", "casefile:case"])
def test_a_page_costs_the_same_with_one_case_and_with_twelve(world, supervisor, sign_in, page):
    one, new = managers(world)
    now, client = timezone.now(), sign_in(supervisor)
    first = taken(world.a, at=now - DAY)
    key = {"casefile:caseloads": [], "casefile:caseload-of": [one.pk], "casefile:case": [first.pk]}[page]

    def cost() -> int:
        client.get(reverse(page, args=key))
        with CaptureQueriesContext(connection) as counted:
            assert client.get(reverse(page, args=key)).status_code == 200
        return sum(1 for one in counted.captured_queries if "SAVEPOINT" not in one["sql"])

    before = cost()
    for number in range(11):
        taken(world.a, at=now - timedelta(days=number + 1))
        given(supervisor, first, (new, one)[number % 2], note="n")
    assert cost() == before <= 12


def test_the_list_of_one_person_has_an_end_and_an_empty_state(world, supervisor, sign_in):
    client, (one, new) = sign_in(supervisor), managers(world)
    for number in range(27):
        taken(world.a, at=timezone.now() - timedelta(minutes=number))
    page = client.get(reverse("casefile:caseload-of", args=[one.pk]))
    assert len(page.context["rows"]) == 25
    assert len(client.get(page.context["page"].older_url).context["rows"]) == 2
    assert "No open case to show" in client.get(reverse("casefile:caseload-of", args=[new.pk])).content.decode()
