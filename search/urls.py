from django.urls import path

from search import views

app_name = "search"
urlpatterns = [
    path("ratkaisut/", views.catalogue, name="catalogue"),
    # No solution's name is this: each ends in a part of its uid.
    path("ratkaisut/ehdota/", views.suggest, name="suggest"),
    path("ratkaisut/<slug:slug>/miksi/", views.why, name="why"),
]
