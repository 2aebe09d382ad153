from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "lead_cms.notify"
