"""Verbs: staff look at who proposes while the jury must not know. Reason and moment are kept."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge
from core import audit
from core.errors import Invalid, require
from scoring import rules

LONGEST = 500  # characters of a reason


@transaction.atomic
def show_proposers(*, challenge: Challenge, reason: str, page: int, by: User) -> None:
    """Note that one window of names is shown, and why; the audit package lists it.

    Raises Invalid without a reason, or when it is too long.
    """
    require(bool(rules.can_run_jury(by, challenge)))
    words = reason.replace("\x00", "").strip()
    if not words:
        raise Invalid(errors={"reason": [_("Say why you need to see who proposes.")]})
    if len(words) > LONGEST:
        limit = {"limit": LONGEST}
        raise Invalid(errors={"reason": [_("Shorten the text to %(limit)s characters.") % limit]})
    audit.record("proposers.seen", challenge, by=by, data={"page": f"jury {page}", "reason": words})
