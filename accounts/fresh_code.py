"""A signed-in person shows anew who they are: a code by mail, for one purpose.

allauth asks again for a password or a second factor, and our people have neither: they sign in by
a code. So this is the same kind of code, bound to the session, the person and the purpose. Only its
HMAC is kept, in the session; it works for ten minutes, once, and dies of three wrong tries.
"""

import datetime as dt
from typing import Final

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.adapter import six_digits
from accounts.signed_in import person_of
from core import clock, mail, ratelimit

KEY: Final = "fresh_code"
LIVES: Final = dt.timedelta(minutes=10)
TRIES: Final = 3


def send(request: HttpRequest, *, purpose: str, what: str) -> bool:
    """Mail a new code; an older one dies. False when five have been asked for within an hour.

    `what` says in words, in the active language, what the code is for.
    """
    person = person_of(request)
    if not ratelimit.allow("fresh-code", str(person.pk), limit=5, seconds=3600):
        return False
    code = six_digits()
    request.session[KEY] = {
        "mac": _mac(request, purpose, code),
        "purpose": purpose,
        "until": (clock.now() + LIVES).isoformat(),
        "tries": 0,
    }
    mail.send(
        to=person.email,
        template="fresh_code",
        language=person.language,
        context={"code": code, "what": what},
    )
    return True


def is_waiting(request: HttpRequest, *, purpose: str) -> bool:
    """Whether a code that was sent for the purpose can still be given."""
    kept = request.session.get(KEY)
    return bool(
        kept
        and kept["purpose"] == purpose
        and dt.datetime.fromisoformat(kept["until"]) >= clock.now()
    )


def check(request: HttpRequest, code: str, *, purpose: str) -> dt.datetime | None:
    """The moment of a right code, which is then used up; None of a wrong, old or spent one."""
    if not is_waiting(request, purpose=purpose):
        request.session.pop(KEY, None)
        return None
    kept = request.session[KEY]
    given = "".join(code.split())
    if constant_time_compare(kept["mac"], _mac(request, purpose, given)):
        del request.session[KEY]
        return clock.now()
    kept["tries"] += 1
    if kept["tries"] >= TRIES:
        del request.session[KEY]
    request.session.modified = True
    return None


def _mac(request: HttpRequest, purpose: str, code: str) -> str:
    bound = f"{person_of(request).pk}\n{purpose}\n{code}"
    return salted_hmac("talkoot.fresh_code", bound, algorithm="sha256").hexdigest()
