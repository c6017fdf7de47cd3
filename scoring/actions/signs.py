"""Verbs: ask jurors for the reasons of unusual scores, and answer. No score changes here."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, mail
from core.errors import Invalid, require
from scoring import rules
from scoring.models import Juror, Round, Sign

LONGEST = 2000  # characters of a reason


@transaction.atomic
def ask_for_reasons(*, round_: Round, signs: Collection[int], by: User, at: dt.datetime) -> int:
    """Ask about the chosen signs, one letter per juror; how many letters. Asked once each."""
    require(bool(rules.can_run_jury(by, round_.series.challenge)))
    asked = list(
        Sign.objects.select_for_update(of=("self",))
        .filter(round=round_, pk__in=signs, asked_at=None)
        .select_related("juror__user", "idea")
        .order_by("juror_id", "pk")
    )
    by_juror: dict[int, list[Sign]] = {}
    for sign in asked:
        sign.asked_at = at
        sign.save(update_fields=["asked_at"])
        audit.record(
            "sign.asked",
            sign,
            by=by,
            data={"juror": sign.juror_id, "idea": sign.idea_id, "kind": sign.kind},
        )
        by_juror.setdefault(sign.juror_id, []).append(sign)
    for mine in by_juror.values():
        juror = mine[0].juror
        mail.send(
            to=juror.email,
            template="juror_reasons",
            language=juror.language,
            context={"challenge": str(round_.series.challenge), "juror": juror, "count": len(mine)},
            about=juror,
        )
    return len(by_juror)


@transaction.atomic
def give_reasons(*, juror: Juror, reasons: Mapping[int, str], by: User, at: dt.datetime) -> int:
    """The juror's own words to what was asked, by the sign's pk; how many. May be bettered later.

    An empty answer to a sign that waits is left for later.
    """
    require(bool(rules.sits_on(by, juror)))
    signs = {
        sign.pk: sign
        for sign in Sign.objects.select_for_update(of=("self",)).filter(
            juror=juror, asked_at__isnull=False
        )
    }
    require(all(pk in signs for pk in reasons))
    errors = {
        f"reason-{pk}": [_("Shorten the text to %(limit)s characters.") % {"limit": LONGEST}]
        for pk, words in reasons.items()
        if len(words) > LONGEST
    }
    if errors:
        raise Invalid(errors=errors)
    given = 0
    for pk, typed in reasons.items():
        sign, words = signs[pk], typed.replace("\x00", "").strip()
        if not words or words == sign.reason:
            continue
        sign.reason, sign.answered_at = words, at
        sign.full_clean()
        sign.save(update_fields=["reason", "answered_at"])
        audit.record("sign.answered", sign, by=by, data={"kind": sign.kind, "reason": words})
        given += 1
    return given
