from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "lead_cms.demo"
