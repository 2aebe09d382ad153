"""Searched by person, record, deed and time: an index for each, in the order of the pages."""

from django.db import migrations, models
from django.db.models import Q

from lead_cms.core.migrating import Together


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        # A trigger has always set it.
        migrations.AlterField("auditevent", "recorded_at", models.DateTimeField(editable=False)),
        migrations.RemoveIndex("auditevent", "auditevent_site_time"),
        migrations.RemoveIndex("auditevent", "auditevent_target_time"),
        Together(
            [
                migrations.AddIndex(
                    "auditevent", models.Index(fields=["site_id", "-recorded_at", "-id"], name="auditevent_site_time")
                ),
                migrations.AddIndex(
                    "auditevent",
                    models.Index(fields=["site_id", "action", "-recorded_at", "-id"], name="auditevent_deed_time"),
                ),
                migrations.AddIndex(
                    "auditevent",
                    models.Index(fields=["membership_id", "-recorded_at", "-id"], name="auditevent_person_time"),
                ),
                migrations.AddIndex(
                    "auditevent",
                    models.Index(fields=["target_id", "-recorded_at", "-id"], name="auditevent_target_time"),
                ),
                migrations.AddIndex("auditevent", models.Index(fields=["request_id"], name="auditevent_request")),
                migrations.AddIndex(
                    "auditevent",
                    models.Index(
                        fields=["site_id", "-recorded_at", "-id"],
                        condition=Q(membership_id=None),
                        name="auditevent_sign_ins",
                    ),
                ),
            ]
        ),
    ]
