"""Reads: results as staff see them: raw beside calibrated, how sure, how far jurors agree."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Q

from core import lazy
from core.multilingual import text
from ideas.models import Idea
from scoring import award, ranking, rubrics
from scoring.models import (
    Assignment,
    Declaration,
    IdeaStanding,
    Juror,
    Round,
    RoundStanding,
)
from scoring.queries.decision import order_words, promises_calibration, uses_calibration
from scoring.queries.ranking import rank_round
from scoring.states import DeclarationKind, JurorState
from scoring.totals import exact

if TYPE_CHECKING:
    from scoring import standing as pure
    from scoring import uncertainty
else:
    pure = lazy.module("scoring.standing")
    uncertainty = lazy.module("scoring.uncertainty")

PER_PAGE = 50
AROUND = 25  # places on each side of the cut line that the chart shows
IN, GREY, OUT = "in", "grey", "out"
HELPERS = 3  # jurors suggested per proposal
ALIKE, MAINLY, SOMEWHAT = 0.8, 0.5, 0.2


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's α of a criterion; `word`: alike, mainly, somewhat, hardly or unknown."""

    name: str
    alpha: float | None

    @property
    def word(self) -> str:
        if self.alpha is None:
            return "unknown"
        if self.alpha >= ALIKE:
            return "alike"
        if self.alpha >= MAINLY:
            return "mainly"
        return "somewhat" if self.alpha >= SOMEWHAT else "hardly"


@dataclass(frozen=True)
class Leniency:
    """How many points more than the average juror this one gives; from `load` reviews."""

    juror: Juror
    bias: float
    load: int
    few: bool


