"""What a record is found by where it may be somebody's second one. Records made before get their keys in the background."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participants", "0026_merged_by_index")]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="match_keys",
            field=ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, size=None),
        )
    ]
