#!/usr/bin/env python
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:] == ["serve"]:  # its worker loads the project; loading it here too costs twice
        root = str(Path(__file__).resolve().parent)
        os.environ["PYTHONPATH"] = os.pathsep.join(
            filter(None, [root, os.environ.get("PYTHONPATH")])
        )
        os.execv(sys.executable, [sys.executable, "-m", "config.serve"])  # noqa: S606
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # One line that names the setting, not a page of traceback.
        sys.exit(f"Talkoot cannot start. {error}")
