"""Reads: what the public sees of a published decision."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from challenges.models import Challenge, Series
from challenges.states import Visibility
from core import clock
from ideas import registry
from ideas.models import Idea
from scoring.models import Correction, Decision, Document, Verdict
from scoring.queries.feedback import Feedback, feedback_of
from scoring.states import DecisionState, DocumentKind, DocumentState


@dataclass(frozen=True)
class SeriesResults:
    """A series on the results page: its winners, then the others as the public may see them."""

    series: Series
    winners: tuple[Verdict, ...]
    others: tuple[Verdict, ...]


@dataclass(frozen=True)
class Results:
    challenge: Challenge
    decision: Decision
    series: tuple[SeriesResults, ...]
    received: int

    @property
    def winners(self) -> list[Verdict]:
        return [verdict for one in self.series for verdict in one.winners]


def published_decision(challenge: Challenge) -> Decision | None:
    return Decision.objects.filter(challenge=challenge, state=DecisionState.PUBLISHED).first()


def public_verdicts(challenge: Challenge) -> QuerySet[Verdict]:
    """Verdicts on proposals that are public, of a published decision."""
    return Verdict.objects.filter(
        decision__challenge=challenge,
        decision__state=DecisionState.PUBLISHED,
        idea__in=Idea.objects.public(),
    )


def results_of(challenge: Challenge) -> Results | None:
    """The results page in a constant number of queries; None before publication."""
    decision = published_decision(challenge)
    if decision is None:
        return None
    verdicts = list(
        public_verdicts(challenge)
        .select_related("idea__organisation", "idea__theme", "idea__challenge", "idea__series")
        .order_by(F("rank").asc(nulls_last=True), "idea__number")
    )
    verdicts.sort(key=_further_first)
    groups = []
    for series in challenge.series.all():
        mine = [v for v in verdicts if v.idea.series_id == series.pk]
        groups.append(
            SeriesResults(
                series=series,
                winners=tuple(v for v in mine if v.awarded),
                others=tuple(v for v in mine if not v.awarded)
                if challenge.visibility != Visibility.WINNERS
                else (),
            )
        )
    return Results(
        challenge=challenge,
        decision=decision,
        series=tuple(groups),
        received=decision.verdicts.count(),
    )


def _further_first(verdict: Verdict) -> tuple[int, int, int]:
    """The deciding round's places, then those of earlier rounds, then proposals without any."""
    if verdict.rank is not None:
        return (0, 0, verdict.rank)
    stop = verdict.stop
    if stop is None:
        return (2, 0, 0)
    return (1, -stop.number, stop.placed + 1 if stop.rank is None else stop.rank)


def published_verdict(idea: Idea) -> registry.Verdict | None:
    """The decision on one proposal as the public may know it; None before publication.

    The reason is shown of winners, and of others where the challenge says that reasons are public.
    """
    verdict = (
        Verdict.objects.filter(idea=idea, decision__state=DecisionState.PUBLISHED)
        .select_related("idea__challenge")
        .first()
    )
    if verdict is None:
        return None
    challenge = verdict.idea.challenge
    if verdict.awarded:
        summary = _("This proposal won.")
    else:
        summary = _("This proposal was not among the winners.")
    if verdict.stop:
        summary += f" {verdict.stop.words}"
    elif verdict.score is not None:
        summary += " " + _("The jury's score: %(score)s / 100.") % {
            "score": number_format(verdict.score, 2)
        }
    return registry.Verdict(
        summary=summary,
        reason=verdict.reason if verdict.awarded or challenge.reasons_public else "",
        award=verdict.award,
        url=reverse("scoring:results", args=[challenge.slug]),
        language=verdict.idea.language,
    )


def public_report(challenge: Challenge, language: str) -> Document | None:
    """The jury's report as everybody may read it, once it has been made. Finnish stands in."""
    found = {
        one.language: one
        for one in Document.objects.filter(
            challenge=challenge, kind=DocumentKind.REPORT, state=DocumentState.READY
        ).defer("content")
    }
    return found.get(language) or found.get("fi")


def latest_decisions(limit: int = 30) -> list[tuple[Decision, int]]:
    """The newest published decisions with their numbers of winners, for the feed; two queries."""
    decisions = list(
        Decision.objects.filter(
            state=DecisionState.PUBLISHED, challenge__in=Challenge.objects.opened()
        )
        .select_related("challenge__owner")
        .annotate(won=Count("verdicts", filter=Q(verdicts__awarded=True)))
        .order_by("-published_at", "-pk")[:limit]
    )
    return [(decision, decision.won) for decision in decisions]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class AfterDecision:
    """What the private page tells of the jury's work: feedback, what may be asked, what was."""

    feedback: Feedback
    decision: Decision
    corrections: tuple[Correction, ...]

    @property
    def may_ask(self) -> bool:
        return self.decision.takes_objections(clock.now()) and all(
            one.answered_at for one in self.corrections
        )


def after_decision(idea: Idea) -> AfterDecision | None:
    """None before publication. A handful of queries."""
    verdict = (
        Verdict.objects.filter(idea=idea, decision__state=DecisionState.PUBLISHED)
        .select_related("decision")
        .first()
    )
    if verdict is None:
        return None
    verdict.idea = idea
    return AfterDecision(
        feedback=feedback_of(verdict),
        decision=verdict.decision,
        corrections=tuple(idea.corrections.all()),
    )
