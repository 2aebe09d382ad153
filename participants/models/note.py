"""Contact notes: what a contact was, and three texts that are three separate things, each with walls of its own.

A note is its author's alone until it is signed; from then on nothing of it changes, and what is added stands beside it.
"""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedTextField
from participants.enums import NoteKind, NotePlace
from participants.models.person import Participant


class ContactNote(SiteRow):
    """When, how, how long and about what: what the team sees of each other's contacts. No text."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=NoteKind.choices, blank=True)
    is_two_way = models.BooleanField(null=True, blank=True)  # None: not said yet
    place = models.CharField(max_length=20, choices=NotePlace.choices, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    domains = models.JSONField(default=list, blank=True)
    next_on = models.DateField(null=True, blank=True)
    happened_at = models.DateTimeField()
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    written_from = models.UUIDField()  # the open page that saved it last: two pages never overwrite each other unseen
    signed_at = models.DateTimeField(null=True, blank=True)

    PERSONAL = frozenset({"kind", "place", "minutes", "domains"})
    PLAIN = frozenset(
        {
            "id", "site", "participant", "author", "is_two_way", "next_on", "happened_at", "begun_at", "saved_at",
            "written_from", "signed_at",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="contactnote_kind_known", condition=Q(kind__in=["", *NoteKind.values])),
            models.CheckConstraint(name="contactnote_place_known", condition=Q(place__in=["", *NotePlace.values])),
            models.CheckConstraint(
                name="contactnote_signed_is_whole",
                condition=Q(signed_at=None) | (Q(is_two_way__isnull=False) & ~Q(kind="")),
            ),
        ]
        indexes = [
            models.Index(fields=["participant", "-happened_at", "-id"], name="contactnote_of_person"),
            models.Index(
                fields=["site", "-signed_at"], condition=Q(signed_at__isnull=False), name="contactnote_site_since"
            ),
            models.Index(fields=["author", "saved_at"], condition=Q(signed_at=None), name="contactnote_unsigned"),
            models.Index(
                fields=["site", "-signed_at", "-id"], condition=Q(signed_at__isnull=False), name="contactnote_signed"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.happened_at}"


class NoteText(SiteRow):
    """One text of a note, tied to its person, so that a policy need not look further."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"of {self.note_id}"


class NoteLine(NoteText):
    """The line that could be shared: written as if read aloud in court with the person listening. The team reads it."""

    note = models.OneToOneField(ContactNote, on_delete=models.PROTECT, related_name="line")

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset({"id", "site", "note", "participant"})


class NoteDetail(NoteText):
    """What only the person's own case manager, the author and the supervisors read."""

    note = models.OneToOneField(ContactNote, on_delete=models.PROTECT, related_name="detail")
    next_step = EncryptedTextField(blank=True)

    PERSONAL = frozenset({"text", "next_step"})
    PLAIN = frozenset({"id", "site", "note", "participant"})


class CounsellingNote(NoteText):
    """A counselling note, kept apart from the rest of the record (42 CFR 2.11): its author's alone, also once it is signed."""

    note = models.OneToOneField(ContactNote, on_delete=models.PROTECT, related_name="counselling")

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset({"id", "site", "note", "participant"})


class NoteAddendum(NoteText):
    """Put beside a signed note: what was forgotten, or is to be read otherwise."""

    note = models.ForeignKey(ContactNote, on_delete=models.PROTECT, related_name="addenda")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset({"id", "site", "note", "participant", "added_at", "added_by"})

    class Meta:
        indexes = [models.Index(fields=["note", "added_at"], name="noteaddendum_of_note")]
