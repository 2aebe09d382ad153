"""The names that referrers wrote down are found by words and sounds that carry their site, as those of participants are."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations
from django.db.models import F, Func

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0025_places_of_tries_end"), ("participants", "0033_terms_of_a_site")]

    operations = [
        BuildIndex(
            model_name="referredperson",
            index=GinIndex(Func(F("site"), F("name"), function="app.site_terms"), name="referredperson_terms_of_site"),
        ),
        RemoveIndexConcurrently(model_name="referredperson", name="referredperson_site_terms"),
    ]
