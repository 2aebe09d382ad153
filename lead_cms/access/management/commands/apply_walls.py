from django.core.management.base import BaseCommand

from lead_cms.access.walls import apply_walls


class Command(BaseCommand):
    help = "Tell PostgreSQL what every row_security.py says. `migrate --database owner` does it as well."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        self.stdout.write(f"{apply_walls()} statements applied.")
