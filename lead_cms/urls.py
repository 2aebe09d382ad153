"""Every address. Account pages, then the apps, then what machines ask."""

from django.urls import include, path

from lead_cms.casefile.views.today import today
from lead_cms.core.views import healthz
from lead_cms.notify.health import readyz

handler500 = "lead_cms.core.views.server_error"

urlpatterns = [
    path("", today, name="today"),
    path("accounts/", include("lead_cms.accounts.urls")),
    path("people/", include("lead_cms.casefile.urls.people")),
    path("referrals/", include("referrals.urls")),
    path("services/", include("services.urls")),
    path("site/", include("lead_cms.casefile.urls")),
    path("reports/", include("lead_cms.reports.urls")),
    path("rules/", include("lead_cms.programs.urls")),
    path("audit/", include("lead_cms.casefile.urls.audit")),
    path("styleguide/", include("lead_cms.casefile.urls.styleguide")),
    path("notices/", include("lead_cms.notify.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
