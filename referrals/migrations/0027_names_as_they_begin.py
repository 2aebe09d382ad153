"""The names that referrers wrote down in order of how they begin, first name first and last name first."""

from django.db import migrations, models
from django.db.models import F, Func
from django.db.models.functions import Collate

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0026_terms_of_a_site"), ("participants", "0034_names_as_they_begin")]

    operations = [
        BuildIndex(
            model_name="referredperson",
            index=models.Index(
                F("site"), Collate(Func(F("name"), function="app.plain_name"), "C"), name="referredperson_begins"
            ),
        ),
        BuildIndex(
            model_name="referredperson",
            index=models.Index(
                F("site"),
                Collate(Func(F("name"), function="app.turned_name"), "C"),
                name="referredperson_turned_begins",
            ),
        ),
    ]
