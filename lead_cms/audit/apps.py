from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lead_cms.audit"
