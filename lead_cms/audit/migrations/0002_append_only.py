"""The trigger that records row changes, the clock of the deeds, and the refusal of any change to either."""

from django.db import migrations

FORWARD = """
set local role lead_definer;
create function app.audit_row_change() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
  old_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  new_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  changed jsonb; kept_before jsonb; kept_after jsonb; key text;
begin
  select coalesce(jsonb_agg(k order by k), '[]'::jsonb) into changed
    from jsonb_object_keys(coalesce(new_row, old_row)) k
    where old_row is null or new_row is null or old_row -> k is distinct from new_row -> k;
  if tg_op = 'UPDATE' and changed = '[]'::jsonb then return null; end if;
  if tg_nargs > 0 then
    foreach key in array tg_argv loop
      if changed ? key then
        if old_row is not null then kept_before := coalesce(kept_before, '{}') || jsonb_build_object(key, old_row -> key); end if;
        if new_row is not null then kept_after := coalesce(kept_after, '{}') || jsonb_build_object(key, new_row -> key); end if;
      end if;
    end loop;
  end if;
  insert into public.audit_rowchange (recorded_at, table_name, row_id, verb, db_role, login, user_id, membership_id,
    site_id, request_id, columns, before, after)
  values (clock_timestamp(), tg_table_name, coalesce(new_row, old_row) ->> 'id', lower(tg_op),
    coalesce(nullif(current_setting('role', true), ''), 'none'), session_user,
    app.user_id(), app.membership_id(), app.site_id(), app.request_id(), changed, kept_before, kept_after);
  return null;
end $$;
revoke all on function app.audit_row_change() from public;
grant execute on function app.audit_row_change() to lead_owner;
reset role;

create function app.audit_refuse_change() returns trigger language plpgsql as $$
begin raise exception 'the audit is append-only'; end $$;
create trigger audit_append_only before update or delete on audit_auditevent
  for each row execute function app.audit_refuse_change();
create trigger audit_append_only before update or delete on audit_rowchange
  for each row execute function app.audit_refuse_change();
create trigger audit_clock before insert on audit_auditevent for each row execute function app.stamp();
"""
BACKWARD = """
drop trigger audit_clock on audit_auditevent;
drop trigger audit_append_only on audit_auditevent;
drop trigger audit_append_only on audit_rowchange;
drop function app.audit_refuse_change();
set local role lead_definer;
drop function app.audit_row_change() cascade;
reset role;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("access", "0001_context_functions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
