import uuid

import django.db.models.deletion
from django.db import migrations, models

import lead_cms.core.crypto

KEPT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_outside_roles"),
        ("participants", "0019_names_by_their_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoteReview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("remark", lead_cms.core.crypto.EncryptedTextField(blank=True)),
                ("read_at", models.DateTimeField()),
                ("author", models.ForeignKey(on_delete=KEPT, related_name="+", to="accounts.membership")),
                (
                    "note",
                    models.ForeignKey(on_delete=KEPT, related_name="reviews", to="participants.contactnote"),
                ),
                ("participant", models.ForeignKey(on_delete=KEPT, related_name="+", to="participants.participant")),
                ("read_by", models.ForeignKey(on_delete=KEPT, related_name="+", to="accounts.membership")),
                ("site", models.ForeignKey(on_delete=KEPT, related_name="+", to="accounts.site")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("note", "read_by"), name="notereview_once")],
            },
        ),
    ]
