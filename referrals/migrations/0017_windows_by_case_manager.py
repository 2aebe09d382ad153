"""Windows from before find their case manager, some thousands at a time, and the list of one's own gets its index."""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex

# The owner sees no rows of its own accord; a policy lets it, for as long as this takes.
FILL = """
do $$
declare filled int;
begin
  loop
    with batch as (
      select w.id, c.case_manager_id from referrals_intakewindow w join referrals_casework c on c.referral_id = w.referral_id
      where w.case_manager_id is null and c.case_manager_id is not null limit 5000 for update of w
    )
    update referrals_intakewindow w set case_manager_id = batch.case_manager_id from batch where w.id = batch.id;
    get diagnostics filled = row_count;
    exit when filled = 0;
    commit;
  end loop;
end $$
"""
LET = [
    "create policy lead_owner_fills on referrals_casework for select to lead_owner using (true)",
    "create policy lead_owner_finds on referrals_intakewindow for select to lead_owner using (true)",
    "create policy lead_owner_fills on referrals_intakewindow for update to lead_owner using (true)",
]
LET_NO_MORE = [
    "drop policy if exists lead_owner_fills on referrals_casework",
    "drop policy if exists lead_owner_finds on referrals_intakewindow",
    "drop policy if exists lead_owner_fills on referrals_intakewindow",
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0016_window_follows_its_case")]

    operations = [
        migrations.RunSQL([*LET_NO_MORE, *LET, FILL, *LET_NO_MORE], migrations.RunSQL.noop),
        BuildIndex(
            model_name="intakewindow",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["site", "case_manager", "due_on", "id"],
                name="window_open_mine",
            ),
        ),
    ]  # fmt: skip
