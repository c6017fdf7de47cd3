"""Reads: solutions as rows, pages and numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.rules import roles_of
from catalogue import evidence, registry, rules
from catalogue.choice import Choice
from catalogue.models import Claim, Contact, Reuse, Solution
from catalogue.states import ACTIVE, IN_USE, Indicator, Method, Readiness, ReuseStage
from core import clock
from core.cards import Fact, SolutionRow, Step, Tag


@dataclass(frozen=True)
class Numbers:
    """What the catalogue amounts to."""

    solutions: int
    municipalities: int
    pilots: int
    uses: int  # piloting or in use


def with_users(solutions: QuerySet[Solution]) -> QuerySet[Solution]:
    """With owner, theme and active users at hand, in three queries for any number of rows."""
    active = Reuse.objects.filter(stage__in=ACTIVE).select_related("organisation", "contact")
    return solutions.select_related("theme", "owner", "challenge").prefetch_related(
        Prefetch("reuses", active.order_by("-since", "pk"))
    )


def published_by_pk(pks: Iterable[int]) -> dict[int, Solution]:
    """Published ones only: a stale index shows nothing that has been taken away."""
    return with_users(Solution.objects.published()).in_bulk(list(pks))


def stage_of(readiness: str) -> int:
    """How many of the four steps after an idea are behind: 0–4."""
    order = {
        Readiness.IDEA: 0,
        Readiness.CONCEPT: 0,
        Readiness.PROTOTYPE: 1,
        Readiness.PILOT: 2,
        Readiness.PRODUCTION: 3,
        Readiness.WIDELY_USED: 4,
    }
    return order.get(Readiness(readiness), 0)


def row_of(
    solution: Solution,
    *,
    mark: Callable[[str, str], Any] | None = None,
) -> SolutionRow:
    """A row of the catalogue. `mark(text, language)` marks what a search found."""
    users = [reuse for reuse in solution.reuses.all() if reuse.stage in ACTIVE]
    tags = []
    if solution.award:
        tags.append(Tag(label=_("Award winner"), kind="win"))
    if solution.offer:
        tags.append(Tag(label=str(solution.get_offer_display()), kind="ok"))
    if solution.is_demo:
        tags.append(Tag(label=_("Demo content")))
    facts = [Fact(term=_("In use"), value=users_in_words(solution.users_count))]
    if solution.saving > 0:
        facts.append(
            Fact(
                term=_("Measured saving"),
                value=f"{number_format(solution.saving, force_grouping=True)} €",
                note=ngettext(
                    "a year, told by %(n)s municipality",
                    "a year, told by %(n)s municipalities",
                    solution.saving_told,
                )
                % {"n": number_format(solution.saving_told)},
            )
        )
    by = ". ".join(
        part for part in (solution.provider or solution.owner.name, solution.origin) if part
    )
    return SolutionRow(
        uid=solution.uid.hex,
        url=reverse("catalogue:solution", args=[solution.slug]),
        title=solution.title,
        by=by,
        summary=mark(solution.summary, solution.language) if mark else solution.summary,
        family=solution.theme.key if solution.theme else "",
        language="" if solution.language == get_language() else solution.language,
        facts=(
            *facts,
            Fact(
                term=_("Cost of a pilot"), value=str(solution.get_cost_band_display()) or _("Ask")
            ),
            Fact(
                term=_("Readiness"),
                value=str(solution.get_readiness_display()),
                stage=stage_of(solution.readiness),
            ),
        ),
        tags=tags,
        places=[r.organisation.name for r in users if r.organisation.is_municipality],
    )


def comparable(row: SolutionRow, solution: Solution, compared: Choice | None) -> SolutionRow:
    """The row with a way to compare it, when its page has one; its own page keeps the choice."""
    if compared is None:
        return row
    return replace(
        row,
        url=row.url + compared.query,
        compare_url=compared.toggled(solution.slug),
        compared=compared.has(solution.slug),
    )


def users_in_words(count: int) -> str:
    if not count:
        return _("Not yet")
    return ngettext("%(n)s municipality", "%(n)s municipalities", count) % {
        "n": number_format(count)
    }


def trail_of(solution: Solution) -> list[Step]:
    """From proposal to use: what has happened, where it stands, what is ahead."""
    stages = [reuse.stage for reuse in solution.reuses.all()]
    uses, pilots = sum(stage in IN_USE for stage in stages), stages.count(ReuseStage.PILOTING)
    in_use = bool(uses) or solution.readiness in (
        Readiness.PRODUCTION,
        Readiness.WIDELY_USED,
    )
    piloted = in_use or bool(pilots) or solution.readiness == Readiness.PILOT
    steps: list[tuple[str, bool, str]] = []
    if solution.idea_id:
        submitted = solution.idea.submitted_at if solution.idea else None
        steps.append((_("Proposal"), True, f"{submitted:%-m/%Y}" if submitted else ""))
        steps.append((_("Winner"), bool(solution.award), solution.origin))
    else:
        steps.append((_("Solution"), True, solution.origin))
    steps.append((_("Pilot"), piloted, users_in_words(pilots) if pilots else ""))
    steps.append((_("In use"), in_use, users_in_words(uses) if uses else ""))
    last = max(place for place, step in enumerate(steps) if step[1])
    return [
        Step(
            label=label,
            caption=caption,
            state="now" if place == last else "done" if done else "next",
        )
        for place, (label, done, caption) in enumerate(steps)
    ]


def related(solution: Solution, *, limit: int = 3) -> list[Solution]:
    """Others like it, the likest first; of the same theme, the most used first, when nobody can
    tell which are like it."""
    pks = registry.related(solution, limit)
    found = published_by_pk(pks)
    if like := [found[pk] for pk in pks if pk in found]:
        return like
    if solution.theme_id is None:
        return []
    return list(
        with_users(Solution.objects.published())
        .filter(theme=solution.theme_id)
        .exclude(pk=solution.pk)
        .order_by("-users_count", "title")[:limit]
    )


def contacts_of(solution: Solution) -> list[Contact]:
    """The people who may be shown today: they have consented, and it has not run out."""
    today = clock.local(clock.now()).date()
    return [one for one in solution.contacts.all() if one.is_shown_on(today)]


def municipalities_of(user: User) -> list[Organisation]:
    """The municipalities for which the person may tell of uses."""
    roles = roles_of(user)
    if not roles:
        return []
    return list(Organisation.objects.municipalities().filter(pk__in=roles).order_by("name"))


def reuses_of(organisation: Organisation) -> QuerySet[Reuse]:
    """What the organisation uses or wants to, published solutions only."""
    return (
        organisation.reuses.filter(solution__live=True, stage__in=ACTIVE)
        .select_related("solution__theme")
        .order_by("stage", "solution__title")
    )


def use_of(solution: Solution, organisation: Organisation) -> Reuse | None:
    """What the organisation has told of its use, while that goes on."""
    return solution.reuses.filter(organisation=organisation, stage__in=ACTIVE).first()


def newest_reuses(limit: int = 3) -> QuerySet[Reuse]:
    """The newest words of municipalities on what they use, those that have something to say."""
    return (
        Reuse.objects.filter(solution__live=True, stage__in=ACTIVE)
        .exclude(note="")
        .select_related("solution__theme", "organisation")
        .order_by("-updated_at", "-pk")[:limit]
    )


def numbers() -> Numbers:
    active = Reuse.objects.filter(solution__live=True, stage__in=ACTIVE)
    counts = active.aggregate(
        municipalities=Count("organisation", distinct=True),
        pilots=Count("pk", filter=Q(stage=ReuseStage.PILOTING)),
        uses=Count("pk", filter=Q(stage__in=IN_USE | {ReuseStage.PILOTING})),
    )
    return Numbers(solutions=Solution.objects.published().count(), **counts)


def uses_by_municipality() -> dict[str, int]:
    """Name of the municipality → solutions that it uses or wants to."""
    return dict(
        Reuse.objects.filter(solution__live=True, stage__in=ACTIVE)
        .values_list("organisation__name")
        .annotate(n=Count("pk"))
        .order_by("organisation__name")
    )


@dataclass(frozen=True)
class ProofRow:
    claim: Claim
    may_verify: bool
    may_withdraw: bool


@dataclass(frozen=True)
class Proof:
    """What the users of a solution have told of its effects, and what the reader may do."""

    rows: list[ProofRow]
    sums: list[evidence.Sum]
    bars: list[tuple[str, Any, str]]  # euros saved, for a chart


def proof_of(solution: Solution, user: Any, municipalities: list[Organisation]) -> Proof:
    """`municipalities`: those for which the reader may speak."""
    claims = list(evidence.standing_claims(solution))
    return Proof(
        rows=[
            ProofRow(
                claim=claim,
                may_verify=not claim.verified_by_id
                and any(rules.can_verify_claim(user, claim, one) for one in municipalities),
                may_withdraw=bool(rules.can_withdraw_claim(user, claim)),
            )
            for claim in claims
        ],
        sums=evidence.sums(claims),
        bars=[
            (claim.organisation.name, round(claim.saved), _bar(claim))
            for claim in claims
            if claim.indicator == Indicator.COST and claim.saved > 0
        ],
    )


def _bar(claim: Claim) -> str:
    """How sure it is, as the chart's kinds are called."""
    if claim.method != Method.MEASURED:
        return "estimate"
    return "verified" if claim.verified_by_id else "measured"
