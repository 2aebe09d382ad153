"""The rules of the site: /rules/."""

app_name = "programs"
urlpatterns: list = []
