"""AES-256-GCM for what must not stand in clear in the database: drafts, held forms, answers, second-factor secrets.

A token is `keyid.nonce.ciphertext` (base64url). The newest key of `settings.FIELD_KEYS` encrypts; any of them decrypts.
"""

import base64
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


class UnknownKey(ValueError):
    """The token names a key that this deployment does not have."""


class Tampered(ValueError):
    """The token was changed, cut, or belongs to another column."""


def encrypt(value: str | bytes, *, aad: str) -> str:
    """Encrypt with the newest key; `aad` ties the token to its place."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    plain = value.encode() if isinstance(value, str) else value
    sealed = AESGCM(key).encrypt(nonce, plain, aad.encode())
    return ".".join([key_id, _b64(nonce), _b64(sealed)])


def decrypt(token: str, *, aad: str) -> bytes:
    """The plain bytes. Raises UnknownKey or Tampered."""
    try:
        key_id, nonce, sealed = token.split(".")
        parts = base64.urlsafe_b64decode(nonce), base64.urlsafe_b64decode(sealed)
    except (ValueError, AttributeError) as error:
        raise Tampered("not an encrypted value") from error
    if key_id not in settings.FIELD_KEYS:
        raise UnknownKey(f"no key “{key_id}”")
    try:
        return AESGCM(settings.FIELD_KEYS[key_id]).decrypt(*parts, aad.encode())
    except (InvalidTag, ValueError) as error:
        raise Tampered("the value does not open") from error


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


class EncryptedJSONField(models.TextField):
    """JSON that is encrypted at rest. Tied to its table and column; the key of a new row is not known in time."""

    def _aad(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value):
        return None if value is None else encrypt(json.dumps(value), aad=self._aad())

    def from_db_value(self, value, expression, connection):
        return None if value is None else json.loads(decrypt(value, aad=self._aad()))

    def to_python(self, value):
        return value
