from django.urls import path, re_path

from scoring.admin import jury, results, rubrics

app_name = "scoring_admin"
urlpatterns = [
    path("<int:pk>/rubrics/", rubrics.RubricsView.as_view(), name="rubrics"),
    path("<int:pk>/rubrics/<slug:key>/", rubrics.RubricView.as_view(), name="rubric"),
    path("<int:pk>/rubrics/<slug:key>/publish/", rubrics.PublishView.as_view(), name="publish"),
    path("<int:pk>/jury/", jury.JuryView.as_view(), name="jury"),
    path("<int:pk>/jury/invite/", jury.InviteView.as_view(), name="invite"),
    path("<int:pk>/jury/ties/", jury.TiesView.as_view(), name="ties"),
    path("<int:pk>/jury/<int:juror>/remove/", jury.RemoveView.as_view(), name="remove"),
    path("<int:pk>/jury/<slug:key>/assign/", jury.AssignView.as_view(), name="assign"),
    path("<int:pk>/jury/<slug:key>/close/", jury.CloseView.as_view(), name="close"),
    path("<int:pk>/ranking/", results.RankingView.as_view(), name="ranking"),
    re_path(
        r"^(?P<pk>\d+)/ranking\.(?P<kind>csv|xlsx|json)$",
        results.RankingDownload.as_view(),
        name="ranking_file",
    ),
    path("<int:pk>/decision/", results.DecisionView.as_view(), name="decision"),
]
