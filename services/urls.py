"""The directory, and what is asked of its services: /services/."""

from django.urls import path

from services.views import asking, directory, inbox, keeping

app_name = "services"
urlpatterns = [
    path("", directory.service_list, name="list"),
    path("<uuid:pk>/", directory.service, name="service"),
    path("<uuid:pk>/verify/", directory.service_verify, name="verify"),
    path("<uuid:pk>/edit/", keeping.service_edit, name="edit"),
    path("<uuid:pk>/hours/", keeping.service_hours, name="hours"),
    path("<uuid:pk>/place/", keeping.location_new, name="location-new"),
    path("places/<uuid:pk>/", keeping.location, name="location"),
    path("places/<uuid:pk>/remove/", keeping.location_remove, name="location-remove"),
    path("providers/new/", keeping.provider_new, name="provider-new"),
    path("providers/<uuid:pk>/", keeping.provider, name="provider"),
    path("providers/<uuid:pk>/link/", keeping.provider_link, name="provider-link"),
    path("providers/<uuid:pk>/service/", keeping.service_new, name="new"),
    path("<uuid:pk>/ask/", asking.ask, name="ask"),
    path("asked/", asking.asked_list, name="asked-list"),
    path("asked/<uuid:pk>/", asking.asked, name="asked"),
    path("asked/<uuid:pk>/answer/", asking.asked_answer, name="asked-answer"),
    path("asked/<uuid:pk>/call-off/", asking.asked_call_off, name="asked-call-off"),
    path("not-available/<uuid:pk>/", asking.gap, name="gap"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<uuid:pk>/", inbox.asked_of_us, name="request"),
    path("inbox/<uuid:pk>/answer/", inbox.answer, name="answer"),
    path("inbox/<uuid:pk>/appointment/", inbox.appointment, name="appointment"),
]
