"""Legal aid: to which lawyer a person was given, with their yes, and what the lawyer writes for themself alone."""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import PrivilegedTextField
from participants.models.person import Participant


class LegalAidGiven(SiteRow):
    """A person asked for legal aid and was given to one lawyer. What the lawyer sees ends with it, or with the consent."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="legal_aid")
    lawyer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "participant", "lawyer", "given_at", "given_by", "ended_at", "ended_by"})

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "lawyer"], condition=Q(ended_at=None), name="legalaidgiven_once_at_a_time"
            ),
            models.CheckConstraint(
                name="legalaidgiven_ended_at_and_by",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["lawyer"], condition=Q(ended_at=None), name="legalaidgiven_of_lawyer")]

    def __str__(self):
        return self.reference

    @property
    def reference(self) -> str:
        """A code to name it by, which tells nobody who it is."""
        return f"L-{self.pk.hex[-6:].upper()}"


class PrivilegedNote(SiteRow):
    """Between a lawyer and the person: its author's alone, and for good. Nobody else reads it, the team and auditors included."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    given = models.ForeignKey(LegalAidGiven, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    text = PrivilegedTextField()
    written_at = models.DateTimeField()

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset({"id", "site", "participant", "given", "author", "written_at"})

    class Meta:
        indexes = [models.Index(fields=["author", "-written_at", "-id"], name="privilegednote_of_author")]

    def __str__(self):
        return f"privileged note {self.pk}"
