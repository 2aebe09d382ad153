from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "lead_cms.core"

    def ready(self):
        """Every process, a command or a test too, pokes through this project's broker and not through a default one."""
        from lead_cms.celery import app

        app.set_default()
