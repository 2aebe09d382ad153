"""Held charges: /referrals/charges/."""

from django.urls import path

from referrals.views import charges

urlpatterns = [
    path("charges/", charges.charge_list, name="charge-list"),
    path("charges/<uuid:pk>/", charges.charge, name="charge"),
    path("charges/<uuid:pk>/decide/", charges.charge_decide, name="charge-decide"),
    path("charges/<uuid:pk>/extend/", charges.charge_extend, name="charge-extend"),
    path("charges/<uuid:pk>/receive/", charges.charge_receive, name="charge-receive"),
]
