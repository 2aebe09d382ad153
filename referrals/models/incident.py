"""Police records of incidents, imported for counts and prefill; and how often a person was too young to be offered LEAD."""

from django.db import models

from lead_cms.accounts.rows import SiteRow
from referrals.enums import Door


class IncidentRecord(SiteRow):
    """One row of a police department's published incident file: an offence code of a report. No person is named."""

    source = models.CharField(max_length=20)
    row_key = models.CharField(max_length=40)
    incident_id = models.CharField(max_length=30)
    incident_number = models.CharField(max_length=30)
    code = models.CharField(max_length=20)
    category = models.CharField(max_length=120)
    subcategory = models.CharField(max_length=120, blank=True)
    description = models.CharField(max_length=200)
    resolution = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    precinct = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=120, blank=True)
    group = models.CharField(max_length=20, blank=True)  # LEAD type: drug, prostitution, trespass, shoplifting, or none

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "source", "row_key", "incident_id", "incident_number", "code", "category", "subcategory",
            "description", "resolution", "occurred_at", "precinct", "place", "group",
        }
    )  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "source", "row_key"], name="incidentrecord_once")]
        indexes = [
            models.Index(fields=["site", "incident_number"], name="incidentrecord_number"),
            models.Index(fields=["site", "group", "occurred_at"], name="incidentrecord_group"),
        ]

    def __str__(self):
        return f"{self.incident_number} {self.code}"


class UnderageCount(SiteRow):
    """Somebody under age was met: the date, the precinct and the door, and nothing else."""

    met_on = models.DateField()
    precinct = models.CharField(max_length=60, blank=True)
    door = models.CharField(max_length=10, choices=Door.choices)

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "met_on", "precinct", "door"})

    def __str__(self):
        return f"{self.met_on} {self.door}"
