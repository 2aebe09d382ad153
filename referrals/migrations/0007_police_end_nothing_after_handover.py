"""No police role can end, or bring about, a handover: kept by the database, whatever code asks."""

from django.db import migrations

FORWARD = """
create function app.guard_referral_status() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
  if current_setting('role', true) in ('lead_officer', 'lead_liaison')
     and (old.status in ('handed_over', 'done') or new.status in ('handed_over', 'done')) then
    raise exception using errcode = '42501', message = 'no police role changes a referral at or after its handover';
  end if;
  return new;
end $$;
create trigger referral_status_guard before update of status on referrals_referral
  for each row when (old.status is distinct from new.status) execute function app.guard_referral_status();
"""
BACKWARD = """
drop trigger referral_status_guard on referrals_referral;
drop function app.guard_referral_status();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0006_untried_and_closed")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
