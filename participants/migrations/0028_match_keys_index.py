"""Built beside the running site."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0027_match_keys")]

    operations = [
        AddIndexConcurrently(
            model_name="participant",
            index=GinIndex(fields=["match_keys"], name="participant_match_keys"),
        )
    ]
