"""The records that lead to another one are few among many: an index of their own, built beside a table in use."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0025_merging")]
    operations = [
        BuildIndex(
            model_name="participant",
            index=models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="participant_merged_into"
            ),
        ),
    ]
