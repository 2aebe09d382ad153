"""Papers of the demo: an invented letter and an invented form, as PDFs that open."""

import uuid
from datetime import datetime, timedelta

from participants.actions.files import Sent, keep_file
from participants.enums import FileKind
from participants.models import Participant

LETTER = [
    "Housing office (demo)",
    "",
    "Your name stands on the list for a room on Sixth Street.",
    "Please come on a weekday between 9 and 12 and bring an ID.",
    "",
    "This letter is invented.",
]
FORM = ["Request for a birth certificate (demo)", "", "Signed: on paper, by hand", "", "This form is invented."]


def keep_papers(person: Participant, *, by, now: datetime) -> None:
    for number, (kind, title, lines) in enumerate(
        (
            (FileKind.LETTER, "Letter from housing", LETTER),
            (FileKind.SIGNED_FORM, "Request for a birth certificate", FORM),
        )
    ):
        given = Sent(kind=kind, title=title, content=pdf(lines))
        keep_file(key=uuid.uuid4(), participant=person, given=given, by=by, at=now - timedelta(days=6 - number))


def pdf(lines: list[str]) -> bytes:
    """One page of plain lines."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    text = "BT /F1 14 Tf 72 720 Td 22 TL " + " ".join(f"({line}) Tj T*" for line in escaped) + " ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return (made + f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}{end}").encode("latin-1")
