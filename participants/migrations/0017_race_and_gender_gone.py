"""The columns that coded answers replace go. Run it once no process of the former version is left."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("participants", "0016_own_words_are_coded")]

    operations = [
        migrations.RemoveField(model_name="participant", name="gender"),
        migrations.RemoveField(model_name="participant", name="race"),
    ]
