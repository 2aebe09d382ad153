from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "lead_cms.programs"
