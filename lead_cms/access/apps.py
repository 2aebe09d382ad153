from celery.signals import worker_init
from django.apps import AppConfig
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "lead_cms.access"

    def ready(self):
        from lead_cms.access.checks import login_cannot_bypass, walls_are_declared

        checks.register(walls_are_declared)
        checks.register(login_cannot_bypass, checks.Tags.database)
        worker_init.connect(_refuse_unsafe_worker)
        # Once, after the last app: policies are applied whenever the tables may have changed.
        post_migrate.connect(_apply_walls_after_migrate, sender=self)


def _apply_walls_after_migrate(*, using, **_):
    from lead_cms.access.walls import apply_walls, tables_are_there

    if using == "owner" and tables_are_there(using):
        apply_walls(using)


def _refuse_unsafe_worker(**_):
    """A worker with a login that could climb the walls does not start."""
    from lead_cms.access.startup import refuse_unsafe_start

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:
        # Celery only logs what a signal's receiver raises, and would go on.
        raise SystemExit(str(error)) from error
