"""The coordinator's pages: /site/triage/, /site/counts/."""

from django.urls import path

from lead_cms.casefile.views import operations

urlpatterns = [
    path("triage/", operations.triage, name="triage"),
    path("triage/<uuid:pk>/", operations.triage_one, name="triage-one"),
    path("triage/<uuid:pk>/yes/", operations.triage_yes, name="triage-yes"),
    path("triage/<uuid:pk>/no/", operations.triage_no, name="triage-no"),
    path("counts/", operations.counts, name="counts"),
]
