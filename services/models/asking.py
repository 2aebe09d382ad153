"""A person referred to a service, and the provider's answers.

The row that a provider's list shows holds a code and a need, and no key to a person. Who it is stands in AskedPerson, what
the provider may know in SharedFact: both are opened, at the moment of reading, by the person's consent.
"""

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership, Organisation
from lead_cms.accounts.rows import SiteRow
from participants.enums import InformationClass
from participants.models import Participant
from services.enums import CLOSED, OPEN, TRANSITIONS, AskStatus, Method, Need, NotAvailable, Result
from services.models.directory import Provider, Service

ANSWERED = [AskStatus.ACCEPTED, AskStatus.ATTENDED, AskStatus.COMPLETED]


class ServiceReferralQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def closed(self):
        return self.filter(status__in=CLOSED)

    def unanswered(self, at):
        """Those that wait longer than the site's days."""
        return self.filter(status=AskStatus.SENT, remind_at__lte=at)


class ServiceReferral(SiteRow):
    """What one service was asked for one person, or for nobody named."""

    reference = models.CharField(max_length=12)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="asked")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="asked")
    # Whose staff read and answer it; empty when nobody signs in for the provider.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    need = models.CharField(max_length=20, choices=Need.choices)
    language = models.CharField(max_length=10, default="en")
    method = models.CharField(max_length=10, choices=Method.choices)
    names_person = models.BooleanField(default=False)
    submission_key = models.UUIDField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=AskStatus.choices, default=AskStatus.SENT)
    status_changed_at = models.DateTimeField()
    # From when on an unanswered one is reminded of, by the rule of the day it was asked; empty: the site has no such rule.
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decline_reason = models.CharField(max_length=20, choices=NotAvailable.choices, blank=True)
    result = models.CharField(max_length=1, choices=Result.choices, blank=True)
    appointment_at = models.DateTimeField(null=True, blank=True)
    attended_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = ServiceReferralQuerySet.as_manager()

    PERSONAL = frozenset({"language"})
    PLAIN = frozenset(
        {
            "id", "site", "reference", "service", "provider", "organisation", "need", "method", "names_person",
            "submission_key", "asked_at", "asked_by", "status", "status_changed_at", "remind_at", "reminded_at",
            "answered_at", "answered_by", "decline_reason", "result", "appointment_at", "attended_on", "ended_on",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "reference"], name="servicereferral_code_once"),
            models.UniqueConstraint(fields=["asked_by", "submission_key"], name="servicereferral_sent_once"),
            models.CheckConstraint(name="servicereferral_status_known", condition=Q(status__in=AskStatus.values)),
            models.CheckConstraint(
                name="servicereferral_here_has_organisation",
                condition=~Q(method=Method.HERE) | Q(organisation__isnull=False),
            ),
            models.CheckConstraint(
                name="servicereferral_person_has_organisation",
                condition=Q(names_person=False) | Q(organisation__isnull=False),
            ),
            models.CheckConstraint(
                name="servicereferral_decline_has_reason",
                condition=Q(status=AskStatus.PROVIDER_DECLINED) & ~Q(decline_reason="")
                | ~Q(status=AskStatus.PROVIDER_DECLINED) & Q(decline_reason=""),
                violation_error_message="Choose the reason.",
            ),
            models.CheckConstraint(
                name="servicereferral_result_fits_status",
                condition=Q(status__in=ANSWERED, result=Result.ACCEPTED)
                | Q(status=AskStatus.PERSON_DECLINED, result=Result.PERSON_DECLINED)
                | Q(status=AskStatus.PROVIDER_DECLINED, result=Result.PROVIDER_DECLINED)
                | Q(status__in=[AskStatus.SENT, AskStatus.WAITLIST, AskStatus.CALLED_OFF], result=""),
            ),
            models.CheckConstraint(
                name="servicereferral_answered_at_and_by",
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="servicereferral_attended_has_day",
                condition=~Q(status__in=[AskStatus.ATTENDED, AskStatus.COMPLETED]) | Q(attended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="servicereferral_ends_after_attended",
                condition=Q(ended_on=None) | Q(attended_on__isnull=False, ended_on__gte=F("attended_on")),
                violation_error_message="It ended before the first visit.",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "status", "asked_at", "id"], name="servicereferral_inbox"),
            models.Index(fields=["asked_by", "-asked_at", "-id"], name="servicereferral_mine"),
            models.Index(
                fields=["remind_at"], condition=Q(status="sent", reminded_at=None), name="servicereferral_to_remind"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.reference} {self.status}"

    def can_become(self, status: str) -> bool:
        return status in TRANSITIONS[AskStatus(self.status)]


class AskedPerson(SiteRow):
    """Whom it is for. With an organisation its staff may know, as long as the person's consent says so."""

    referral = models.OneToOneField(ServiceReferral, on_delete=models.PROTECT, related_name="person")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="asked_services")
    # Empty: an enquiry that names nobody.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The consent that was in force when it was sent; which one opens it is asked anew at every reading.
    consent_id = models.UUIDField(null=True, blank=True)

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "referral", "participant", "organisation", "consent_id"})

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="askedperson_named_under_consent",
                condition=Q(organisation=None, consent_id=None)
                | Q(organisation__isnull=False, consent_id__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.referral_id}"


class SharedFact(SiteRow):
    """One line for the provider, of one information class; written for it, never copied from a record."""

    referral = models.ForeignKey(ServiceReferral, on_delete=models.PROTECT, related_name="facts")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    information_class = models.CharField(max_length=20, choices=InformationClass.choices)
    text = models.CharField(max_length=300)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset(
        {"id", "site", "referral", "participant", "organisation", "information_class", "written_at", "written_by"}
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "information_class"], name="sharedfact_once_a_class"),
            models.CheckConstraint(
                name="sharedfact_class_known", condition=Q(information_class__in=InformationClass.values)
            ),
        ]

    def __str__(self):
        return f"{self.information_class} {self.referral_id}"


class ServiceGap(SiteRow):
    """No service could take a person, because …: counted for the site, kept with the person for casework."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="service_gaps")
    need = models.CharField(max_length=20, choices=Need.choices)
    reason = models.CharField(max_length=20, choices=NotAvailable.choices)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"need", "reason"})
    PLAIN = frozenset({"id", "site", "participant", "recorded_at", "recorded_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="servicegap_need_known", condition=Q(need__in=Need.values)),
            models.CheckConstraint(name="servicegap_reason_known", condition=Q(reason__in=NotAvailable.values)),
        ]
        indexes = [models.Index(fields=["site", "-recorded_at"], name="servicegap_site_time")]

    def __str__(self):
        return f"{self.need} {self.reason}"
