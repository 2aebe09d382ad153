"""People, organizations, memberships: /people/."""

from django.urls import path

from lead_cms.casefile.views import people

app_name = "people"
urlpatterns = [
    path("", people.people_list, name="list"),
    path("invite/", people.person_invite, name="invite"),
    path("organizations/", people.organisations, name="organisations"),
    path("organizations/<uuid:pk>/", people.organisation, name="organisation"),
    path("<uuid:pk>/", people.person, name="person"),
    path("<uuid:pk>/role/", people.person_role, name="person-role"),
    path("<uuid:pk>/change/", people.person_change, name="person-change"),
    path("<uuid:pk>/email/", people.person_email, name="person-email"),
    path("<uuid:pk>/end/", people.person_end, name="person-end"),
    path("<uuid:pk>/sign-in/<slug:deed>/", people.person_sign_in, name="person-sign-in"),
]
