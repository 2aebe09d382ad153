"""Sealed cases are nearly none: whose records are shut to every case manager is found by an index, built beside a table in use."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0027_names_as_they_begin")]
    operations = [
        BuildIndex(
            model_name="casework",
            index=models.Index(
                fields=["site"],
                include=["participant"],
                condition=models.Q(("is_sealed", True)),
                name="casework_sealed_people",
            ),
        ),
    ]
