"""The casework of one referral: /site/cases/<referral>/."""

from django.urls import path

from lead_cms.casefile.views import assigning, cases, handoffs, outreach

HERE = "cases/<uuid:pk>/"

urlpatterns = [
    path(HERE, cases.case, name="case"),
    path(f"{HERE}handoff/", handoffs.handoff, name="handoff"),
    path(f"{HERE}handoff/times/", handoffs.stamp, name="stamp"),
    path(f"{HERE}take/", handoffs.take, name="take"),
    path(f"{HERE}left/", handoffs.left, name="left"),
    path(f"{HERE}attempts/new/", cases.attempt, name="attempt"),
    path(f"{HERE}appointment/", cases.appointment, name="appointment"),
    path(f"{HERE}appointments/<uuid:appointment_pk>/", cases.answer, name="answer"),
    path(f"{HERE}items/<slug:kind>/", cases.item, name="item"),
    path(f"{HERE}items/<uuid:item_pk>/confirm/", cases.confirm, name="confirm"),
    path(f"{HERE}met/", cases.settle, name="settle"),
    path(f"{HERE}events/new/", cases.event, name="event"),
    path(f"{HERE}step-back/", cases.step_back, name="step-back"),
    path(f"{HERE}come-back/", cases.come_back, name="come-back"),
    path(f"{HERE}end/", cases.end, name="end"),
    path(f"{HERE}seal/", cases.seal, name="seal"),
    path(f"{HERE}assign/", assigning.assign, name="assign"),
    path(f"{HERE}outreach/", outreach.change, name="outreach-change"),
]
