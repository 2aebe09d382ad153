"""Each word and sound of a name carries its site, so that one index entry is read where that of the whole site was read beside it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations
from django.db.models import F, Func

from lead_cms.core.migrating import BuildIndex

FORWARD = """
create function app.site_terms(site uuid, names text) returns tsvector language sql immutable strict parallel safe as $$
  select array_to_tsvector(coalesce(array_agg(left(replace(site::text, '-', ''), 8) || term), '{}'))
    from unnest(tsvector_to_array(app.name_terms(names))) term $$;
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0032_open_steps_by_index")]

    operations = [
        migrations.RunSQL(FORWARD, "drop function app.site_terms(uuid, text)"),
        BuildIndex(
            model_name="participant",
            index=GinIndex(
                Func(F("site"), F("search_names"), function="app.site_terms"), name="participant_terms_of_site"
            ),
        ),
        RemoveIndexConcurrently(model_name="participant", name="participant_site_terms"),
    ]
