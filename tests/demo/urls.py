"""The site with the pages of the demonstration, whatever DEMO was at start."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.urls import urlpatterns as whole

urlpatterns = [*i18n_patterns(path("", include("demo.urls"))), *whole]
