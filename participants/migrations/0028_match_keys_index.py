"""Built beside the running site."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0027_match_keys")]

    operations = [
        BuildIndex(
            model_name="participant",
            index=GinIndex(fields=["match_keys"], name="participant_match_keys"),
        )
    ]
