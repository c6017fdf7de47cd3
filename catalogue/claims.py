"""Verbs of claims: tell an effect, take it back, verify another's."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from catalogue import rules
from catalogue.actions import changed, count_reuses
from catalogue.models import Claim, Reuse, Solution
from core import audit
from core.errors import Denied, Invalid, NotNow, require

TOLD = (
    *("name", "own_unit", "baseline", "result", "starts_on", "ends_on"),
    *("method", "basis", "basis_url"),
)


@transaction.atomic
def tell_claim(
    *, reuse: Reuse, indicator: str, told: Mapping[str, Any], by: User, at: dt.datetime
) -> Claim:
    """Say what a use has changed. `told` has the fields of TOLD.

    A second word on the same thing takes the place of the first, and nobody has verified it yet.
    """
    solution = Solution.objects.select_for_update().get(pk=reuse.solution_id)
    reuse = Reuse.objects.select_related("organisation").get(pk=reuse.pk)
    require(solution.live and bool(rules.can_tell_claim(by, reuse)))
    name = told.get("name", "").strip()
    claim = reuse.claims.filter(indicator=indicator, name=name, withdrawn_at=None).first() or Claim(
        reuse=reuse, organisation=reuse.organisation, indicator=indicator
    )
    for key in TOLD:
        value = told.get(key, "")
        setattr(claim, key, value.replace("\x00", "").strip() if isinstance(value, str) else value)
    claim.told_by, claim.told_at = by, at
    claim.verified_by = claim.verified_at = None
    try:
        claim.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    claim.save()
    audit.record("claim.told", claim, by=by, data={"indicator": indicator, "method": claim.method})
    _settle(solution)
    return claim


@transaction.atomic
def withdraw_claim(*, claim: Claim, by: User, at: dt.datetime) -> None:
    """Take one's own word back."""
    solution, claim = _locked(claim)
    require(bool(rules.can_withdraw_claim(by, claim)))
    claim.withdrawn_at = at
    claim.save(update_fields=["withdrawn_at"])
    audit.record("claim.withdrawn", claim, by=by)
    _settle(solution)


@transaction.atomic
def verify_claim(*, claim: Claim, organisation: Organisation, by: User, at: dt.datetime) -> None:
    """Another municipality has looked at how the figures came about, and stands for them."""
    solution, claim = _locked(claim)
    require(rules.can_verify_claim(by, claim, organisation))
    if claim.verified_by_id:
        raise NotNow(_("This has been verified already."))
    claim.verified_by, claim.verified_at = organisation, at
    claim.save(update_fields=["verified_by", "verified_at"])
    audit.record("claim.verified", claim, by=by, data={"organisation": organisation.pk})
    _settle(solution)


def _locked(claim: Claim) -> tuple[Solution, Claim]:
    """With the solution locked first, as every change of its counts does; published ones only."""
    solution = Solution.objects.select_for_update().get(pk=claim.reuse.solution_id)
    found = (
        Claim.objects.standing().select_related("organisation", "reuse").filter(pk=claim.pk).first()
    )
    if found is None or not solution.live:
        raise Denied
    return solution, found


def _settle(solution: Solution) -> None:
    count_reuses(solution)
    changed(solution)
