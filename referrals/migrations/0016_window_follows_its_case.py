"""A window knows the case manager of its referral: two triggers keep it so, whoever writes, in whatever order."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
grant select (referral_id, case_manager_id), update (case_manager_id) on referrals_intakewindow to lead_definer;
grant select (referral_id, case_manager_id), update (case_manager_id) on referrals_casework to lead_definer;
create policy lead_definer_follows on referrals_intakewindow for update to lead_definer using (true);
create policy lead_definer_follows on referrals_casework for update to lead_definer using (true);
set local role lead_definer;
create function app.window_follows_case() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
  update public.referrals_intakewindow set case_manager_id = new.case_manager_id
    where referral_id = new.referral_id and case_manager_id is distinct from new.case_manager_id;
  return null;
end $$;
-- The case is held until the window stands: whoever gives it to somebody meanwhile finds the window afterwards.
create function app.window_finds_case() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
  select c.case_manager_id into new.case_manager_id from public.referrals_casework c
    where c.referral_id = new.referral_id for share;
  return new;
end $$;
revoke all on function app.window_follows_case(), app.window_finds_case() from public;
grant execute on function app.window_follows_case(), app.window_finds_case() to lead_owner;
reset role;
create trigger window_follows_case after insert or update of case_manager_id on referrals_casework
  for each row execute function app.window_follows_case();
create trigger window_finds_case before insert on referrals_intakewindow
  for each row execute function app.window_finds_case();
"""
BACKWARD = """
drop trigger window_finds_case on referrals_intakewindow;
drop trigger window_follows_case on referrals_casework;
set local role lead_definer;
drop function app.window_follows_case();
drop function app.window_finds_case();
reset role;
drop policy if exists lead_definer_follows on referrals_intakewindow;
drop policy if exists lead_definer_follows on referrals_casework;
revoke update (case_manager_id) on referrals_intakewindow from lead_definer;
revoke update (case_manager_id) on referrals_casework from lead_definer;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("referrals", "0015_closed_and_waiting_by_index")]

    operations = [
        migrations.AddField(
            model_name="intakewindow",
            name="case_manager",
            field=models.ForeignKey(
                blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="+", to="accounts.membership",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]  # fmt: skip
