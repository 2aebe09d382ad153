"""Every address of the application, and the floor: the emptiest page that a signed-in person can open."""

from django.shortcuts import render
from django.urls import include, path

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires


@requires(Permission.TODAY)
def floor(request):
    return render(request, "bench/floor.html")


urlpatterns = [path("bench-floor/", floor, name="bench-floor"), path("", include("lead_cms.urls"))]
