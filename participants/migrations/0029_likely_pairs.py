"""Two records that may be one person, and when a record was last looked at."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_outside_roles"),
        ("participants", "0028_match_keys_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="LikelyPair",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "score",
                    models.FloatField(
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ]
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "May be the same person"), ("different", "Different people")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="participant",
            name="alike_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(
                condition=models.Q(("alike_at", None)), fields=["site", "id"], name="participant_not_looked_at"
            ),
        ),
        migrations.AddField(
            model_name="likelypair",
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
            model_name="likelypair",
            name="first",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="participants.participant"
            ),
        ),
        migrations.AddField(
            model_name="likelypair",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="participants.participant"
            ),
        ),
        migrations.AddField(
            model_name="likelypair",
            name="site",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.site"),
        ),
        migrations.AddIndex(
            model_name="likelypair",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["site", "-score", "-id"], name="likelypair_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="likelypair",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="likelypair_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="likelypair",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="likelypair_stands_once"),
        ),
        migrations.AddConstraint(
            model_name="likelypair",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "different"])), name="likelypair_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="likelypair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("answered_by", None), ("state", "open")),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        models.Q(("state", "open"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="likelypair_answered_at_has_answered_by",
            ),
        ),
    ]
