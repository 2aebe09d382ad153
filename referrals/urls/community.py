"""The community door: /referrals/community/."""

from django.urls import path

from referrals.views import community

urlpatterns = [
    path("community/", community.community_list, name="community-list"),
    path("community/new/", community.community_new, name="community-new"),
]
