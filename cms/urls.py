from django.urls import path
from wagtail.views import serve

app_name = "cms"
urlpatterns = [
    path("nain-toimii/", serve, {"path": "nain-toimii/"}, name="how"),
]
