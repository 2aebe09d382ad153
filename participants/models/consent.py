"""What a person consented to, cell by cell, and what was told under it."""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership, Organisation
from lead_cms.accounts.rows import SiteRow
from participants.enums import (
    JUSTICE_CLASSES,
    JUSTICE_KINDS,
    MATRIX_KINDS,
    MULTI_PARTY_KINDS,
    ConsentAnswer,
    ConsentKind,
    EndsWith,
    HowRevoked,
    InformationClass,
)
from participants.models.person import Participant

IN_FORCE = Q(answer="yes", revoked_at=None, superseded_at=None)


class Consent(SiteRow):
    """What a person was asked, answered and signed. The words shown are kept with their hash; a revocation is for good."""

    kind = models.CharField(max_length=30, choices=ConsentKind.choices)
    participant = models.ForeignKey(Participant, null=True, on_delete=models.PROTECT, related_name="consents")
    # The referral whose held charges it is about; the tables above this app are not reached by key.
    referral_id = models.UUIDField(db_index=True)
    answer = models.CharField(max_length=10, choices=ConsentAnswer.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    interpreter = models.CharField(max_length=120, blank=True)
    scope = models.CharField(max_length=300, blank=True)  # what it lets whom see, in one sentence
    text_shown = models.TextField(blank=True)
    text_hash = models.CharField(max_length=64, blank=True)
    signed_name = models.CharField(max_length=120, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    revocable = models.BooleanField(default=True)
    purpose = models.CharField(max_length=200, blank=True)
    # Every yes of the matrix as signed, "organisation:class"; row security lets no other cell be written.
    matrix = models.JSONField(default=list, blank=True)
    # It ends by itself at a moment, with an event, or with whichever comes first; no job ends it.
    ends_at = models.DateTimeField(null=True, blank=True)
    ends_with = models.CharField(max_length=20, choices=EndsWith.choices, blank=True)
    # A newer one of the same kind stands in its place from then on.
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by_consent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_how = models.CharField(max_length=10, choices=HowRevoked.choices, blank=True)
    revoked_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"signed_name", "interpreter", "text_shown", "answer"})
    PLAIN = frozenset(
        {
            "id", "site", "kind", "participant", "referral_id", "asked_at", "asked_by", "language", "scope", "text_hash",
            "signed_at", "revocable", "purpose", "matrix", "ends_at", "ends_with", "superseded_at", "superseded_by_consent",
            "revoked_at", "revoked_how", "revoked_by",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="consent_kind_known", condition=Q(kind__in=ConsentKind.values)),
            models.CheckConstraint(
                name="consent_yes_means_signed",
                condition=Q(answer="yes", signed_at__isnull=False) & ~Q(text_hash="") & ~Q(signed_name="")
                | ~Q(answer="yes") & Q(signed_at=None),
            ),
            models.CheckConstraint(
                name="consent_revoked_at_and_by",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(name="consent_ends_with_known", condition=Q(ends_with__in=["", *EndsWith.values])),
            models.CheckConstraint(
                name="consent_superseded_by_something",
                condition=Q(superseded_at=None, superseded_by_consent=None)
                | Q(superseded_at__isnull=False, superseded_by_consent__isnull=False),
            ),
            # A matrix is a person's, not a referral's.
            models.CheckConstraint(
                name="consent_matrix_of_a_person",
                condition=~Q(kind__in=MATRIX_KINDS) | Q(participant__isnull=False),
            ),
            # One that is in force at a time for one referral and kind; of a matrix, for one person and kind.
            models.UniqueConstraint(fields=["referral_id", "kind"], condition=IN_FORCE, name="consent_one_in_force"),
            models.UniqueConstraint(
                fields=["participant", "kind"],
                condition=IN_FORCE & Q(kind__in=MATRIX_KINDS),
                name="consent_one_matrix_in_force",
            ),
        ]
        indexes = [
            # What happened since somebody left is read from the newest on.
            models.Index(
                fields=["site", "-signed_at"], condition=Q(signed_at__isnull=False), name="consent_site_signed"
            ),
            models.Index(
                fields=["site", "-revoked_at"], condition=Q(revoked_at__isnull=False), name="consent_site_revoked"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.answer} {self.referral_id}"

    def is_in_force(self, at) -> bool:
        """By its own columns; whether an event has ended it is asked of what happened (row security asks both)."""
        is_standing = self.signed_at is not None and self.revoked_at is None and self.superseded_at is None
        return is_standing and (self.ends_at is None or self.ends_at > at)


class ConsentCell(SiteRow):
    """One yes of a matrix: this organisation may be told this class. No row is no: every cell is off by default."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="cells")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    information_class = models.CharField(max_length=20, choices=InformationClass.choices)
    # As they were when it was signed, so that the table itself refuses what the law does.
    kind = models.CharField(max_length=30, choices=ConsentKind.choices)
    organisation_kind = models.CharField(max_length=20)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_how = models.CharField(max_length=10, choices=HowRevoked.choices, blank=True)
    revoked_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "consent", "participant", "organisation", "information_class", "kind", "organisation_kind",
            "revoked_at", "revoked_how", "revoked_by",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consent", "organisation", "information_class"], name="consentcell_once_per_consent"
            ),
            models.CheckConstraint(
                name="consentcell_class_known", condition=Q(information_class__in=InformationClass.values)
            ),
            # Police, prosecutors, courts and businesses are no recipients of a treatment consent.
            models.CheckConstraint(
                name="consentcell_recipient_fits",
                condition=Q(kind="treatment", organisation_kind="provider")
                | Q(kind="multi_party", organisation_kind__in=MULTI_PARTY_KINDS),
            ),
            models.CheckConstraint(
                name="consentcell_justice_classes",
                condition=~Q(organisation_kind__in=JUSTICE_KINDS) | Q(information_class__in=JUSTICE_CLASSES),
            ),
            models.CheckConstraint(
                name="consentcell_revoked_at_and_by",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]
        indexes = [
            # What row security asks: may this organisation be told this class of this person.
            models.Index(
                fields=["participant", "organisation", "information_class"],
                include=["consent"],
                condition=Q(revoked_at=None),
                name="consentcell_asked",
            ),
            models.Index(
                fields=["organisation", "information_class"],
                include=["participant", "consent"],
                condition=Q(revoked_at=None),
                name="consentcell_of_organisation",
            ),
        ]

    def __str__(self):
        return f"{self.information_class} to {self.organisation_id}"


class Disclosure(SiteRow):
    """What was shown to another organisation, under which consent, with which notice: written each time it is shown."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="disclosures")
    what = models.CharField(max_length=60)
    to_membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    to_organisation_id = models.UUIDField()
    purpose = models.CharField(max_length=60)
    notice_version = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(null=True, editable=False)  # set by a trigger

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "consent", "what", "to_membership", "to_organisation_id", "purpose", "notice_version",
            "recorded_at",
        }
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["consent", "-recorded_at", "-id"], name="disclosure_accounting")]

    def __str__(self):
        return f"{self.what} to {self.to_organisation_id}"
