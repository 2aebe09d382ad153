"""A person's papers: letters, IDs, signed forms. The row says what it is; the bytes lie encrypted in core/vault.py's folder."""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedTextField
from lead_cms.core.papers import MediaType
from participants.enums import FileGone, FileKind
from participants.models.person import Participant


class PersonFile(SiteRow):
    """One paper. `size` and `sha256` are of what is kept, after a photo has lost its place and time.

    A removed one leaves its row, without its title; its bytes are gone.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=20, choices=FileKind.choices)
    title = EncryptedTextField(blank=True)
    media_type = models.CharField(max_length=10, choices=MediaType.choices)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_why = models.CharField(max_length=20, choices=FileGone.choices, blank=True)

    PERSONAL = frozenset({"kind", "title", "sha256", "removed_why"})
    PLAIN = frozenset(
        {"id", "site", "participant", "media_type", "size", "kept_at", "kept_by", "removed_at", "removed_by"}
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="personfile_kind_known", condition=Q(kind__in=FileKind.values)),
            models.CheckConstraint(name="personfile_media_known", condition=Q(media_type__in=MediaType.values)),
            models.CheckConstraint(name="personfile_why_known", condition=Q(removed_why__in=["", *FileGone.values])),
            models.CheckConstraint(
                name="personfile_removed_is_whole",
                condition=Q(removed_at=None, removed_by=None, removed_why="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removed_why="")),
            ),
        ]
        indexes = [models.Index(fields=["participant", "-kept_at", "-id"], name="personfile_of_person")]

    def __str__(self):
        return f"file {self.pk}"
