"""What is kept of an upload, known by its content; a photo without place and time, nothing behind the end of anything."""

import struct

import pytest

from lead_cms.core.errors import DomainError
from lead_cms.core.papers import accepted
from tests.core.making_papers import EXIF_SECRET, jpeg, pdf, png


def refused(content) -> str:
    with pytest.raises(DomainError) as raised:
        accepted(content)
    assert raised.value.field == "file"
    return str(raised.value)


def test_a_photo_keeps_its_picture_and_its_upright_and_nothing_else():
    paper = accepted(jpeg(orientation=6) + b"\x00\x00\x00\x18ftypmp42 a film beside the photo")
    assert paper.media_type == "jpeg"
    for secret in (EXIF_SECRET, b"GPS", b"http://ns.adobe.com/xap", b"Photoshop", b"a comment", b"ftypmp42", b"MPF"):
        assert secret not in paper.content
    assert b"the picture itself" in paper.content and b"ICC_PROFILE" in paper.content
    assert paper.content.endswith(b"\xff\xd9") and b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in paper.content
    assert accepted(paper.content).content == paper.content, "cleaned twice it stays the same"
    assert b"Exif" not in accepted(jpeg(orientation=1)).content


def test_a_picture_keeps_no_words():
    paper = accepted(png(b"tEXt", b"Comment\0at the shelter") + b"PK\x03\x04 something behind it")
    assert paper.media_type == "png" and b"shelter" not in paper.content and b"PK" not in paper.content
    assert paper.content.endswith(b"IEND\xaeB`\x82")


def test_a_pdf_ends_where_it_ends():
    paper = accepted(pdf() + b"\n<script>alert(1)</script>")
    assert paper.media_type == "pdf" and paper.content.endswith(b"%%EOF\n")


@pytest.mark.parametrize(
    "part", [b"/JavaScript (app.alert(1))", b"/J#61vaScript 1 0 R", b"/Launch", b"/EmbeddedFile", b"/XFA 3 0 R"]
)
def test_a_pdf_with_a_program_in_it_is_not_kept(part):
    assert "Print it to a new PDF" in refused(pdf(part))


def test_what_looks_like_a_program_inside_a_picture_of_a_pdf_is_none():
    accepted(pdf(b"<< /Length 9 >>\nstream\n\x8f/JS \x00\x91\nendstream"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00", "no PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no PDF"),
        (b"<!doctype html><script>", "no PDF"),
        (b"GIF89a", "no PDF"),
        (b" %PDF-1.7 not at its beginning", "no PDF"),
        (b"PK\x03\x04word/document.xml", "office"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "no PDF"),
        (b"%PDF-1.7\n" + b"x" * 3000, "damaged"),
        (jpeg()[:-30], "damaged"),
        (jpeg()[:30], "damaged"),
        (b"\xff\xd8\xff\xd9", "damaged"),
        (b"\xff\xd8\xff<script>", "damaged"),
        (jpeg(width=0), "damaged"),
        (png()[:-6], "damaged"),
        (png().replace(b"IDAT", b"IDAx"), "damaged"),
        (png(b"EVIL", b"x"), "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
    ],
)
def test_anything_else_is_refused_in_words_that_help(content, says):
    assert says in refused(content)


def test_a_picture_of_too_many_points_is_refused_without_being_unpacked(settings):
    settings.FILES_MOST_PIXELS = 64_000_000
    assert "lower resolution" in refused(jpeg(width=65_000, height=65_000))
    assert "lower resolution" in refused(png(width=2_000_000_000, height=2_000_000_000))


def test_whatever_is_cut_or_changed_ends_in_words():
    """No byte of a picture, changed or left out, leads anywhere but to a clean picture or a refusal."""
    for made in (jpeg(orientation=3), png(b"tEXt", b"x\0y")):
        for at in range(len(made)):
            for content in (
                made[:at],
                made[:at] + bytes([made[at] ^ 0xFF]) + made[at + 1 :],
                made[:at] + made[at + 1 :],
            ):
                try:
                    accepted(content)
                except DomainError:
                    continue


def test_a_strange_place_of_the_orientation_is_no_harm():
    body = b"Exif\0\0II*\0" + struct.pack("<L", 0xFFFFFFF0)
    made = jpeg()
    paper = accepted(made[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + made[2:])
    assert b"Exif" not in paper.content
