"""System checks: no table without a wall, no login that could climb over one."""

from django.apps import apps
from django.core import checks

from lead_cms.access.row_security import PLAIN_TABLES, all_policies
from lead_cms.access.walls import unsafe_login


def walls_are_declared(app_configs=None, **_):
    """Every table is either walled by a Policy or listed as one of the framework's."""
    walled = {policy.table for policy in all_policies()}
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    missing = tables - walled - set(PLAIN_TABLES)
    return [checks.Error(f"The table {table} has no policy.", id="access.E001") for table in sorted(missing)]


def login_cannot_bypass(app_configs=None, databases=None, **_):
    if "default" not in (databases or []):
        return []
    reason = unsafe_login("default")
    return (
        [checks.Error(f"The application's database login is not safe: {reason}.", id="access.E002")] if reason else []
    )
