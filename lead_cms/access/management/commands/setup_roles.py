"""Create the database roles once per cluster, and the database's owner; or print the SQL for a DBA."""

import environ
import psycopg
from django.core.management.base import BaseCommand, CommandError
from psycopg import sql

from lead_cms.access.addresses import database
from lead_cms.access.permissions import Role
from lead_cms.access.principals import APP_DUTIES, Duty
from lead_cms.access.row_security import db_role

LOCK = 7_365_002
LOGIN = "login noinherit nosuperuser nobypassrls nocreaterole nocreatedb"
NOLOGIN = "nologin noinherit nosuperuser nobypassrls nocreaterole nocreatedb"


def roles_sql(*, database: str, with_tests: bool, version: int) -> list[str]:
    """Statements that make the roles and let the logins become them; safe to run again."""
    everyone = [db_role(role) for role in Role] + [db_role(duty) for duty in APP_DUTIES]
    worker = [db_role(duty) for duty in Duty if duty not in APP_DUTIES]
    options = " with inherit false, set true" if version >= 160000 else ""
    lines = [_create("lead_owner", LOGIN), _create("lead_definer", NOLOGIN)]
    lines += [_create(name, LOGIN) for name in ("lead_app", "lead_worker")]
    lines += [_create(name, NOLOGIN) for name in [*everyone, *worker]]
    lines.append(f"grant lead_definer to lead_owner{options}")
    lines += [f"grant {name} to lead_app{options}" for name in everyone]
    lines += [f"grant {name} to lead_worker{options}" for name in [*worker, *everyone]]
    if with_tests:
        lines.append(_create("lead_test", LOGIN))
        lines.append("alter role lead_owner createdb")
        # The tests weaken policies as the owner and look through a role's eyes in the same transaction.
        lines += [f"grant {name} to lead_owner{options}" for name in [*everyone, *worker, "lead_app", "lead_worker"]]
        lines += [
            f"grant {name} to lead_test{options}"
            for name in [*everyone, *worker, "lead_app", "lead_worker", "lead_owner"]
        ]
    lines.append(f'alter database "{database}" owner to lead_owner')
    lines.append(f'revoke all on database "{database}" from public')
    lines.append(f'grant connect on database "{database}" to lead_app, lead_worker')
    return lines


def _create(name: str, options: str) -> str:
    return (
        f"do $$ begin if not exists (select 1 from pg_roles where rolname = '{name}') "  # noqa: S608  names are ours
        f"then create role {name} {options}; end if; end $$"
    )


class Command(BaseCommand):
    help = "Create the database roles (needs DATABASE_ADMIN_URL), or print the SQL with --print."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--print", action="store_true", dest="show", help="print the SQL for a DBA and do nothing")
        parser.add_argument("--with-tests", action="store_true", help="also the login that the test suite uses")

    def handle(self, *args, show, with_tests, **options):
        env = environ.Env()
        if not env.str("DATABASE_ADMIN_URL", ""):
            raise CommandError("Set DATABASE_ADMIN_URL to a login that may create roles.")
        admin = database(env, "DATABASE_ADMIN_URL")
        names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        given = {key: str(admin[name]) for key, name in names.items() if admin.get(name)}
        with psycopg.connect(**given, autocommit=True) as connection:
            lines = roles_sql(database=admin["NAME"], with_tests=with_tests, version=connection.info.server_version)
            if show:
                self.stdout.write(";\n".join(lines) + ";")
                return
            connection.execute("select pg_advisory_lock(%s)", [LOCK])
            for line in lines:
                connection.execute(sql.SQL(line))
            for variable in ("DATABASE_OWNER_URL", "DATABASE_URL", "DATABASE_WORKER_URL"):
                self._set_password(connection, env, variable)
        self.stdout.write(f"{len(lines)} statements: the roles are there.")

    def _set_password(self, connection, env, variable):
        """The logins take the passwords that the deployment's own URLs name."""
        login = env.db(variable) if env.str(variable, "") else {}
        if login.get("PASSWORD") and login["USER"] in {"lead_owner", "lead_app", "lead_worker"}:
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(login["USER"]), sql.Literal(login["PASSWORD"])
                )
            )
