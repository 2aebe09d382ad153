"""Role × table × verb × row by raw SQL, against a second statement of the rules; and every policy weakened in turn."""

import re

import pytest
from django.apps import apps
from django.db import connections, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import STATE
from lead_cms.access.row_security import PLAIN_TABLES, Rows, all_policies, create_policy, policy_name
from participants.merging import BY_HAND, STAYS, keys
from participants.models import Merge
from tests.access import rows as making
from tests.access.looking import DUTIES, PEOPLE, TRY, compared, copies, disagreements, stated, told, tries
from tests.access.oracle import ORACLE
from tests.access.whose import Person
from tests.factories import World

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
TABLES = sorted(ORACLE)


@pytest.fixture(scope="module")
def full(django_db_setup, django_db_blocker):
    """Both sites with every kind of row, in one transaction of the owner for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic(using="owner"):
        with making.walls_lifted():
            world = World.build(using="owner")
            rows = making.build([world.a, world.b])
        owner = connections["owner"].connection
        yield world, rows, {table: copies(owner, rows, table) for table in TABLES}
        transaction.set_rollback(True, using="owner")


def test_every_table_is_in_the_oracle():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert tables | {"django_migrations"} == set(TABLES) | set(PLAIN_TABLES)


def test_every_table_has_a_row_to_look_at(full):
    _, rows, _ = full
    empty = [table for table in TABLES if not rows.by_table.get(table) and table != "audit_rowchange"]
    assert empty == []


@pytest.mark.parametrize("person", PEOPLE + DUTIES, ids=lambda p: f"{p.role}-{p.n}")
def test_what_the_database_gives_is_what_the_rules_say(full, person):
    world, rows, prepared = full
    owner = connections["owner"].connection
    assert disagreements(owner, world, rows, person, TABLES, prepared) == []


def test_the_oracle_and_the_policies_name_the_same_roles():
    """A right that nobody stated twice is a right that nobody has looked at."""
    declared = {(policy.table, verb, role) for policy in all_policies() for verb, role, _ in policy.entries()}
    stated = {
        (table, verb, f"lead_{getattr(role, 'value', role)}")
        for table, verbs in ORACLE.items()
        for verb, rules in verbs.items()
        for role in rules
    }
    assert declared == stated


# A weakening that no row can show, because no row of that kind can be told apart by what the rule looks at.
CHECKED_ELSEWHERE = {
    ("accounts_user", "insert"),  # test_an_administrator_cannot_make_a_sign_in_that_works
    ("notify_outboxemail", "insert"),  # test_each_duty_writes_its_own_kind_of_mail
    ("audit_auditevent", "insert"),  # test_nobody_records_a_deed_in_anothers_name
    ("participants_disclosure", "insert", "lead_intake"),  # by way of intake: tests/participants/test_told.py
    ("referrals_draft", "delete"),  # every draft of the rows is past its day
}


@pytest.mark.parametrize("policy", all_policies(), ids=lambda policy: policy.table)
def test_every_policy_dropped_or_weakened_is_noticed(full, policy):
    """Drop each policy of a table, then open each to everything: the rows must tell, each time."""
    survived = []
    for verb, role, rule in policy.entries():
        if role == "lead_definer":
            continue
        is_open = rule.where == "true" and not rule.check
        for weakened in [None] if is_open else [None, Rows("true", rule.columns, "true")]:
            noticed = any(_notices(full, person, policy.table, verb, role, weakened) for person in _people(role))
            if not noticed and not CHECKED_ELSEWHERE & {(policy.table, verb), (policy.table, verb, role)}:
                survived.append(f"{policy.table}-{verb}-{role} {'dropped' if weakened is None else 'weakened'}")
    assert survived == [], "\n".join(survived)


def _notices(full, person: Person, table: str, verb: str, role: str, weakened: Rows | None) -> list[str]:
    """What one person sees otherwise under a mutant, sent in one go; the mutant is gone afterwards."""
    world, rows, prepared = full
    asked = list(tries(rows, person, table, prepared[table], (verb,)))
    mutant = f'drop policy "{policy_name(verb, role)}" on "{table}"; '
    mutant += create_policy(table, verb, role, weakened) if weakened else ""
    owner = connections["owner"].connection
    with owner.transaction(force_rollback=True), owner.cursor() as cursor:
        tried = f"select set_config('app.tried', %s, true); {TRY} select current_setting('app.said')"
        cursor.execute(
            f"{mutant.replace('%', '%%')}; {STATE}; {tried}", [*stated(world, person), told(asked, stopping=True)]
        )
        while cursor.nextset():
            pass
        said = cursor.fetchone()[0]
    return compared(rows, person, asked, said)


def _people(role: str) -> list[Person]:
    code = role.removeprefix("lead_")
    return [person for person in PEOPLE + DUTIES if person.role == code]


def test_the_catalogue_says_what_the_code_says(full):
    """Names, roles, commands and both row-security marks, as PostgreSQL has them."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select tablename, policyname, roles::text[], lower(cmd) from pg_policies where schemaname = 'public'"
        )
        actual = {(table, name, tuple(roles), command) for table, name, roles, command in cursor.fetchall()}
        cursor.execute(
            """select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
               and not (relrowsecurity and relforcerowsecurity)"""
        )
        bare = {row[0] for row in cursor.fetchall()}
    declared = {
        (policy.table, policy_name(verb, role), (role,), verb)
        for policy in all_policies()
        for verb, role, _ in policy.entries()
    }
    assert actual == declared
    assert bare == set(PLAIN_TABLES)


