"""Every address of referrals, one module a subject."""

from referrals.urls import charges, community, officer, on_call

app_name = "referrals"
urlpatterns = [*officer.urlpatterns, *charges.urlpatterns, *community.urlpatterns, *on_call.urlpatterns]
