"""Two records of one person, put together: who did it, what was chosen, which rows came over, and until when it can be undone."""

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedJSONField
from participants.models.person import Participant


class Merge(SiteRow):
    """Of two records one is kept; the other stays as a row that leads to it. `before` holds what the kept one said."""

    kept = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="merges")
    left = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    choices = models.JSONField(default=dict)  # field: of which record, "kept", "left" or "both"
    # Each field that changed, as it was and as it became. Erased once the merge can no longer be undone.
    before = EncryptedJSONField()
    erased_at = models.DateTimeField(null=True, blank=True)
    reversible_until = models.DateTimeField()
    # By table: how many rows the kept one had, how many came over, how many stay with the other.
    counts = models.JSONField(default=dict)
    apart_at = models.DateTimeField(null=True, blank=True)
    apart_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    result = models.JSONField(default=dict)  # of taking apart: what went back, what stays

    PERSONAL = frozenset({"before"})
    PLAIN = frozenset(
        {
            "id", "site", "kept", "left", "merged_at", "merged_by", "choices", "erased_at", "reversible_until", "counts",
            "apart_at", "apart_by", "result",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=F("left"))),
            models.CheckConstraint(
                name="merge_apart_at_and_by",
                condition=Q(apart_at=None, apart_by=None) | Q(apart_at__isnull=False, apart_by__isnull=False),
            ),
            models.UniqueConstraint(fields=["left"], condition=Q(apart_at=None), name="merge_once"),
        ]
        indexes = [
            models.Index(fields=["kept", "-merged_at", "-id"], name="merge_of_kept"),
            models.Index(fields=["reversible_until"], condition=Q(erased_at=None), name="merge_to_erase"),
        ]

    def __str__(self):
        return f"{self.left_id} into {self.kept_id}"


class MovedRow(SiteRow):
    """A row that came over with a merge: taken apart, it goes back, unless it was changed since. No role reads it."""

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="rows")
    table_name = models.CharField(max_length=63)
    column_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    moved_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    stays = models.BooleanField(default=False)  # it, or what it belongs with, was changed or added to since

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "merge", "table_name", "column_name", "row_id", "moved_at", "changed_at", "stays"})

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "row_id", "column_name"], name="movedrow_once_a_merge")]
        indexes = [models.Index(fields=["row_id", "moved_at"], name="movedrow_of_row")]

    def __str__(self):
        return f"{self.table} {self.row_id}"
