"""A referral by one of three doors, the person as the referrer described them, and what the rules answered."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Collate, Upper

from lead_cms.accounts.models import Membership, Organisation
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedJSONField
from lead_cms.core.keys import time_ordered
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.models import RuleSet
from referrals.enums import ENDED, Door, Outcome, PersonAnswer, ReferralStatus

PLAIN_NUMBER = Upper(
    Func(
        F("incident_number"), Value("^[^0-9]+|[^0-9A-Za-z]"), Value(""), Value("g"), function="regexp_replace",
        output_field=models.CharField(),
    )
)  # fmt: skip


class ReferralQuerySet(models.QuerySet):
    def mine(self, membership):
        return self.filter(officer=membership)

    def referred_by(self, membership):
        return self.filter(entered_by=membership)

    def for_site(self, site_id):
        return self.filter(site_id=site_id)

    def open(self):
        return self.exclude(status__in=ENDED)


class Referral(SiteRow):
    """One person, one incident or meeting, one door. Its status ends at handed over or a closing reason."""

    reference = models.CharField(max_length=12)  # the code to quote; says nothing about the person
    door = models.CharField(max_length=10, choices=Door.choices)
    status = models.CharField(max_length=20, choices=ReferralStatus.choices)
    rules = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    # The officer whose referral it is, and their agency; both empty behind the community door.
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Who typed it: the officer, a referrer, or whoever was on call and took it by telephone.
    entered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    submission_key = models.UUIDField()  # of the form, so that a double tap makes one referral
    submitted_at = models.DateTimeField()
    occurred_at = models.DateTimeField(null=True, blank=True)  # of the arrest or the meeting
    incident_number = models.CharField(max_length=30, blank=True)
    precinct = models.CharField(max_length=60, blank=True)
    meeting_place = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    amount = models.CharField(max_length=12, blank=True)
    person_answer = models.CharField(max_length=10, choices=PersonAnswer.choices, blank=True)
    decline_reason = models.CharField(max_length=40, blank=True)
    cancel_reason = models.CharField(max_length=40, blank=True)
    by_telephone = models.BooleanField(default=False)
    given_by_name = models.CharField(max_length=120, blank=True)
    given_by_badge = models.CharField(max_length=30, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    children_present = models.CharField(max_length=10, blank=True)
    complainant_position = models.CharField(max_length=40, blank=True)
    details_done_at = models.DateTimeField(null=True, blank=True)
    status_changed_at = models.DateTimeField()

    objects = ReferralQuerySet.as_manager()

    PERSONAL = frozenset({"given_by_name", "given_by_badge", "meeting_place", "incident_number"})
    PLAIN = frozenset(
        {
            "id", "site", "reference", "door", "status", "rules", "officer", "agency", "entered_by", "submission_key",
            "submitted_at", "occurred_at", "precinct", "outcome", "amount", "person_answer", "decline_reason",
            "cancel_reason", "by_telephone", "confirmed_at", "confirmed_by", "children_present", "complainant_position",
            "details_done_at", "status_changed_at",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="referral_door_known", condition=Q(door__in=Door.values)),
            models.CheckConstraint(name="referral_status_known", condition=Q(status__in=ReferralStatus.values)),
            models.CheckConstraint(
                name="referral_community_has_no_police",
                condition=~Q(door=Door.COMMUNITY) | Q(officer=None, agency=None),
            ),
            models.CheckConstraint(
                name="referral_cancelled_has_reason",
                condition=~Q(status=ReferralStatus.CANCELLED) | ~Q(cancel_reason=""),
            ),
            models.CheckConstraint(
                name="referral_confirmed_at_and_by",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.UniqueConstraint(fields=["entered_by", "submission_key"], name="referral_one_per_form"),
            models.UniqueConstraint(fields=["site", "reference"], name="referral_reference_once"),
        ]
        indexes = [
            models.Index(fields=["officer", "-submitted_at", "-id"], name="referral_officer_time"),
            models.Index(fields=["entered_by", "-submitted_at", "-id"], name="referral_entered_time"),
            models.Index(fields=["site", "status", "-submitted_at", "-id"], name="referral_site_status"),
            models.Index(fields=["site", "-submitted_at", "-id"], name="referral_site_time"),
            models.Index(fields=["agency", "-submitted_at"], name="referral_agency_time"),
            models.Index(
                fields=["officer", "incident_number"],
                condition=~Q(incident_number=""),
                name="referral_officer_incident",
            ),
            models.Index(fields=["site", "incident_number"], name="referral_site_incident"),
            # As people say the number, for row_security's `referrals_numbered`.
            models.Index(
                F("site"), Collate(PLAIN_NUMBER, "C"), condition=~Q(incident_number=""), name="referral_number_begins"
            ),
            # What waits for a coordinator's answer: few of many.
            models.Index(
                fields=["site", "submitted_at", "id"],
                condition=Q(status__in=["triage", "pending"]),
                name="referral_to_answer",
            ),
            # With whom an officer waits right now, newest first.
            models.Index(
                fields=["site", "-submitted_at", "-id"],
                condition=Q(status__in=["submitted", "pending"]),
                name="referral_waiting",
            ),
        ]

    def __str__(self):
        return self.reference

    def get_door_display(self) -> str:
        """The door by the site's own name, as the rules it was made under have it."""
        return rules_by_id(self.rules_id).door_name(self.door).capitalize()


