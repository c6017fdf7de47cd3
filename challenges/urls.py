from django.urls import path

from challenges import views

app_name = "challenges"
urlpatterns = [
    path("haasteet/", views.challenge_list, name="list"),
    path("tarve/", views.need, name="need"),
    path("tarve/kiitos/", views.need_told, name="need_told"),
]
