"""The records that lead to another one are few among many: an index of their own, built beside a table in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0025_merging")]
    operations = [
        AddIndexConcurrently(
            model_name="participant",
            index=models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="participant_merged_into"
            ),
        ),
    ]
