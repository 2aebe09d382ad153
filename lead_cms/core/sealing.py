"""AES-256-GCM for a file: piece by piece, so that it can be read as a stream, with the keys of crypto.py.

A sealed file is MAGIC, the length of the key's id, the id, a salt, then pieces of PIECE bytes, each with its tag. Every file
has a key of its own, derived from the deployment's key, the salt and `aad`, which names its place. The nonce of a piece is
its number and whether it is the last: a piece that is moved, dropped or doubled, a file that is cut, made longer or put into
another's place does not open.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lead_cms.core.crypto import KEY_BYTES, NONCE_BYTES, Tampered, key_of, newest_key_id

MAGIC = b"LEAD file 1\n"
PIECE, TAG, SALT = 64 * 1024, 16, 32


def sealed(content: bytes, *, aad: str) -> Iterator[bytes]:
    """The file as it is to be written, in parts."""
    key_id, salt = newest_key_id(), os.urandom(SALT)
    cipher, view = _cipher(key_id, salt, aad), memoryview(content)
    name = key_id.encode()
    yield MAGIC + bytes([len(name)]) + name + salt
    count = max(1, -(-len(content) // PIECE))
    for number in range(count):
        piece = view[number * PIECE : (number + 1) * PIECE]
        yield cipher.encrypt(_nonce(number, is_last=number == count - 1), piece, None)


def opened(file: BinaryIO, *, aad: str) -> Iterator[bytes]:
    """The plain pieces, each known to be whole and in its place. Raises UnknownKey or Tampered."""
    cipher = _head(file, aad)
    number, piece = 0, file.read(PIECE + TAG)
    while True:
        following = file.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), piece, None)
        except (InvalidTag, ValueError) as error:
            raise Tampered(f"piece {number} does not open") from error
        if not following:
            return
        number, piece = number + 1, following


def _head(file: BinaryIO, aad: str) -> AESGCM:
    if file.read(len(MAGIC)) != MAGIC:
        raise Tampered("not a sealed file")
    length = file.read(1)
    name, salt = file.read(length[0] if length else 0), file.read(SALT)
    if len(salt) != SALT:
        raise Tampered("the file is cut short")
    return _cipher(name.decode("utf-8", "replace"), salt, aad)


def _cipher(key_id: str, salt: bytes, aad: str) -> AESGCM:
    info = f"lead file 1:{aad}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(key_of(key_id)))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([is_last])
