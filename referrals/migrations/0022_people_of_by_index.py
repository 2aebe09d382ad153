"""Whose people somebody's are, and who was taken over since when, come from an index. Built beside the running site."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0021_since_by_index")]
    operations = [
        BuildIndex(
            model_name="casework",
            index=models.Index(fields=["case_manager", "participant"], name="casework_people_of"),
        ),
        RemoveIndexConcurrently(model_name="casework", name="casework_case_manager"),
        BuildIndex(
            model_name="handoff",
            index=models.Index(
                fields=["site", "-handed_over_at"],
                condition=models.Q(handed_over_at__isnull=False),
                name="handoff_site_since",
            ),
        ),
    ]
