"""The supervisor's day: what waits and one tap to ask, notes read with a line to the author, people reached and served."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.models import Notice
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.actions.reviews import review_note
from participants.models import ContactNote, NoteReview, Participant
from referrals.actions.attempts import log_attempt
from referrals.actions.nudging import nudge
from referrals.models import Casework, Nudge
from tests.casefile.test_caseload import DAY, managers, spell, told
from tests.casefile.working import fresh, taken

pytestmark = pytest.mark.django_db
WAITING, REVIEWS, SERVED = (reverse(f"casefile:{name}") for name in ("team-waiting", "note-reviews", "team-served"))
REMARK = "Ask them about the winter coat."


@pytest.fixture
def supervisor(world):
    return world.a.person(Role.SUPERVISOR)


def act(by, deed):
    with acting_as(by), transaction.atomic():
        return deed()


def person_of(world, name: str, *, at=None, by=None, **more) -> tuple:
    """A referral and its person, looked after by `by`."""
    one = by or managers(world)[0]
    referral = taken(world.a, at=at or timezone.now() - DAY, by=one)
    person = spell(world, referral, "active", one)
    act(one, lambda: Participant.objects.filter(pk=person.pk).update(given_name=name, **more))
    return referral, person


def note_of(by, person, *, days: int = 0, is_signed=True, **text) -> ContactNote:
    then = timezone.now() - timedelta(days=days)
    given = Written(happened_at=then, **({"kind": "phone", "is_two_way": True} | text))

    def write():
        note = keep_note(
            key=uuid.uuid4(), participant=person, given=given, page=Page(uuid.uuid4(), then), by=by, at=then
        )
        if is_signed:
            sign_note(note=note, by=by, at=then)
            note.refresh_from_db()
        return note

    return act(by, write)


def titles(page, number: int) -> list[str]:
    return [row["title"] for row in page.context["lists"][number]["rows"]]


def restrict(person) -> int:
    return Participant.objects.filter(pk=person.pk).update(is_restricted=True)


# ---- what waits, and asking


def test_three_lists_hold_what_waits_and_nobody_of_a_closed_record(world, supervisor, sign_in):
    one, _ = managers(world)
    now = timezone.now()
    _, soon = person_of(world, "Soon", at=now - 26 * DAY)
    note_of(one, soon, days=1)
    _, late = person_of(world, "Writes late")
    note_of(one, late, days=4, is_signed=False)
    note_of(one, late, days=1, is_signed=False)
    person_of(world, "Long ago", at=now - 25 * DAY + timedelta(hours=1))
    closed = taken(world.a, at=now - 28 * DAY, name="Closed Case")
    act(one, lambda: Casework.objects.filter(referral=closed).update(is_restricted=True))
    page = sign_in(supervisor).get(WAITING)
    assert titles(page, 0) == ["Soon", "Long ago"]
    assert titles(page, 1) == ["Writes late"] and "Notes not signed for 3 days" in page.content.decode()
    assert titles(page, 2) == ["Long ago"] and "No contact for 21 days" in page.content.decode()
    assert "Closed Case" not in page.content.decode()


def test_one_tap_tells_the_case_manager_who_asks_and_names_nobody_else(world, supervisor, sign_in):
    one, _ = managers(world)
    referral, person = person_of(world, "Ola", at=timezone.now() - 26 * DAY)
    note = note_of(one, person, days=5, is_signed=False)
    client = sign_in(supervisor)
    for url in (
        reverse("casefile:nudge", args=[referral.pk, "window"]),
        reverse("casefile:nudge-note", args=[note.pk]),
    ):
        assert f'action="{url}"' in client.get(WAITING).content.decode()
        assert f"{one.name} reads on Today that you ask" in client.post(url, follow=True).content.decode()
        assert "was asked about this today" in client.post(url, follow=True).content.decode()
    asked = [text for text in told(one) if supervisor.name in text]
    assert sorted(asked) == [
        f"{supervisor.name} asks you to look at a window that ends soon", f"{supervisor.name} asks you to sign a note of yours",
    ]  # fmt: skip
    page = client.get(WAITING).content.decode()
    assert page.count(f"by {supervisor.name}.") == 2 and "Asked today" in page
    # The line leads to what it is about.
    paths = act(one, lambda: set(Notice.objects.filter(key__startswith="nudge:").values_list("path", flat=True)))
    assert {sign_in(one).get(path).status_code for path in paths} == {200}


def test_the_next_day_it_may_be_asked_again_and_of_another_thing_the_same_day(world, supervisor):
    one, _ = managers(world)
    referral, _ = person_of(world, "Ola")
    other, now = world.a.person(Role.SUPERVISOR, 1), timezone.now()

    def ask(by, about, at):
        return act(by, lambda: nudge(about=about, subject=referral.pk, to=one, by=by, at=at))

    ask(supervisor, "window", now)
    with pytest.raises(StaleState):
        ask(other, "window", now + timedelta(seconds=1))
    ask(other, "contact", now)
    ask(other, "window", now + DAY)
    assert act(supervisor, lambda: Nudge.objects.count()) == 3


def test_nobody_is_asked_who_is_not_there_and_nobody_but_a_supervisor_asks(world, supervisor, sign_in):
    one, new = managers(world)
    referral, _ = person_of(world, "Ola")
    now = timezone.now()
    for to, by in ((None, supervisor), (supervisor, supervisor), (world.b.person(Role.CASE_MANAGER), supervisor)):
        with pytest.raises(StaleState):
            act(by, lambda to=to, by=by: nudge(about="window", subject=referral.pk, to=to, by=by, at=now))
    with pytest.raises(DomainError):
        act(new, lambda: nudge(about="window", subject=referral.pk, to=one, by=new, at=now))
    url = reverse("casefile:nudge", args=[referral.pk, "window"])
    assert sign_in(new).post(url).status_code == 403
    assert sign_in(supervisor).post(reverse("casefile:nudge", args=[referral.pk, "note"])).status_code == 404
    act(one, lambda: Casework.objects.filter(referral=referral).update(is_sealed=True))
    assert "nobody is told anything" in sign_in(supervisor).post(url, follow=True).content.decode()
    assert act(supervisor, lambda: Nudge.objects.count()) == 0


def test_a_restricted_record_is_in_no_list_of_the_supervisors_and_in_its_own_case_managers(world, supervisor, sign_in):
    one, _ = managers(world)
    closed = taken(world.a, at=timezone.now() - 26 * DAY, name="Closed Case")
    act(one, lambda: Casework.objects.filter(referral=closed).update(is_restricted=True))
    windows = reverse("casefile:windows")
    for page in ("/", f"{windows}?who=team", WAITING, "/site/caseloads/"):
        assert "Closed Case" not in sign_in(supervisor).get(page).content.decode(), page
    for page in ("/", f"{windows}?who=mine"):
        assert "Closed Case" in sign_in(one).get(page).content.decode(), page


# ---- notes read


def test_a_note_is_read_with_a_line_that_its_author_alone_of_the_team_reads(world, supervisor, sign_in):
    one, new = managers(world)
    referral, person = person_of(world, "Ola")
    note = note_of(one, person, detail="Slept at the pier.", line="Has a bed.", counselling="About the brother.")
    note_of(one, person, is_signed=False)
    note_of(supervisor, person)
    client = sign_in(supervisor)
    page = client.get(REVIEWS)
    assert [row["label"] for row in page.context["rows"]] == ["Ola: telephone: talked"]
    assert "Has a bed." in page.content.decode() and "Slept at the pier." not in page.content.decode()
    url = page.context["rows"][0]["url"]
    shown = client.get(url).content.decode()
    assert "Slept at the pier." in shown and "About the brother." not in shown and "Mark as read" in shown
    long = client.post(url, {"read": "1", "remark": "x" * 1001})
    assert "x" * 1001 in long.content.decode() and long.context["remark"].errors
    after = client.post(url, {"read": "1", "remark": REMARK}, follow=True)
    assert "All are read" in after.content.decode()
    assert f"{supervisor.name} wrote a line to you about a note of yours" in told(one)
    here = reverse("casefile:note", args=[note.pk])
    with acting_as(supervisor), transaction.atomic():
        Casework.objects.filter(referral=referral).update(case_manager=new)
    seen = {who: REMARK in sign_in(who).get(here).content.decode() for who in (one, new, supervisor)}
    assert seen == {one: True, new: False, supervisor: True}
    assert "Mark as read" not in sign_in(supervisor).get(here).content.decode()
    with connection.cursor() as cursor, acting_as(supervisor), transaction.atomic():
        cursor.execute("select remark from participants_notereview")
        assert REMARK not in cursor.fetchone()[0]


def test_without_a_line_nobody_is_told_and_it_is_read_once(world, supervisor):
    one, _ = managers(world)
    note = note_of(one, person_of(world, "Ola")[1])
    before, now = told(one), timezone.now()
    act(supervisor, lambda: review_note(note=note, by=supervisor, at=now))
    with pytest.raises(StaleState):
        act(supervisor, lambda: review_note(note=note, remark="Again.", by=supervisor, at=now))
    assert told(one) == before
    draft = note_of(one, person_of(world, "Bo")[1], is_signed=False)
    own = note_of(supervisor, person_of(world, "Cy")[1])
    for by, which in ((supervisor, draft), (supervisor, own), (one, note)):
        with pytest.raises(DomainError):
            act(by, lambda by=by, which=which: review_note(note=which, by=by, at=now))
    assert act(supervisor, lambda: NoteReview.objects.count()) == 1


def test_the_list_begins_with_a_day_and_leaves_closed_records_out(world, supervisor, sign_in):
    one, _ = managers(world)
    note_of(one, person_of(world, "Ola")[1], days=20)
    _, closed = person_of(world, "Closed")
    note_of(one, closed)
    assert act(one, lambda: restrict(closed)) == 1
    client = sign_in(supervisor)
    assert client.get(REVIEWS).context["rows"] == []
    since = timezone.localdate() - timedelta(days=30)
    assert len(client.get(f"{REVIEWS}?since={since}").context["rows"]) == 1
    assert "still to come" in client.get(f"{REVIEWS}?since=2090-01-01").content.decode()
    assert client.get(f"{REVIEWS}?since=x").context["form"].errors


def test_an_unsigned_note_of_ones_own_stands_on_a_supervisors_today(world, supervisor, sign_in):
    note = note_of(supervisor, person_of(world, "Ola")[1], is_signed=False)
    page = sign_in(supervisor).get("/").content.decode()
    assert "Your notes to sign" in page and reverse("casefile:note-write", args=[note.pk]) in page


# ---- reached and served


def test_people_reached_and_served_stand_in_alphabetical_order_and_once_for_each(world, supervisor, sign_in):
    one, new = managers(world)
    first, person = person_of(world, "Ola")
    second, _ = person_of(world, "Bo")
    note_of(one, person)
    note_of(new, person)
    note_of(one, person_of(world, "Tried")[1], is_two_way=False)
    act(one, lambda: log_attempt(referral=fresh(second), kind="call", outcome="reached", by=one, at=timezone.now()))
    url = reverse("casefile:goal-new", args=[person.pk])
    sign_in(one).post(url, {"words": "A door that I can lock"})
    client = sign_in(supervisor)
    rows = client.get(SERVED).context["rows"]
    assert rows == [["Case manager 0", 2, 1], ["Case manager 1", 1, 0], ["Together", 2, 1]]
    tomorrow = timezone.localdate() + 2 * DAY
    assert "rows" not in client.get(f"{SERVED}?since={tomorrow}").context


@pytest.mark.parametrize("url", [WAITING, REVIEWS, SERVED, "/"])
def test_a_page_costs_the_same_with_one_and_with_many(world, supervisor, sign_in, url):
    one, _ = managers(world)
    client = sign_in(supervisor)

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url).status_code == 200
        return sum(1 for one in counted.captured_queries if "SAVEPOINT" not in one["sql"])

    def more(number: int) -> None:
        _, person = person_of(world, f"Person {number}", at=timezone.now() - (24 + number % 3) * DAY)
        for is_signed in (True, False):
            note_of(one, person, days=5, is_signed=is_signed, is_two_way=False)
        note_of(supervisor, person, is_signed=False)

    more(0)
    before = cost()
    for number in range(1, 10):
        more(number)
    assert cost() == before <= 12
    assert act(supervisor, lambda: Membership.objects.count()) > 10
