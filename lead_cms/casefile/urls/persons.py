"""The person: found, linked, talked with in private, asked for consent, given a slip. All begin with /site/."""

from django.urls import path

from lead_cms.casefile.views import (
    closing,
    consent,
    consents,
    court,
    letter,
    notes,
    persons,
    plan,
    records,
    search,
    slip,
    talk,
)

HERE = "cases/<uuid:pk>/"
WHO = "persons/<uuid:pk>/"

urlpatterns = [
    path("find/", search.search, name="search"),
    path(WHO, persons.person, name="person"),
    path(f"{WHO}edit/", persons.person_edit, name="person-edit"),
    path(f"{WHO}phone/", persons.person_phone, name="person-phone"),
    path(f"{WHO}restrict/", persons.person_restrict, name="person-restrict"),
    path(f"{WHO}consents/", consents.consents, name="consents"),
    path(f"{WHO}told/", consents.told, name="told"),
    path(f"{WHO}staff/", closing.staff, name="person-staff"),
    path(f"{WHO}staff/<uuid:access_pk>/end/", closing.staff_end, name="person-staff-end"),
    path(f"{WHO}apart/", closing.apart, name="person-apart"),
    path(f"{WHO}apart/<uuid:pair_pk>/lift/", closing.apart_lift, name="person-apart-lift"),
    path(f"{WHO}notes/", notes.notes, name="notes"),
    path(f"{WHO}notes/new/", notes.note_new, name="note-new"),
    path(f"{WHO}notes/keep/", notes.note_keep, name="note-keep"),
    path("notes/<uuid:pk>/", notes.note, name="note"),
    path("notes/<uuid:pk>/write/", notes.note_write, name="note-write"),
    path("notes/<uuid:pk>/throw-away/", notes.note_throw_away, name="note-throw-away"),
    path(f"{WHO}plan/", plan.plan, name="plan"),
    path(f"{WHO}plan/new/", plan.goal_new, name="goal-new"),
    path(f"{WHO}plan/paper/", plan.plan_paper, name="plan-paper"),
    path("goals/<uuid:pk>/", plan.goal, name="goal"),
    path("goals/<uuid:pk>/edit/", plan.goal_edit, name="goal-edit"),
    path("goals/steps/<uuid:pk>/answer/", plan.step_answer, name="step-answer"),
    path(f"{WHO}court/", court.court, name="court"),
    path("court/<uuid:pk>/", court.court_date, name="court-date"),
    path("court/<uuid:pk>/answer/", court.court_answer, name="court-answer"),
    path("emergency/", closing.emergency, name="emergency"),
    path("emergency/<uuid:pk>/end/", closing.emergency_end, name="emergency-end"),
    path("consents/<uuid:pk>/back/", consents.take_back, name="consent-back"),
    path(f"{HERE}link/", persons.link, name="link"),
    path(f"{HERE}talk/", talk.talk, name="talk"),
    path(f"{HERE}records/<slug:kind>/", records.record, name="record"),
    path(f"{HERE}records/<slug:kind>/<slug:section>/", records.record_section, name="record-section"),
    path(f"{HERE}consent/", consent.consent, name="consent"),
    path(f"{HERE}consent/revoke/", consent.consent_revoke, name="consent-revoke"),
    path(f"{HERE}consent/<slug:what>/", consents.ask, name="consent-ask"),
    path("consents/<uuid:pk>/copy/", consent.consent_copy, name="consent-copy"),
    path(f"{HERE}slip/", slip.slip, name="slip"),
    path(f"{HERE}slip/<uuid:slip_pk>/", slip.slip_card, name="slip-card"),
    path(f"{HERE}letter/", letter.letter, name="letter"),
]
