from django.urls import path, re_path

from ideas.flow import by_link
from ideas.views import private, public, start, writing

app_name = "ideas"

urlpatterns = [
    path("ehdota/<slug:slug>/<slug:series_key>/", start.start, name="start"),
    path("haasteet/<slug:slug>/ehdotukset/", public.idea_list, name="list"),
    re_path(
        r"^haasteet/(?P<slug>[-\w]+)/ehdotukset\.(?P<kind>csv|xlsx)$",
        public.download,
        name="download",
    ),
    re_path(r"^ehdotus/(?P<uid>[0-9a-f]{32})/$", public.idea_page, name="page"),
    # The secret link. Names of steps never begin with a hyphen.
    path("e/<str:token>/", by_link(private.home), name="home"),
    path("e/<str:token>/-tarkista/", by_link(writing.review), name="review"),
    path("e/<str:token>/-laheta/", by_link(writing.submit), name="submit"),
    path("e/<str:token>/-kuitti/", by_link(private.receipt), name="receipt"),
    path("e/<str:token>/-linkki/", by_link(private.send_link), name="send_link"),
    path("e/<str:token>/-peru/", by_link(writing.withdraw), name="withdraw"),
    path("e/<str:token>/-samankaltaiset/", by_link(writing.similar), name="similar"),
    path("e/<str:token>/<slug:key>/", by_link(writing.step), name="step"),
]
