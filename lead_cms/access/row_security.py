"""The words in which an app says who may touch which rows, and the code that tells PostgreSQL.

Each domain app has a `row_security.py` with `POLICIES` (a list of Policy) and, where a predicate must look at rows that the
caller may not see, `FUNCTIONS` (SQL of `security definer` functions, owned by `lead_definer`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from django.apps import apps
from django.db import models

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty

APP, WORKER, DEFINER = "app", "worker", "definer"
VERBS = ("select", "insert", "update", "delete")

# What every policy is built from. Wrapped in a select, PostgreSQL asks once a statement, not once a row.
USER, MEMBERSHIP = "(select app.user_id())", "(select app.membership_id())"
SITE, ORGANISATION = "(select app.site_id())", "(select app.organisation_id())"
ANYTHING = "true"


def mine(column: str) -> str:
    """Rows that the acting membership made or owns."""
    return f"{column} = {MEMBERSHIP}"


def my_site(column: str = "site_id") -> str:
    """Rows of the acting membership's LEAD site."""
    return f"{column} = {SITE}"


def my_organisation(column: str = "organisation_id") -> str:
    """Rows of the acting membership's organisation, at its site."""
    return f"{column} = {ORGANISATION}"


def both(*predicates: str) -> str:
    return " and ".join(f"({predicate})" for predicate in predicates)


def either(*predicates: str) -> str:
    return " or ".join(f"({predicate})" for predicate in predicates)


def definer(
    signature: str, *, returns: str, body: str, to: Iterable, language: str = "sql", volatility: str = "stable"
) -> str:
    """A function that looks with `lead_definer`'s eyes and that only the roles in `to` may call.

    `signature` is "name(argument type, …)" inside the schema `app`; `body` is one SQL query, or a block of plpgsql. One that
    writes is `volatile`.
    """
    callers = ", ".join(db_role(role) for role in to)
    return (
        f"create or replace function app.{signature} returns {returns} language {language} {volatility} security definer "
        f"set search_path = pg_catalog, public, pg_temp as $body$ {body} $body$; "
        f"revoke all on function app.{signature} from public; grant execute on function app.{signature} to {callers}"
    )


@dataclass(frozen=True)
class Rows:
    """A predicate with the columns it opens (all when empty); `check` is what a written row must satisfy."""

    where: str
    columns: tuple[str, ...] = ()
    check: str = ""


@dataclass(frozen=True)
class Policy:
    """Who may do what to one model's rows. A role that is not named has no right at all."""

    model: type[models.Model]
    select: Mapping[str, str | Rows] = field(default_factory=dict)
    insert: Mapping[str, str | Rows] = field(default_factory=dict)
    update: Mapping[str, str | Rows] = field(default_factory=dict)
    delete: Mapping[str, str | Rows] = field(default_factory=dict)
    # Columns whose values the row audit may keep: codes, states, dates, ids; never names or free text.
    audited: tuple[str, ...] = ()
    audit: bool = True
    # Columns that the database keeps by itself, found from other rows: that one of them is written anew is no change.
    kept: tuple[str, ...] = ()
    # Triggers beside the audit's: its name, and when it fires what ("before insert", "app.follow_merge('participant_id')"),
    # with what else it says ("for each row when (…)") where that is not just "for each row".
    triggers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def entries(self) -> Iterable[tuple[str, str, Rows]]:
        for verb in VERBS:
            for role, rows in getattr(self, verb).items():
                yield verb, db_role(role), rows if isinstance(rows, Rows) else Rows(rows)


def db_role(role) -> str:
    return f"lead_{role.value if isinstance(role, Role | Duty) else role}"


def all_policies() -> list[Policy]:
    """Every app's policies, lowest app first, each as the apps with a `completed` of their own complete it.

    That is for a rule that holds of every table with a certain key, in whatever app: nobody who adds one must think of it.
    """
    modules = list(_modules())
    policies = [policy for module in modules for policy in getattr(module, "POLICIES", [])]
    for complete in [module.completed for module in modules if hasattr(module, "completed")]:
        policies = [complete(policy) for policy in policies]
    return policies


def all_functions() -> list[str]:
    return [sql for module in _modules() for sql in getattr(module, "FUNCTIONS", [])]


def _modules():
    for config in reversed(list(apps.get_app_configs())):
        name = f"{config.name}.row_security"
        if config.name == "lead_cms.access":
            continue
        try:
            yield import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise


def application_roles() -> list[str]:
    return [db_role(role) for role in Role] + [db_role(duty) for duty in Duty]


def policy_name(verb: str, role: str) -> str:
    return f"{role}_{verb}"


