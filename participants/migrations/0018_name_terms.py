"""What a name is found by: its words without accents, and "~" with how each of them sounds."""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations

FORWARD = r"""
create function app.name_words(names text) returns setof text language sql immutable strict parallel safe as $$
  select word from regexp_split_to_table(
    regexp_replace(normalize(lower(names), NFKD), '[\u0300-\u036f]', '', 'g'), '[^[:alnum:]]+') word where word <> '' $$;
-- One sound alone ("Zoe", "Sue") is nearly everybody's.
create function app.name_sound(word text) returns text language sql immutable strict parallel safe as $$
  select case when word ~ '^[a-z]{3,}$' and length(public.dmetaphone(word)) > 1 then '~' || public.dmetaphone(word) end $$;
create function app.name_terms(names text) returns tsvector language sql immutable strict parallel safe as $$
  select array_to_tsvector(coalesce(array_agg(distinct term), '{}')) from app.name_words(names) word,
    lateral (values (word), (app.name_sound(word))) found(term) where term is not null $$;
"""
BACKWARD = """
drop function app.name_terms(text); drop function app.name_sound(text); drop function app.name_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [("participants", "0017_race_and_gender_gone"), ("access", "0001_context_functions")]

    operations = [CreateExtension("fuzzystrmatch"), migrations.RunSQL(FORWARD, BACKWARD)]
