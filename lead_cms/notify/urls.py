"""Notices: /notices/."""

from django.urls import path

from lead_cms.notify import views

app_name = "notify"
urlpatterns = [
    path("", views.notice_list, name="list"),
    path("choices/", views.choices, name="choices"),
    path("choices/<slug:kind>/", views.choice, name="choice"),
    path("<uuid:pk>/", views.notice_open, name="open"),
]
