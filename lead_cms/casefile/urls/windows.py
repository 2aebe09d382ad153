"""Lists of casework: windows, outreach, a referral given by telephone. They begin with /site/."""

from django.urls import path

from lead_cms.casefile.views import caseload, outreach, telephone, windows

urlpatterns = [
    path("caseloads/", caseload.caseloads, name="caseloads"),
    path("caseloads/<uuid:pk>/", caseload.caseload_of, name="caseload-of"),
    path("windows/", windows.windows, name="windows"),
    path("outreach/", outreach.outreach, name="outreach"),
    path("telephone/", telephone.new, name="telephone-new"),
]
