"""Commands that act under a duty or as a named person."""

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from lead_cms.access.principals import Duty, acting_as


class DutyCommand(BaseCommand):
    """A command whose work is nobody's own. It signs in as `lead_worker`, who alone may take such duties."""

    duty = Duty.OPERATOR

    def execute(self, *args, **options):
        if settings.DUTY_DATABASE:
            default = connections["default"]
            default.close()
            if hasattr(default, "close_pool"):
                default.close_pool()
            default.settings_dict.update(
                {key: value for key, value in settings.DUTY_DATABASE.items() if key not in {"ENGINE", "OPTIONS"}}
            )
        return super().execute(*args, **options)

    def site(self, slug: str):
        """The LEAD site with this slug; CommandError when there is none."""
        sites = apps.get_model("accounts", "Site").objects
        with acting_as(self.duty), transaction.atomic():
            site = sites.filter(slug=slug).first()
            known = ", ".join(sites.order_by("slug").values_list("slug", flat=True)) or "none yet"
        if site is None:
            raise CommandError(f"There is no site “{slug}”. Sites: {known}.")
        return site
