"""Workers: celery -A config.celery worker -B"""

import os

import django
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402

if not settings.BROKER_URL:
    raise ImproperlyConfigured("BROKER_URL: workers need it, for example redis://localhost:6379/0")

from core.broker import app  # noqa: E402, F401
