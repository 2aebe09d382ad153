"""Which records are closed is answered from an index alone again; who waits comes in its order. Beside the running site."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0014_own_word_in_a_chain")]

    operations = [
        BuildIndex(
            model_name="casework",
            index=models.Index(
                condition=models.Q(("is_restricted", True), ("is_sealed", True), _connector="OR"),
                fields=["site"],
                include=("referral", "case_manager", "participant", "is_restricted", "is_sealed"),
                name="casework_closed_rows",
            ),
        ),
        BuildIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(status__in=["submitted", "pending"]), fields=["site", "-submitted_at", "-id"],
                name="referral_waiting",
            ),
        ),
        RemoveIndexConcurrently(model_name="casework", name="casework_closed_keys"),
    ]  # fmt: skip
