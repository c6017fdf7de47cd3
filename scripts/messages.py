"""make messages: collect texts from code and templates into locale/*/LC_MESSAGES/django.po."""

from __future__ import annotations

import shutil
import subprocess
import sys

from steps import PYTHON, ROOT, StepError, install, main, say, translations


def messages() -> int:
    if shutil.which("xgettext") is None:
        raise StepError(
            "make messages needs the gettext programs. Debian, Ubuntu: apt install gettext"
        )
    install()
    say("Collecting texts")
    words = ["makemessages", "--no-wrap", "--no-obsolete", "--add-location=file"]
    languages = [word for code in ("fi", "sv", "en") for word in ("-l", code)]
    leave = [word for folder in ("var", ".venv", "tests") for word in ("-i", f"{folder}/*")]
    done = subprocess.run(
        [str(PYTHON), "manage.py", *words, *languages, *leave], cwd=ROOT, check=False
    )
    if done.returncode == 0:
        translations()
    return done.returncode


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main(messages)
