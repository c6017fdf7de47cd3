from django.urls import path

from scoring.views import desk, results

app_name = "scoring"
urlpatterns = [
    path("tuomari/", desk.juries, name="juries"),
    path("tuomari/<int:pk>/", desk.queue, name="queue"),
    path("tuomari/<int:pk>/kutsu/", desk.invitation, name="invitation"),
    path("tuomari/<int:pk>/sidokset/", desk.ties, name="ties"),
    path("tuomari/arvio/<int:pk>/", desk.sheet, name="sheet"),
    path("tuomari/arvio/<int:pk>/tallenna/", desk.autosave, name="autosave"),
    path("tuomari/arvio/<int:pk>/sidos/", desk.tie, name="tie"),
    path("haasteet/<slug:slug>/tulokset/", results.results, name="results"),
]
