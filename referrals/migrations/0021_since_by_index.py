"""What happened since somebody left is read from the newest on. Built beside the running site."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0002_outside_roles"),
        ("programs", "0001_initial"),
        ("referrals", "0020_nudges"),
    ]

    operations = [
        BuildIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", False)),
                fields=["site", "-answered_at"],
                name="appointment_site_since",
            ),
        ),
        BuildIndex(
            model_name="attempt",
            index=models.Index(fields=["site", "-entered_at"], name="attempt_site_since"),
        ),
        BuildIndex(
            model_name="casehandover",
            index=models.Index(fields=["site", "-assigned_at"], name="casehandover_site_since"),
        ),
        BuildIndex(
            model_name="intakewindow",
            index=models.Index(fields=["site", "-state_changed_at"], name="window_site_since"),
        ),
        BuildIndex(
            model_name="outreachentry",
            index=models.Index(fields=["site", "-state_changed_at"], name="outreach_site_since"),
        ),
    ]
