"""The line “where they are usually found” becomes the first of their places, some thousands at a time; the line stays."""

from django.db import migrations

# The owner sees no rows of its own accord; a policy lets it, for as long as this takes.
FILL = """
do $$
declare filled int;
begin
  loop
    with batch as (
      select p.id, p.site_id, p.where_to_reach as line, p.created_at, p.created_by_id from participants_participant p
      where p.where_to_reach <> '' and not exists (select 1 from participants_reachplace r where r.participant_id = p.id)
      limit 5000
    )
    insert into participants_reachplace (id, site_id, participant_id, place, days, hours, note, saved_at, saved_by_id)
    select gen_random_uuid(), site_id, id, left(line, 120), '{}', '', substr(line, 121), created_at, created_by_id from batch;
    get diagnostics filled = row_count;
    exit when filled = 0;
    commit;
  end loop;
end $$
"""
LET = [
    "create policy lead_owner_finds on participants_participant for select to lead_owner using (true)",
    "create policy lead_owner_finds on participants_reachplace for select to lead_owner using (true)",
    "create policy lead_owner_fills on participants_reachplace for insert to lead_owner with check (true)",
]
LET_NO_MORE = [
    "drop policy if exists lead_owner_finds on participants_participant",
    "drop policy if exists lead_owner_finds on participants_reachplace",
    "drop policy if exists lead_owner_fills on participants_reachplace",
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0010_reach")]

    operations = [migrations.RunSQL([*LET_NO_MORE, *LET, FILL, *LET_NO_MORE], migrations.RunSQL.noop)]
