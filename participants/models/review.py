"""That a supervisor has read a signed note, with a line to its author where there is something to say."""

from django.db import models

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedTextField
from participants.models.note import ContactNote
from participants.models.person import Participant


class NoteReview(SiteRow):
    """One supervisor's. The remark is for the author: whoever looks after the person later does not read it."""

    note = models.ForeignKey(ContactNote, on_delete=models.PROTECT, related_name="reviews")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    remark = EncryptedTextField(blank=True)
    read_at = models.DateTimeField()
    read_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"remark"})
    PLAIN = frozenset({"id", "site", "note", "participant", "author", "read_at", "read_by"})

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "read_by"], name="notereview_once")]

    def __str__(self):
        return f"of {self.note_id} by {self.read_by_id}"
