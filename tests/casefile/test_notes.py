"""Contact notes: kept, signed, added to; who reads which of the three texts; what is never lost."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.closing import name_staff
from participants.actions.notes import (
    ELSEWHERE,
    LONGEST,
    Page,
    Written,
    WrittenElsewhere,
    add_to_note,
    keep_note,
    sign_note,
    throw_away,
)
from participants.models import ContactNote, CounsellingNote, NoteAddendum, NoteDetail, NoteLine
from referrals.actions.assigning import assign
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import fresh, taken

MOST_QUERIES = 17  # the frame's own five and the savepoints among them
FULL = {"kind": "phone", "is_two_way": True, "minutes": 10, "domains": ("housing",), "line": "Has a bed.",
        "detail": "Slept at the pier.", "next_step": "Call the shelter", "counselling": "About the brother."}  # fmt: skip


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


@pytest.fixture
def person(where):
    return linked(where, taken(where))


def kept(by, person, *, key=None, page=None, at=None, **text):
    at = at or timezone.now()
    given = Written(happened_at=text.pop("happened_at", at - timedelta(minutes=5)), **text)
    page = page or Page(uuid.uuid4(), at)
    return act(by, lambda: keep_note(key=key or uuid.uuid4(), participant=person, given=given, page=page, by=by, at=at))


def signed(by, person, **text):
    note = kept(by, person, **(FULL | text))
    act(by, lambda: sign_note(note=note, by=by, at=timezone.now()))
    return act(by, lambda: ContactNote.objects.get(pk=note.pk))


def reads(by, note) -> set[str]:
    """Which of the texts somebody reads."""
    models = {"line": NoteLine, "detail": NoteDetail, "counselling": CounsellingNote, "added": NoteAddendum}
    return {name for name, model in models.items() if act(by, lambda m=model: m.objects.filter(note=note).exists())}


def at(name, key):
    return reverse(f"casefile:{name}", args=[key])


def typed(**more):
    now = timezone.now().isoformat()
    return {"note": str(uuid.uuid4()), "page": str(uuid.uuid4()), "opened": now, "kind": "phone", "reached": "yes",
            "detail": "Slept at the pier."} | more  # fmt: skip


# ---- who reads what


def test_three_texts_are_three_things(where, manager, person):
    note = signed(manager, person)
    supervisor, colleague = where.person(Role.SUPERVISOR), where.person(Role.CASE_MANAGER, 1)
    assert reads(manager, note) == {"line", "detail", "counselling"}
    assert reads(supervisor, note) == {"line", "detail"}
    assert reads(colleague, note) == {"line"}
    assert act(colleague, lambda: ContactNote.objects.get().minutes) == 10  # the caseload in outline


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASE_MANAGER, Role.SUPERVISOR}))
def test_nobody_else_has_any_right(where, manager, person, role):
    signed(manager, person)
    for model in (ContactNote, NoteLine, NoteDetail, CounsellingNote, NoteAddendum):
        with pytest.raises(ProgrammingError, match="permission denied"):
            act(where.person(role), lambda m=model: m.objects.count())


def test_before_it_is_signed_a_note_is_its_authors(where, manager, person):
    note = kept(manager, person, **FULL)
    assert reads(manager, note) == {"line", "detail", "counselling"}
    assert reads(where.person(Role.SUPERVISOR), note) == set()
    assert act(where.person(Role.SUPERVISOR), lambda: ContactNote.objects.count()) == 1  # that there is one
    assert act(where.person(Role.CASE_MANAGER, 1), lambda: ContactNote.objects.count()) == 0


def test_the_next_case_manager_reads_the_detail_and_the_last_one_what_they_wrote(where, manager, person):
    note, other, supervisor = signed(manager, person), where.person(Role.CASE_MANAGER, 1), where.person(Role.SUPERVISOR)
    referral = act(supervisor, lambda: person.caseworks.get().referral)
    act(supervisor, lambda: assign(referral=fresh(referral), to=other, why="share", by=supervisor, at=timezone.now()))
    later = signed(other, person)
    assert reads(other, note) == {"line", "detail"}
    assert reads(manager, note) == {"line", "detail", "counselling"}
    assert reads(manager, later) == {"line"}


def test_whoever_a_record_is_shut_to_reads_nothing_of_it(where, manager, person):
    note, supervisor = signed(manager, person), where.person(Role.SUPERVISOR)
    colleague = where.person(Role.CASE_MANAGER, 1)
    act(supervisor, lambda: name_staff(
        participant=person, to=colleague, kind="shut", reason="relative", by=supervisor, at=timezone.now()
    ))  # fmt: skip
    assert reads(colleague, note) == set()
    assert act(colleague, lambda: ContactNote.objects.count()) == 0


# ---- signed once, added to


def test_signed_it_changes_no_more_and_can_be_added_to(where, manager, person):
    note = signed(manager, person)
    with pytest.raises(StaleState, match="signed"):
        kept(manager, person, key=note.pk, **FULL)
    for model in (ContactNote, NoteLine, NoteDetail, CounsellingNote):
        column = {"minutes": 3} if model is ContactNote else {"text": "other"}
        assert act(manager, lambda m=model, c=column: m.objects.update(**c)) == 0
        assert act(manager, lambda m=model: m.objects.filter(pk__isnull=False)._raw_delete("default")) == 0
    act(manager, lambda: add_to_note(note=note, text="They called back.", by=manager, at=timezone.now()))
    colleague = where.person(Role.CASE_MANAGER, 1)
    assert "added" in reads(manager, note) and reads(colleague, note) == {"line"}
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(colleague, lambda: add_to_note(note=note, text="x", by=colleague, at=timezone.now()))


@pytest.mark.parametrize(("left_out", "field"), [("kind", "kind"), ("is_two_way", "reached")])
def test_what_a_signed_note_needs(manager, person, left_out, field):
    note = kept(manager, person, **{key: value for key, value in FULL.items() if key != left_out})
    with pytest.raises(DomainError) as raised:
        act(manager, lambda: sign_note(note=note, by=manager, at=timezone.now()))
    assert raised.value.field == field


def test_thrown_away_before_it_is_signed_and_never_after(manager, person):
    begun, done = kept(manager, person, **FULL), signed(manager, person)
    act(manager, lambda: throw_away(note=begun, by=manager))
    with pytest.raises(StaleState):
        act(manager, lambda: throw_away(note=done, by=manager))
    assert act(manager, lambda: [note.pk for note in ContactNote.objects.all()]) == [done.pk]


def test_what_is_emptied_leaves_no_row(manager, person):
    note = kept(manager, person, **FULL)
    kept(manager, person, key=note.pk, kind="phone")
    assert reads(manager, note) == set()


# ---- two pages


def test_the_same_page_saves_again_and_another_one_is_told(manager, person):
    now, key = timezone.now(), uuid.uuid4()
    first, second = Page(uuid.uuid4(), now), Page(uuid.uuid4(), now)
    for minute, words in enumerate(("a", "ab", "abc"), 1):
        kept(manager, person, key=key, page=first, at=now + timedelta(minutes=minute), detail=words)
    with pytest.raises(WrittenElsewhere, match=ELSEWHERE[:30]):
        kept(manager, person, key=key, page=second, at=now + timedelta(minutes=5), detail="other")
    kept(
        manager, person, key=key, page=second, at=now + timedelta(minutes=5), detail="abc"
    )  # the same: nothing is lost
    opened_since = Page(uuid.uuid4(), now + timedelta(minutes=6))
    kept(manager, person, key=key, page=opened_since, at=now + timedelta(minutes=7), detail="other")
    assert act(manager, lambda: NoteDetail.objects.get().text) == "other"


def test_nobody_writes_on_anothers_note(where, manager, person):
    note, colleague = kept(manager, person, **FULL), where.person(Role.CASE_MANAGER, 1)
    with pytest.raises(StaleState, match="old"):
        kept(colleague, person, key=note.pk, detail="mine")
    assert act(manager, lambda: NoteDetail.objects.get().text) == FULL["detail"]


# ---- bad input


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"happened_at": timezone.now() + timedelta(days=3650)}, "happened_at"),
        ({"kind": "seance"}, "kind"),
        ({"place": "moon"}, "place"),
        ({"minutes": 1441}, "minutes"),
        ({"domains": ("gossip",)}, "domains"),
        ({"line": "x" * 201}, "line"),
        ({"detail": "x" * (LONGEST + 1)}, "detail"),
    ],
)
def test_what_is_refused_names_its_field(manager, person, given, field):
    with pytest.raises(DomainError) as raised:
        kept(manager, person, **given)
    assert raised.value.field == field


def test_a_page_with_a_fault_keeps_what_was_typed(sign_in, manager, person):
    words = "👋 مرحبا " + "long " * 400
    response = sign_in(manager).post(at("note-new", person.pk), typed(detail=words, minutes="ten", sign="1"))
    assert response.status_code == 200 and "Enter a whole number" in words_of(response)
    assert response.context["form"]["detail"].value() == words
    response = sign_in(manager).post(at("note-new", person.pk), typed(detail=words, kind="", sign="1"))
    assert "Say how." in words_of(response)
    assert act(manager, lambda: NoteDetail.objects.get().text) == words.strip()  # kept although it was not signed


def test_the_page_keeps_by_itself_what_can_be_read(sign_in, manager, person):
    client, fields = sign_in(manager), typed(minutes="ten", detail="Kept")
    answer = client.post(at("note-keep", person.pk), fields)
    assert answer.status_code == 200 and answer.json()["says"].endswith("except: Minutes")
    soon = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%d")
    answer = client.post(at("note-keep", person.pk), fields | {"happened_at_0": soon, "happened_at_1": "10:00"})
    assert answer.json()["says"].startswith("Saved ")
    assert act(manager, lambda: NoteDetail.objects.get().text) == "Kept"
    assert client.post(at("note-keep", person.pk), {"detail": "no key"}).status_code == 400


# ---- pages


def test_a_note_from_new_to_signed(sign_in, manager, person):
    client, fields = sign_in(manager), typed()
    assert client.post(at("note-new", person.pk), fields)["Location"] == at("person", person.pk)
    assert client.get(at("note-new", person.pk))["Location"] == at("note-write", fields["note"])
    assert client.get(at("note-new", person.pk) + "?another=1").status_code == 200
    assert "Notes to sign" in words_of(client.get("/"))
    assert client.post(at("note-write", fields["note"]), fields | {"sign": "1"})["Location"] == at("person", person.pk)
    assert "Notes to sign" not in words_of(client.get("/"))
    assert client.get(at("note-write", fields["note"]))["Location"] == at("note", fields["note"])
    # A second time, by the Back button: what was signed stands.
    again = client.post(at("note-new", person.pk), fields | {"sign": "1", "detail": "other"})
    assert "This note is signed" in words_of(again)
    assert "Slept at the pier." in words_of(client.get(at("note", fields["note"])))
    assert client.post(at("note", fields["note"]), {"text": "Called back"}).status_code == 302
    assert "Called back" in words_of(client.get(at("note", fields["note"])))


def test_a_note_is_one_tap_from_the_case_that_today_opens(sign_in, manager, person):
    referral = act(manager, lambda: person.caseworks.get().referral)
    page = sign_in(manager).get(at("case", referral.pk)).content.decode()
    assert f'href="{at("note-new", person.pk)}"' in page


def test_the_cookie_names_the_one_sending_that_was_read(sign_in, manager, person):
    """What only the phone has is dropped by it alone, so nothing but what a page of ours answered may set it."""
    client, mark = sign_in(manager), str(uuid.uuid4())
    answer = client.post(at("note-keep", person.pk), typed(sent_as=mark), headers={"X-Requested-With": "fetch"})
    assert answer.cookies["lead-arrived"].value == mark
    for name, key, given in [
        ("note-keep", uuid.uuid4(), typed(sent_as=mark)), ("note-keep", person.pk, {"sent_as": mark}),
        ("note-keep", person.pk, typed(sent_as="somebody")),
    ]:  # fmt: skip
        assert "lead-arrived" not in client.post(at(name, key), given).cookies
    client.logout()
    assert "lead-arrived" not in client.post(at("note-keep", person.pk), typed(sent_as=mark)).cookies


def test_a_list_shows_lines_alone_and_asks_as_much_for_twelve_as_for_two(where, sign_in, manager, person):
    asked = []
    for number in (2, 10):
        for one in range(number):
            signed(manager, person, line=f"Line {number} {one}")
        client = sign_in(manager)
        with CaptureQueriesContext(connection) as caught:
            page = client.get(at("notes", person.pk))
        asked.append(len(caught))
    assert "Line 10 9" in words_of(page) and "Slept at the pier" not in words_of(page)
    assert asked[0] == asked[1] <= MOST_QUERIES
    page = words_of(sign_in(where.person(Role.CASE_MANAGER, 1)).get(at("notes", person.pk)))
    assert "Line 10 9" in page
    with CaptureQueriesContext(connection) as caught:
        client.get(at("person", person.pk))
    assert len(caught) <= MOST_QUERIES + 2


def test_another_sites_case_manager_finds_nothing(world, sign_in, manager, person):
    note, stranger = signed(manager, person), world.b.person(Role.CASE_MANAGER)
    for name, key in (("note", note.pk), ("notes", person.pk), ("note-new", person.pk), ("note-write", note.pk)):
        assert sign_in(stranger).get(at(name, key)).status_code == 404
    assert sign_in(stranger).post(at("note-keep", person.pk), typed()).status_code == 404
