"""Telling PostgreSQL what row_security.py says, and asking whether it still holds."""

from django.apps import apps
from django.db import connections, transaction

from lead_cms.access.row_security import statements

LOCK = 7_365_001


def tables_are_there(using: str) -> bool:
    """Whether every model has its table: in a partly migrated database the walls wait for the last app."""
    with connections[using].cursor() as cursor:
        existing = set(connections[using].introspection.table_names(cursor))
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)} <= existing


def apply_walls(using: str = "owner") -> int:
    """Apply functions, rights, policies and triggers in one transaction; the number of statements run."""
    sql = statements()
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        for statement in sql:
            cursor.execute(statement)
    return len(sql)


def unsafe_login(using: str = "default") -> str:
    """Why the login of this connection must not be used, or an empty string."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            """select rolsuper, rolbypassrls,
               exists(select 1 from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p', 'v', 'm'))
               from pg_roles r where rolname = session_user"""
        )
        superuser, bypass, owner = cursor.fetchone()
    if superuser:
        return "it is a superuser"
    if bypass:
        return "it can bypass row security"
    return "it owns tables" if owner else ""
