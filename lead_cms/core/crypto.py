"""AES-256-GCM for what must not stand in clear in the database: drafts, held forms, answers, notes, second-factor secrets.

A token is `keyid.nonce.ciphertext` (base64url). The newest key of `settings.FIELD_KEYS` encrypts; any of them decrypts.
A token opens only with the `aad` it was made with, which names its place: one moved to another place does not open.
Files are longer than one token: sealing.py.
"""

import base64
import binascii
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

NONCE_BYTES = 12
KEY_BYTES = 32


class UnknownKey(ValueError):
    """The token names a key that this deployment does not have."""


class Tampered(ValueError):
    """The token was changed, cut, or belongs to another place."""


def encrypt(value: str | bytes, *, aad: str, purpose: str = "") -> str:
    """Encrypt with the newest key; `aad` ties the token to its place. A `purpose` has a key of its own, derived from it."""
    key_id = newest_key_id()
    nonce = os.urandom(NONCE_BYTES)
    plain = value.encode() if isinstance(value, str) else value
    return ".".join([key_id, _b64(nonce), _b64(_cipher(key_id, purpose).encrypt(nonce, plain, aad.encode()))])


def decrypt(token: str, *, aad: str, purpose: str = "") -> bytes:
    """The plain bytes. Raises UnknownKey or Tampered."""
    try:
        key_id, nonce, sealed = token.rsplit(".", 2)
        parts = _raw(nonce), _raw(sealed)
    except (ValueError, AttributeError) as error:
        raise Tampered("not an encrypted value") from error
    cipher = _cipher(key_id, purpose)
    try:
        return cipher.decrypt(*parts, aad.encode())
    except (InvalidTag, ValueError) as error:
        raise Tampered("the value does not open") from error


def newest_key_id() -> str:
    if not settings.FIELD_KEYS:
        raise ImproperlyConfigured("FIELD_KEYS holds no key.")
    return next(iter(settings.FIELD_KEYS))


def key_of(key_id: str) -> bytes:
    """The key of this id. Raises UnknownKey."""
    if key_id not in settings.FIELD_KEYS:
        raise UnknownKey(f"no key “{key_id}”")
    key = settings.FIELD_KEYS[key_id]
    if len(key) != KEY_BYTES:  # AESGCM would take a shorter one, and be AES-128
        raise ImproperlyConfigured(f"The key “{key_id}” of FIELD_KEYS has {len(key)} bytes instead of {KEY_BYTES}.")
    return key


def _cipher(key_id: str, purpose: str) -> AESGCM:
    key = key_of(key_id)
    if purpose:
        key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"lead purpose:{purpose}".encode()).derive(key)
    return AESGCM(key)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def _raw(text: str) -> bytes:
    # Strict: the usual function skips what is not base64, so that many texts would be one token.
    raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    if _b64(raw) != text:
        raise binascii.Error("not as written by encrypt()")
    return raw


class EncryptedTextField(models.TextField):
    """Text that is encrypted at rest and cannot be searched.

    Tied to its table and column, not to its row: the key of a new row is not always known when it is written.
    """

    purpose = ""

    def _aad(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: it can be asked for isnull, not for {lookup_name}.")
        return super().get_lookup(lookup_name)

    def get_prep_value(self, value):
        return None if value is None else encrypt(self._written(value), aad=self._aad(), purpose=self.purpose)

    def from_db_value(self, value, expression, connection):
        return None if value is None else self._read(decrypt(value, aad=self._aad(), purpose=self.purpose))

    def _written(self, value) -> str:
        return str(value)

    def _read(self, raw: bytes):
        return raw.decode()


class EncryptedJSONField(EncryptedTextField):
    """JSON that is encrypted at rest; dates in it come back as text."""

    def to_python(self, value):
        return value

    def _written(self, value) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder)

    def _read(self, raw: bytes):
        return json.loads(raw)


class PrivilegedTextField(EncryptedTextField):
    """Text between a lawyer and the person: under a key that opens nothing else, and that nothing else uses."""

    purpose = "privileged"
