from django.urls import path

from accounts import own_views, views

app_name = "accounts"
urlpatterns = [
    path("oma/", views.home, name="home"),
    path("oma/tiedot/", own_views.profile, name="profile"),
    path("oma/tiedot/lataa/", own_views.my_data, name="my_data"),
    path("oma/tiedot/poista/", own_views.erase, name="erase"),
    path("oma/istunnot/loppu/", own_views.sessions_end, name="sessions_end"),
    path("oma/istunnot/<int:pk>/loppu/", own_views.session_end, name="session_end"),
    path("oma/organisaatio/", views.organisation_new, name="organisation_new"),
    path("kunnat/", views.municipalities, name="municipalities"),
    path("organisaatiot/<slug:slug>/", views.organisation, name="organisation"),
    path("organisaatiot/<slug:slug>/pyynto/", views.membership_request, name="membership_request"),
    path("henkilot/<int:pk>/vahvistus/", views.factors_reset, name="factors_reset"),
    path("jasenyys/<int:pk>/vastaus/", views.membership_answer, name="membership_answer"),
    path("jasenyys/<int:pk>/loppu/", views.membership_end, name="membership_end"),
]
