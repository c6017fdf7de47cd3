"""What scoring holds of a person: their seats on juries, declarations, sheets and signatures."""

import datetime as dt
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.registry import Held
from challenges.states import ChallengeState
from core.errors import NotNow
from scoring.models import Declaration, Juror, Score, ScoreSheet, Signature
from scoring.states import JurorState


def held(user: User) -> Held:
    seats = list(
        Juror.objects.filter(email__iexact=user.email)
        .select_related("challenge", "terms")
        .order_by("pk")
    )
    of_seats = {"juror__in": seats}
    return Held(
        "juries",
        {
            "seats": [
                {
                    "challenge": seat.challenge.slug,
                    "name": seat.name,
                    "title": seat.title,
                    "state": seat.state,
                    "chair": seat.chair,
                    "invited_at": seat.invited_at,
                    "answered_at": seat.answered_at,
                    "terms_accepted_at": seat.terms_at,
                }
                for seat in seats
            ],
            "declarations": list(
                Declaration.objects.filter(**of_seats)
                .order_by("pk")
                .values("idea__reference", "kind", "reason", "at")
            ),
            "sheets": [_sheet(one) for one in _sheets(seats)],
            "signatures": list(
                Signature.objects.filter(**of_seats)
                .order_by("pk")
                .values("decision__challenge__slug", "label", "digest", "at")
            ),
        },
    )


def _sheets(seats: list[Juror]) -> list[ScoreSheet]:
    scores = Score.objects.select_related("criterion").order_by("criterion__order", "pk")
    found = ScoreSheet.objects.filter(assignment__juror__in=seats)
    return list(
        found.select_related("assignment__idea")
        .prefetch_related(Prefetch("scores", scores))
        .order_by("pk")
    )


def _sheet(sheet: ScoreSheet) -> dict[str, Any]:
    return {
        "proposal": sheet.assignment.idea.reference,
        "state": sheet.state,
        "submitted_at": sheet.submitted_at,
        "sha256": sheet.digest,
        "comment": sheet.comment,
        "internal": sheet.internal,
        "note": sheet.note,
        "scores": [
            {"criterion": one.criterion.key, "value": one.value, "text": one.text}
            for one in sheet.scores.all()
        ],
    }


def erase(user: User, at: dt.datetime) -> None:
    """Nobody leaves a jury at work this way. Of one that has decided, the name is in the record."""
    seats = Juror.objects.filter(email__iexact=user.email)
    ended = [ChallengeState.DECIDED, ChallengeState.CANCELLED]
    working = seats.filter(state=JurorState.ACCEPTED).exclude(challenge__state__in=ended).first()
    if working is not None:
        raise NotNow(
            _(
                "You are on the jury of “%(challenge)s”. "
                "Ask the municipality to take you off it first."
            )
            % {"challenge": working.challenge}
        )
    seats.exclude(state=JurorState.ACCEPTED).update(name="", title="")
    seats.update(email=user.erased_email)
