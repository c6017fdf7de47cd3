from django.urls import path, re_path

from search import open_views, saved_views, views

app_name = "search"
urlpatterns = [
    path("ratkaisut/", views.catalogue, name="catalogue"),
    # No solution's name is this: each ends in a part of its uid.
    path("ratkaisut/ehdota/", views.suggest, name="suggest"),
    path("ratkaisut/haku-talteen/", saved_views.save, name="save"),
    path("haut/<uuid:uid>/poisto/", saved_views.remove, name="remove"),
    path("ratkaisut/<slug:slug>/miksi/", views.why, name="why"),
    re_path(
        r"^ratkaisut/ratkaisut\.(?P<kind>csv|xlsx|jsonl)$", open_views.download, name="download"
    ),
    re_path(r"^ratkaisut/syote\.(?P<kind>atom|json)$", open_views.feed, name="feed"),
]
