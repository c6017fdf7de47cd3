from django.urls import path, re_path

from ideas.admin import views

app_name = "ideas_admin"
urlpatterns = [
    path("<int:pk>/proposals/", views.ProposalsView.as_view(), name="proposals"),
    re_path(
        r"^(?P<pk>\d+)/proposals\.(?P<kind>csv|xlsx)$", views.TableView.as_view(), name="table"
    ),
    path("<int:pk>/proposals/<int:number>/", views.ProposalView.as_view(), name="proposal"),
]
