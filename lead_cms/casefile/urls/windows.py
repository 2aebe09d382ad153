"""Lists of casework: windows, outreach, a referral given by telephone. They begin with /site/."""

from django.urls import path

from lead_cms.casefile.views import caseload, looking, outreach, since, team, telephone, windows

urlpatterns = [
    path("caseloads/", caseload.caseloads, name="caseloads"),
    path("caseloads/waiting/", team.team_waiting, name="team-waiting"),
    path("caseloads/notes/", team.note_reviews, name="note-reviews"),
    path("caseloads/served/", team.team_served, name="team-served"),
    path("cases/<uuid:pk>/nudge/<slug:about>/", team.nudge, name="nudge"),
    path("notes/<uuid:pk>/nudge/", team.nudge_note, name="nudge-note"),
    path("caseloads/<uuid:pk>/", caseload.caseload_of, name="caseload-of"),
    path("windows/", windows.windows, name="windows"),
    path("since/", since.since, name="since"),
    path("since/lines/<uuid:pk>/erase/", since.line_erase, name="line-erase"),
    path("outreach/", looking.look, name="look"),
    path("outreach/<uuid:pk>/try/", looking.look_try, name="look-try"),
    path("outreach/tries/<uuid:pk>/take-back/", looking.look_take_back, name="look-take-back"),
    path("outreach/referrals/", outreach.outreach, name="outreach"),
    path("telephone/", telephone.new, name="telephone-new"),
]
