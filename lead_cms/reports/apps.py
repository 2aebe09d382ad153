from importlib import import_module

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "lead_cms.reports"

    def ready(self):
        import_module("lead_cms.reports.today")  # what it adds to other pages is registered by being read
