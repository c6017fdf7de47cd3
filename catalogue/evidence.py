"""How well a solution's effects are known: its grade, its known savings, sums of like claims."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from catalogue.models import Claim, Solution
from catalogue.states import ACTIVE, UNITS, Evidence, Indicator, Method


@dataclass(frozen=True)
class Sum:
    """Of claims with one indicator and one method: others are never added to one another."""

    indicator: str
    method: str
    unit: str
    saved: Decimal
    told: int  # by how many organisations


def standing_claims(solution: Solution) -> QuerySet[Claim]:
    return (
        Claim.objects.standing()
        .filter(reuse__solution=solution)
        .select_related("organisation", "verified_by", "reuse")
    )


def grade(solution: Solution, claims: Iterable[Claim]) -> Evidence:
    """The best there is: words, figures, measured, measured and verified by another."""
    best = Evidence.NONE
    if solution.reuses.filter(stage__in=ACTIVE).exclude(note="").exists():
        best = Evidence.TEXT
    for claim in claims:
        measured = claim.method == Method.MEASURED
        if measured and claim.verified_by_id:
            return Evidence.VERIFIED
        best = max(best, Evidence.MEASURED if measured else Evidence.FIGURES)
    return best


def sums(claims: Iterable[Claim]) -> list[Sum]:
    """Known uses together, by indicator and method. What has a name of its own is never summed."""
    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if claim.indicator != Indicator.OTHER:
            groups.setdefault((claim.indicator, claim.method), []).append(claim)
    return [
        Sum(
            indicator=str(Indicator(indicator).label),
            method=str(Method(method).label),
            unit=str(UNITS[Indicator(indicator)]),
            saved=sum((claim.saved for claim in group), Decimal(0)),
            told=len({claim.organisation_id for claim in group}),
        )
        for (indicator, method), group in sorted(groups.items())
    ]


def known_saving(claims: Iterable[Claim]) -> tuple[int, int]:
    """(€ a year that have been measured, by how many organisations)."""
    measured = [
        claim
        for claim in claims
        if claim.indicator == Indicator.COST and claim.method == Method.MEASURED
    ]
    saved = sum((claim.saved for claim in measured), Decimal(0))
    return round(saved), len({claim.organisation_id for claim in measured})
