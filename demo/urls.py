"""Pages of the demonstration; routed only where DEMO is on."""

from django.urls import path

from demo import views

app_name = "demo"
urlpatterns = [
    path("demo/kirjaudu/", views.sign_in, name="sign_in"),
    path("demo/posti/", views.mailbox, name="mailbox"),
]
