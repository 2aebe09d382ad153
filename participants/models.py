"""The person, once they have said yes: who they say they are, their spells, what they consented to, what was disclosed.

Police roles have no right at all on these tables.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from participants.enums import ConsentAnswer, ConsentKind, HowRevoked, SpellState


class Participant(SiteRow):
    """A person as they describe themselves. No SSN, no citizenship, no country of birth: there is no field for it."""

    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    chosen_name = models.CharField(max_length=80, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    # All names in one lower-case line, for search by likeness.
    search_names = models.CharField(max_length=400, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    age_about = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=10, default="en")
    pronouns = models.CharField(max_length=40, blank=True)
    race = models.JSONField(default=list, blank=True)
    gender = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    may_text = models.BooleanField(default=False)
    may_leave_message = models.BooleanField(default=False)
    others_read_phone = models.CharField(max_length=80, blank=True)
    where_to_reach = models.CharField(max_length=200, blank=True)
    # Closed to everyone but the person's own case manager and the supervisor.
    is_restricted = models.BooleanField(default=False)
    died_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset(
        {
            "given_name", "family_name", "chosen_name", "aliases", "search_names", "birth_date", "age_about", "language",
            "pronouns", "race", "gender", "phone", "may_text", "may_leave_message", "others_read_phone",
            "where_to_reach", "died_on",
        }
    )  # fmt: skip
    PLAIN = frozenset({"id", "site", "is_restricted", "created_at", "created_by"})

    class Meta:
        indexes = [
            # With the site in it, a search reads the names of one site.
            GinIndex(
                fields=["site", "search_names"], name="participant_site_names", opclasses=["uuid_ops", "gin_trgm_ops"]
            ),
            models.Index(fields=["site"], condition=Q(died_on__isnull=False), name="participant_died"),
            models.Index(fields=["site", "birth_date"], name="participant_site_birth"),
        ]

    def __str__(self):
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name the person wants to be called by, else what is known."""
        return self.chosen_name or f"{self.given_name} {self.family_name}".strip() or "Name not given"

    def save(self, *args, **kwargs):
        names = [self.given_name, self.family_name, self.chosen_name, *self.aliases]
        self.search_names = " ".join(name.lower() for name in names if name)[:400]
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_names"}
        super().save(*args, **kwargs)


class Participation(SiteRow):
    """A spell of taking part. One open spell per person and site; it begins with their yes, and nobody fails out."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="spells")
    state = models.CharField(max_length=20, choices=SpellState.choices, default=SpellState.ACTIVE)
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "participant", "state", "began_on", "ended_on", "recorded_by"})

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(ended_on=None), name="participation_one_open_spell"
            ),
            models.CheckConstraint(name="participation_state_known", condition=Q(state__in=SpellState.values)),
        ]

    def __str__(self):
        return f"{self.participant_id} {self.state}"


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
    ends_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_how = models.CharField(max_length=10, choices=HowRevoked.choices, blank=True)
    revoked_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"signed_name", "interpreter", "text_shown", "answer"})
    PLAIN = frozenset(
        {
            "id", "site", "kind", "participant", "referral_id", "asked_at", "asked_by", "language", "scope", "text_hash",
            "signed_at", "revocable", "ends_at", "revoked_at", "revoked_how", "revoked_by",
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
            # One that is in force at a time for one referral and kind.
            models.UniqueConstraint(
                fields=["referral_id", "kind"],
                condition=Q(answer="yes", revoked_at=None),
                name="consent_one_in_force",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.answer} {self.referral_id}"

    def is_in_force(self, at) -> bool:
        return self.signed_at is not None and self.revoked_at is None and (self.ends_at is None or self.ends_at > at)


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
            "id",
            "site",
            "consent",
            "what",
            "to_membership",
            "to_organisation_id",
            "purpose",
            "notice_version",
            "recorded_at",
        }
    )

    def __str__(self):
        return f"{self.what} to {self.to_organisation_id}"
