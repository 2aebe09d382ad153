"""The consent: asked in private, any answer is fine, what was shown is kept, taken back at once."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.db.utils import ProgrammingError
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.consents import revoke
from participants.consent_texts import Terms, consent_text, parts
from participants.models import Consent
from referrals.actions.talking import ask_consent, begin_talk
from referrals.models import HeldCharge, PrivateTalk, Referral
from tests.casefile.person_making import LATER, act, linked, manager_of, met, rules_with, signed, talked, words_of
from tests.casefile.working import fresh, referred, taken

TERMS = Terms(
    site="LEAD Here", discloser="Harbor Outreach", recipients="The District Attorney", reference="7KQP-R3TX",
    is_revocable=True, is_condition=False,
)  # fmt: skip


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


@pytest.fixture
def clock():
    with time_machine.travel(LATER, tick=False):
        yield


def ask(manager, referral, **more):
    given = {"answer": "yes", "language": "en", "signed_name": "Devon Marsh"} | more
    return act(manager, lambda: ask_consent(referral=fresh(referral), by=manager, at=LATER, **given))


def shared(where, referral) -> bool:
    """Whether the prosecutor may read that the window was met."""
    from referrals.models import WindowResult

    prosecutor = where.person(Role.PROSECUTOR)
    return act(prosecutor, lambda: WindowResult.objects.filter(charge__referral_id=referral.pk).values("id").exists())


# ---- the talk comes first


def test_before_the_talk_it_is_not_asked(where, manager, sign_in, clock):
    referral = taken(where)
    with pytest.raises(DomainError, match="talking in private"):
        ask(manager, referral)
    response = sign_in(manager).get(reverse("casefile:consent", args=[referral.pk]), follow=True)
    assert response.redirect_chain == [(reverse("casefile:talk", args=[referral.pk]) + "?next=consent", 302)]
    assert "First tap “We are talking in private”" in words_of(response)


def test_the_database_itself_wants_the_talk(where, manager):
    referral = taken(where)
    row = Consent(
        site=where.site, kind="criminal_justice", referral_id=referral.pk, answer="no", asked_at=LATER, asked_by=manager,
        language="en",
    )  # fmt: skip
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(manager, lambda: row.save(force_insert=True))


def test_the_talk_waits_for_the_handover(where, manager, sign_in, clock):
    referral = referred(where)
    url = reverse("casefile:talk", args=[referral.pk])
    client = sign_in(manager)
    assert "The handoff comes first" in words_of(client.get(url))
    client.post(url, {"others_present": "nobody"})
    assert not act(manager, lambda: PrivateTalk.objects.exists())


def test_the_talk_opens_what_was_shut(where, manager, sign_in, clock):
    referral = taken(where)
    url = reverse("casefile:talk", args=[referral.pk])
    response = sign_in(manager).post(url + "?next=consent", {"others_present": "friend"})
    assert response["Location"] == reverse("casefile:consent", args=[referral.pk])
    talk = act(manager, lambda: PrivateTalk.objects.get())
    assert (talk.others_present, talk.started_by_id) == ("friend", manager.pk)
    with pytest.raises(StaleState):
        act(manager, lambda: begin_talk(referral=fresh(referral), others_present="nobody", by=manager, at=LATER))
    assert "Held in private" in words_of(sign_in(manager).get(url))


# ---- answers


@pytest.mark.parametrize("answer", ["not_now", "no", "unwell"])
def test_every_answer_but_yes_changes_nothing_else(where, manager, sign_in, clock, answer):
    referral = talked(where)
    before = act(manager, lambda: list(Referral.objects.values()) + list(HeldCharge.objects.values()))
    url = reverse("casefile:consent", args=[referral.pk])
    client = sign_in(manager)
    form = client.get(url).context["form"]
    # Whoever is too unwell to decide may have read nothing, and nobody has to say that they did.
    client.post(url, form.initial | {"answer": answer, "signed_name": "Devon"})
    consent = act(manager, lambda: Consent.objects.get())
    assert (consent.answer, consent.signed_at, consent.signed_name) == (answer, None, "")
    assert act(manager, lambda: list(Referral.objects.values()) + list(HeldCharge.objects.values())) == before
    assert consent.text_shown  # what was asked is kept, too
    # It can be asked again.
    assert signed(where, referral).signed_at == LATER


def test_a_yes_keeps_the_words_that_stood_on_the_page(where, manager, sign_in, clock):
    referral = talked(where)
    participant = linked(where, referral)
    url = reverse("casefile:consent", args=[referral.pk])
    client = sign_in(manager)
    page = client.get(url + "?language=es")
    assert "Autorización para informar" in words_of(page)
    given = page.context["form"].initial | {"how_read": "reads", "answer": "yes", "signed_name": "Devon Marsh"}
    response = client.post(url, given)
    consent = act(manager, lambda: Consent.objects.get())
    assert response["Location"] == reverse("casefile:consent-copy", args=[consent.pk])
    assert consent.text_hash == hashlib.sha256(consent.text_shown.encode()).hexdigest()
    assert (consent.language, consent.signed_name, consent.signed_at) == ("es", "Devon Marsh", LATER)
    assert (consent.participant_id, consent.revocable, consent.ends_at) == (participant.pk, True, None)
    copy = words_of(client.get(response["Location"]))
    for _, body in parts(consent.text_shown)[1]:
        assert body in copy.replace("&#x27;", "'")
    assert "retirar esta autorización en cualquier momento" in copy
    assert "Copia para quien firmó" in copy


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"signed_name": " "}, "signed_name"),
        ({"answer": "maybe"}, "answer"),
        ({"language": "zh"}, "language"),
        ({"how_read": "interpreter"}, "interpreter"),
        ({"how_read": "guessed"}, "how_read"),
        ({"how_read": "guessed", "answer": "no"}, "how_read"),
        ({"how_read": ""}, "how_read"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(where, manager, more, field):
    referral = talked(where)
    with pytest.raises(DomainError) as refusal:
        ask(manager, referral, **more)
    assert refusal.value.field == field
    assert not act(manager, lambda: Consent.objects.exists())


def test_a_named_interpreter_will_do(where, manager):
    consent = ask(manager, talked(where), how_read="interpreter", interpreter="Lin Zhao")
    assert consent.interpreter == "Lin Zhao"
    # Named and not needed: not kept.
    assert ask(manager, talked(where), interpreter="Lin Zhao").interpreter == ""


def test_other_words_than_those_shown_are_read_again(where, manager, sign_in, clock):
    referral = talked(where)
    url = reverse("casefile:consent", args=[referral.pk])
    given = {"language": "en", "seen_digest": "0" * 64, "how_read": "reads", "answer": "yes", "signed_name": "Devon"}
    response = sign_in(manager).post(url, given)
    assert "The words have changed" in words_of(response)
    assert not act(manager, lambda: Consent.objects.exists())
    # The words stand on this page now, and nothing typed is lost.
    form = response.context["form"]
    assert form["signed_name"].value() == "Devon" and form["seen_digest"].value() != "0" * 64


def test_one_is_in_force_at_a_time(where, manager):
    referral = talked(where)
    signed(where, referral)
    with pytest.raises(StaleState, match="in force already"):
        ask(manager, referral)


@pytest.mark.parametrize("answer_", ["no", "not_now"])
def test_a_no_from_a_page_that_knew_of_none_does_not_stand_over_a_signed_one(where, manager, answer_):
    """Nobody is to read "no" as the last word while the prosecutor is still told; taking back is a deed of its own."""
    referral = talked(where)
    signed(where, referral)
    with pytest.raises(StaleState, match="It can be taken back"):
        ask(manager, referral, answer=answer_, signed_name="")
    assert act(manager, lambda: [one.answer for one in Consent.objects.all()]) == ["yes"]


def test_the_table_refuses_a_yes_that_is_not_signed(where, manager):
    referral = talked(where)
    row = {
        "site": where.site, "kind": "criminal_justice", "referral_id": referral.pk, "asked_at": LATER,
        "asked_by": manager, "language": "en",
    }  # fmt: skip
    wrong = [
        {"answer": "yes"},
        {"answer": "yes", "signed_at": LATER, "signed_name": "D"},
        {"answer": "yes", "signed_at": LATER, "text_hash": "h"},
        {"answer": "no", "signed_at": LATER, "text_hash": "h", "signed_name": "D"},
        {"answer": "no", "kind": "other"},
        {"answer": "no", "revoked_at": LATER},
    ]
    for more in wrong:
        with pytest.raises(IntegrityError):
            act(manager, lambda more=more: Consent(**(row | more)).save(force_insert=True))


def test_without_a_held_charge_there_is_nothing_to_ask(where, manager, sign_in, clock):
    referral = talked(where, door="social", offences=(), incident_number="")
    with pytest.raises(DomainError, match="nothing to ask"):
        ask(manager, referral)
    assert "Nothing to ask" in words_of(sign_in(manager).get(reverse("casefile:consent", args=[referral.pk])))


# ---- what it opens, and taking it back


def test_taken_back_it_shuts_in_the_same_second_and_can_be_given_again(where, manager, sign_in, clock):
    referral = talked(where)
    met(where, referral)
    assert not shared(where, referral)
    consent = signed(where, referral)
    assert shared(where, referral)
    url = reverse("casefile:consent-revoke", args=[referral.pk])
    assert sign_in(manager).post(url, {"how": "spoken"}).status_code == 302
    assert not shared(where, referral)
    consent = act(manager, lambda: Consent.objects.get(pk=consent.pk))
    assert (consent.revoked_at, consent.revoked_how, consent.revoked_by_id) == (LATER, "spoken", manager.pk)
    with pytest.raises(StaleState):
        act(manager, lambda: revoke(consent=consent, how="written", by=manager, at=LATER))
    assert signed(where, referral, at=LATER + timedelta(days=1)).is_in_force(LATER + timedelta(days=2))
    assert shared(where, referral)


def test_not_before_the_decision_where_the_rules_say_so(world, sign_in, clock):
    where = world.a
    with acting_as(Duty.OPERATOR):
        rules_with(where, revocable="not_before_decision", condition_of_diversion=True)
    manager, referral = manager_of(where), talked(where)
    page = words_of(sign_in(manager).get(reverse("casefile:consent", args=[referral.pk])))
    assert "make this release a condition of diversion" in page
    consent = signed(where, referral)
    assert not consent.revocable
    client = sign_in(manager)
    assert "cannot take this back before the prosecutor’s decision" in words_of(
        client.get(reverse("casefile:consent-copy", args=[consent.pk]))
    )
    url = reverse("casefile:consent-revoke", args=[referral.pk])
    assert "Not before the decision" in words_of(client.get(url))
    client.post(url, {"how": "written"})
    assert act(manager, lambda: Consent.objects.get(pk=consent.pk)).revoked_at is None
    # After the decision it has ended, and may be taken back for order's sake.
    assert act(manager, lambda: revoke(consent=consent, how="written", by=manager, at=LATER, has_ended=True)).revoked_at


def test_what_was_not_signed_is_not_taken_back(where, manager):
    consent = ask(manager, talked(where), answer="no")
    with pytest.raises(DomainError, match="Nothing was signed"):
        act(manager, lambda: revoke(consent=consent, how="written", by=manager, at=LATER))
    with pytest.raises(DomainError) as refusal:
        act(manager, lambda: revoke(consent=signed(where, talked(where)), how="", by=manager, at=LATER))
    assert refusal.value.field == "how"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CASE_MANAGER, Role.SUPERVISOR)])
def test_nobody_outside_casework_opens_any_of_it(where, sign_in, clock, role):
    referral = talked(where)
    consent = signed(where, referral)
    client = sign_in(where.person(role))
    for name, key in [
        ("consent", referral), ("consent-revoke", referral), ("consent-copy", consent), ("talk", referral),
        ("letter", referral), ("slip", referral), ("link", referral),
    ]:  # fmt: skip
        assert client.get(reverse(f"casefile:{name}", args=[key.pk])).status_code == 403


def test_another_site_finds_nothing(world, sign_in, clock):
    referral = talked(world.a)
    consent = signed(world.a, referral)
    client = sign_in(manager_of(world.b))
    for name, key in [
        ("consent", referral),
        ("consent-revoke", referral),
        ("consent-copy", consent),
        ("talk", referral),
    ]:
        assert client.get(reverse(f"casefile:{name}", args=[key.pk])).status_code == 404


# ---- the words


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("is_revocable", [True, False])
@pytest.mark.parametrize("is_condition", [True, False])
def test_the_text_has_every_element(language, is_revocable, is_condition):
    terms = Terms(
        site=TERMS.site, discloser=TERMS.discloser, recipients=TERMS.recipients, reference=TERMS.reference,
        is_revocable=is_revocable, is_condition=is_condition,
    )  # fmt: skip
    text = consent_text(language, terms)
    title, told = parts(text.words)
    assert title and len(told) == 11 and all(body for _, body in told)
    for known in (TERMS.site, TERMS.discloser, TERMS.recipients, TERMS.reference, "42 CFR"):
        assert known in text.words
    back = dict(told)[{"en": "Taking it back", "es": "Retirar la autorización"}[language]]
    assert ("2.35" in back) is not is_revocable
    condition = {"en": "condition of diversion", "es": "condición de la derivación"}[language]
    assert (condition in text.words) is is_condition
    assert "\n\n".join([title, *(f"{head}\n{body}" if head else body for head, body in told)]) == text.words