def test_predicates_ask_once_a_statement(full):
    """A bare call is asked once a row; in a sub-select once a statement."""
    for policy in all_policies():
        for _, _, rule in policy.entries():
            for text in (rule.where, rule.check):
                bare = re.sub(r"\(select app\.\w+\(\)\)", "", text)
                assert not re.search(r"app\.(user|membership|site|organisation)_id\(\)", bare), text


def test_views_and_definer_functions_are_the_known_ones(full):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            """select proname, pg_get_userbyid(proowner) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
               where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') order by 1"""
        )
        assert cursor.fetchall() == [
            ("apart_hindrance", "lead_definer"),
            ("asked_by_me", "lead_definer"),
            ("audit_row_change", "lead_definer"),
            ("changed_since_merge", "lead_definer"),
            ("close_record", "lead_definer"),
            ("closed_people", "lead_definer"),
            ("closed_referrals", "lead_definer"),
            ("consented", "lead_definer"),
            ("consented_people", "lead_definer"),
            ("erase_places_of_tries", "lead_definer"),
            ("find_in_emergency", "lead_definer"),
            ("follow_merge", "lead_definer"),
            ("hangs_on", "lead_definer"),
            ("has_somebody_to_avoid", "lead_definer"),
            ("hold_case", "lead_definer"),
            ("hold_cases", "lead_definer"),
            ("hold_person", "lead_definer"),
            ("how_common", "lead_definer"),
            ("hung_on", "lead_definer"),
            ("is_of_my_site", "lead_definer"),
            ("is_of_no_case", "lead_definer"),
            ("keep_standing", "lead_definer"),
            ("kept_apart", "lead_definer"),
            ("kept_apart_at", "lead_definer"),
            ("kept_record", "lead_definer"),
            ("known_to_me", "lead_definer"),
            ("lawyers_told", "lead_definer"),
            ("left_overs", "lead_definer"),
            ("legal_person", "lead_definer"),
            ("locations_like", "lead_definer"),
            ("may_be_told", "lead_definer"),
            ("may_see_participant", "lead_definer"),
            ("merge_apart", "lead_definer"),
            ("merge_hindrance", "lead_definer"),
            ("merge_rows", "lead_definer"),
            ("my_legal_people", "lead_definer"),
            ("my_participant_ids", "lead_definer"),
            ("my_provider_ids", "lead_definer"),
            ("my_referral_ids", "lead_definer"),
            ("oldest_due_seconds", "lead_definer"),
            ("only_site_user_ids", "lead_definer"),
            ("opened_participant_ids", "lead_definer"),
            ("participants_like", "lead_definer"),
            ("participants_named", "lead_definer"),
            ("participants_sharing", "lead_definer"),
            ("people_in_full", "lead_definer"),
            ("person_for_me", "lead_definer"),
            ("referral_key", "lead_definer"),
            ("referrals_numbered", "lead_definer"),
            ("referred_like", "lead_definer"),
            ("referred_named", "lead_definer"),
            ("report_caseload", "lead_definer"),
            ("report_clock", "lead_definer"),
            ("report_equity", "lead_definer"),
            ("report_funnel", "lead_definer"),
            ("report_handoff", "lead_definer"),
            ("report_months", "lead_definer"),
            ("report_needs", "lead_definer"),
            ("report_profile", "lead_definer"),
            ("sentence_stands", "lead_definer"),
            ("services_like", "lead_definer"),
            ("shared_referral", "lead_definer"),
            ("shut_participant_ids", "lead_definer"),
            ("site_user_ids", "lead_definer"),
            ("standing_of_row", "lead_definer"),
            ("standing_of_statement", "lead_definer"),
            ("told_of_referral", "lead_definer"),
            ("told_under", "lead_definer"),
            ("unit_hear_back", "lead_definer"),
            ("united", "lead_definer"),
            ("window_finds_case", "lead_definer"),
            ("window_follows_case", "lead_definer"),
        ]


