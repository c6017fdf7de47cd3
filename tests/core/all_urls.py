"""The project's addresses, before them those of views that only tests have."""

from config.urls import urlpatterns as project
from tests.core.urls import urlpatterns as ours

urlpatterns = [*ours, *project]
