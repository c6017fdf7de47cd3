"""Reads: what a decision still lacks, where it departs from the order, who signs it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from challenges.models import Series
from scoring import award
from scoring.models import Decision, Juror, Rubric, Signature, Verdict
from scoring.rubric_words import why_raw
from scoring.states import CalibrationUse, JurorState, Profile


def is_formal(rubric: Rubric) -> bool:
    return rubric.profile == Profile.FORMAL


def promises_calibration(rubric: Rubric) -> bool:
    """The rubric said before anybody proposed that calibrated scores decide."""
    return rubric.calibration == CalibrationUse.AWARD


def uses_calibration(rubric: Rubric) -> bool:
    """Whether calibrated scores are shown or used at all."""
    return rubric.calibration != CalibrationUse.OFF


def order_words(rubric: Rubric, order: Mapping[str, Any]) -> str:
    """One sentence on whose order decides in a series; `order` as `award.Order.to_data`."""
    if order.get("by") == award.CALIBRATED:
        return _(
            "The order follows the calibrated scores, as the published rubric said beforehand."
        )
    if order.get("reason"):
        return " ".join(
            (
                _(
                    "The rubric promised calibrated scores, but the jurors could not be compared:"
                    " the plain mean decides."
                ),
                why_raw(order["reason"]),
            )
        )
    if not uses_calibration(rubric):
        return _(
            "The order follows the plain mean: the published rubric leaves calibrated scores out."
        )
    return _("The order follows the plain mean of the jurors' weighted points.")


def orders_in_words(decision: Decision) -> list[tuple[Series, str]]:
    """Whose order decides, series by series, one sentence each; constant queries."""
    orders = {one["series"]: one for one in decision.ranking.get("orders", [])}
    by_series = {one.series_id: one for one in rubrics_of(decision)}
    return [
        (series, order_words(by_series[series.pk], orders[series.key]))
        for series in decision.challenge.series.all()
        if series.pk in by_series and series.key in orders
    ]


def is_formal_decision(decision: Decision) -> bool:
    """Whether some series is decided in the formal profile: the jury signs, nobody is named."""
    return any(is_formal(rubric) for rubric in rubrics_of(decision))


def rubrics_of(decision: Decision) -> list[Rubric]:
    """The rubrics that the proposals were scored by; read once per decision object."""
    if "_rubrics" not in decision.__dict__:
        used = {
            details.get("rubric")
            for details in decision.verdicts.order_by().values_list("details", flat=True)
        }
        decision.__dict__["_rubrics"] = list(Rubric.objects.filter(pk__in=used - {None}))
    found: list[Rubric] = decision.__dict__["_rubrics"]
    return found


@dataclass(frozen=True)
class Lacks:
    """What keeps a decision from being proposed, by the verdicts' pk."""

    reasons: frozenset[int]
    deviations: frozenset[int]

    @property
    def any(self) -> bool:
        return bool(self.reasons or self.deviations)


def departing(verdicts: Iterable[Verdict]) -> set[int]:
    """Pks of the verdicts whose award departs from the order. With `idea__series` at hand."""
    by_series: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_series[verdict.idea.series_id].append(verdict)
    found: set[int] = set()
    for mine in by_series.values():
        lines = [award.Line(one.pk, one.rank, one.awarded) for one in mine]
        found |= award.departures(lines, winners=mine[0].idea.series.winners)
    return found


def lacks(verdicts: Iterable[Verdict]) -> Lacks:
    verdicts = list(verdicts)
    departs = departing(verdicts)
    return Lacks(
        reasons=frozenset(one.pk for one in verdicts if not one.reason),
        deviations=frozenset(one.pk for one in verdicts if one.pk in departs and not one.deviation),
    )


def signers(decision: Decision) -> QuerySet[Juror]:
    """Whose signatures are awaited: jurors who have submitted a sheet."""
    return Juror.objects.filter(
        challenge_id=decision.challenge_id, state=JurorState.ACCEPTED, submitted__gt=0
    ).order_by("name", "pk")


def standing_signatures(decision: Decision) -> QuerySet[Signature]:
    """Those that name the decision as it is now."""
    return decision.signatures.filter(digest=decision.digest).exclude(digest="")


def unsigned(decision: Decision) -> list[Juror]:
    """Whose signature is still awaited."""
    return list(
        signers(decision).exclude(
            pk__in=standing_signatures(decision).values_list("juror_id", flat=True)
        )
    )


def content_of(decision: Decision) -> dict[str, object]:
    """The one content that is approved, signed and published (`award.content`)."""
    verdicts = [
        {
            "idea": verdict.idea.uid.hex,
            "awarded": verdict.awarded,
            "award": verdict.award,
            "rank": verdict.rank,
            "score": None if verdict.score is None else f"{verdict.score:.2f}",
            "calibrated": None if verdict.calibrated is None else f"{verdict.calibrated:.2f}",
            "reason": verdict.reason,
            "deviation": verdict.deviation,
        }
        for verdict in decision.verdicts.select_related("idea").order_by("idea_id")
    ]
    return award.content(
        verdicts=verdicts,
        statement=decision.statement,
        ranking_digest=decision.ranking_digest,
        publish_at=decision.publish_at.isoformat() if decision.publish_at else None,
        objection_days=decision.objection_days,
    )


def seal_of(decision: Decision) -> dict[str, object]:
    """What the audit chain keeps of a step: digests, no words."""
    return {
        "sha256": decision.digest,
        "ranking": decision.ranking_digest,
        "publish_at": decision.publish_at.isoformat() if decision.publish_at else None,
    }
