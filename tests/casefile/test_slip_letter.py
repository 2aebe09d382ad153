"""What the person takes along: a slip that names nothing, in their language, and a letter of their own."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.audit.events import AuditAction
from lead_cms.core.errors import DomainError
from participants.slip_texts import said_moment, telling_words
from referrals.actions.slips import make_slip, print_letter
from referrals.models import Slip
from tests.casefile.person_making import LATER, act, linked, manager_of, met, talked, words_of
from tests.casefile.working import fresh, referred, taken

FORBIDDEN = re.compile(
    r"\blead\b|police|polic[ií]a|charge|cargo|drug|drog|assess|evaluaci|divers|derivaci|fiscal|prosecut|arrest",
    re.IGNORECASE,
)


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


def given(**more):
    return {
        "name": "Dee", "on_0": "2026-10-20", "on_1": "14:30", "place": "180 Turk St", "phone": "415 555 0142",
        "language": "en",
    } | more  # fmt: skip


def at(name, referral):
    return reverse(f"casefile:{name}", args=[referral.pk])


def card(client, referral, **more):
    response = client.post(at("slip", referral), given(**more))
    assert response.status_code == 302, response.context["form"].errors
    return client.get(response["Location"])


def looked(manager) -> list:
    """What the audit's table holds is the auditor's to read."""
    from lead_cms.audit.models import AuditEvent

    return AuditEvent.objects.all()


# ---- the slip


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_slip_names_nothing(where, manager, sign_in, clock, language):
    referral = taken(where)
    page = card(sign_in(manager), referral, language=language)
    html = page.content.decode()
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1]
    assert not FORBIDDEN.search(words_of(page)), FORBIDDEN.search(words_of(page))
    assert not FORBIDDEN.search(title)
    # Nor do attributes that are read aloud.
    assert not any(FORBIDDEN.search(said) for said in re.findall(r'(?:aria-label|alt|title)="([^"]*)"', html))
    for said in ("Dee", "180 Turk St", "(415) 555-0142", referral.reference):
        assert said in words_of(page)
    assert 'rel="stylesheet" href="/static/css/print' in html


def test_the_slip_in_spanish(where, manager, sign_in, clock):
    said = words_of(card(sign_in(manager), taken(where), language="es"))
    for words in ("Su cita", "martes 20 de octubre, 2:30 p. m.", "Código para mencionar", "Llame o pregunte"):
        assert words in said
    assert "Appointment" not in said


def test_what_is_kept_of_a_slip(where, manager, sign_in, clock):
    referral = taken(where)
    card(sign_in(manager), referral)
    slip = act(manager, lambda: Slip.objects.get())
    assert (slip.code, slip.phone, slip.language) == (referral.reference, "415 555 0142", "en")
    assert slip.at == datetime(2026, 10, 20, 21, 30, tzinfo=UTC)
    assert "Show the last one" in words_of(sign_in(manager).get(at("slip", referral)))


def test_a_slip_without_a_time_says_to_call(where, manager, sign_in, clock):
    assert "Call to agree on a time" in words_of(card(sign_in(manager), taken(where), on_0="", on_1="", name=""))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"place": "LEAD office"}, "“LEAD” would tell others"),
        ({"place": "Police station, Eddy St"}, "“Police” would tell others"),
        ({"place": "Drug court"}, "“Drug” would tell others"),
        ({"name": "Dee (charged)"}, "“charged” would tell others"),
        ({"on_0": "2026-10-01"}, "This time is past"),
        ({"on_1": ""}, "Enter both the day and the time"),
        ({"place": ""}, "has no answer yet"),
        ({"phone": ""}, "has no answer yet"),
        ({"language": "zh"}, "Choose one of the answers shown here"),
    ],
)
def test_a_slip_that_would_tell_or_mislead_is_not_made(where, manager, sign_in, clock, more, said):
    referral = taken(where)
    response = sign_in(manager).post(at("slip", referral), given(**more))
    assert said in words_of(response)
    assert response.context["form"]["phone"].value() == given(**more)["phone"]
    assert not act(manager, lambda: Slip.objects.exists())


def test_the_form_knows_the_person_and_the_caller(where, manager, sign_in, clock):
    referral = taken(where)
    linked(where, referral, chosen_name="Dee", language="es")
    form = sign_in(manager).get(at("slip", referral)).context["form"]
    assert (form["name"].value(), form["language"].value(), form["phone"].value()) == ("Dee", "es", "(415) 555-0142")


def test_words_that_tell():
    assert telling_words("Lead and copper, 5th St; assessment room") == ["assessment"]
    assert telling_words("the library, Larkin St; 3 chargers") == []
    noon = datetime(2026, 1, 1, 0, 5, tzinfo=UTC)
    assert said_moment("en", noon) == "Thursday, January 1, 12:05 am"
    assert said_moment("es", noon) == "jueves 1 de enero, 12:05 a. m."


def test_a_slip_is_of_its_referral(world, sign_in, clock):
    manager, referral, other = manager_of(world.a), taken(world.a), taken(world.a)
    slip = act(
        manager,
        lambda: make_slip(
            referral=fresh(referral), name="", on=None, place="x", phone="1", language="en", by=manager, at=LATER
        ),
    )
    assert sign_in(manager).get(reverse("casefile:slip-card", args=[other.pk, slip.pk])).status_code == 404
    elsewhere = sign_in(manager_of(world.b))
    assert elsewhere.get(reverse("casefile:slip-card", args=[referral.pk, slip.pk])).status_code == 404
    assert elsewhere.get(at("slip", referral)).status_code == 404


# ---- the letter


def test_no_letter_before_the_window_is_met(where, manager, sign_in, clock):
    for referral in (talked(where), referred(where, door="social", offences=(), incident_number="")):
        client = sign_in(manager)
        assert "Not yet" in words_of(client.get(at("letter", referral)))
        assert "Not yet" in words_of(client.post(at("letter", referral), {"name": "Devon"}))
        with pytest.raises(DomainError, match="once the window is met"):
            act(
                manager,
                lambda referral=referral: print_letter(referral=fresh(referral), name="D", by=manager, at=LATER),
            )


def test_the_letter_says_met_and_nothing_else(where, manager, sign_in, clock):
    referral = talked(where)
    linked(where, referral, chosen_name="Dee")
    met(where, referral)
    client = sign_in(manager)
    assert client.get(at("letter", referral)).context["form"]["name"].value() == "Devon Marsh"
    page = words_of(client.post(at("letter", referral), {"name": "Devon Marsh"}))
    assert f"Devon Marsh met the intake window of referral {referral.reference} on October 6, 2026." in page
    for word in ("assessment", "substance", "treatment", "drug", "charge", "arrest"):
        assert word not in page.lower()


def test_each_letter_is_recorded(where, manager, sign_in, clock):
    referral = talked(where)
    met(where, referral)
    sign_in(manager).post(at("letter", referral), {"name": "Devon Marsh"})
    auditor = where.person(Role.AUDITOR)
    printed = act(auditor, lambda: list(looked(auditor).filter(action=AuditAction.LETTER_PRINTED)))
    assert [(event.target_id, event.details) for event in printed] == [(str(referral.pk), {})]