# A merge's own rows, which this test takes away first.
NOT_IN_ROWS = {"participants.Merge.kept", "participants.Merge.left", "participants.LikelyPair.first",
               "participants.LikelyPair.second"}  # fmt: skip


def _hanging(cursor, person) -> dict[str, set[str]]:
    """The rows that name a person, by key, as the owner's own eyes see them."""
    found = {}
    for key in keys():
        cursor.execute(f'select id::text from "{key.table}" where "{key.column}" = %s', [person.pk])
        name = key.model.__name__ if key.name in BY_HAND else key.name  # of a pair a person is one of the two
        found[name] = found.get(name, set()) | {row[0] for row in cursor.fetchall()}
    return found


def test_a_merge_moves_every_row_that_names_a_person_and_gives_it_back(full):
    """Of whatever table: one that is added is moved as well, or stands in STAYS with its reason."""
    world, rows, _ = full
    kept, left = (rows.people[world.a.site.slug, n, "plain"] for n in (0, 1))
    supervisor = Person(Role.SUPERVISOR.value, world.a.site.slug, 0)
    owner = connections["owner"].connection
    with owner.transaction(force_rollback=True), making.walls_lifted(), owner.cursor() as cursor:
        for table in ("participants_recordaccess", "participants_emergencyaccess"):
            cursor.execute(f"update {table} set ended_at = now(), ended_by_id = membership_id where ended_at is null")
        cursor.execute("delete from participants_movedrow; delete from participants_merge")
        before, own = _hanging(cursor, left), _hanging(cursor, kept)
        assert [name for name, found in before.items() if not found and name not in NOT_IN_ROWS] == [], "no row to move"
        by = world.a.people[Role.SUPERVISOR, 0]
        merge = Merge(site=world.a.site, kept=kept, left=left, merged_at=making.NOW, merged_by=by, before={},
                      reversible_until=making.FUTURE)  # fmt: skip
        merge.save(using="owner", force_insert=True)
        cursor.execute("set constraints all immediate")
        cursor.execute(STATE, stated(world, supervisor))
        cursor.execute("select app.merge_rows(%s) ->> 'hinders'", [merge.pk])
        assert cursor.fetchone()[0] == ""
        cursor.execute("set local role lead_owner")
        now, came = _hanging(cursor, left), _hanging(cursor, kept)
        single = {key.name for key in keys() if key.is_one_at_a_time}
        for name, found in before.items():
            assert now[name] | came[name] >= found | own[name], f"{name}: a row is lost"
            assert not now[name] or name in STAYS or name in single, f"{name} was not moved"
        cursor.execute(STATE, stated(world, supervisor))
        cursor.execute("select app.merge_apart(%s) ->> 'hinders'", [merge.pk])
        assert cursor.fetchone()[0] == ""
        cursor.execute("set local role lead_owner")
        del before["participants.Merge.left"], own["participants.Merge.kept"]
        assert {name: _hanging(cursor, left)[name] for name in before} == before
        assert {name: _hanging(cursor, kept)[name] for name in own} == own
