from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "lead_cms.access"

    def ready(self):
        from lead_cms.access.checks import login_cannot_bypass, walls_are_declared

        checks.register(walls_are_declared)
        checks.register(login_cannot_bypass, checks.Tags.database)
        # Once, after the last app: policies are applied whenever the tables may have changed.
        post_migrate.connect(_apply_walls_after_migrate, sender=self)


def _apply_walls_after_migrate(*, using, **_):
    from lead_cms.access.walls import apply_walls, tables_are_there

    if using == "owner" and tables_are_there(using):
        apply_walls(using)
