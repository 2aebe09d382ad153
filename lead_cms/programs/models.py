"""A site's rules: versioned data with effective dates. A referral keeps the version it was made under."""

import uuid

from django.db import models

from lead_cms.accounts.models import Site


class RuleSet(models.Model):
    """One version of a site's rules, never changed once it is written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rule_sets")
    version = models.PositiveIntegerField()
    effective_from = models.DateField()
    document = models.JSONField()
    document_hash = models.CharField(max_length=64)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=120)

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {"id", "site", "version", "effective_from", "document", "document_hash", "imported_at", "imported_by"}
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "version"], name="ruleset_version_once_per_site")]

    def __str__(self):
        return f"{self.site_id} version {self.version}"
