"""People are found as somebody types: an index of the words and sounds of their names."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import F, Func


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0018_name_terms")]

    operations = [
        AddIndexConcurrently(
            model_name="participant",
            index=GinIndex(
                F("site"), Func(F("search_names"), function="app.name_terms"), name="participant_site_terms"
            ),
        ),
    ]
