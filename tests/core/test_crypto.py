"""What is encrypted opens at its own place with a key that is there, and nowhere else."""

import base64
from datetime import date

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.test.utils import isolate_apps
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_cms.core import crypto

OLD, NEW = b"o" * 32, b"n" * 32


# Tables of this module only: nobody else shall find them among the models.
with isolate_apps("lead_cms.core"):

    class Secret(models.Model):  # noqa: DJ008
        text = crypto.EncryptedTextField(null=True)
        document = crypto.EncryptedJSONField(null=True)

        class Meta:
            app_label = "core"

    class Other(models.Model):  # noqa: DJ008
        text = crypto.EncryptedTextField()

        class Meta:
            app_label = "core"


def stored(name, value, model=Secret):
    return model._meta.get_field(name).get_prep_value(value)


def loaded(name, value, model=Secret):
    return model._meta.get_field(name).from_db_value(value, None, None)


@settings(deadline=None)
@given(st.text() | st.binary(), st.text(max_size=40))
def test_round_trip(value, aad):
    token = crypto.encrypt(value, aad=aad)
    assert crypto.decrypt(token, aad=aad) == (value.encode() if isinstance(value, str) else value)


def test_the_same_text_never_gives_the_same_token():
    tokens = {crypto.encrypt("yes", aad="here") for _ in range(200)}
    assert len(tokens) == 200 and len({token.split(".")[1] for token in tokens}) == 200


def test_a_token_opens_at_its_own_place_only():
    with pytest.raises(crypto.Tampered):
        crypto.decrypt(crypto.encrypt("yes", aad="here"), aad="there")


@settings(deadline=None)
@given(st.data())
def test_any_change_is_noticed(data):
    token = crypto.encrypt("the words of a person", aad="here")
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=400).filter(lambda one: one != token[place]))
    changed = data.draw(
        st.sampled_from(
            [token[:place] + other + token[place + 1 :], token[:place], token[:place] + other + token[place:]]
        )
    )
    with pytest.raises((crypto.Tampered, crypto.UnknownKey)):
        crypto.decrypt(changed, aad="here")


@pytest.mark.parametrize("token", ["", "plain text", "a.b", "a.b.c.d", "dev..", "dev.é.x", None])
def test_what_is_no_token(token):
    with pytest.raises((crypto.Tampered, crypto.UnknownKey)):
        crypto.decrypt(token, aad="here")


def test_the_newest_key_writes_and_the_old_one_still_reads(settings):
    settings.FIELD_KEYS = {"2024": OLD}
    before = crypto.encrypt("yes", aad="here")
    settings.FIELD_KEYS = {"2025": NEW, "2024": OLD}
    after = crypto.encrypt("yes", aad="here")
    assert before.startswith("2024.") and after.startswith("2025.")
    assert crypto.decrypt(before, aad="here") == crypto.decrypt(after, aad="here") == b"yes"
    settings.FIELD_KEYS = {"2025": NEW}
    with pytest.raises(crypto.UnknownKey, match="2024"):
        crypto.decrypt(before, aad="here")


def test_the_key_must_be_the_right_one(settings):
    settings.FIELD_KEYS = {"k": OLD}
    token = crypto.encrypt("yes", aad="here")
    settings.FIELD_KEYS = {"k": NEW}
    with pytest.raises(crypto.Tampered):
        crypto.decrypt(token, aad="here")


@pytest.mark.parametrize("keys", [{}, {"k": b"s" * 16}, {"k": b"s" * 31}])
def test_no_key_or_a_short_one_is_not_taken(settings, keys):
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        crypto.encrypt("yes", aad="here")


def test_nothing_can_be_read_in_the_token():
    token = crypto.encrypt("Ana Pérez", aad="here")
    raw = b"".join(base64.urlsafe_b64decode(part) for part in token.split(".")[1:])
    assert b"Ana P" not in raw and "Ana P" not in token


@pytest.mark.parametrize("value", ["", "emoji 🙂 and עברית", "x" * 10_000])
def test_a_text_field(value):
    token = stored("text", value)
    assert token != value and loaded("text", token) == value


@pytest.mark.parametrize("value", [{}, [], {"name": "Ana", "tries": [1, None, True]}, "", 0, False])
def test_a_json_field(value):
    assert loaded("document", stored("document", value)) == value


def test_dates_in_json_come_back_as_text():
    assert loaded("document", stored("document", {"on": date(2025, 3, 1)})) == {"on": "2025-03-01"}


def test_none_stays_none():
    assert stored("text", None) is None and loaded("text", None) is None
    assert stored("document", None) is None and loaded("document", None) is None


def test_a_value_moved_to_another_column_or_table_does_not_open():
    token = stored("text", "yes")
    with pytest.raises(crypto.Tampered):
        loaded("document", token)
    with pytest.raises(crypto.Tampered):
        loaded("text", token, Other)


@pytest.mark.parametrize("lookup", ["text", "text__contains", "text__in"])
def test_it_cannot_be_searched(lookup):
    with pytest.raises(FieldError, match="is encrypted"):
        Secret.objects.filter(**{lookup: ["yes"]})
    assert Secret.objects.filter(text__isnull=True) is not None
