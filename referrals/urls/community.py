"""Addresses of this subject: they begin with /referrals/."""

urlpatterns: list = []
