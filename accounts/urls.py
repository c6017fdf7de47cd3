from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("oma/", views.home, name="home"),
    path("oma/tiedot/", views.profile, name="profile"),
    path("oma/organisaatio/", views.organisation_new, name="organisation_new"),
    path("kunnat/", views.municipalities, name="municipalities"),
    path("organisaatiot/<slug:slug>/", views.organisation, name="organisation"),
    path("organisaatiot/<slug:slug>/pyynto/", views.membership_request, name="membership_request"),
    path("jasenyys/<int:pk>/vastaus/", views.membership_answer, name="membership_answer"),
    path("jasenyys/<int:pk>/loppu/", views.membership_end, name="membership_end"),
]
