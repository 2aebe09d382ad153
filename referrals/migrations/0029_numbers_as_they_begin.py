"""Incident numbers in order of how they begin, as people say them: no letters before the digits, no dashes, no case."""

from django.db import migrations, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Collate, Upper

from lead_cms.core.migrating import BuildIndex

PLAIN_NUMBER = Upper(
    Func(
        F("incident_number"), Value("^[^0-9]+|[^0-9A-Za-z]"), Value(""), Value("g"), function="regexp_replace",
        output_field=models.CharField(),
    )
)  # fmt: skip


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0028_sealed_by_index")]
    operations = [
        BuildIndex(
            model_name="referral",
            index=models.Index(
                F("site"), Collate(PLAIN_NUMBER, "C"), condition=~Q(incident_number=""), name="referral_number_begins"
            ),
        ),
    ]
