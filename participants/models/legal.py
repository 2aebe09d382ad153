"""What happens at court or with police, as casework knows it; nothing here comes from a police record."""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from participants.enums import ChargeClass, CourtState, LegalKind, LegalSource
from participants.models.person import Participant


class LegalEvent(SiteRow):
    """A court date, a warrant, an arrest, days in jail. `at_time` is the court's own clock, where it is known."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="legal_events")
    kind = models.CharField(max_length=20, choices=LegalKind.choices)
    on = models.DateField()
    at_time = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=160, blank=True)
    cause_number = models.CharField(max_length=40, blank=True)
    charge = models.CharField(max_length=160, blank=True)
    charge_code = models.CharField(max_length=40, blank=True)  # as the paper says it, such as "RCW 69.50.4013"
    charge_class = models.CharField(max_length=15, choices=ChargeClass.choices, blank=True)
    source = models.CharField(max_length=10, choices=LegalSource.choices)
    told_on = models.DateField(null=True, blank=True)  # when the person was told of it
    told_others = models.JSONField(default=list, blank=True)  # of ToldWhom
    state = models.CharField(max_length=10, choices=CourtState.choices, default=CourtState.AHEAD)
    answered_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset(
        {
            "kind", "on", "at_time", "place", "cause_number", "charge", "charge_code", "charge_class", "source", "told_on",
            "told_others", "state",
        }
    )  # fmt: skip
    PLAIN = frozenset({"id", "site", "participant", "answered_at", "recorded_at", "recorded_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="legalevent_kind_known", condition=Q(kind__in=LegalKind.values)),
            models.CheckConstraint(name="legalevent_source_known", condition=Q(source__in=LegalSource.values)),
            models.CheckConstraint(
                name="legalevent_class_known", condition=Q(charge_class__in=["", *ChargeClass.values])
            ),
            models.CheckConstraint(name="legalevent_state_known", condition=Q(state__in=CourtState.values)),
        ]
        indexes = [
            models.Index(fields=["participant", "-on", "-id"], name="legalevent_of_person"),
            models.Index(fields=["site", "-recorded_at"], name="legalevent_site_since"),
            models.Index(
                fields=["site", "on"], condition=Q(kind="hearing", state="ahead"), name="legalevent_court_ahead"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.on}"
