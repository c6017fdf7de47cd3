"""What the catalogue holds of a person: what they have told for an organisation, and where they are
named as the one to ask."""

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from wagtail.models import Revision

from accounts.models import Membership, User
from accounts.registry import Held
from accounts.states import MembershipState
from catalogue import actions
from catalogue.models import Claim, Contact, MaturityChange, Reuse, Review, Solution
from ideas import named
from ideas.models import Idea


def held(user: User) -> Held:
    uses = Reuse.objects.filter(Q(told_by=user) | Q(contact=user)).order_by("pk")
    claims = Claim.objects.filter(told_by=user).order_by("pk")
    changes = MaturityChange.objects.filter(by=user).order_by("pk")
    return Held(
        "catalogue",
        {
            "uses": [
                {
                    **_of(one.solution, one.organisation.name),
                    "stage": one.stage,
                    "note": one.note,
                    **{name: getattr(one, name) for name in actions.DETAILS},
                    "told_by_me": one.told_by_id == user.pk,
                    "named_as_contact_since": (
                        one.consented_at if one.contact_id == user.pk else None
                    ),
                }
                for one in uses.select_related("solution", "organisation")
            ],
            "claims": [
                {
                    **_of(one.reuse.solution, one.organisation.name),
                    "indicator": one.indicator,
                    "baseline": one.baseline,
                    "result": one.result,
                    "basis": one.basis,
                    "told_at": one.told_at,
                    "withdrawn_at": one.withdrawn_at,
                }
                for one in claims.select_related("reuse__solution", "organisation")
            ],
            "contacts": list(
                Contact.objects.filter(email__iexact=user.email)
                .order_by("pk")
                .values(
                    *("solution__title", "name", "role", "email", "phone"),
                    *("consented_on", "expires_on"),
                )
            ),
            "reviews": list(
                Review.objects.filter(answered_by=user)
                .order_by("pk")
                .values("solution__title", "answer", "answered_at")
            ),
            "maturity": list(
                changes.values("solution__title", "axis", "value", "changed_on", "note")
            ),
        },
    )


def _of(solution: Solution, organisation: str) -> dict[str, str]:
    return {"solution": solution.title, "organisation": organisation}


def erase(user: User, at: dt.datetime) -> None:
    """Nobody is sent to ask them, in what is published or in drafts. What they told was their
    organisation's word, and stays."""
    actions.forget_contact(user=user)
    named = Q(contacts__email__iexact=user.email) | Q(contact_email__iexact=user.email)
    solutions = list(Solution.objects.filter(named).distinct())
    Contact.objects.filter(email__iexact=user.email).delete()
    Solution.objects.filter(contact_email__iexact=user.email).update(contact_email="")
    for solution in solutions:
        actions.changed(solution)
    drafts = Revision.objects.filter(
        Q(content__contacts__icontains=user.email) | Q(content__contact_email__iexact=user.email),
        base_content_type=ContentType.objects.get_for_model(Solution),
    )
    for draft in drafts:
        draft.content = _without(draft.content, user.email.casefold())
        draft.save(update_fields=["content"])


def _without(content: dict[str, Any], email: str) -> dict[str, Any]:
    """A revision without the person."""
    office = content.get("contact_email") or ""
    return {
        **content,
        "contact_email": "" if office.casefold() == email else office,
        "contacts": [
            one
            for one in content.get("contacts", [])
            if (one.get("email") or "").casefold() != email
        ],
    }


@transaction.atomic
def follow_names(*, ideas: list[int], was: str) -> None:
    """Who proposed has said otherwise of being named. What staff have written in its place stays.

    was: trace of the names as they stood in the solution, and maybe in drafts of it.
    """
    found = Solution.objects.select_for_update(of=("self",)).filter(idea__in=ideas)
    for solution in found.select_related("idea__organisation", "idea__series"):
        if solution.idea is None or named.trace(solution.provider) != was:
            continue
        old, solution.provider = solution.provider, _provider(solution.idea)
        solution.save(update_fields=["provider"])
        actions.changed(solution)
        drafts = Revision.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Solution),
            object_id=str(solution.pk),
            content__provider=old,
        )
        for draft in drafts:
            draft.content = {**draft.content, "provider": solution.provider}
            draft.save(update_fields=["content"])


def _provider(idea: Idea) -> str:
    return named.in_its_language(idea)[: named.AS_PROVIDER]


def follow_membership(membership: Membership) -> None:
    """Whoever no longer acts for an organisation is not asked for it."""
    if membership.state != MembershipState.ACTIVE:
        actions.forget_contact(user=membership.user, organisation=membership.organisation)
