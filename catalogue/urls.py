from django.urls import path

from catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("ratkaisut/<slug:slug>/", views.solution, name="solution"),
    path("ratkaisut/<slug:slug>/kuva.png", views.picture, name="picture"),
    path("ratkaisut/<slug:slug>/kaytto/", views.reuse, name="reuse"),
]
