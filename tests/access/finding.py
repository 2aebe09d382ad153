"""Markers in what was sent: in the words of a page, in the address of a redirect, inside a workbook or a PDF."""

import html
import io
import re
import zipfile
import zlib
from datetime import date

from tests.access.markers import IN_WORDS

WORD = re.compile(r"zq\d{5}q", re.IGNORECASE)
PHRASE = re.compile("|".join(map(re.escape, IN_WORDS.values())), re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.#-])20\d{3}(?![\w.-])")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# As the pages say a day, as a field holds it, and as a file may: "Jan 3, 1931", "January 3, 1931", "1931-01-03", "01/03/1931".
SAID = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]*\.? (\d\d?), (19[0-4]\d)\b", re.IGNORECASE)
WRITTEN = re.compile(r"(?<!\d)(19[0-4]\d)-(\d\d)-(\d\d)(?!\d)")
SLASHED = re.compile(r"(?<!\d)(\d\d?)/(\d\d?)/(19[0-4]\d)(?!\d)")


def found_in(response) -> set[str]:
    heads = " ".join(f"{name}: {value}" for name, value in response.items())
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = html.unescape(heads + " ".join(_texts(content)))
    words = {marker.lower() for marker in WORD.findall(text) + PHRASE.findall(text)}
    return words | set(NUMBER.findall(text)) | _days(text)


def _days(text: str) -> set[str]:
    found = [(year, MONTHS.index(month.lower()) + 1, day) for month, day, year in SAID.findall(text)]
    found += WRITTEN.findall(text) + [(year, month, day) for month, day, year in SLASHED.findall(text)]
    days = set()
    for year, month, day in found:
        try:
            days.add(date(int(year), int(month), int(day)).isoformat())
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
