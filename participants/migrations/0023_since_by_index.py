"""What happened since somebody left is read from the newest on. Built beside the running site."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0002_outside_roles"),
        ("participants", "0022_shift_line"),
    ]

    operations = [
        BuildIndex(
            model_name="contactnote",
            index=models.Index(
                condition=models.Q(("signed_at__isnull", False)),
                fields=["site", "-signed_at"],
                name="contactnote_site_since",
            ),
        ),
        BuildIndex(
            model_name="legalevent",
            index=models.Index(fields=["site", "-recorded_at"], name="legalevent_site_since"),
        ),
    ]
