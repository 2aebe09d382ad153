"""A disclosure's moment is the database's, not the caller's."""

from django.db import migrations

FORWARD = """create trigger disclosure_clock before insert on participants_disclosure
  for each row execute function app.stamp()"""
BACKWARD = "drop trigger disclosure_clock on participants_disclosure"


class Migration(migrations.Migration):
    dependencies = [("participants", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
