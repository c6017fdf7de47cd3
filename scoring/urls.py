from django.urls import path

from ideas.flow import by_account, by_link
from scoring.views import (
    autosave,
    chair,
    deliberation,
    desk,
    finish,
    results,
    rubric,
    seats,
    signing,
    ties,
)

app_name = "scoring"
urlpatterns = [
    path("tuomari/", seats.juries, name="juries"),
    path("tuomari/<int:pk>/", seats.queue, name="queue"),
    path("tuomari/<int:pk>/kutsu/", seats.invitation, name="invitation"),
    path("tuomari/<int:pk>/sidokset/", ties.ties, name="ties"),
    path("tuomari/<int:pk>/omat/", finish.strip, name="strip"),
    path("tuomari/<int:pk>/perustelut/", deliberation.reasons, name="reasons"),
    path("tuomari/<int:pk>/kokous/", deliberation.meeting, name="meeting"),
    path("tuomari/arvio/<int:pk>/", desk.sheet, name="sheet"),
    path("tuomari/arvio/<int:pk>/tallenna/", autosave.autosave, name="autosave"),
    path("tuomari/arvio/<int:pk>/sidos/", ties.tie, name="tie"),
    path("tuomari/<int:pk>/allekirjoitus/", signing.sign, name="sign"),
    path("haasteet/tulokset.atom", results.feed, name="feed"),
    path("tuomari/arvio/<int:pk>/jaavaa/", desk.abstain, name="abstain"),
    path("tuomari/arvio/<int:pk>/tuloste/", desk.printed, name="print"),
    path("tuomari/puheenjohtaja/<slug:slug>/", chair.chair, name="chair"),
    path("tuomari/puheenjohtaja/<slug:slug>/avaa/<int:pk>/", chair.reopen, name="reopen"),
    path("haasteet/<slug:slug>/tulokset/", results.results, name="results"),
    path("haasteet/<slug:slug>/arviointi/<slug:key>/", rubric.rubric_page, name="rubric"),
    path(
        "haasteet/<slug:slug>/arviointi/<slug:key>/<int:version>/",
        rubric.rubric_page,
        name="rubric_version",
    ),
    path(
        "haasteet/<slug:slug>/arviointi/<slug:key>/<int:version>/muutokset/",
        rubric.rubric_changes,
        name="rubric_changes",
    ),
    path(
        "haasteet/<slug:slug>/arviointi/<slug:key>/<int:version>.json",
        rubric.rubric_file,
        name="rubric_file",
    ),
    path("haasteet/<slug:slug>/tulokset/raportti/", results.report, name="report"),
    # Two parts, so that they are not taken for a step of the form.
    path("e/<str:token>/-paatos/oikaisu/", by_link(results.correction), name="correction"),
    path(
        "oma/ehdotus/<uuid:uid>/-paatos/oikaisu/",
        by_account(results.correction),
        name="own_correction",
    ),
]
