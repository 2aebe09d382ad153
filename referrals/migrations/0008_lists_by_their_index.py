"""What lists and search ask is answered by an index alone. Built beside the running site, then the old ones go."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    # The extension that lets an index of words hold the site comes with the participants' index.
    dependencies = [
        ("participants", "0003_lists_by_their_index"),
        ("referrals", "0007_police_end_nothing_after_handover"),
    ]

    operations = [
        BuildIndex(
            model_name="heldcharge",
            index=models.Index(
                condition=models.Q(decided_at=None), fields=["site", "due_on", "id"], include=("hidden_at",),
                name="heldcharge_waiting",
            ),
        ),
        BuildIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(status__in=["triage", "pending"]), fields=["site", "submitted_at", "id"],
                name="referral_to_answer",
            ),
        ),
        BuildIndex(
            model_name="referredperson",
            index=GinIndex(
                fields=["site", "name"], name="referredperson_site_name", opclasses=["uuid_ops", "gin_trgm_ops"]
            ),
        ),
        RemoveIndexConcurrently(model_name="heldcharge", name="heldcharge_undecided_due"),
        RemoveIndexConcurrently(model_name="referredperson", name="referredperson_name_trgm"),
    ]  # fmt: skip
