"""What the users of the demo's solutions have told of their effects."""

import datetime as dt
from decimal import Decimal

from accounts.models import Organisation
from catalogue.claims import tell_claim, verify_claim
from catalogue.models import Claim, Reuse
from core import clock
from demo.data import load
from demo.parts.places import coordinator
from demo.quiet import in_the_past

TOLD, VERIFIED, FOLLOWED = dt.timedelta(days=60), dt.timedelta(days=30), dt.timedelta(days=365)


def claims() -> None:
    """Told by the municipalities themselves; some verified by another."""
    at = clock.now() - TOLD
    for row in load("claims"):
        reuse = Reuse.objects.select_related("organisation", "solution").get(
            solution__title=row["title"], organisation__name=row["municipality"]
        )
        with in_the_past(at):
            claim = tell_claim(
                reuse=reuse,
                indicator=row["indicator"],
                told={
                    "baseline": Decimal(row["baseline"]),
                    "result": Decimal(row["result"]),
                    "starts_on": clock.local(at - FOLLOWED).date(),
                    "ends_on": clock.local(at).date(),
                    "method": row["method"],
                    "basis": row["basis"],
                },
                by=coordinator(reuse.organisation),
                at=at,
            )
        if row["verified_by"]:
            _verify(claim, Organisation.objects.municipalities().get(name=row["verified_by"]))
    Claim.objects.filter(reuse__is_demo=True).update(is_demo=True)


def _verify(claim: Claim, another: Organisation) -> None:
    at = clock.now() - VERIFIED
    with in_the_past(at):
        verify_claim(claim=claim, organisation=another, by=coordinator(another), at=at)
