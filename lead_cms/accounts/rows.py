"""What every domain row has: a key made in Python, because some writers may not read back, and its LEAD site."""

import uuid

from django.db import models

from lead_cms.accounts.models import Site


class SiteRow(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
