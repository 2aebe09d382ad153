"""Small papers for tests: a JPEG as a phone makes it, a PNG, a PDF."""

import struct
import zlib

EXIF_SECRET = b"Pixel 9 of Devon Marsh"


def jpeg(*, width=40, height=30, orientation=1, filling=b"") -> bytes:
    """With EXIF (device, place, which way up), a second picture's index, comments, a color profile."""
    entries = struct.pack(">HHLHH", 0x0112, 3, 1, orientation, 0) + struct.pack(
        ">HHLL", 0x0110, 2, len(EXIF_SECRET), 38
    )
    exif = b"Exif\0\0MM\0*" + struct.pack(">LH", 8, 2) + entries + b"\0\0\0\0" + EXIF_SECRET + b" GPS 47.6N"
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"".join(
        [
            b"\xff\xd8",
            _part(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            _part(0xE1, exif),
            _part(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
            _part(0xE2, b"ICC_PROFILE\0\x01\x01profile"),
            _part(0xE2, b"MPF\0another picture"),
            _part(0xED, b"Photoshop 3.0\0"),
            _part(0xFE, b"a comment"),
            _part(0xDB, b"\0" + b"\x01" * 64),
            _part(0xC0, frame),
            b"\xff",  # a filling byte
            _part(0xDA, b"\x01\x01\0\0\x3f\0"),
            b"the picture itself \xff\x00 \xff\xd0" + filling,
            b"\xff\xd9",
        ]
    )


def _part(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def png(kind=b"tEXt", body=b"x\0y", *, width=2, height=2) -> bytes:
    data = zlib.compress(b"\0\0\0" * 2)
    head = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(one)) + name + one + struct.pack(">L", zlib.crc32(name + one))
        for name, one in ((b"IHDR", head), (kind, body), (b"IDAT", data), (b"IEND", b""))
    )


def pdf(part: bytes = b"", *, filling: bytes = b"") -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + part + filling + b"\ntrailer << >>\nstartxref\n9\n%%EOF"
    )
