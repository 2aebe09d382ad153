"""The auditor's pages: /audit/."""

from django.urls import path

from lead_cms.casefile.views import audit

app_name = "audit"
urlpatterns = [
    path("", audit.audit_list, name="list"),
    path("export/", audit.audit_export, name="export"),
    path("events/<uuid:pk>/", audit.audit_event, name="event"),
    path("reopened/", audit.audit_reopened, name="reopened"),
    path("access/", audit.audit_access, name="access"),
]
