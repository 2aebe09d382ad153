"""The rules of the site: /rules/."""

from django.urls import path

from lead_cms.programs import views

app_name = "programs"
urlpatterns = [path("", views.rules, name="rules")]
