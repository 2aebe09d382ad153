"""The on-call list: /referrals/on-call/."""

from django.urls import path

from referrals.views import on_call

urlpatterns = [
    path("on-call/", on_call.on_call, name="on-call"),
    path("on-call/<uuid:pk>/end/", on_call.shift_end, name="on-call-end"),
]
