"""Every address of the pages that join apps, one module a subject."""

from lead_cms.casefile.urls import cases, operations, persons, windows

app_name = "casefile"
urlpatterns = [*windows.urlpatterns, *cases.urlpatterns, *persons.urlpatterns, *operations.urlpatterns]
