"""Markers: a word of its own in every restricted text of every row, and where they come to light in what a page sends.

Whoever reads a marker anywhere knows the row and the field it stood in.
"""

import html
import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from django.db import models

from lead_cms.core.crypto import EncryptedJSONField, EncryptedTextField
from referrals.questions import FORMS
from tests.access.rows import Row, Rows
from tests.factories import SiteWorld

MARKER = re.compile(r"zq\d{5}q", re.IGNORECASE)
PART = "zq0"  # what a search asks for: the beginning of them all
# Restricted columns that hold one code of a list, where a word of one's own cannot stand; what is derived, or no text.
CODED = {
    "accounts_user.password", "notify_outboxemail.path", "participants_consent.answer", "participants_nevertogether.reason",
    "participants_participant.language", "participants_participant.race", "participants_participant.search_names",
    "participants_recordaccess.reason", "referrals_attempt.outcome", "referrals_casehandover.why",
    "referrals_casework.last_outcome", "referrals_eligibilityanswer.answer", "referrals_outreachentry.state",
    "referrals_privatetalk.others_present", "referrals_referredperson.language", "referrals_referredperson.perceived_gender",
    "referrals_referredperson.perceived_race", "referrals_windowevent.kind", "services_servicegap.need",
    "services_servicegap.reason", "services_servicereferral.language",
}  # fmt: skip
TEXT = (models.CharField, models.TextField, models.JSONField, EncryptedJSONField, EncryptedTextField)
SECTION = "about"  # of the intake: where the answers of the rows stand


def texts_of(model: type[models.Model]) -> list[models.Field]:
    """The restricted columns of a model that hold text, in clear or encrypted."""
    named = sorted(getattr(model, "PERSONAL", ()))
    fields = [model._meta.get_field(name) for name in named if f"{model._meta.db_table}.{name}" not in CODED]
    return [field for field in fields if isinstance(field, TEXT)]


@dataclass(frozen=True)
class Place:
    """Where a marker stands."""

    row: Row
    field: str

    @property
    def column(self) -> str:
        return f"{self.row.table}.{self.field}"


class Marked(Rows):
    """Rows whose every restricted text is a marker."""

    def __init__(self, using: str):
        super().__init__(using)
        self.places: dict[str, Place] = {}
        self._count = 0

    def add(self, instance, where: SiteWorld, n: int, flavour: str = "plain", role: str = ""):
        planted = self.plant(instance)
        made = super().add(instance, where, n, flavour, role)
        row = self.by_table[instance._meta.db_table][-1]
        self.places |= {marker: Place(row, name) for marker, name in planted}
        return made

    def plant(self, instance) -> list[tuple[str, str]]:
        planted = []
        for field in texts_of(type(instance)):
            marker = self._next()
            setattr(instance, field.name, _value(instance, field, marker))
            planted.append((marker, field.name))
        return planted

    def plant_existing(self, instance, row: Row) -> None:
        """In a row that was there before: a sign-in, a membership."""
        planted = self.plant(instance)
        instance.save(using=self.using, update_fields=[name for _, name in planted])
        self.places |= {marker: Place(row, name) for marker, name in planted}

    def _next(self) -> str:
        self._count += 1
        return f"zq{self._count:05d}q"


def _value(instance, field: models.Field, marker: str):
    table = instance._meta.db_table
    if table == "referrals_recordsection":
        instance.section = SECTION
        questions = FORMS["intake"].section(SECTION).questions
        return {
            question.key: {"text": marker} for question in questions if question.codes is None and not question.is_count
        }
    if isinstance(field, EncryptedJSONField):
        return {"name": marker, "greeting": marker, "words": marker}
    if isinstance(field, models.JSONField):
        return [marker]
    if isinstance(field, models.EmailField):
        return f"{marker}@example.org"
    return marker


def found_in(response) -> set[str]:
    """Every marker in what was sent: words, addresses of a redirect, and what a file holds."""
    heads = " ".join(f"{name}: {value}" for name, value in response.items())
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = heads + " ".join(_texts(content))
    return {marker.lower() for marker in MARKER.findall(html.unescape(text))}


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
