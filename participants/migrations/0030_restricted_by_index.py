"""Restricted records are few among many: what is closed to somebody is found by an index built beside a table in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0029_likely_pairs")]
    operations = [
        AddIndexConcurrently(
            model_name="participant",
            index=models.Index(fields=["site"], condition=models.Q(is_restricted=True), name="participant_restricted"),
        ),
    ]
