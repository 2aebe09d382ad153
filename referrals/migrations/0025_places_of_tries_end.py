"""The place of a try is erased after some days, as a last-seen one is; those from before get the usual fourteen."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex

# The owner sees no rows of its own accord; a policy lets it, for as long as this takes.
LET_NO_MORE = [
    "drop policy if exists lead_owner_fills on referrals_attempt",
    "drop policy if exists lead_owner_writes on referrals_attempt",
]
LET = [
    "create policy lead_owner_fills on referrals_attempt for select to lead_owner using (true)",
    "create policy lead_owner_writes on referrals_attempt for update to lead_owner using (true)",
]
FILL = """
do $$
declare filled int;
begin
  loop
    update referrals_attempt set place_until_at = tried_at + interval '14 days' where id in (
      select id from referrals_attempt where place <> '' and place_until_at is null limit 5000);
    get diagnostics filled = row_count;
    exit when filled = 0;
    commit;
  end loop;
end $$
"""
HAS_ITS_END = models.CheckConstraint(
    name="attempt_place_has_its_end",
    condition=models.Q(("place", ""), ("place_until_at__isnull", False), _connector="OR"),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0024_standing_filled")]
    operations = [
        migrations.AddField(
            model_name="attempt", name="place_until_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.RunSQL([*LET_NO_MORE, *LET, FILL, *LET_NO_MORE], migrations.RunSQL.noop),
        AddConstraintNotValid(model_name="attempt", constraint=HAS_ITS_END),
        ValidateConstraint(model_name="attempt", name="attempt_place_has_its_end"),
        BuildIndex(
            model_name="attempt",
            index=models.Index(
                fields=["place_until_at"], condition=models.Q(("place", ""), _negated=True), name="attempt_place_over"
            ),
        ),
    ]
