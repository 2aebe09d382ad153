from django.core.management.base import BaseCommand

from lead_cms.access.matrix import text


class Command(BaseCommand):
    help = "Print role × permission × rows for a security officer."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        self.stdout.write(text(), ending="")
