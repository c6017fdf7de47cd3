from django.urls import path, re_path

from ideas.admin import (
    bulk,
    compilation,
    correspondence,
    extensions,
    intake,
    merging,
    moderation,
    secrets,
    trial,
    views,
)

app_name = "ideas_admin"
urlpatterns = [
    path("<int:pk>/proposals/", views.ProposalsView.as_view(), name="proposals"),
    re_path(
        r"^(?P<pk>\d+)/proposals\.(?P<kind>csv|xlsx)$", views.TableView.as_view(), name="table"
    ),
    path("<int:pk>/extensions/", extensions.ExtensionsView.as_view(), name="extensions"),
    path("<int:pk>/moderation/", moderation.ModerationView.as_view(), name="moderation"),
    path("<int:pk>/bulk/", bulk.BulkView.as_view(), name="bulk"),
    path("<int:pk>/bulk/<int:batch>/", bulk.BatchView.as_view(), name="batch"),
    path("<int:pk>/compilation/", compilation.CompilationView.as_view(), name="compilation"),
    path("<int:pk>/intake/", intake.IntakeView.as_view(), name="intake"),
    path("<int:pk>/intake/<slug:key>/", intake.TypedView.as_view(), name="intake_typed"),
    path(
        "<int:pk>/intake/<slug:key>/table/", intake.TableIntakeView.as_view(), name="intake_table"
    ),
    re_path(
        r"^(?P<pk>\d+)/intake/(?P<key>[-\w]+)/template\.(?P<kind>csv|xlsx)$",
        intake.TemplateFileView.as_view(),
        name="intake_template",
    ),
    path("<int:pk>/trial/<slug:key>/", trial.TrialView.as_view(), name="trial"),
    path("<int:pk>/trial/<slug:key>/<slug:page>/", trial.TrialPage.as_view(), name="trial_page"),
    path("<int:pk>/proposals/<int:number>/", views.ProposalView.as_view(), name="proposal"),
    path(
        "<int:pk>/proposals/<int:number>/message/",
        correspondence.MessageView.as_view(),
        name="message",
    ),
    path("<int:pk>/proposals/<int:number>/merge/", merging.MergeView.as_view(), name="merge"),
    path("<int:pk>/proposals/<int:number>/secrets/", secrets.SecretsView.as_view(), name="secrets"),
]
