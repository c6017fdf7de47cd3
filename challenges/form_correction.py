"""A form that proves wrong while the challenge is open: a correction is a new version.

Whoever has begun goes on with the version that they began with, and what was handed in keeps its
own. The corrected version is for those who begin after it. Everybody who has begun is told why.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges import rules
from challenges.actions import freeze, locked
from challenges.lifecycle import NOTICE, reason_of
from challenges.models import FormVersion, Series
from challenges.states import ChallengeState
from core import audit, outbox
from core.errors import NotNow, require


@transaction.atomic
def begin(*, series: Series, by: User, at: dt.datetime) -> FormVersion:
    """A new version with the same questions, which may be changed. Begun twice it is begun once.

    Raises NotNow when the challenge is not open for proposals.
    """
    _require_open(series, by=by, at=at)
    newest = series.newest_form
    if newest is None or newest.frozen_at is None:
        if newest is None:
            raise NotNow(_("A series has no form."))
        return newest
    version = FormVersion.objects.create(
        series=series, number=newest.number + 1, definition=newest.definition
    )
    audit.record("form.correction_begun", version, by=by, data={"number": version.number})
    return version


@transaction.atomic
def publish(*, series: Series, reason: str, by: User, at: dt.datetime) -> FormVersion:
    """From now on proposals are begun with it. Raises Invalid (reason), NotNow."""
    _require_open(series, by=by, at=at)
    before, corrected = series.form, series.newest_form
    if before is None or corrected is None or corrected.frozen_at is not None:
        raise NotNow(_("No correction has been begun."))
    if corrected.parsed.digest == before.parsed.digest:
        raise NotNow(_("Nothing has been changed yet."))
    words = reason_of(reason)
    freeze(corrected, at=at)
    audit.record(
        "form.corrected",
        corrected,
        by=by,
        data={
            "from": before.number,
            "to": corrected.number,
            "sha256": corrected.digest,
            "reason": words,
        },
    )
    challenge = series.challenge
    outbox.emit("challenge.changed", challenge=challenge.pk)
    outbox.emit(NOTICE, challenge=challenge.pk, kind="form", reason=words)
    return corrected


@transaction.atomic
def drop(*, series: Series, by: User) -> None:
    """Leave the form as it is; also after the closing has overtaken the correction. Raises NotNow
    when none has been begun."""
    require(bool(rules.can_edit_form(by, series)))
    series.challenge = locked(series.challenge)
    before = series.form
    begun = series.forms.filter(frozen_at=None)
    if before is None or not begun.filter(number__gt=before.number).exists():
        raise NotNow(_("No correction has been begun."))
    begun.filter(number__gt=before.number).delete()
    audit.record("form.correction_dropped", before, by=by)


def _require_open(series: Series, *, by: User, at: dt.datetime) -> None:
    require(bool(rules.can_edit_form(by, series)))
    series.challenge = locked(series.challenge)
    closes = series.challenge.closes_at
    if series.challenge.state != ChallengeState.OPENED or closes is None or closes <= at:
        raise NotNow(_("A form is corrected while the challenge takes proposals."))