@dataclass(frozen=True)
class RoundResults:
    """A page of the results of a round. `standing` is None until something was computed."""

    round: Round
    standing: RoundStanding | None
    page: "Page[IdeaStanding] | None" = None
    chart: tuple[IdeaStanding, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    leniency: tuple[Leniency, ...] = ()
    too_few: tuple[Leniency, ...] = ()
    bands: Mapping[str, int] | None = None


def results_of(
    round_: Round, *, page: str | None = None, without: Collection[int] = ()
) -> RoundResults:
    """From stored figures, a window at a time: eight queries whatever the challenge's size.

    `without`: proposals (primary keys) whose lines are left out.
    """
    standing = RoundStanding.objects.filter(round=round_, computed_at__isnull=False).first()
    if standing is None or not standing.sheets:
        return RoundResults(round_, standing)
    lines = round_.standings.exclude(idea__in=without).select_related("idea")
    found = Paginator(lines.order_by("line"), PER_PAGE).get_page(page)
    jurors = {
        one.pk: one for one in Juror.objects.filter(pk__in=[j["juror"] for j in standing.jurors])
    }
    leniency = [
        Leniency(jurors[one["juror"]], one["bias"], one["load"], one["few"])
        for one in standing.jurors
        if one["juror"] in jurors
    ]
    names = {c.key: text(c.name) for c in rubrics.published_criteria(round_.rubric)}
    cut = standing.winners
    around = Q(calibrated_rank__gt=cut - AROUND, calibrated_rank__lte=cut + AROUND)
    bands: dict[str, int] = defaultdict(int)
    for band in round_.standings.exclude(band="").values_list("band", flat=True):
        bands[band] += 1
    return RoundResults(
        round=round_,
        standing=standing,
        page=found,
        chart=tuple(lines.filter(around).order_by("calibrated_rank")),
        agreement=tuple(
            Agreement(names.get(one["key"], one["key"]), one["alpha"]) for one in standing.alphas
        ),
        leniency=tuple(sorted(leniency, key=lambda one: -one.bias)) if standing.used else (),
        too_few=tuple(one for one in leniency if one.few),
        bands={name: bands[name] for name in (IN, GREY, OUT)},
    )


# What other weights would change


@dataclass(frozen=True)
class Placing:
    """Place and points in the order that decides: raw, or calibrated where the rubric said so."""

    rank: int | None
    score: Decimal | None


@dataclass(frozen=True)
class Move:
    """A proposal's place and score by the published weights, and by those played with."""

    idea: Idea
    before: Placing
    after: Placing
    winners: int

    @property
    def change(self) -> int:
        """Places up (positive) or down; 0 where one of the two has no place."""
        if self.before.rank is None or self.after.rank is None:
            return 0
        return self.before.rank - self.after.rank

    @property
    def enters(self) -> bool:
        return self._wins(self.after) and not self._wins(self.before)

    @property
    def leaves(self) -> bool:
        return self._wins(self.before) and not self._wins(self.after)

    def _wins(self, place: Placing) -> bool:
        return place.rank is not None and place.rank <= self.winners


@dataclass(frozen=True)
class WeightPlay:
    """The ranking under other weights. Nothing of it is stored. `order`: whose order decides."""

    moves: tuple[Move, ...]
    total: str
    order: str

    @property
    def entering(self) -> list[Move]:
        return [move for move in self.moves if move.enters]

    @property
    def leaving(self) -> list[Move]:
        return [move for move in self.moves if move.leaves]

    @property
    def moved(self) -> int:
        return sum(move.change != 0 for move in self.moves)


def play_weights(
    round_: Round, weights: Mapping[str, str], *, without: Collection[int] = ()
) -> WeightPlay:
    """What other weights (criterion's key → exact number) would change in the round's ranking.

    `without`: proposals (primary keys) that are ranked but not shown.
    Raises ValueError as `standing.with_weights`.
    """
    ranked = rank_round(round_)
    other = pure.with_weights(ranked.given, dict(weights))
    played = ranking.rank(other)
    promised = promises_calibration(round_.rubric)
    order = award.order_of(ranked.given, ranked.result, calibrated=promised)
    before = _placings(ranked.result, order)
    after = _placings(played, award.order_of(other, played, calibrated=promised))
    moves = [
        Move(row.idea, before[row.place.idea], after[row.place.idea], round_.series.winners)
        for row in ranked.rows
        if row.idea.pk not in without
    ]
    moves.sort(key=lambda move: (move.after.rank is None, move.after.rank or 0, move.idea.pk))
    return WeightPlay(
        moves=tuple(moves),
        total=f"{float(sum(exact(scale.weight) for scale in played.rules.scales)):g}",
        order=order_words(round_.rubric, order.to_data()),
    )


def _placings(result: ranking.SeriesRanking, order: award.Order) -> dict[str, Placing]:
    return {
        place.idea: Placing(order.ranks.get(place.idea), order.scores.get(place.idea, place.score))
        for place in result.places
    }


# Whom the grey zone would need


@dataclass(frozen=True)
class Helper:
    """A juror who could read the proposal, and the variance (points²) that it would take off."""

    juror: Juror
    gain: float


@dataclass(frozen=True)
class Unclear:
    """A proposal of the grey band, with its standing and those who would help most."""

    standing: IdeaStanding
    helpers: tuple[Helper, ...]


def grey_zone(round_: Round, *, without: Collection[int] = ()) -> list[Unclear]:
    """Proposals whose winning is open (P between .1 and .9), the most open first.

    A helper has accepted a place in the series, has no tie to the proposal and has not been given
    it. Of equals the one with the smaller load comes first.
    """
    grey = sorted(
        round_.standings.filter(band=GREY).exclude(idea__in=without).select_related("idea"),
        key=lambda one: (abs((one.p_winner or 0) - 0.5), one.line),
    )
    if not grey:
        return []
    ranked = rank_round(round_)
    reviews = pure.reviews_of(ranked.given)
    if reviews is None:
        return []
    told = uncertainty.gain(pure.fit_of(reviews, calibrated=uses_calibration(round_.rubric)))
    row_of = {key: row for row, key in enumerate(reviews.ideas)}
    column_of = {key: column for column, key in enumerate(reviews.jurors)}
    ideas = [one.idea_id for one in grey]
    jurors = list(Juror.objects.filter(series=round_.series_id, state=JurorState.ACCEPTED))
    barred = set(
        Assignment.objects.filter(round__series=round_.series_id, idea__in=ideas).values_list(
            "juror_id", "idea_id"
        )
    )
    barred |= set(
        Declaration.objects.filter(idea__in=ideas)
        .exclude(kind=DeclarationKind.NONE)
        .values_list("juror_id", "idea_id")
    )

    def _gain(row: int | None, column: int | None) -> float:
        return 0.0 if row is None else float(told[row, -1 if column is None else column])

    suggested: dict[int, int] = defaultdict(int)
    found = []
    for one in grey:
        row = row_of.get(one.idea.uid.hex)
        able = [
            Helper(juror, _gain(row, column_of.get(str(juror.pk))))
            for juror in jurors
            if (juror.pk, one.idea_id) not in barred
            and (juror.capacity is None or juror.to_read + suggested[juror.pk] < juror.capacity)
        ]
        able.sort(
            key=lambda h: (-round(h.gain, 6), h.juror.to_read + suggested[h.juror.pk], h.juror.pk)
        )
        for helper in able[:1]:
            suggested[helper.juror.pk] += 1
        found.append(Unclear(one, tuple(able[:HELPERS])))
    return found
