"""People, organizations, memberships: /people/."""

app_name = "people"
urlpatterns: list = []
