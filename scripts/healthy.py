"""Exit 0 when this container's server says that it is well; for Docker's health check."""

import os
import sys
import urllib.error
import urllib.parse
import urllib.request

port = os.environ.get("PORT", "8000")
host = urllib.parse.urlsplit(os.environ.get("SITE_URL") or "http://localhost").netloc
request = urllib.request.Request(f"http://127.0.0.1:{port}/health", headers={"Host": host})
try:
    with urllib.request.urlopen(request, timeout=8):
        pass
except urllib.error.HTTPError as error:
    sys.exit(error.read(2000).decode(errors="replace"))
except OSError as error:
    sys.exit(str(error))
