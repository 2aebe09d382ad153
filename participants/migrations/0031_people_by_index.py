"""People by name, who is closed, and what was signed since when come from an index. Built beside the running site."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce, Lower, NullIf

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0030_restricted_by_index")]
    operations = [
        BuildIndex(
            model_name="participant",
            index=models.Index(
                models.F("site"),
                Lower(
                    Coalesce(
                        NullIf("chosen_name", models.Value("")), NullIf("given_name", models.Value("")), "family_name"
                    )
                ),
                models.F("id"),
                condition=models.Q(merged_into=None),
                name="participant_site_by_name",
            ),
        ),
        BuildIndex(
            model_name="participant",
            index=models.Index(
                fields=["site"],
                include=["id", "created_by", "merged_into"],
                condition=models.Q(is_restricted=True),
                name="participant_closed_rows",
            ),
        ),
        RemoveIndexConcurrently(model_name="participant", name="participant_restricted"),
        BuildIndex(
            model_name="consent",
            index=models.Index(
                fields=["site", "-signed_at"], condition=models.Q(signed_at__isnull=False), name="consent_site_signed"
            ),
        ),
        BuildIndex(
            model_name="consent",
            index=models.Index(
                fields=["site", "-revoked_at"],
                condition=models.Q(revoked_at__isnull=False),
                name="consent_site_revoked",
            ),
        ),
    ]
