"""Names in order of how they begin, the family's and the given one: an index gives the first few of thousands and stops."""

from django.db import migrations, models
from django.db.models import F, Func
from django.db.models.functions import Collate

from lead_cms.core.migrating import BuildIndex

# One expression each, so that the planner writes it out; and what it costs to take a name apart, which decides whether an
# index is read or every name.
FORWARD = r"""
create or replace function app.plain_name(names text) returns text language sql immutable parallel safe as $$
  select btrim(regexp_replace(
    regexp_replace(normalize(lower(names), NFKD), '[\u0300-\u036f]', '', 'g'), '[^[:alnum:]]+', ' ', 'g')) $$;
create or replace function app.turned_name(names text) returns text language sql immutable parallel safe as $$
  select regexp_replace(app.plain_name(names), '^(.*) ([^ ]+)$', '\2 \1') $$;
create or replace function app.turned_name(given text, family text) returns text language sql immutable parallel safe as $$
  select app.plain_name(family || ' ' || given) $$;
alter function app.site_terms(uuid, text) cost 5000;
"""
BACKWARD = """
alter function app.site_terms(uuid, text) cost 100;
drop function app.turned_name(text, text); drop function app.turned_name(text); drop function app.plain_name(text);
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0033_terms_of_a_site")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        BuildIndex(
            model_name="participant",
            index=models.Index(
                F("site"), Collate(Func(F("search_names"), function="app.plain_name"), "C"), name="participant_begins"
            ),
        ),
        BuildIndex(
            model_name="participant",
            index=models.Index(
                F("site"),
                Collate(Func(F("given_name"), F("family_name"), function="app.turned_name"), "C"),
                name="participant_family_begins",
            ),
        ),
    ]
