"""An approval that names who answers it is found without reading those that name nobody."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0017_windows_by_case_manager")]

    operations = [
        BuildIndex(
            model_name="approval",
            index=models.Index(
                condition=models.Q(("answered", ""), models.Q(("roles", []), _negated=True)), fields=["site"],
                name="approval_unanswered_named",
            ),
        ),
    ]  # fmt: skip
