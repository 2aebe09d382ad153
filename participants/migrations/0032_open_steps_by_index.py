"""Steps that are open are few among many: what is due of one's own people is found by an index, built beside a table in use."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0031_people_by_index")]
    operations = [
        BuildIndex(
            model_name="goalstep",
            index=models.Index(
                fields=["site", "by_when"],
                condition=models.Q(("by_when__isnull", False), ("state", "open")),
                name="goalstep_open_by_when",
            ),
        ),
    ]
