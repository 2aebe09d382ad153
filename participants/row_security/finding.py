"""How a name is found among many, with the wall inside: as it is typed, and by likeness."""

from lead_cms.access.row_security import definer
from participants.likeness.stored import SITE_LETTERS

OPERATOR_COST = 0.25


def likeness_settings(signature: str) -> list[str]:
    """What a function that searches by likeness sets for itself: the least likeness, and that comparing is dear."""
    return [
        # From which likeness a part of a name is found; the extension's own 0.6 misses "Jonson" for "Johnson". The extension
        # is loaded first, so that the setting is the extension's and not a stranger's.
        "select public.similarity('a', 'a'); "
        f"alter function app.{signature} set pg_trgm.word_similarity_threshold = 0.45",
        # To compare a name costs a hundred times what the planner takes an operator to cost: it is to use the index.
        f"alter function app.{signature} set cpu_operator_cost = {OPERATOR_COST}",
    ]


def like(name: str, *, table: str, key: str, column: str, is_open: str, to: list) -> list[str]:
    """A search by likeness: trigram operators are not leakproof, so under a policy they could not use their index.

    `name(words, born, most, alike)` gives keys and scores, best first: names like the words at least so much (0 to 1, to
    the likest part of the name; likeness to the whole is never more), and whoever was born that day.
    """
    likeness = f"word_similarity(words, p.{column})"
    found = f"from {table} p where p.site_id = app.site_id() and ({is_open}) and"
    body = f"""begin
        -- For this call alone: the function's own setting, below, gives it back.
        perform set_config('pg_trgm.word_similarity_threshold', alike::text, true);
        if born is null then
          return query select p.{key}, {likeness} as score {found} p.{column} operator(public.%>) words
            order by 2 desc, 1 limit most;
        elsif words = '' then
          return query select p.{key}, 0.5::real as score from {table} p
            where p.site_id = app.site_id() and p.birth_date = born and ({is_open}) order by 1 limit most;
        else
          return query select p.{key}, ({likeness} + case when p.birth_date = born then 0.5 else 0 end)::real as score
            {found} (p.{column} operator(public.%>) words or p.birth_date = born) order by 2 desc, 1 limit most;
        end if;
      end"""
    return [
        definer(
            f"{name}(words text, born date, most int, alike real)", returns="table (id uuid, score real)", body=body, to=to,
            language="plpgsql",
        ),
        *likeness_settings(f"{name}(text, date, int, real)"),
    ]  # fmt: skip


LOOKED_AT = 200  # to show the likest few
LAST_LETTER = 0x10FFFF
# Of the words: each as a whole, as a beginning, and as a beginning, what else it is called or how it sounds. Each term begins
# with its site: of the same word at another site nothing is read.
ASKED = """select string_agg(quote_literal(tag || w), ' & ')::tsquery, string_agg(quote_literal(tag || w) || ':*', ' & ')::tsquery,
          string_agg('(' || quote_literal(tag || w) || ':*'
            || coalesce((select string_agg(' | ' || quote_literal(tag || other), '') from unnest(others) other), '')
            || coalesce(' | ' || quote_literal(tag || app.name_sound(w)), '') || ')', ' & ')::tsquery,
          string_agg(w, ' ')
        into whole, near, far, typed
        from (select split_part(one, ' ', 1) as w, (string_to_array(one, ' '))[2:] as others from unnest(words) one) asked"""


def named(name: str, *, table: str, key: str, column: str, turned: str, is_open: str, to: list) -> list[str]:
    """A search as somebody types: each word is the beginning of a word of the name, what else it is called, or sounds like it.

    `name(words, born, most)` gives keys and scores, best first. Each of `words` is what was typed, then what else that name
    is called, with blanks between. Those with the words themselves come first, and who was born that day before others.

    The first step finds those with just these words, those whose name begins so, or, family first, `turned` does, and who
    was born that day: each by an index that stops. Only where that fills no page any part is asked for, of which a short
    beginning finds every tenth person, and only then nicknames and sounds.
    """
    # ruff: noqa: S608  tables are ours
    terms = f"app.site_terms(p.site_id, p.{column})"
    # The terms have the site in them. It is asked again of what was found, but not with "=", by which the planner would read
    # the index of everybody at the site, too.
    found = f"select p.{key} from {table} p where p.site_id is not distinct from here and ({is_open}) and {terms} @@"
    begins = [
        f"""(select p.{key} from {table} p where p.site_id = here and ({is_open})
            and {one} collate "C" >= typed and {one} collate "C" < typed || chr({LAST_LETTER}) limit most)"""
        for one in (f"app.plain_name(p.{column})", turned)
    ]
    score = f"(p.{key} = any (plain))::int + word_similarity(typed, p.{column})"
    body = f"""declare whole tsquery; near tsquery; far tsquery; typed text; plain uuid[]; more uuid[] := '{{}}';
        here uuid := app.site_id(); tag text := left(replace(app.site_id()::text, '-', ''), {SITE_LETTERS});
      begin
        {ASKED};
        plain := array(({found} whole limit 2 * most) union {" union ".join(begins)});
        if born is not null then
          select plain || coalesce(array_agg(p.{key}) filter (where {terms} @@ near), '{{}}'),
            coalesce(array_agg(p.{key}) filter (where {terms} @@ far), '{{}}') into plain, more
          from {table} p where p.site_id = here and p.birth_date = born and ({is_open});
        end if;
        if cardinality(plain) < most then
          plain := array(select unnest(plain) union ({found} near limit {LOOKED_AT}));
        end if;
        if cardinality(plain) < most then
          more := more || array({found} far limit {LOOKED_AT});
        end if;
        return query select p.{key}, ({score} + case when p.birth_date = born then 1 else 0 end)::real
          from {table} p where p.{key} = any (plain || more) order by 2 desc, 1 limit most;
      end"""
    return [
        definer(
            f"{name}(words text[], born date, most int)", returns="table (id uuid, score real)", body=body, to=to,
            language="plpgsql",
        ),
        # Each step has its one index, whatever the words: nothing is gained from planning it anew.
        f"alter function app.{name}(text[], date, int) set plan_cache_mode = force_generic_plan",
    ]  # fmt: skip
