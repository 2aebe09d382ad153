from django.apps import AppConfig


class CasefileConfig(AppConfig):
    name = "lead_cms.casefile"