def create_policy(table: str, verb: str, role: str, rows: Rows) -> str:
    """The statement that lets `role` do `verb` to the rows of `table` that `rows` describes."""
    using = f" using ({rows.where})" if verb != "insert" else ""
    check = f" with check ({rows.check or rows.where})" if verb in {"insert", "update"} else ""
    return f'create policy "{policy_name(verb, role)}" on "{table}" for {verb} to {role}{using}{check}'


# Everybody may make temporary tables by default, and a table of one's own can stand in front of another. A right to the
# database, which a copy of it does not take along.
NO_TEMPORARY_TABLES = (
    "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$"
)


def statements() -> list[str]:
    """Everything that makes the walls, safe to run again: functions, rights, policies, triggers. Run as the owner."""
    sql = [NO_TEMPORARY_TABLES]
    # Definer functions belong to a role that nobody signs in as and that only the owner may become.
    sql += ["set local role lead_definer", *all_functions(), "reset role"]
    roles = ", ".join([*application_roles(), "lead_app", "lead_worker", "lead_definer"])
    for table in sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)}):
        sql.append(f'revoke all on "{table}" from public, {roles}')
    for policy in all_policies():
        sql += _policy_statements(policy)
    sql += _plain_tables()
    sql.append(_drop_undeclared_functions())
    return sql


def _drop_undeclared_functions() -> str:
    """A helper that no app declares any more is taken away once no policy calls it."""
    names = sorted(
        {name for text in all_functions() for name in re.findall(r"create or replace function app\.(\w+)", text)}
    )
    kept = ", ".join(f"'{name}'" for name in names)
    return f"""do $$ declare f record; begin for f in select p.oid::regprocedure as known from pg_proc p
        where p.pronamespace = 'app'::regnamespace and p.prosecdef and p.prorettype <> 'trigger'::regtype
          and p.proowner = 'lead_definer'::regrole and p.proname <> all (array[{kept}]::name[])
        loop execute format('drop function %s', f.known); end loop; end $$"""  # noqa: S608  names are ours


def _policy_statements(policy: Policy) -> list[str]:
    table = policy.table
    sql = [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
        f"""do $$ declare p record; begin for p in select policyname from pg_policies
        where schemaname = 'public' and tablename = '{table}' loop
        execute format('drop policy %I on "{table}"', p.policyname); end loop; end $$""",  # noqa: S608  tables are ours
    ]
    for verb, role, rows in policy.entries():
        columns = f" ({', '.join(rows.columns)})" if rows.columns else ""
        sql.append(f'grant {verb}{columns} on "{table}" to {role}')
        sql.append(create_policy(table, verb, role, rows))
    sql.append(f'drop trigger if exists audit_row on "{table}"')
    if policy.audit:
        arguments = ", ".join(f"'{column}'" for column in policy.audited)
        sql.append(
            f'create trigger audit_row after insert or update{_of_what_is_said(policy)} or delete on "{table}" '
            f"for each row execute function app.audit_row_change({arguments})"
        )
    for name, (when, what, *how) in policy.triggers.items():
        sql.append(f'drop trigger if exists {name} on "{table}"')
        sql.append(
            f'create trigger {name} {when} on "{table}" {" ".join(how) or "for each row"} execute function {what}'
        )
    return sql


def _of_what_is_said(policy: Policy) -> str:
    """ " of …": every column but those that the database keeps."""
    if not policy.kept:
        return ""
    said = [field.column for field in policy.model._meta.concrete_fields if field.column not in policy.kept]
    return " of " + ", ".join(f'"{column}"' for column in said)


# Tables of the framework that hold no case data: what sign-in needs, and nothing for an application role.
PLAIN_TABLES: dict[str, dict[str, str]] = {
    "django_session": {"lead_app": "select, insert, update, delete"},
    "django_migrations": {"lead_app": "select", "lead_worker": "select"},
    "django_content_type": {"lead_app": "select"},
    "account_emailaddress": {"lead_app": "select, insert, update, delete"},
    "account_emailconfirmation": {"lead_app": "select, insert, update, delete"},
    "mfa_authenticator": {"lead_app": "select, insert, update, delete"},
    "auth_group": {},
    "auth_permission": {},
    "auth_group_permissions": {},
}


def _plain_tables() -> list[str]:
    sql = []
    for table, grants in PLAIN_TABLES.items():
        for role, rights in grants.items():
            sql.append(f'grant {rights} on "{table}" to {role}')
            if "insert" in rights and table not in {"django_session"}:
                sql.append(f'grant usage on sequence "{table}_id_seq" to {role}')
    return sql
