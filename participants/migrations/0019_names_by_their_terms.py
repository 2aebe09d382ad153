"""People are found as somebody types: an index of the words and sounds of their names."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import F, Func

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0018_name_terms")]

    operations = [
        BuildIndex(
            model_name="participant",
            index=GinIndex(
                F("site"), Func(F("search_names"), function="app.name_terms"), name="participant_site_terms"
            ),
        ),
    ]
