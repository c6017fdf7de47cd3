"""Traps for robots in public forms that need no account: nobody is made to solve a puzzle.

A form carries an empty field named `website`, which people do not see, and the signed moment when
it was opened. The form itself shows both by templates/components/traps.html.
"""

import datetime as dt
from collections.abc import Mapping

from django.core import signing
from django.utils.translation import gettext as _

FASTEST = dt.timedelta(seconds=2)  # from opening to sending
LONGEST = dt.timedelta(hours=12)
TRAP, OPENED = "website", "opened"


def opened(form: str, at: dt.datetime) -> str:
    """The signed moment, for the hidden field `opened` of the form that has this name."""
    return _signer(form).sign(str(int(at.timestamp())))


def trouble(form: str, sent: Mapping[str, str], at: dt.datetime) -> str:
    """Why a sending at that moment is not taken, in words for a person; "" when it is."""
    if sent.get(TRAP):
        return _("Leave the field “website” empty: it is there to stop robots.")
    try:
        seconds = at.timestamp() - int(_signer(form).unsign(sent.get(OPENED, "")))
    except (signing.BadSignature, ValueError):
        seconds = LONGEST.total_seconds()
    if seconds >= LONGEST.total_seconds():
        return _("The page had been open too long. Your text is here: send it again.")
    if seconds < FASTEST.total_seconds():
        return _("That was quick. Read once more what you wrote and send it again.")
    return ""


def _signer(form: str) -> signing.Signer:
    return signing.Signer(salt=f"talkoot.robots.{form}")
