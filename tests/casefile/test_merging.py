"""Somebody who is twice in the records: found, looked at side by side, put together once, and every old address leads on."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from participants.actions import merging
from participants.models import ContactNote, Merge, Participant
from tests.casefile.person_making import act, linked, manager_of, talked, words_of
from tests.casefile.working import fresh, taken

NOW = datetime.now(UTC)


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def by(where):
    return manager_of(where)


@pytest.fixture
def pair(where):
    one = linked(where, talked(where, at=NOW - timedelta(days=9)), at=NOW - timedelta(days=9), aliases=("Bear",))
    other = linked(
        where, talked(where, at=NOW - timedelta(days=2)), at=NOW - timedelta(days=2), given_name="Devin", aliases=("Dev",),
        pronouns="she",
    )  # fmt: skip
    return one, other


def at(name, *keys):
    return reverse(f"casefile:{name}", args=keys)


def seen_of(by, one, other) -> str:
    return act(by, lambda: merging.seen_as(fresh(one), fresh(other)))


def chosen(by, one, other, **more) -> dict:
    return {"given_name": "other", "aliases": "both", "pronouns": "other", "seen": seen_of(by, one, other)} | more


def test_from_the_persons_page_to_one_record(sign_in, by, pair):
    one, other = pair
    client = sign_in(by)
    assert "Is this somebody twice?" in words_of(client.get(at("person", one.pk)))
    found = client.get(at("person-twice", one.pk))
    assert at("person-merge", one.pk, other.pk) in found.content.decode()
    assert at("person-merge", one.pk, one.pk) not in found.content.decode()
    for words in ("Devin", "devin marsh", "1/2/1990"):
        sought = client.post(at("person-twice", one.pk), {"words": words})
        assert sought.status_code == 200
        assert (at("person-merge", one.pk, other.pk) in sought.content.decode()) == ("evin" in words)
    page = client.get(at("person-merge", one.pk, other.pk))
    said = words_of(page)
    assert "First name" in said and "Devon" in said and "Devin" in said and "Bear, Dev" in said
    assert "The same on both" in said and "Last name" in said and "can be taken apart again" in said
    content = page.content.decode()
    assert (
        'name="aliases" value="both" id="id_aliases_0" checked' in content
    )  # both are kept unless somebody says otherwise
    assert 'name="pronouns" value="other" id="id_pronouns_1" checked' in content  # the one that is filled
    sent = client.post(at("person-merge", one.pk, other.pk), chosen(by, one, other), follow=True)
    assert "One record now. Came over: 1 referral" in words_of(sent) and sent.redirect_chain[-1][0] == at(
        "person", one.pk
    )
    assert act(by, lambda: fresh(one)).given_name == "Devin"
    merged = act(by, lambda: Merge.objects.get())
    assert at("merge", merged.pk) in sent.content.decode()
    again = client.post(at("person-merge", one.pk, other.pk), chosen(by, one, one), follow=True)
    assert merging.ONE_ALREADY in words_of(again) and act(by, lambda: Merge.objects.count()) == 1


def test_taken_apart_from_its_page_and_both_addresses_answer_again(sign_in, by, pair):
    one, other = pair
    client = sign_in(by)
    client.post(at("person-merge", other.pk, one.pk), chosen(by, one, other))
    merged = act(by, lambda: Merge.objects.get())
    assert "Take apart again" in words_of(client.get(at("merge", merged.pk)))
    said = words_of(client.post(at("merge", merged.pk), follow=True))
    assert "Taken apart again" in said and "Went back 1 referral" in said
    assert client.get(at("person", other.pk)).status_code == 200
    assert "were taken apart already" in words_of(client.post(at("merge", merged.pk), follow=True))


def test_every_address_of_the_other_record_leads_to_the_kept_one_and_nothing_typed_is_lost(sign_in, by, pair):
    one, other = pair
    client = sign_in(by)
    client.post(at("person-merge", one.pk, other.pk), chosen(by, one, other))
    for name in ("person", "notes", "plan", "court", "consents", "person-edit"):
        assert client.get(at(name, other.pk)).url == at(name, one.pk)
    # A tab from before: what is typed of a note goes on, what would write over something is shown and not saved.
    typed = {"note": uuid4(), "page": uuid4(), "opened": NOW.isoformat(), "kind": "phone", "detail": "Called back."}
    led_on = client.post(at("note-keep", other.pk), typed | {"sent_as": str(uuid4())})
    assert led_on.status_code == 307 and "lead-arrived" not in led_on.cookies, "sent on, and not read yet"
    assert client.post(at("note-keep", other.pk), typed, follow=True).status_code == 200
    by_itself = client.post(at("note-keep", other.pk), typed, headers={"X-Requested-With": "fetch"})
    assert by_itself.status_code == 409 and "records are one now" in by_itself.json()["says"]
    assert act(by, lambda: ContactNote.objects.get().participant_id) == one.pk
    sent = client.post(at("person-edit", other.pk), {"given_name": "Old tab", "language": "en"})
    assert sent.status_code == 409 and "Old tab" in words_of(sent) and at("person", one.pk) in sent.content.decode()
    assert act(by, lambda: fresh(one)).given_name == "Devin"


def test_to_others_the_address_leads_nowhere(where, world, sign_in, by, pair):
    one, other = pair
    sign_in(by).post(at("person-merge", one.pk, other.pk), chosen(by, one, other))
    supervisor = where.person(Role.SUPERVISOR)
    act(supervisor, lambda: Participant.objects.filter(pk=one.pk).update(is_restricted=True))
    missing = uuid4()
    for who, key in ((manager_of(where, 1), other.pk), (manager_of(world.b), other.pk), (by, missing)):
        assert sign_in(who).get(at("person", key)).status_code == 404
    assert sign_in(where.person(Role.OFFICER)).get(at("person", other.pk)).status_code == 403


def test_an_edit_in_another_tab_is_looked_at_first_and_what_was_chosen_stays(sign_in, by, pair):
    one, other = pair
    before = chosen(by, one, other, given_name="one")
    act(by, lambda: Participant.objects.filter(pk=other.pk).update(age_about=40))
    page = sign_in(by).post(at("person-merge", one.pk, other.pk), before)
    assert merging.CHANGED.split(".")[0] in words_of(page) and "Birth date or age" in words_of(page)
    assert 'name="given_name" value="one" id="id_given_name_0" checked' in page.content.decode()
    assert act(by, lambda: Merge.objects.count()) == 0
    page = sign_in(by).post(at("person-merge", one.pk, other.pk), chosen(by, one, other, pronouns="both"))
    assert "need you" in words_of(page) and act(by, lambda: Merge.objects.count()) == 0


@pytest.mark.parametrize(
    ("mine", "theirs", "chosen_first", "kept"),
    [
        ((None, 39), (date(1964, 5, 11), None), "other", (date(1964, 5, 11), None)),
        ((date(1964, 5, 11), None), (None, 39), "one", (date(1964, 5, 11), None)),
        ((None, 39), (None, None), "one", (None, 39)),
        ((None, None), (None, 0), "other", (None, 0)),
    ],
)
def test_a_birth_date_or_an_age_is_one_question(sign_in, by, pair, mine, theirs, chosen_first, kept):
    """Nobody has a birth date of one record and the age of another, and a date comes before an age."""
    for person, (born, age) in zip(pair, (mine, theirs), strict=True):
        act(by, lambda p=person, b=born, a=age: Participant.objects.filter(pk=p.pk).update(birth_date=b, age_about=a))
    one, other = pair
    client = sign_in(by)
    page = client.get(at("person-merge", one.pk, other.pk))
    asked = page.context["form"].fields
    assert "age_about" not in asked and asked["birth_date"].initial == chosen_first
    assert "Demographicss" not in words_of(page)
    sent = chosen(by, one, other) | {"birth_date": chosen_first}
    made = client.post(at("person-merge", one.pk, other.pk), sent)
    assert made.status_code == 302
    found = act(by, lambda: Merge.objects.select_related("kept").get())
    assert (found.kept.birth_date, found.kept.age_about) == kept
    client.post(at("merge", found.pk))
    held = act(by, lambda: {p.pk: (p.birth_date, p.age_about) for p in Participant.objects.all()})
    assert held == {one.pk: mine, other.pk: theirs}


def test_why_two_are_not_put_together_is_said_on_the_page(where, world, sign_in, by, pair):
    colleague = manager_of(where, 1)
    theirs = linked(where, taken(where, by=colleague), by=colleague)
    page = words_of(sign_in(by).get(at("person-merge", pair[0].pk, theirs.pk)))
    assert "Ask your supervisor" in page and "Where they differ" not in page
    assert "one and the same record" in words_of(sign_in(by).get(at("person-merge", pair[0].pk, pair[0].pk)))
    elsewhere = linked(world.b, taken(world.b))
    assert sign_in(by).get(at("person-merge", pair[0].pk, elsewhere.pk)).status_code == 404
    assert sign_in(by).get(at("person-merge", pair[0].pk, uuid4())).status_code == 404
    assert (
        words_of(sign_in(where.person(Role.SUPERVISOR)).get(at("person-merge", pair[0].pk, theirs.pk))).count(
            "Case manager"
        )
        > 1
    )


@pytest.mark.parametrize("notes", [1, 12])
def test_the_page_asks_no_more_however_much_hangs_on_both(sign_in, where, by, pair, notes):
    for number in range(notes):
        act(by, lambda number=number: ContactNote(
            site=where.site, participant=pair[number % 2], author=by, kind="phone", is_two_way=True, happened_at=NOW,
            begun_at=NOW, saved_at=NOW, written_from=uuid4(),
        ).save(force_insert=True))  # fmt: skip
    client = sign_in(by)
    for path in (at("person-merge", *[row.pk for row in pair]), at("person-twice", pair[0].pk)):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        assert sum(1 for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]) <= 12
