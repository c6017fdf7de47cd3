from django.urls import path, re_path

from scoring.admin import (
    dashboard,
    decision,
    deliberation,
    grey,
    jury,
    names,
    record,
    results,
    rounds,
    rubrics,
)

app_name = "scoring_admin"
urlpatterns = [
    path("<int:pk>/rubrics/", rubrics.RubricsView.as_view(), name="rubrics"),
    path("<int:pk>/rubrics/<slug:key>/", rubrics.RubricView.as_view(), name="rubric"),
    path("<int:pk>/rubrics/<slug:key>/publish/", rubrics.PublishView.as_view(), name="publish"),
    path("<int:pk>/rubrics/<slug:key>/start/", rubrics.StartView.as_view(), name="rubric_start"),
    path(
        "<int:pk>/rubrics/<slug:key>/correct/", rubrics.CorrectView.as_view(), name="rubric_correct"
    ),
    re_path(
        r"^(?P<pk>\d+)/rubrics/(?P<key>[-\w]+)/preview/(?P<eyes>juror|entrant)/$",
        rubrics.PreviewView.as_view(),
        name="rubric_preview",
    ),
    path("<int:pk>/jury/", jury.JuryView.as_view(), name="jury"),
    path("<int:pk>/jury/invite/", jury.InviteView.as_view(), name="invite"),
    path("<int:pk>/jury/ties/", jury.TiesView.as_view(), name="ties"),
    path("<int:pk>/jury/<int:juror>/remove/", jury.RemoveView.as_view(), name="remove"),
    path("<int:pk>/jury/<int:juror>/", jury.JurorView.as_view(), name="juror"),
    path("<int:pk>/jury/names/", names.NamesView.as_view(), name="names"),
    path("<int:pk>/jury/terms/", jury.TermsView.as_view(), name="terms"),
    path("<int:pk>/rounds/", rounds.RoundsView.as_view(), name="rounds"),
    path("<int:pk>/rounds/<slug:key>/step/", rounds.StepView.as_view(), name="round_step"),
    path("<int:pk>/rounds/<slug:key>/assign/", rounds.AssignView.as_view(), name="assign"),
    path("<int:pk>/rounds/<slug:key>/close/", rounds.CloseView.as_view(), name="close"),
    path("<int:pk>/rounds/<slug:key>/advance/", rounds.AdvanceView.as_view(), name="advance"),
    path("<int:pk>/rounds/<slug:key>/runs/", rounds.RunsView.as_view(), name="runs"),
    path("<int:pk>/rounds/<slug:key>/pitch/", rounds.PitchView.as_view(), name="pitch"),
    path("<int:pk>/rounds/<slug:key>/screen/", rounds.ScreenView.as_view(), name="screen"),
    path(
        "<int:pk>/rounds/<slug:key>/proposal/<int:number>/",
        rounds.ReadersView.as_view(),
        name="readers",
    ),
    path("<int:pk>/dashboard/", dashboard.DashboardView.as_view(), name="dashboard"),
    path("<int:pk>/dashboard/remind/", dashboard.RemindView.as_view(), name="remind"),
    path("<int:pk>/dashboard/<int:round>/", dashboard.ComputeView.as_view(), name="compute"),
    path("<int:pk>/ranking/", results.RankingView.as_view(), name="ranking"),
    re_path(
        r"^(?P<pk>\d+)/ranking\.(?P<kind>csv|xlsx|json)$",
        results.RankingDownload.as_view(),
        name="ranking_file",
    ),
    path("<int:pk>/ranking/signs/", results.SignsView.as_view(), name="signs"),
    path("<int:pk>/ranking/<int:round>/weights/", results.WeightsView.as_view(), name="weights"),
    path("<int:pk>/ranking/<int:round>/grey/", grey.GreyView.as_view(), name="grey"),
    path("<int:pk>/meetings/", deliberation.MeetingsView.as_view(), name="meetings"),
    path("<int:pk>/meetings/<int:meeting>/", deliberation.MeetingView.as_view(), name="meeting"),
    path(
        "<int:pk>/meetings/<int:meeting>/<int:order>/",
        deliberation.ItemView.as_view(),
        name="item",
    ),
    path(
        "<int:pk>/meetings/<int:meeting>/<int:order>/projector/",
        deliberation.ProjectorView.as_view(),
        name="projector",
    ),
    path(
        "<int:pk>/meetings/<int:meeting>/minutes/",
        deliberation.MinutesView.as_view(),
        name="minutes",
    ),
    path("<int:pk>/decision/", decision.DecisionView.as_view(), name="decision"),
    path("<int:pk>/decision/signature/<int:juror>/", decision.ExcuseView.as_view(), name="excuse"),
    path("<int:pk>/record/", record.RecordView.as_view(), name="record"),
    path("<int:pk>/record/<int:document>/", record.DocumentView.as_view(), name="document"),
]
