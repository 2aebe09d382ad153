"""Restricted records are few among many: what is closed to somebody is found by an index built beside a table in use."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0029_likely_pairs")]
    operations = [
        BuildIndex(
            model_name="participant",
            index=models.Index(fields=["site"], condition=models.Q(is_restricted=True), name="participant_restricted"),
        ),
    ]
