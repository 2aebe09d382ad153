import django.db.models.deletion
from django.db import migrations, models

from lead_cms.core.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_outside_roles"),
        ("referrals", "0013_officer_sentence"),
    ]

    operations = [
        Together(
            [
                migrations.AddField(
                    model_name="approvalstep",
                    name="answered",
                    field=models.CharField(blank=True, max_length=12),
                ),
                migrations.AddField(
                    model_name="approvalstep",
                    name="answered_at",
                    field=models.DateTimeField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name="approvalstep",
                    name="answered_because",
                    field=models.CharField(blank=True, max_length=20),
                ),
                migrations.AddField(
                    model_name="approvalstep",
                    name="answered_by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                migrations.AddField(
                    model_name="approvalstep",
                    name="role",
                    field=models.CharField(blank=True, max_length=20),
                ),
            ]
        ),
        Together(
            [
                migrations.AddIndex(
                    model_name="approval",
                    index=models.Index(
                        condition=models.Q(("answered", "")), fields=["site"], name="approval_unanswered_site"
                    ),
                ),
                migrations.AddIndex(
                    model_name="approvalstep",
                    index=models.Index(
                        condition=models.Q(models.Q(("role", ""), _negated=True), ("answered", "")),
                        fields=["site", "role"],
                        name="approvalstep_to_answer",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="approvalstep",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered", ""), ("answered_at", None), ("answered_by", None)),
                            models.Q(
                                models.Q(("answered", ""), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="approvalstep_answered_at_and_by",
                    ),
                ),
            ]
        ),
    ]
