import uuid

import django.db.models.deletion
from django.db import migrations, models

import lead_cms.core.crypto


def key():
    return ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False))


def to(name, model, *, related_name="+", **more):
    kept = {"on_delete": django.db.models.deletion.PROTECT, "related_name": related_name, "to": model}
    return (name, models.ForeignKey(**kept, **more))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_legal_aid"),
        ("participants", "0013_charges_and_who_knows"),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalAidGiven",
            fields=[
                key(),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                to("ended_by", "accounts.membership", blank=True, null=True),
                to("given_by", "accounts.membership"),
                to("lawyer", "accounts.membership"),
                to("participant", "participants.participant", related_name="legal_aid"),
                to("site", "accounts.site"),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["lawyer"], name="legalaidgiven_of_lawyer"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("participant", "lawyer"),
                        name="legalaidgiven_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="legalaidgiven_ended_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrivilegedNote",
            fields=[
                key(),
                ("text", lead_cms.core.crypto.PrivilegedTextField()),
                ("written_at", models.DateTimeField()),
                to("author", "accounts.membership"),
                to("given", "participants.legalaidgiven"),
                to("participant", "participants.participant"),
                to("site", "accounts.site"),
            ],
            options={
                "indexes": [
                    models.Index(fields=["author", "-written_at", "-id"], name="privilegednote_of_author"),
                ],
            },
        ),
        # A legal aid office may be named in a consent to LEAD partners.
        migrations.RemoveConstraint(model_name="consentcell", name="consentcell_recipient_fits"),
        migrations.AddConstraint(
            model_name="consentcell",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "treatment"), ("organisation_kind", "provider")),
                    models.Q(
                        ("kind", "multi_party"),
                        (
                            "organisation_kind__in",
                            (
                                "police",
                                "prosecutor",
                                "case_management",
                                "project_management",
                                "partner",
                                "provider",
                                "legal_aid",
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="consentcell_recipient_fits",
            ),
        ),
    ]
