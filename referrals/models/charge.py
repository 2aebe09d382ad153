"""A charge that is held, the prosecutor's decision on it, its report packet – and, apart from them, the window's result."""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership, Organisation
from lead_cms.accounts.rows import SiteRow
from referrals.enums import Decision
from referrals.models.referral import Referral
from referrals.models.window import IntakeWindow


class HeldChargeQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(decided_at=None)

    def decided(self):
        return self.exclude(decided_at=None)

    def for_site(self, site_id):
        return self.filter(site_id=site_id)


class HeldCharge(SiteRow):
    """One diverted charge. It falls due for a decision on the same date whatever became of the window."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="charges")
    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    incident_number = models.CharField(max_length=30)
    code_system = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    offence_class = models.CharField(max_length=40, blank=True)
    held_on = models.DateField()
    due_on = models.DateField()
    extension_count = models.PositiveSmallIntegerField(default=0)
    limitation_on = models.DateField(null=True, blank=True)  # typed by the prosecutor, never computed
    file_number = models.CharField(max_length=40, blank=True)
    decision = models.CharField(max_length=30, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    # When it leaves the prosecutor's list: the site's days after the decision.
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = HeldChargeQuerySet.as_manager()

    PERSONAL = frozenset({"incident_number", "file_number"})
    PLAIN = frozenset(
        {
            "id", "site", "referral", "agency", "code_system", "code", "title", "offence_class", "held_on", "due_on",
            "extension_count", "limitation_on", "decision", "decided_at", "decided_by", "hidden_at",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "code"], name="heldcharge_once_per_offence"),
            models.CheckConstraint(name="heldcharge_decision_known", condition=Q(decision__in=["", *Decision.values])),
            models.CheckConstraint(
                name="heldcharge_decided_at_and_by",
                condition=Q(decision="", decided_at=None, decided_by=None)
                | ~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["site", "due_on", "id"],
                include=("hidden_at",),
                condition=Q(decided_at=None),
                name="heldcharge_waiting",
            ),
            models.Index(
                fields=["site", "-decided_at", "-id"], condition=~Q(decided_at=None), name="heldcharge_decided"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.incident_number}"


class ChargeIdentity(SiteRow):
    """Name and birth date as they stand in the report packet, for the prosecutor alone."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="charge_identity")
    name = models.CharField(max_length=160, blank=True)
    birth_date = models.DateField(null=True, blank=True)

    PERSONAL = frozenset({"name", "birth_date"})
    PLAIN = frozenset({"id", "site", "referral"})

    def __str__(self):
        return f"identity of {self.referral_id}"


class Packet(SiteRow):
    """The report packet of a held charge: sent is the officer's word, received the prosecutor's."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="packet")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    incident_number = models.CharField(max_length=30)
    held_on = models.DateField()
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # When it leaves the lists of police and prosecutor: the site's days after the decision.
    hidden_at = models.DateTimeField(null=True, blank=True)

    PERSONAL = frozenset({"incident_number"})
    PLAIN = frozenset(
        {"id", "site", "referral", "officer", "agency", "held_on", "sent_at", "sent_by", "received_at", "received_by",
         "hidden_at"}
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="packet_sent_at_and_by",
                condition=Q(sent_at=None, sent_by=None) | Q(sent_at__isnull=False, sent_by__isnull=False),
            ),
            models.CheckConstraint(
                name="packet_received_at_and_by",
                condition=Q(received_at=None, received_by=None)
                | Q(received_at__isnull=False, received_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "held_on"], condition=Q(sent_at=None), name="packet_unsent"),
            models.Index(fields=["officer", "held_on"], condition=Q(sent_at=None), name="packet_officer_unsent"),
            models.Index(
                fields=["site", "held_on", "id"],
                condition=Q(received_at=None, hidden_at=None),
                name="packet_unreceived",
            ),
        ]

    def __str__(self):
        return f"packet of {self.referral_id}"


class Extension(SiteRow):
    """More time until a date. The prosecutor reads and writes no other reason."""

    charge = models.ForeignKey(HeldCharge, on_delete=models.PROTECT, related_name="extensions")
    number = models.PositiveSmallIntegerField()
    until_on = models.DateField()
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "charge", "number", "until_on", "granted_at", "granted_by"})

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charge", "number"], name="extension_number_once")]

    def __str__(self):
        return f"{self.charge_id} until {self.until_on}"


class WindowResult(SiteRow):
    """The result of the window, one row a charge, there only when it was met. A consent in force opens it."""

    charge = models.OneToOneField(HeldCharge, on_delete=models.PROTECT, related_name="result")
    window = models.ForeignKey(IntakeWindow, on_delete=models.PROTECT, related_name="results")
    met_on = models.DateField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"met_on"})
    PLAIN = frozenset({"id", "site", "charge", "window", "recorded_by"})

    def __str__(self):
        return f"met {self.charge_id}"
