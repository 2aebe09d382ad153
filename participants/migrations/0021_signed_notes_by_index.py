"""The supervisor's list of signed notes gets its index, while notes go on being written."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0020_note_reviews")]

    operations = [
        BuildIndex(
            model_name="contactnote",
            index=models.Index(
                condition=models.Q(("signed_at__isnull", False)), fields=["site", "-signed_at", "-id"],
                name="contactnote_signed",
            ),
        ),
    ]  # fmt: skip
