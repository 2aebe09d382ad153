"""People referred are found as somebody types: an index of the words and sounds of the names that referrers wrote down."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import F, Func

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0018_approvals_that_name_a_role"), ("participants", "0018_name_terms")]

    operations = [
        BuildIndex(
            model_name="referredperson",
            index=GinIndex(F("site"), Func(F("name"), function="app.name_terms"), name="referredperson_site_terms"),
        ),
    ]
