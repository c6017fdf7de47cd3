from django.urls import path

from challenges import views

app_name = "challenges"
urlpatterns = [
    path("haasteet/", views.challenge_list, name="list"),
]
