"""Names are searched within one site; those who died are few. Built beside the running site, then the old index goes."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import BtreeGinExtension, RemoveIndexConcurrently
from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0002_disclosure_clock")]

    operations = [
        BtreeGinExtension(),
        BuildIndex(
            model_name="participant",
            index=GinIndex(
                fields=["site", "search_names"], name="participant_site_names", opclasses=["uuid_ops", "gin_trgm_ops"]
            ),
        ),
        BuildIndex(
            model_name="participant",
            index=models.Index(condition=models.Q(died_on__isnull=False), fields=["site"], name="participant_died"),
        ),
        RemoveIndexConcurrently(model_name="participant", name="participant_names_trgm"),
    ]
