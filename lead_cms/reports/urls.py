from django.urls import path

from lead_cms.reports.views import published, reports, standing, supplied

app_name = "reports"
urlpatterns = [
    path("", reports.report_list, name="list"),
    path("supplied/", supplied.supplied, name="supplied"),
    path("gets-along/<uuid:pk>/", standing.gets_along, name="gets-along"),
    path("published/", published.published_list, name="published-list"),
    path("published/<uuid:pk>/", published.published_page, name="published"),
    path("published/<uuid:pk>/withdraw/", published.published_withdraw, name="withdraw"),
    path("published/<uuid:pk>/<slug:form>/", published.published_export, name="published-export"),
    path("<slug:report>/", reports.report_page, name="report"),
    path("<slug:report>/publish/", published.publish_page, name="publish"),
    path("<slug:report>/<slug:form>/", reports.report_export, name="export"),
]
