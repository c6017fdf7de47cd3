from django.urls import path

from challenges import (
    admin_forms,
    admin_inquiries,
    admin_lifecycle,
    admin_profile,
    admin_recipes,
    admin_views,
)

app_name = "challenges_admin"
urlpatterns = [
    path("", admin_views.IndexView.as_view(), name="index"),
    path("new/", admin_views.NewView.as_view(), name="new"),
    path("recipes/import/", admin_recipes.ImportView.as_view(), name="recipe_import"),
    path("recipes/<int:recipe>.json", admin_recipes.saved_file, name="recipe_file"),
    path("recipes/<int:recipe>/forget/", admin_recipes.forget, name="recipe_forget"),
    path("<int:pk>/recipe/", admin_recipes.SaveView.as_view(), name="recipe_save"),
    path("<int:pk>/recipe.json", admin_recipes.ChallengeFileView.as_view(), name="recipe_of"),
    path("<int:pk>/", admin_views.DashboardView.as_view(), name="dashboard"),
    path("<int:pk>/basics/", admin_views.BasicsView.as_view(), name="basics"),
    path("<int:pk>/profile/", admin_profile.ProfileView.as_view(), name="profile"),
    path("<int:pk>/conclude/", admin_profile.ConcludeView.as_view(), name="conclude"),
    path("<int:pk>/series/<slug:key>/", admin_views.SeriesView.as_view(), name="series"),
    path("<int:pk>/timetable/", admin_views.TimetableView.as_view(), name="timetable"),
    path("<int:pk>/shift/", admin_views.ShiftView.as_view(), name="shift"),
    path("<int:pk>/open/", admin_views.OpenView.as_view(), name="open"),
    path("<int:pk>/cancel/", admin_views.CancelView.as_view(), name="cancel"),
    path("<int:pk>/undo/", admin_lifecycle.UndoView.as_view(), name="undo"),
    path("<int:pk>/pause/", admin_lifecycle.PauseView.as_view(), name="pause"),
    path("<int:pk>/resume/", admin_lifecycle.ResumeView.as_view(), name="resume"),
    path("<int:pk>/extend/", admin_lifecycle.ExtendView.as_view(), name="extend"),
    path("<int:pk>/questions/", admin_inquiries.InquiriesView.as_view(), name="inquiries"),
    path(
        "<int:pk>/questions/<int:inquiry>/", admin_inquiries.InquiryView.as_view(), name="inquiry"
    ),
    path("<int:pk>/forms/", admin_forms.FormsView.as_view(), name="forms"),
    path("<int:pk>/forms/<slug:key>/", admin_forms.EditorView.as_view(), name="form"),
    path(
        "<int:pk>/forms/<slug:key>/correction/",
        admin_forms.CorrectionView.as_view(),
        name="form_correction",
    ),
    path("<int:pk>/forms/<slug:key>/preview/", admin_forms.PreviewView.as_view(), name="preview"),
    path(
        "<int:pk>/forms/<slug:key>/question/",
        admin_forms.QuestionView.as_view(),
        name="question_new",
    ),
    path(
        "<int:pk>/forms/<slug:key>/question/<slug:question>/",
        admin_forms.QuestionView.as_view(),
        name="question",
    ),
    path("<int:pk>/forms/<slug:key>/step/", admin_forms.StepView.as_view(), name="step_new"),
    path(
        "<int:pk>/forms/<slug:key>/step/<slug:step>/", admin_forms.StepView.as_view(), name="step"
    ),
]
