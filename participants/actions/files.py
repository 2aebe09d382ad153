"""A person's papers: kept, opened, removed.

API
    keep_file(key=, participant=, given=Sent(...), by=, at=) -> PersonFile   the same key a second time makes nothing new
    remove_file(file=, why=, by=, at=)                                       the row stays, the bytes are erased
    title_from(name) -> str                                                  what a file's own name says, made harmless
"""

import hashlib
import logging
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core import vault
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.papers import accepted
from participants.actions.reach import refuse_unless_in_full
from participants.enums import FileGone, FileKind
from participants.models import Participant, PersonFile

LONGEST_TITLE, MOST_FILES = 120, 500
# Joiners that scripts and emoji need; every other sign that is not seen could turn round what stands beside it.
JOINERS = {"\u200c", "\u200d"}
OLD = "This page is old. Open the person’s papers again."
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Sent:
    kind: str
    title: str
    content: bytes


@transaction.atomic
def keep_file(*, key: UUID, participant: Participant, given: Sent, by: Membership, at: datetime) -> PersonFile:
    """Look at it, write its row, then its bytes, while the row's transaction is open. Raises DomainError beside a field."""
    if given.kind not in FileKind.values:
        raise DomainError("Choose what it is.", field="kind")
    if len(given.title) > LONGEST_TITLE:
        raise DomainError(f"At most {LONGEST_TITLE} characters fit.", field="title")
    refuse_unless_in_full(participant=participant, by=by)
    paper = accepted(given.content)
    file = PersonFile(
        pk=key, site_id=participant.site_id, participant=participant, kind=given.kind, title=title_from(given.title),
        media_type=paper.media_type, size=len(paper.content), sha256=hashlib.sha256(paper.content).hexdigest(), kept_at=at,
        kept_by=by,
    )  # fmt: skip
    if (held := PersonFile.objects.filter(pk=key).first()) is not None:
        return _same(held, file)
    _check_beside(file)
    if (held := _begin(file)) is not None:
        return _same(held, file)
    try:
        vault.put(key, paper.content)
    except OSError as error:
        log.error("file %s was not kept: %s", key, error.strerror)
        raise DomainError("It could not be kept just now. Nothing is lost: try again in a minute.") from error
    record(AuditAction.FILE_KEPT, target=file, kind=file.kind, media_type=file.media_type, size=file.size)
    return file


def _check_beside(file: PersonFile) -> None:
    """That it is not here yet, and that there is room."""
    live = PersonFile.objects.filter(participant_id=file.participant_id, removed_at=None)
    if live.filter(sha256=file.sha256).exists():
        raise DomainError("This very paper is here already. One is enough.", field="file")
    if len(live.values_list("pk")[:MOST_FILES]) == MOST_FILES:
        raise DomainError(
            f"At most {MOST_FILES} papers are kept of one person. Remove what nobody needs.", field="file"
        )


def _begin(file: PersonFile) -> PersonFile | None:
    """Its row, or the one that was written with its key in this very moment."""
    try:
        with transaction.atomic():
            file.save(force_insert=True)
    except IntegrityError as error:
        if (held := PersonFile.objects.filter(pk=file.pk).first()) is None:
            raise StaleState(OLD) from error
        return held
    return None


def _same(held: PersonFile, file: PersonFile) -> PersonFile:
    """Sent twice it is one; a page that was gone back to, with another paper or after a removal, begins anew."""
    is_other = (held.sha256, held.participant_id, held.kept_by_id) != (
        file.sha256,
        file.participant_id,
        file.kept_by_id,
    )
    if is_other or held.removed_at is not None:
        raise StaleState(OLD)
    return held


@transaction.atomic
def remove_file(*, file: PersonFile, why: str, by: Membership, at: datetime) -> None:
    """Once it is committed the bytes go; should the process die in between, the next sweep does it."""
    if why not in FileGone.values:
        raise DomainError("Say why.", field="why")
    held = PersonFile.objects.select_for_update(of=("self",), no_key=True).filter(pk=file.pk, removed_at=None).first()
    if held is None:
        raise StaleState("This paper was removed already.")
    held.removed_at, held.removed_by, held.removed_why, held.title = at, by, why, ""
    held.save(update_fields=["removed_at", "removed_by", "removed_why", "title"])
    record(AuditAction.FILE_REMOVED, target=held, why=why)
    transaction.on_commit(partial(vault.erase, held.pk), robust=True)


def title_from(name: str) -> str:
    """One line without signs that are not seen, which could make a name read otherwise than it is."""
    seen = "".join(
        one if one in JOINERS or not unicodedata.category(one).startswith("C") else " "
        for one in unicodedata.normalize("NFC", name)
    )
    return " ".join(seen.split())[:LONGEST_TITLE]
