"""Verbs: compute where a round stands, and keep it; out of the request, but for one button."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import User
from core import clock, lazy, outbox
from core.errors import require
from ideas.models import Idea
from scoring import rules
from scoring.models import IdeaStanding, Round, RoundStanding, Sign
from scoring.queries.decision import uses_calibration
from scoring.queries.ranking import rank_round

if TYPE_CHECKING:
    from scoring import standing as pure
else:  # NumPy and SciPy, which a web server seldom needs
    pure = lazy.module("scoring.standing")

PAUSE = 5  # seconds between a change and its computation, in which further changes join it
SHEETS_A_SECOND = 200  # each so many sheets lengthen the pause by one second
LONGEST_PAUSE = 60
BATCH = 500


def want_standing(round_id: int) -> None:
    """The round's sheets have changed: compute soon, once for all changes of the pause."""
    found, _made = RoundStanding.objects.get_or_create(round_id=round_id)
    if RoundStanding.objects.filter(pk=found.pk, waiting=False).update(waiting=True):
        pause = min(PAUSE + found.sheets // SHEETS_A_SECOND, LONGEST_PAUSE)
        outbox.emit(
            "standing.wanted",
            run_after=clock.now() + dt.timedelta(seconds=pause),
            round=round_id,
        )


def compute_now(*, round_: Round, by: User, at: dt.datetime) -> RoundStanding:
    """Staff do not want to wait."""
    require(bool(rules.can_run_jury(by, round_.series.challenge)))
    return compute_standing(round_=round_, at=at)


def compute_standing(*, round_: Round, at: dt.datetime) -> RoundStanding:
    """Compute and keep; nothing is written again when nothing has changed.

    The sheets are read and reckoned outside of any lock. A change that comes in between has
    asked for a computation of its own, because `waiting` is taken down before the reading.
    """
    RoundStanding.objects.get_or_create(round=round_)
    RoundStanding.objects.filter(round=round_).update(waiting=False)
    ranked = rank_round(round_)
    winners = round_.series.winners
    calibrated = uses_calibration(round_.rubric)
    digest = pure.inputs_digest(
        ranked.given, winners=winners, seed=round_.seed, calibrated=calibrated
    )
    stored = RoundStanding.objects.get(round=round_)
    if stored.digest == digest:
        return stored
    ideas = {row.place.idea: row.idea for row in ranked.rows}
    found = pure.stand(
        ranked.given, ranked.result, winners=winners, seed=round_.seed, calibrated=calibrated
    )
    with transaction.atomic():
        stored = RoundStanding.objects.select_for_update().get(round=round_)
        _fill(stored, found, digest=digest, winners=winners, at=at)
        stored.seed = round_.seed
        stored.save()
        IdeaStanding.objects.filter(round=round_).delete()
        if found is not None:
            IdeaStanding.objects.bulk_create(_lines(round_, found, ideas), batch_size=BATCH)
        _keep_signs(round_, found, ideas, at=at)
    return stored


def _fill(
    stored: RoundStanding,
    found: pure.Standing | None,
    *,
    digest: str,
    winners: int,
    at: dt.datetime,
) -> None:
    stored.digest, stored.computed_at, stored.winners = digest, at, winners
    stored.draws = pure.DRAWS
    if found is None:
        stored.sheets = stored.placed = 0
        stored.used, stored.reason, stored.alphas, stored.jurors = False, "", [], []
        for name in ("comparability", "lam", "noise", "leniency", "single", "several", "usual"):
            setattr(stored, name, None)
        return
    fit = found.calibration
    stored.sheets, stored.placed = found.result.submitted, int(found.placed.size)
    stored.used, stored.reason = fit.used, fit.reason or ""
    stored.comparability, stored.lam = fit.comparability, _told(fit.lam)
    stored.noise, stored.leniency = _told(fit.noise), _told(fit.leniency)
    stored.single, stored.several = _told(found.single), _told(found.several)
    stored.usual = found.usual
    stored.alphas = [{"key": key, "alpha": _told(alpha)} for key, alpha in found.alphas]
    stored.jurors = [
        {
            "juror": int(key),
            "bias": float(fit.bias[column]),
            "load": int(fit.load[column]),
            "few": column in fit.too_few,
        }
        for column, key in enumerate(found.reviews.jurors)
    ]


def _lines(round_: Round, found: pure.Standing, ideas: dict[str, Idea]) -> list[IdeaStanding]:
    sure = found.intervals
    row_of = {key: number for number, key in enumerate(found.reviews.ideas)}
    slot_of = {found.reviews.ideas[row]: slot for slot, row in enumerate(found.placed)}
    lines = []
    for number, place in enumerate(found.result.places, start=1):
        line = IdeaStanding(
            round=round_,
            idea=ideas[place.idea],
            line=number,
            rank=place.rank,
            score=place.score,
            decided_by=place.decided_by or "",
            reason=place.reason or "",
            sheets=place.sheets,
            missing=len(place.missing),
        )
        row, slot = row_of.get(place.idea), slot_of.get(place.idea)
        if row is not None:
            line.effect = float(found.effect[row])
            line.correction = float(found.effect[row] - found.raw[row])
        if slot is not None:
            line.calibrated_rank = int(found.order[slot])
            line.expected = float(sure.expected[slot])
            line.low, line.high = int(sure.low[slot]), int(sure.high[slot])
            line.p_winner, line.band = float(sure.p_winner[slot]), str(sure.band[slot])
        lines.append(line)
    return lines


def _keep_signs(
    round_: Round, found: pure.Standing | None, ideas: dict[str, Idea], *, at: dt.datetime
) -> None:
    known = {(one.juror_id, one.idea_id, one.kind): one for one in round_.signs.all()}
    if found is not None:
        for flag in found.flags:
            juror = int(found.reviews.jurors[flag.juror])
            idea = None if flag.idea is None else ideas[found.reviews.ideas[flag.idea]].pk
            sign = known.pop((juror, idea, flag.kind), None) or Sign(
                round=round_, juror_id=juror, idea_id=idea, kind=flag.kind, raised_at=at
            )
            sign.value, sign.limit, sign.standing = flag.value, flag.limit, True
            sign.save()
    for sign in known.values():  # no longer so
        if sign.asked_at is None:
            sign.delete()
        elif sign.standing:
            sign.standing = False
            sign.save(update_fields=["standing"])


def _told(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
