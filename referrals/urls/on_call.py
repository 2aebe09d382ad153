"""The on-call list: /referrals/on-call/."""

from django.urls import path

from referrals.views import on_call, on_call_shifts

urlpatterns = [
    path("on-call/", on_call.on_call, name="on-call"),
    path("on-call/add/", on_call_shifts.add, name="on-call-add"),
    path("on-call/plan/", on_call_shifts.plan, name="on-call-plan"),
    path("on-call/<uuid:pk>/end/", on_call.shift_end, name="on-call-end"),
    path("on-call/<uuid:pk>/hand-over/", on_call_shifts.hand_over, name="on-call-hand-over"),
    path("on-call/offers/<uuid:pk>/", on_call_shifts.answer, name="on-call-offer"),
]
