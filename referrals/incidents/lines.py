"""A publisher's CSV file as numbered records, with everything that makes it no such file said in one sentence.

Every line is a record of its own: the published files break no value over lines, and so a stray quotation mark spoils
its own line only.
"""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

LONGEST = 20_000  # bytes of a line; the longest published one has some 500
# How files begin that people give by mistake.
OTHER_KINDS = (
    (b"PK\x03\x04", "a spreadsheet or zip file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"{", "JSON"),
    (b"<", "a web page or XML"),
)


class Unreadable(Exception):
    """The file is not what was asked for; the message says why."""


@contextmanager
def opened(file: str | Path | BinaryIO) -> Iterator[BinaryIO]:
    """The file, open for reading bytes; one that was given open stays open. Raises Unreadable."""
    if not isinstance(file, str | Path):
        if isinstance(file.read(0), str):
            raise TypeError("open the file in binary mode")
        yield file
        return
    try:
        stream = open(file, "rb")  # noqa: SIM115
    except OSError as error:
        raise Unreadable(f"The file cannot be opened: {error.strerror}.") from error
    with stream:
        yield stream


def records(stream: BinaryIO) -> Iterator[tuple[int, list[str] | None]]:
    """Line number and values, None where quotation marks do not match; blank lines are left out.

    Raises Unreadable at the latest at the line that shows it: NUL, not UTF-8, endless lines, another kind of file.
    """
    line = 0
    try:
        while raw := stream.readline(LONGEST + 1):
            line += 1
            if line == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
                for start, kind in OTHER_KINDS:
                    if raw.startswith(start):
                        raise Unreadable(f"This is {kind}, not CSV.")
            text = _text(raw, line)
            if text:
                yield line, _values(text)
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror}.") from error


def _text(raw: bytes, line: int) -> str:
    if len(raw) > LONGEST:
        raise Unreadable(f"Line {line} is longer than {LONGEST:,} bytes: this is not CSV.")
    if b"\0" in raw:
        raise Unreadable(f"Line {line} holds a NUL byte: this is not text.")
    try:
        return raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Unreadable(f"Line {line} is not UTF-8: save the file as “CSV UTF-8”.") from error


def _values(text: str) -> list[str] | None:
    try:
        return next(csv.reader((text,), strict=True))
    except csv.Error:
        return None
