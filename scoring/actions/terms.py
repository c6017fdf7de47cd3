"""Verbs: write the jury's terms, accept them. A juror's seat points at the version accepted."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from challenges.models import Challenge
from core import audit
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from core.multilingual import languages
from scoring import rules
from scoring.models import Juror, Terms
from scoring.queries.terms import current_terms, must_accept_again
from scoring.states import JurorState

LONGEST = 6000


class TermsFirst(NotNow):
    """Newer terms wait for the juror's yes; nothing else is taken before it."""

    def __init__(self) -> None:
        super().__init__(_("The organisers have changed the terms of the jury: accept them first."))


def confirm_first() -> str:
    """What is said to whoever goes on without the tick."""
    return _("Confirm that you have read the rules and keep what you read to yourself.")


def require_terms(juror: Juror) -> None:
    if must_accept_again(juror):
        raise TermsFirst


def usual_terms() -> dict[str, str]:
    """What jurors promise unless staff have written something else; one promise a line."""
    body = {}
    for code in languages():
        with override(code):
            body[code] = "\n".join(
                [
                    _("Score only by the published rubric."),
                    _(
                        "Say of every proposal whether you have ties to it before you read it. With"
                        " a conflict of interest you do not take part in scoring it."
                    ),
                    _(
                        "Keep what you read to yourself until the results are published, and trade"
                        " secrets after that too."
                    ),
                    _("You do not see the others' scores before yours are in."),
                ]
            )
    return body


@transaction.atomic
def write_terms(
    *, challenge: Challenge, body: Mapping[str, str], by: User, at: dt.datetime
) -> Terms:
    """A new version. Jurors who accepted an earlier one are asked again; theirs is kept."""
    require(bool(rules.can_run_jury(by, challenge)))
    given = {code: text.strip() for code, text in body.items() if text.strip()}
    if not given.get("fi"):
        raise Invalid(errors={"body": [_("Write the terms in Finnish at least.")]})
    if any(len(text) > LONGEST for text in given.values()):
        raise Invalid(
            errors={"body": [_("Shorten the text to %(limit)s characters.") % {"limit": LONGEST}]}
        )
    newest = current_terms(challenge)
    if newest is not None and newest.body == given:
        return newest
    return _write(challenge, given, by=by, at=at)


@transaction.atomic
def accept_terms(*, juror: Juror, by: User, at: dt.datetime) -> Juror:
    """A juror who sits already accepts a newer version."""
    require(bool(by.is_authenticated and juror.user_id == by.pk))
    juror = Juror.objects.select_for_update(of=("self",)).get(pk=juror.pk)
    if juror.state != JurorState.ACCEPTED:
        raise NotNow(_("You have not accepted the invitation."))
    promise(juror, by=by, at=at)
    juror.save(update_fields=["terms", "terms_at"])
    return juror


def promise(juror: Juror, *, by: User, at: dt.datetime) -> None:
    """Put the newest terms on the seat, unsaved; write the usual ones down if there are none."""
    terms = current_terms(juror.challenge) or _write(juror.challenge, usual_terms(), by=None, at=at)
    if juror.terms_id == terms.pk:
        return
    juror.terms, juror.terms_at = terms, at
    data = {"juror": juror.pk, "version": terms.number, "sha256": terms.digest}
    audit.record("terms.accepted", juror, by=by, data=data)


def _write(
    challenge: Challenge, body: dict[str, str], *, by: User | None, at: dt.datetime
) -> Terms:
    # Whoever writes next waits here, so that no number is given twice.
    Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    newest = current_terms(challenge)
    made = Terms.objects.create(
        challenge=challenge,
        number=newest.number + 1 if newest else 1,
        body=body,
        digest=digest(body),
        at=at,
        by=by,
    )
    audit.record("terms.written", made, by=by, data={"number": made.number, "sha256": made.digest})
    return made
