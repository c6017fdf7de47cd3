"""What a solution's page shows beside its owner's words, as plain JSON for programs and files:
who uses it, what they have told of effects, how it has grown, and whom to ask."""

from decimal import Decimal
from typing import Any, Final

from django.db.models import Prefetch, QuerySet

from accounts.models import Organisation
from catalogue.models import Claim, Reuse, Solution
from catalogue.queries import contacts_of
from catalogue.states import ACTIVE

BESIDE: Final = ("evidence", "users", "saving", "uses", "claims", "maturity", "contacts")


def with_beside(solutions: QuerySet[Solution]) -> QuerySet[Solution]:
    """With all of it at hand, in four queries for any number of rows."""
    claims = Claim.objects.filter(withdrawn_at=None).select_related("organisation", "verified_by")
    uses = Reuse.objects.filter(stage__in=ACTIVE).select_related("organisation", "contact")
    return solutions.prefetch_related(
        Prefetch("reuses", uses.order_by("-since", "pk")),
        Prefetch("reuses__claims", claims),
        "maturity_changes",
        "contacts",
    )


def beside(solution: Solution) -> dict[str, Any]:
    """Of a solution that `with_beside` has read. Amounts are texts, so that none is rounded."""
    uses = [reuse for reuse in solution.reuses.all() if reuse.stage in ACTIVE]
    return {
        "evidence": solution.evidence,
        "users": solution.users_count,
        "saving": solution.saving,
        "uses": [_use(reuse) for reuse in uses],
        "claims": [_claim(claim) for reuse in uses for claim in reuse.claims.all()],
        "maturity": [
            {
                "axis": change.axis,
                "value": change.value,
                "changed_on": change.changed_on.isoformat(),
                "note": change.note,
            }
            for change in solution.maturity_changes.all()
        ],
        "contacts": [
            {"name": one.name, "role": one.role, "email": one.email, "phone": one.phone}
            for one in contacts_of(solution)
        ],
    }


def _use(reuse: Reuse) -> dict[str, Any]:
    person = reuse.contact
    return {
        "organisation": _named(reuse.organisation),
        "stage": reuse.stage,
        "since": reuse.since.isoformat() if reuse.since else None,
        "note": reuse.note,
        "scope": reuse.scope,
        "changes": reuse.changes,
        "supplier": reuse.supplier,
        "cost_once": _plain(reuse.cost_once),
        "cost_yearly": _plain(reuse.cost_yearly),
        "contact": {"name": person.name, "email": person.email} if person else None,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "organisation": _named(claim.organisation),
        "indicator": claim.indicator,
        "name": claim.name,
        "unit": claim.own_unit,
        "baseline": _plain(claim.baseline),
        "result": _plain(claim.result),
        "starts_on": claim.starts_on.isoformat(),
        "ends_on": claim.ends_on.isoformat(),
        "method": claim.method,
        "basis": claim.basis,
        "basis_url": claim.basis_url,
        "verified_by": _named(claim.verified_by) if claim.verified_by else None,
    }


def _named(organisation: Organisation) -> dict[str, str]:
    return {"name": organisation.name, "slug": organisation.slug}


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
