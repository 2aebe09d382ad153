"""Markers in what was sent: in the words of a page, in the address of a redirect, inside a workbook or a PDF."""

import html
import io
import re
import zipfile
import zlib
from datetime import date

from tests.access.markers import IN_WORDS

# Each begins with letters as they stand, which is found many times faster than a choice of beginnings.
WORD = re.compile(r"zq\d{5}q")
NUMBER = re.compile(r"20\d{3}(?![\w.-])")
YEAR = re.compile(r"19[0-4]\d")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# As the pages say a day, as a field holds it, and as a file may: "Jan 3, 1931", "January 3, 1931", "1931-01-03", "01/03/1931".
SAID = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]*\.? (\d\d?), (19[0-4]\d)\b")
WRITTEN = re.compile(r"(?<!\d)(19[0-4]\d)-(\d\d)-(\d\d)(?!\d)")
SLASHED = re.compile(r"(?<!\d)(\d\d?)/(\d\d?)/(19[0-4]\d)(?!\d)")
PHRASES = [words.lower() for words in IN_WORDS.values()]


def found_in(response) -> set[str]:
    heads = " ".join(f"{name}: {value}" for name, value in response.items())
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = html.unescape(heads + " ".join(_texts(content))).lower()
    words = set(WORD.findall(text)) | {phrase for phrase in PHRASES if phrase in text}
    return words | _numbers(text) | _days(text)


def _numbers(text: str) -> set[str]:
    """Numbers that stand alone: no piece of a key, of a larger number or of a name."""
    return {one[0] for one in NUMBER.finditer(text) if not re.match(r"[\w.#-]", text[one.start() - 1 : one.start()])}


def _days(text: str) -> set[str]:
    days = set()
    for year in YEAR.finditer(text):
        around = text[max(0, year.start() - 20) : year.end() + 8]
        found = [(year, MONTHS.index(month) + 1, day) for month, day, year in SAID.findall(around)]
        found += WRITTEN.findall(around) + [(year, month, day) for month, day, year in SLASHED.findall(around)]
        for one in found:
            try:
                days.add(date(*map(int, one)).isoformat())
            except ValueError:
                continue
    return days


def _texts(content: bytes):
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            yield from (book.read(name).decode("utf-8", "replace") for name in book.namelist())
    elif content.startswith(b"%PDF"):
        yield from _pdf(content)
    else:
        yield content.decode("utf-8", "replace")


def _pdf(content: bytes):
    """What it says in clear, and its pages' letters: each font's own table says which letter a code stands for."""
    yield content.decode("latin-1")
    streams = []
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            streams.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    tables = [_letters(stream) for stream in streams if b"beginbfchar" in stream or b"beginbfrange" in stream]
    for stream in streams:
        yield stream.decode("latin-1")
        shown = [bytes.fromhex(one.decode()) for one in re.findall(rb"<([0-9A-Fa-f]{4,})>", stream)]
        for table in tables:
            yield "".join(_read(one, table) for one in shown)


def _letters(stream: bytes) -> dict[int, str]:
    text, table = stream.decode("latin-1"), {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            table[int(code, 16)] = bytes.fromhex(letters).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, letter in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                table[int(first, 16) + step] = chr(int(letter, 16) + step)
    return table


def _read(shown: bytes, table: dict[int, str]) -> str:
    return "".join(table.get(int.from_bytes(shown[at : at + 2]), "") for at in range(0, len(shown), 2))
