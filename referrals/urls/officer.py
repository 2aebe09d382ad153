"""Addresses of officers and liaisons: they begin with /referrals/."""

from django.urls import path

from referrals.views import drafts, liaison, officer, officer_edit, officer_list, officer_new, officer_own, packets

urlpatterns: list = [
    path("", officer_list.referral_list, name="list"),
    path("check/", officer.check, name="check"),
    path("new/", officer_new.new, name="new"),
    path("youth/", officer.youth, name="youth"),
    path("draft/", drafts.save, name="draft"),
    path("draft/<uuid:pk>/discard/", drafts.discard, name="draft-discard"),
    path("called/", officer_own.called, name="called"),
    path("agency/", liaison.agency, name="agency"),
    path("own/<uuid:pk>/", officer_own.own, name="own"),
    path("own/<uuid:pk>/called/", officer_own.called, name="called"),
    path("own/<uuid:pk>/time/", officer_own.stamp, name="stamp"),
    path("own/<uuid:pk>/nobody-came/", officer_own.nobody, name="nobody-came"),
    path("own/<uuid:pk>/said/", officer_own.said, name="said"),
    path("own/<uuid:pk>/correct/", officer_edit.correct, name="correct"),
    path("own/<uuid:pk>/details/", officer_edit.details, name="details"),
    path("own/<uuid:pk>/cancel/", officer_own.cancel, name="cancel"),
    path("own/<uuid:pk>/correction/", officer_own.correction, name="correction"),
    path("own/<uuid:pk>/confirm/", officer_own.confirm, name="confirm"),
    path("own/<uuid:pk>/packet/", packets.packet, name="packet"),
    path("own/<uuid:pk>/packet.txt", packets.packet_text, name="packet-text"),
    path("own/<uuid:pk>/packet/sent/", packets.packet_sent, name="packet-sent"),
    path("own/<uuid:pk>/approval/", liaison.answer, name="approval"),
]
