"""Reads: what a juror sees of the decision that they sign."""

from dataclasses import dataclass

from django.db.models import F

from challenges.models import Series
from scoring.models import Decision, Juror, Signature, Verdict
from scoring.queries.decision import orders_in_words, signers, standing_signatures
from scoring.states import DECISION_STANDS, DecisionState, DeclarationKind, JurorState


@dataclass(frozen=True)
class SigningPage:
    """The decision as far as the juror may read it.

    `verdicts` are those of the juror's own series, without proposals that the juror has a tie to;
    `closed` tells how many of those there are. `mine` is the juror's signature under this content.
    `orders` says whose order decides, series by series.
    """

    decision: Decision
    verdicts: tuple[Verdict, ...]
    closed: int
    others: int
    mine: Signature | None
    orders: tuple[tuple[Series, str], ...]


def page_for(juror: Juror) -> SigningPage | None:
    """None where there is nothing to sign (yet)."""
    if juror.state != JurorState.ACCEPTED:
        return None
    decision = Decision.objects.filter(challenge=juror.challenge_id).first()
    if (
        decision is None
        or not decision.needs_signatures
        or decision.state not in DECISION_STANDS | {DecisionState.PUBLISHED}
    ):
        return None
    mine = standing_signatures(decision).filter(juror=juror).first()
    if mine is None and (
        decision.state == DecisionState.PUBLISHED
        or not signers(decision).filter(pk=juror.pk).exists()
    ):
        return None
    if mine is not None and mine.excused:
        return None
    decision.challenge = juror.challenge
    own = decision.verdicts.filter(idea__series__in=juror.series.all())
    tied = juror.declarations.exclude(kind=DeclarationKind.NONE).values("idea")
    verdicts = tuple(
        own.exclude(idea__in=tied)
        .select_related("idea__series")
        .order_by("idea__series__order", "-awarded", F("rank").asc(nulls_last=True), "idea__number")
    )
    everything, all_own = decision.verdicts.count(), own.count()
    return SigningPage(
        decision=decision,
        verdicts=verdicts,
        closed=all_own - len(verdicts),
        others=everything - all_own,
        mine=mine,
        orders=tuple(orders_in_words(decision)),
    )


def to_sign(juror: Juror) -> bool:
    """Whether the juror's desk should say that the decision waits for their signature."""
    page = page_for(juror)
    return page is not None and page.mine is None
