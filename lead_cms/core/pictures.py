"""JPEG and PNG taken apart and put together again without what is not the picture: place, time, device, preview, comments.

Nothing is decoded, so that no picture can blow up here: the parts are walked through by their lengths, each must be one that
pictures are made of, and what follows the end of the picture (a film beside it, another file) is cut off. Which way up a
photo is held is kept, as a part written anew.
"""

import re
import struct
import zlib
from dataclasses import dataclass

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


class Damaged(ValueError):
    """It begins like a picture and is not one."""


@dataclass(frozen=True)
class Picture:
    content: bytes
    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height


# ---- JPEG: marker, length, content; after a start of scan the picture itself, up to the next marker
SOI, EOI, SOS, COM = 0xD8, 0xD9, 0xDA, 0xFE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Begins with a letter as it stands: with "\\xff+" the search through a photo took fifteen times as long.
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
ORIENTATION, TOP_LEFT = 0x0112, 1


def jpeg(data: bytes) -> Picture:
    at, kept, size, turned, has_scan = 2, [], None, TOP_LEFT, False
    while True:
        marker, at = _marker(data, at)
        if marker == EOI:
            break
        body, end = _segment(data, at)
        if marker in FRAMES and size is None and len(body) >= 6:
            size = struct.unpack(">HH", body[1:5])
        if marker == 0xE1:
            turned = _orientation(body) or turned
        elif 0xE0 <= marker <= 0xEF or marker == COM:
            kept.append(_application(marker, body))
        elif marker == SOS:
            found = NEXT_MARKER.search(data, end)
            if found is None:
                raise Damaged("it has no end")
            end, has_scan = found.start(), True
            kept.append(b"\xff\xda" + data[at:end])
        elif 0xC0 <= marker <= 0xDF:
            kept.append(bytes([0xFF, marker]) + data[at:end])
        else:
            raise Damaged("a part is of no known kind")
        at = end
    if not has_scan or not size or 0 in size:
        raise Damaged("it holds no picture")
    head = _turned(turned) if turned != TOP_LEFT else b""
    return Picture(b"\xff\xd8" + head + b"".join(kept) + b"\xff\xd9", width=size[1], height=size[0])


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at this place, past the bytes that fill it up, and where it ends."""
    start = at
    while data[at : at + 1] == b"\xff":
        at += 1
    if at == start or at >= len(data) or data[at] in (0x00, SOI, 0x01, *range(0xD0, 0xD8)):
        raise Damaged("a part begins wrongly")
    return data[at], at + 1


def _segment(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 2], "big")
    if length < 2 or at + length > len(data):
        raise Damaged("a part is cut short")
    return data[at + 2 : at + length], at + length


def _application(marker: int, body: bytes) -> bytes:
    """Of what programs add: how to read the colors. Previews, notes, positions, further pictures are left out."""
    if marker == 0xE0 and body[:5] == b"JFIF\0" and len(body) >= 14:
        body = body[:12] + b"\0\0"
    elif not (marker == 0xE2 and body[:12] == b"ICC_PROFILE\0") and not (marker == 0xEE and body[:5] == b"Adobe"):
        return b""
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def _orientation(body: bytes) -> int:
    """Which way up, 2 to 8, of a part with EXIF; 0 where it does not say or cannot be read."""
    if body[:6] != b"Exif\0\0" or body[6:8] not in (b"II", b"MM"):
        return 0
    tiff, order = body[6:], "<" if body[6:8] == b"II" else ">"
    try:
        (at,) = struct.unpack_from(f"{order}L", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(min(count, 200)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHLH", tiff, at + 2 + 12 * entry)
            if tag == ORIENTATION:
                return value if kind == 3 and 2 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _turned(way: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">LHHHLHHL", 8, 1, ORIENTATION, 3, 1, way, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


# ---- PNG: length, kind, content, checksum
KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sRGB", b"sBIT", b"bKGD", b"pHYs"})


def png(data: bytes) -> Picture:
    at, kept, size, has_data = len(PNG), [PNG], None, False
    while True:
        (length,) = struct.unpack(">L", data[at : at + 4].rjust(4, b"\xff"))
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise Damaged("a part is cut short or changed")
        if size is None:
            if kind != b"IHDR" or length != 13:
                raise Damaged("it does not say its size")
            size = struct.unpack(">LL", data[at + 8 : at + 16])
        has_data = has_data or kind == b"IDAT"
        if kind in KEPT:
            kept.append(data[at:end])
        elif kind[:1].isupper():
            raise Damaged("it needs a part that is not known")
        if kind == b"IEND":
            break
        at = end
    if not has_data or 0 in size:
        raise Damaged("it holds no picture")
    return Picture(b"".join(kept), width=size[0], height=size[1])