class ReferredPerson(SiteRow):
    """The person as the referrer described them: the referrer's own row, never corrected afterwards.

    Police see it until some days after handover. Of an offer that was declined or could not be made no name is kept.
    """

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="person")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Until when police may read this row; empty until the handover.
    police_until_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=160, blank=True)
    description = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    age_about = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    where_found = models.CharField(max_length=200, blank=True)
    greeting = models.CharField(max_length=200, blank=True)  # how to find and greet this person
    safety = models.CharField(max_length=200, blank=True)  # for outreach: dogs, places to avoid
    perceived_race = models.CharField(max_length=20, blank=True)
    perceived_gender = models.CharField(max_length=20, blank=True)

    PERSONAL = frozenset(
        {
            "name", "description", "birth_date", "age_about", "language", "phone", "where_found", "greeting", "safety",
            "perceived_race", "perceived_gender",
        }
    )  # fmt: skip
    PLAIN = frozenset({"id", "site", "referral", "officer", "agency", "police_until_at"})

    class Meta:
        indexes = [
            models.Index(fields=["site"], name="referredperson_site"),
            models.Index(fields=["site", "birth_date"], name="referredperson_birth"),
            GinIndex(fields=["site", "name"], name="referredperson_site_name", opclasses=["uuid_ops", "gin_trgm_ops"]),
            GinIndex(Func(F("site"), F("name"), function="app.site_terms"), name="referredperson_terms_of_site"),
            models.Index(
                F("site"), Collate(Func(F("name"), function="app.plain_name"), "C"), name="referredperson_begins"
            ),
            models.Index(
                F("site"),
                Collate(Func(F("name"), function="app.turned_name"), "C"),
                name="referredperson_turned_begins",
            ),
        ]

    def __str__(self):
        return self.name or self.description or "Name not given"

    @property
    def shown_name(self) -> str:
        return shown_name(self.name, self.description)


def shown_name(name: str, description: str) -> str:
    return name or description or "Name not given"


class ReferralOffence(SiteRow):
    """One offence of the incident for this person, held or not; what is not held goes its usual way."""

    id = models.UUIDField(primary_key=True, default=time_ordered, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="offences")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code_system = models.CharField(max_length=40)
    code_version = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    offence_class = models.CharField(max_length=40, blank=True)
    group = models.CharField(max_length=20, blank=True)
    is_held = models.BooleanField()

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "referral", "officer", "agency", "code_system", "code_version", "code", "title",
            "offence_class", "group", "is_held",
        }
    )  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "code"], name="referraloffence_once")]

    def __str__(self):
        return f"{self.code} {self.title}"


class EligibilityAnswer(SiteRow):
    """One exclusion, as it was asked and answered, with an override and its reason where the rules allow one."""

    id = models.UUIDField(primary_key=True, default=time_ordered, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="answers")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rule_code = models.CharField(max_length=60)
    rule_text = models.CharField(max_length=300)
    answer = models.CharField(max_length=12)
    effect = models.CharField(max_length=20, blank=True)
    override_reason = models.CharField(max_length=200, blank=True)

    PERSONAL = frozenset({"override_reason", "answer"})
    PLAIN = frozenset({"id", "site", "referral", "officer", "agency", "rule_code", "rule_text", "effect"})

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "rule_code"], name="eligibilityanswer_once")]

    def __str__(self):
        return f"{self.rule_code}: {self.answer}"


class Correction(SiteRow):
    """What an officer adds after the handover: dated, beside the original, which stays as it was."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="corrections")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset({"id", "site", "referral", "officer", "agency", "field", "made_at", "made_by"})

    def __str__(self):
        return f"{self.field} of {self.referral_id}"


class Draft(SiteRow):
    """A form that is not sent yet: its author's alone, encrypted, gone after 24 hours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    fields = EncryptedJSONField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    PERSONAL = frozenset({"fields"})
    PLAIN = frozenset({"id", "site", "author", "kind", "saved_at", "expires_at"})

    class Meta:
        indexes = [
            models.Index(fields=["author", "-saved_at"], name="draft_author_time"),
            models.Index(fields=["expires_at"], name="draft_expiry"),
        ]

    def __str__(self):
        return f"{self.kind} of {self.author_id}"
