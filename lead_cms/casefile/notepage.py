"""Contact notes as pages show them: a row of a list, and one note with its texts, each as far as it is the reader's."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from lead_cms.core.addresses import address as page_of_key
from lead_cms.core.templatetags.dates import say_day, say_when
from participants.enums import NOTE_DOMAINS, InformationClass
from participants.models import ConsentCell, ContactNote, CounsellingNote, NoteDetail, NoteLine

TEXTS = {
    "line": (NoteLine, "text"), "detail": (NoteDetail, "text"), "next_step": (NoteDetail, "next_step"),
    "counselling": (CounsellingNote, "text"),
}  # fmt: skip


def texts_of(note: ContactNote) -> dict[str, str]:
    """The texts that the reader may read, by name; three queries."""
    rows = {model: model.objects.filter(note=note).first() for model in (NoteLine, NoteDetail, CounsellingNote)}
    return {name: getattr(rows[model], column) for name, (model, column) in TEXTS.items() if rows[model] is not None}


def about(note: ContactNote) -> str:
    return ", ".join(NOTE_DOMAINS.get(code, code) for code in note.domains)


def title_of(note: ContactNote) -> str:
    """ "Telephone: talked", "In person: tried"."""
    how = note.get_kind_display() or "Contact"
    return how if note.is_two_way is None else f"{how}: {'talked' if note.is_two_way else 'tried'}"


def with_lines(notes: QuerySet) -> QuerySet:
    """Notes with their author and, as `shared`, the line that could be shared, all in one query."""
    lines = NoteLine.objects.filter(note=OuterRef("pk")).values("text")[:1]
    return notes.select_related("author").annotate(shared=Subquery(lines))


def note_row(note: ContactNote, me) -> dict:
    """A row of a task list: what it was, the line, and whether it waits for a signature. The note comes `with_lines`."""
    hints = [f"{say_when(note.happened_at)}, {note.author.name}", about(note), note.shared]
    row = {"label": title_of(note), "hints": [hint for hint in hints if hint], "url": address(note, me)}
    return row | ({} if note.signed_at else {"state": "Not signed", "tone": "waiting"})


def address(note: ContactNote, me) -> str:
    """One's own unsigned note is opened to be written on."""
    is_mine = note.signed_at is None and note.author_id == me.pk
    return page_of_key("casefile:note-write" if is_mine else "casefile:note", note.pk)


def facts_of(note: ContactNote) -> list[dict]:
    place = note.get_place_display()
    rows = [
        {"label": "When", "value": say_when(note.happened_at)},
        {"label": "Where", "value": place, "missing": "Not said"},
        {
            "label": "How long",
            "value": f"{note.minutes} minutes" if note.minutes is not None else "",
            "missing": "Not said",
        },
        {"label": "About", "value": about(note), "missing": "Not said"},
    ]
    if note.next_on:
        rows.append({"label": "Next", "value": say_day(note.next_on)})
    return rows


def may_be_told(participant_id) -> list[str]:
    """The organizations that a consent in force lets casework tell how it is going."""
    cells = ConsentCell.objects.filter(
        participant=participant_id, information_class=InformationClass.GENERAL_PROGRESS, revoked_at=None
    ).select_related("consent", "organisation")
    now = timezone.now()
    return sorted({cell.organisation.name for cell in cells if cell.consent.is_in_force(now)})
