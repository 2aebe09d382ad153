"""The schema `app` and the functions that read the principal of the open transaction."""

from django.db import migrations

FORWARD = """
create schema if not exists app;
grant usage on schema app to public;
grant usage, create on schema app to lead_definer;
grant usage on schema public to public;
create extension if not exists pg_trgm;
create function app.user_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;
create function app.membership_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.membership_id', true), '')::uuid $$;
create function app.site_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.site_id', true), '')::uuid $$;
create function app.organisation_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.organisation_id', true), '')::uuid $$;
create function app.request_id() returns text language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('app.request_id', true), ''), '-') $$;
create function app.stamp() returns trigger language plpgsql
  as $$ begin new.recorded_at := clock_timestamp(); return new; end $$;
"""
BACKWARD = "drop schema app cascade;"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
