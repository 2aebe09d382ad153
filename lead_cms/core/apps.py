from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "lead_cms.core"
