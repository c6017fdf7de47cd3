"""The reference of pages.py: one Django view that says "ok", without middleware or database.

gunicorn -c python:config.gunicorn benchmarks.bare:application
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"], MIDDLEWARE=[], ROOT_URLCONF=__name__, SECRET_KEY="reference " * 5
)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - needs the settings


def ok(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", headers={"Content-Length": "2"})  # a kept-alive client counts on it


urlpatterns = [path("", ok)]
application = get_wsgi_application()
