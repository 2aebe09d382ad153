"""Keys of rows that nobody addresses: in the order of time, so that many new ones lie together in an index."""

import secrets
import time
import uuid


def time_ordered() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, 74 of chance.

    It tells when it was made: for tables whose keys stand in no address and are shown to nobody.
    """
    key = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return uuid.UUID(int=key & ~(0xF << 76) & ~(0b11 << 62) | 7 << 76 | 0b10 << 62)
