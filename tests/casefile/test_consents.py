"""The pages of consent: chosen, read, signed, taken back cell by cell; and the list of what was told."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from participants.actions.disclosing import disclose
from participants.models import Consent, ConsentCell, Disclosure
from tests.casefile.person_making import act, linked, manager_of, talked, words_of
from tests.casefile.working import taken
from tests.participants.consenting import POLICE, PROSECUTOR, PROVIDER, give, participant_of, provider_of

YEAR = {"ends_on": (datetime.now(UTC) + timedelta(days=200)).date().isoformat(), "ends_with": "taking_part"}


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


def ask_url(referral, kind="treatment"):
    return reverse("casefile:consent-ask", args=[referral.pk, kind])


def ticked(where, *cells) -> dict:
    found: dict = {}
    for kind, number, code in cells:
        found.setdefault(f"to_{where.organisations[kind, number].pk.hex}", []).append(code)
    return found


def hidden(page) -> dict:
    """What the page with the words sends along."""
    found: dict = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(value)
    return found | {key: page.context["answer"].initial[key] or "" for key in ("seen_digest", "replaces_id")}


def read(client, where, referral, *cells, kind="treatment", **more):
    return client.post(
        ask_url(referral, kind), {"step": "words", "language": "en"} | YEAR | ticked(where, *cells) | more
    )


def answer(client, page, referral, kind="treatment", **more):
    given = {"step": "answer", "how_read": "reads", "answer": "yes", "signed_name": "Devon Marsh"} | more
    return client.post(ask_url(referral, kind), hidden(page) | given)


# ---- asked and signed


def test_chosen_read_signed_and_copied(where, manager, sign_in):
    referral, person = participant_of(where)
    client = sign_in(manager)
    first = client.get(ask_url(referral))
    assert "Every box is off until they say yes" in words_of(first) and " checked" not in re.sub(
        r"<fieldset.*?ends.*", "", first.content.decode(), flags=re.S
    )
    page = read(client, where, referral, (PROVIDER, 0, "housing"), (PROVIDER, 1, "health"))
    said = words_of(page)
    for organisation in (where.organisations[PROVIDER, 0].name, where.organisations[PROVIDER, 1].name):
        assert f"To {organisation}" in said
    for words in ("your housing", "your health", "separate consent", "civil, criminal", "Taking it back", "HIPAA"):
        assert words in said, words
    assert not act(manager, lambda: Consent.objects.exists())
    response = answer(client, page, referral)
    consent = act(manager, lambda: Consent.objects.get())
    assert response["Location"] == reverse("casefile:consent-copy", args=[consent.pk])
    assert consent.text_hash == hashlib.sha256(consent.text_shown.encode()).hexdigest()
    assert consent.text_hash == page.context["answer"].initial["seen_digest"]
    assert consent.participant_id == person.pk and consent.ends_with == "taking_part" and consent.ends_at
    cells = act(manager, lambda: set(ConsentCell.objects.values_list("organisation_id", "information_class")))
    assert cells == {
        (where.organisations[PROVIDER, 0].pk, "housing"), (where.organisations[PROVIDER, 1].pk, "health")
    }  # fmt: skip
    copy = words_of(client.get(response["Location"]))
    assert "your housing" in copy and "Custodian" in copy and "Devon Marsh" in copy


def test_in_spanish_the_words_are_spanish_and_the_page_says_who_has_not_read_them(where, manager, sign_in):
    referral, _ = participant_of(where)
    client = sign_in(manager)
    page = read(client, where, referral, (POLICE, 0, "enrolment"), kind="multi_party", language="es")
    said = words_of(page)
    assert "Autorización para informar a socios de LEAD" in said and "que usted participa en LEAD" in said
    assert "Nunca su salud" in said and "native reader" in said
    assert answer(client, page, referral, kind="multi_party").status_code == 302
    assert act(manager, lambda: Consent.objects.get().language) == "es"


@pytest.mark.parametrize("said", ["no", "not_now", "unwell"])
def test_every_other_answer_opens_nothing(where, manager, sign_in, said):
    referral, person = participant_of(where)
    client = sign_in(manager)
    response = answer(client, read(client, where, referral, (PROVIDER, 0, "housing")), referral, answer=said)
    assert response["Location"] == reverse("casefile:consents", args=[person.pk])
    consent = act(manager, lambda: Consent.objects.get())
    assert (consent.answer, consent.matrix, consent.signed_at) == (said, [], None)
    assert not act(manager, lambda: ConsentCell.objects.exists())


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(where, manager, sign_in):
    referral, _ = participant_of(where)
    client = sign_in(manager)
    nothing = read(client, where, referral)
    assert "at least one organization" in words_of(nothing)
    past = read(client, where, referral, (PROVIDER, 0, "housing"), ends_on="2020-01-01")
    assert past.context["form"].errors["ends_on"] and "checked" in past.content.decode()
    never = read(client, where, referral, (PROVIDER, 0, "housing"), ends_on="", ends_with="")
    assert never.context["form"].errors["ends_on"]
    odd = read(client, where, referral, (PROVIDER, 0, "everything"), ends_on="x")
    assert odd.status_code == 200 and odd.context["form"].errors
    page = read(client, where, referral, (PROVIDER, 0, "housing"))
    unsigned = answer(client, page, referral, signed_name="")
    assert unsigned.context["answer"].errors["signed_name"]
    assert hidden(unsigned)[f"to_{where.organisations[PROVIDER, 0].pk.hex}"] == ["housing"]
    back = client.post(ask_url(referral), hidden(page) | {"step": "choose"})
    assert "(1 ticked)" in words_of(back)


def test_sent_twice_it_is_signed_once_and_an_old_page_says_so(where, manager, sign_in):
    referral, _ = participant_of(where)
    client = sign_in(manager)
    page = read(client, where, referral, (PROVIDER, 0, "housing"))
    assert answer(client, page, referral).status_code == 302
    again = answer(client, page, referral)
    assert again.status_code == 200 and "Look at how it stands" in words_of(again)
    assert act(manager, lambda: Consent.objects.count()) == 1


def test_a_newer_one_begins_with_what_stands(where, manager, sign_in):
    referral, person = participant_of(where)
    first = give(where, referral, (PROVIDER, 0, "housing"))
    client = sign_in(manager)
    page = client.get(ask_url(referral))
    assert "One stands now" in words_of(page) and "(1 ticked)" in words_of(page)
    answer(client, read(client, where, referral, (PROVIDER, 0, "health")), referral)
    first = act(manager, lambda: Consent.objects.get(pk=first.pk))
    assert first.superseded_at is not None
    overview = words_of(client.get(reverse("casefile:consents", args=[person.pk])))
    assert "Replaced by a newer one" in overview


def test_the_talk_and_the_record_come_first(where, manager, sign_in):
    client = sign_in(manager)
    response = client.get(ask_url(taken(where)))
    assert response.status_code == 302 and response["Location"].endswith("?next=treatment")
    assert "Link the referral to their record first" in words_of(client.get(ask_url(talked(where))))
    assert client.get(ask_url(talked(where), "everything")).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CASE_MANAGER, Role.SUPERVISOR)])
def test_never_on_the_device_of_anybody_outside_casework(where, sign_in, role):
    referral, person = participant_of(where)
    consent = give(where, referral, (PROVIDER, 0, "housing"))
    client = sign_in(where.person(role))
    for url in (
        ask_url(referral), reverse("casefile:consents", args=[person.pk]), reverse("casefile:told", args=[person.pk]),
        reverse("casefile:consent-back", args=[consent.pk]), reverse("casefile:person-apart", args=[person.pk]),
        reverse("casefile:emergency"),
    ):  # fmt: skip
        assert client.get(url).status_code == 403


# ---- how it stands, and taking it back


def test_the_overview_says_yes_and_no_in_words(where, manager, sign_in):
    referral, person = participant_of(where)
    give(where, referral, (PROSECUTOR, 0, "enrolment"), kind="multi_party")
    page = sign_in(manager).get(reverse("casefile:consents", args=[person.pk]))
    said = words_of(page)
    assert re.search(r"That they take part in LEAD\s+Yes", said)
    assert re.search(r"What stands in their way\s+No", said)
    # A class that no consent can open to a prosecutor is not on their card.
    assert "Substance use" not in said.split("Before")[0]


@pytest.mark.parametrize(("days", "announced"), [(29, True), (31, False)])
def test_from_the_sites_days_on_the_end_is_announced(where, manager, sign_in, days, announced):
    referral, person = participant_of(where)
    ends = (datetime.now(UTC) + timedelta(days=days)).astimezone(where.site.tz).date()
    give(where, referral, (PROVIDER, 0, "housing"), ends_on=ends)
    page = words_of(sign_in(manager).get(reverse("casefile:consents", args=[person.pk])))
    assert ("A consent ends soon" in page) is announced


def test_one_cell_or_all_is_taken_back(where, manager, sign_in):
    referral, person = participant_of(where)
    consent = give(where, referral, (PROVIDER, 0, "housing"), (PROVIDER, 0, "health"))
    cells = dict(act(manager, lambda: list(ConsentCell.objects.values_list("information_class", "pk"))))
    url, client = reverse("casefile:consent-back", args=[consent.pk]), sign_in(manager)
    assert "cells" in client.post(url, {"what": "some", "how": "spoken"}).context["form"].errors
    assert "how" in client.post(url, {"what": "all"}).context["form"].errors
    client.post(url, {"what": "some", "cells": [str(cells["health"])], "how": "spoken"})
    overview = words_of(client.get(reverse("casefile:consents", args=[person.pk])))
    assert "Partly taken back" in overview and re.search(r"Health\s+Taken back", overview)
    assert client.post(url, {"what": "all", "how": "written"}).status_code == 302
    assert act(manager, lambda: Consent.objects.get().revoked_how) == "written"
    assert "It was taken back" in words_of(client.get(url))
    stale = client.post(url, {"how": "written"}, follow=True)
    assert "taken back already" in words_of(stale)


# ---- what was told


def told_often(where, person, count):
    provider = provider_of(where)
    for _ in range(count):
        act(provider, lambda: disclose(what="housing", by=provider, purpose="service", participant_id=person.pk))


def test_the_list_of_what_was_told_is_paged_and_prints_with_its_custodian(where, manager, sign_in):
    referral, person = participant_of(where)
    give(where, referral, (PROVIDER, 0, "housing"))
    url, client = reverse("casefile:told", args=[person.pk]), sign_in(manager)
    assert "Nothing was told to anyone" in words_of(client.get(url))
    told_often(where, person, 27)
    page = client.get(url)
    assert page.content.decode().count("task__label") == 25 and page.context["page"].older_url
    assert client.get(page.context["page"].older_url).content.decode().count("task__label") == 2
    paper = words_of(client.get(url + "?paper=1"))
    assert paper.count("Housing. To") == 27 and "Custodian" in paper and manager.organisation.name in paper
    assert where.organisations[PROVIDER, 0].name in paper


def test_older_than_three_years_is_not_on_the_list(where, manager, sign_in):
    from tests.access.rows import walls_lifted

    referral, person = participant_of(where)
    give(where, referral, (PROVIDER, 0, "housing"))
    told_often(where, person, 2)
    row = act(manager, lambda: Disclosure.objects.first())
    with walls_lifted("default"), connection.cursor() as cursor:
        cursor.execute(
            "update participants_disclosure set recorded_at = now() - interval '3 years 5 days' where id = %s", [row.pk]
        )
    page = sign_in(manager).get(reverse("casefile:told", args=[person.pk]))
    assert page.content.decode().count("task__label") == 1


def test_queries_are_few_and_the_same_with_many_rows(where, manager, sign_in):
    client, counts = sign_in(manager), {}
    for label, rows in (("one", 1), ("many", 12)):
        referral, person = participant_of(where)
        give(
            where, referral, *[(PROVIDER, n, code) for n in (0, 1) for code in ("housing", "health", "barriers")][:rows]
        )
        told_often(where, person, rows)
        for name in ("consents", "told", "person"):
            client.get(reverse(f"casefile:{name}", args=[person.pk]))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"casefile:{name}", args=[person.pk])).status_code == 200
            asked = [
                q for q in queries.captured_queries if "set_config" not in q["sql"] and "SAVEPOINT" not in q["sql"]
            ]
            counts.setdefault(name, []).append((len(asked), label))
        with CaptureQueriesContext(connection) as queries:
            client.get(ask_url(referral))
        counts.setdefault("ask", []).append((len(queries), label))
    for name, ((one, _), (many, _)) in counts.items():
        assert one == many, (name, counts)
        assert many <= 14, (name, counts)


def test_a_person_linked_later_has_the_consents_of_the_referral(where, manager, sign_in):
    from tests.casefile.person_making import signed

    referral = talked(where)
    signed(where, referral)
    person = linked(where, referral)
    page = words_of(sign_in(manager).get(reverse("casefile:consents", args=[person.pk])))
    assert "Result of the window, to the prosecutor" in page and "Signed, in force" in page
