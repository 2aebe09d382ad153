"""A case knows how it stands: columns that the database keeps. They are filled, and get their indexes, in the next one."""

from django.db import migrations, models

KNOWN = ["active", "inactive", ""]


class Migration(migrations.Migration):
    dependencies = [("participants", "0031_people_by_index"), ("referrals", "0022_people_of_by_index")]
    operations = [
        migrations.AddField(
            model_name="casework",
            name="standing",
            field=models.CharField(
                blank=True, choices=[("active", "Active"), ("inactive", "Inactive"), ("", "Not now")], default="active",
                editable=False, max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="casework", name="met_at", field=models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            model_name="casework", name="promised_at", field=models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            model_name="casework", name="to_find_since", field=models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddConstraint(
            model_name="casework",
            constraint=models.CheckConstraint(name="casework_standing_known", condition=models.Q(standing__in=KNOWN)),
        ),
    ]  # fmt: skip
