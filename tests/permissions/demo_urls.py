"""The project's addresses as they are where DEMO is on."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.urls import urlpatterns as without_demo

urlpatterns = [*i18n_patterns(path("", include("demo.urls"))), *without_demo]
