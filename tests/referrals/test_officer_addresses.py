"""The addresses of the officer's two screens: they hold what was answered, for whoever answered, and every server takes them."""

import uuid

import pytest
from django.http import QueryDict

from lead_cms.access.permissions import Role
from referrals.forms.officer import seal
from tests.referrals.test_officer_pages import CHECK, NEW, screen_1, token_of


@pytest.fixture
def officer(world):
    return world.a.person(Role.OFFICER)


@pytest.fixture
def client(sign_in, officer):
    return sign_in(officer)


@pytest.mark.parametrize(("where", "number"), [("a", 1), ("b", 0)])
def test_an_address_with_answers_opens_for_nobody_but_who_gave_them(world, client, sign_in, where, number):
    """It stands in the history of a shared browser, and in logs."""
    typed = client.post(CHECK, {"door": "arrest", "q": "Marsh, Devon", "find": "1"})
    answered = screen_1(client, number="260118402", offense=["Marsh, Devon"])
    addresses = [typed.context["here"], answered.context["request"].get_full_path(), answered.context["write_url"]]
    other = sign_in(getattr(world, where).person(Role.OFFICER, number))
    for address in addresses:
        assert "Marsh, Devon" in client.get(address).content.decode()
        page = other.get(address, follow=True).content.decode()
        assert "Marsh, Devon" not in page and "What is this?" in page
    token = token_of(answered)
    assert other.post("/referrals/draft/", {"check": token, "submission_key": str(uuid.uuid4())}).status_code == 400
    for path, data in ((CHECK, {"c": token, "override": "1"}), (NEW, {"check": token})):
        assert "Marsh, Devon" not in other.post(path, data, follow=True).content.decode()


def test_an_address_that_shows_the_form_again_is_never_too_long_for_a_server(officer):
    """gunicorn takes a first line of 4094 letters."""
    lengths = []
    for typed in range(2700, 3100):
        page = QueryDict(mutable=True)
        page["q"] = "a" * typed
        lengths.append(len(seal(page, by=officer)))
    most = max(lengths)
    rest = len(f"GET {CHECK}?f=&k={uuid.uuid4()} HTTP/1.1\r\n")
    assert 0 in lengths and 3800 < most <= 4094 - rest
