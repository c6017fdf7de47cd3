"""What a web server runs: kept pages in front, Django behind."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from core.pagecache import front  # noqa: E402 - needs the settings

application = front(_django)
