"""Addresses of this subject: they begin with /work-lists/ (see lead_cms/urls.py)."""

urlpatterns: list = []
