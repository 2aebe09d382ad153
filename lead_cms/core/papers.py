"""What of a file that somebody sends is kept: PDF, JPEG and PNG, known by their content, never by their name.

`accepted(content)` gives the kind and what is kept of it; anything else is a DomainError in words that help. Photos from a
phone come without place and time (pictures.py). HEIC, Word, web pages and drawings (SVG) are not taken: the first cannot be
cleaned without being decoded and does not open on many a computer, the others can hold programs.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.db import models

from lead_cms.core.errors import DomainError
from lead_cms.core.pictures import JPEG, PNG, Damaged, jpeg, png

ONLY = "This is no PDF, JPEG or PNG. Take a photo of the paper, or print it to a PDF."
DAMAGED = "This file is damaged. Take the photo again, or save the PDF again, and send that."
HEIC = (
    "This is a HEIC photo, which many computers cannot open. Send it as JPEG: on an iPhone, Settings, Camera, Formats, "
    "“Most Compatible”."
)
OFFICE = "Word and other office files can hold programs, so they are not kept. Print it to a PDF."
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
SCRIPT = (
    "This PDF holds a script or another file, so it is not kept. Print it to a new PDF, or take a photo of the pages."
)


class MediaType(models.TextChoices):
    PDF = "pdf", "PDF"
    JPEG = "jpeg", "Photo (JPEG)"
    PNG = "png", "Picture (PNG)"


CONTENT_TYPES = {MediaType.PDF: "application/pdf", MediaType.JPEG: "image/jpeg", MediaType.PNG: "image/png"}
SUFFIXES = {MediaType.PDF: "pdf", MediaType.JPEG: "jpg", MediaType.PNG: "png"}
ACCEPT = ",".join(["application/pdf", "image/jpeg", "image/png", ".pdf", ".jpg", ".jpeg", ".png"])


@dataclass(frozen=True)
class Paper:
    media_type: MediaType
    content: bytes


def accepted(content: bytes) -> Paper:
    """What is kept. Raises DomainError beside `file`."""
    try:
        if content.startswith(JPEG):
            return Paper(MediaType.JPEG, _fits(jpeg(content)))
        if content.startswith(PNG):
            return Paper(MediaType.PNG, _fits(png(content)))
    except Damaged as error:
        raise DomainError(DAMAGED, field="file") from error
    if content.startswith(b"%PDF-"):
        return Paper(MediaType.PDF, _pdf(content))
    raise DomainError(_why_not(content), field="file")


def _fits(picture) -> bytes:
    if picture.pixels > settings.FILES_MOST_PIXELS:
        raise DomainError(
            f"This picture has {picture.pixels // 1_000_000} million points; at most "
            f"{settings.FILES_MOST_PIXELS // 1_000_000} million fit. Take it with a lower resolution.", field="file",
        )  # fmt: skip
    return picture.content


VERSION = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n \t%]")
END = b"%%EOF"
# What a paper has no need of: scripts, programs to start, files inside, films. Only what stands in clear is found; a reader's
# own protection is the second line, and here a PDF is never shown inside a page.
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|GoToE|ImportData)(?![A-Za-z0-9])")
STREAM = re.compile(rb">>\s*stream\r?\n.*?endstream", re.S)  # any bytes may stand in one
SPELLED = re.compile(rb"#([0-9A-Fa-f]{2})")


def _pdf(content: bytes) -> bytes:
    """Up to its end: what was hung on behind is cut off."""
    end = content.rfind(END)
    if not VERSION.match(content) or end < len(content) - 1024 or b"startxref" not in content[-4096:]:
        raise DomainError(DAMAGED, field="file")
    content = content[: end + len(END)] + b"\n"
    words = SPELLED.sub(lambda code: bytes([int(code[1], 16)]), STREAM.sub(b">>", content))
    if ACTIVE.search(words):
        raise DomainError(SCRIPT, field="file")
    return content


def _why_not(content: bytes) -> str:
    if not content:
        return "This file is empty."
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return HEIC
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        return OFFICE
    return ONLY
