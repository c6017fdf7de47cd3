"""A made-up jury whose truth is known, to attack the scoring core with.

A proposal has a true quality per criterion; a juror has a leniency and their own spread; each
level given is truth + leniency + what the juror sees in this proposal + a slip, rounded to 1…5.
Totals are points of 0–100. Everything follows from one seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from scoring.assignment import assign, assign_extra
from scoring.calibration import calibrate
from scoring.uncertainty import rank_intervals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WEIGHTS = np.array([30.0, 25.0, 20.0, 15.0, 10.0])


@dataclass(frozen=True)
class Settings:
    """Standard deviations in levels of a scale 1…5, tuned until plain means do as in the table."""

    ideas: int = 86
    jurors: int = 20
    winners: int = 14
    quality: float = 0.60  # between proposals, all criteria together
    profile: float = 0.35  # of one criterion around that
    leniency: float = 0.46  # between jurors
    stretch: float = 0.10  # how differently jurors spread their levels (log scale)
    taste: float = 0.47  # between juror and proposal, all criteria together
    slip: float = 0.52  # of one level
    topics: int = 5
    topic_gap: float = 0.0  # between topics' mean quality


@dataclass(frozen=True)
class World:
    settings: Settings
    truth: Floats  # (n,) true total, points
    topic: Ints  # (n,)
    field: Ints  # (J,) the juror's own topic
    totals: Floats  # (n, J) what each juror would give, points

    def winners(self) -> set[int]:
        return best(self.truth, self.settings.winners)


def make_world(settings: Settings, seed: int) -> World:
    rng = np.random.default_rng(seed)
    n, jurors, criteria = settings.ideas, settings.jurors, WEIGHTS.size
    topic = rng.permutation(np.arange(n) % settings.topics)
    shift = settings.topic_gap * rng.standard_normal(settings.topics)
    quality = settings.quality * rng.standard_normal(n) + shift[topic]
    latent = quality[:, None] + settings.profile * rng.standard_normal((n, criteria))
    leniency = settings.leniency * rng.standard_normal(jurors)
    stretch = np.exp(settings.stretch * rng.standard_normal(jurors))
    seen = latent[:, None, :] + settings.taste * rng.standard_normal((n, jurors, 1))
    seen = seen + settings.slip * rng.standard_normal((n, jurors, criteria))
    levels = np.rint(3 + leniency[None, :, None] + stretch[None, :, None] * seen).clip(1, 5)
    share = WEIGHTS / WEIGHTS.sum()
    return World(
        settings=settings,
        truth=100 * ((3 + latent - 1) / 4) @ share,
        topic=topic,
        field=np.arange(jurors) % settings.topics,
        totals=100 * ((levels - 1) / 4) @ share,
    )


def best(score: Floats, count: int) -> set[int]:
    return set(np.argsort(-score, kind="stable")[:count].tolist())


# Designs: who scores what, as (P, 2) pairs of proposal and juror.


def balanced(world: World, k: int, seed: int) -> Ints:
    """Ours, with nothing known of expertise."""
    nothing = np.zeros(world.totals.shape)
    return assign(nothing, nothing, k, len(nothing), seed).pairs


def ours_by_expertise(world: World, k: int, seed: int) -> Ints:
    """Ours, with expertise to be used and a twentieth of the pairs in conflict."""
    rng = np.random.default_rng(seed)
    own = world.topic[:, None] == world.field[None, :]
    conflict = rng.random(own.shape) < 0.05
    return assign(np.where(own, 1.0, 0.2), conflict, k, len(own), seed).pairs


def scattered(world: World, k: int, seed: int) -> Ints:
    """Each proposal to k jurors by plain lot."""
    rng = np.random.default_rng(seed)
    n, jurors = world.totals.shape
    return np.array([(i, j) for i in range(n) for j in rng.choice(jurors, k, replace=False)])


def by_expertise(world: World, k: int, seed: int) -> Ints:
    """As offices do: jurors of the topic first, evenly; every tenth review goes elsewhere."""
    rng = np.random.default_rng(seed)
    n, jurors = world.totals.shape
    load, pairs = np.zeros(jurors), []
    for idea in rng.permutation(n):
        own = world.field == world.topic[idea]
        taken = np.zeros(jurors, dtype=bool)
        for _ in range(k):
            wanted = own if rng.random() < 0.9 else ~own
            cost = np.where(wanted & ~taken, load, np.inf) + 1e-3 * rng.random(jurors)
            juror = int(cost.argmin())
            taken[juror] = True
            load[juror] += 1
            pairs.append((int(idea), juror))
    return np.array(pairs)


def disjoint_panels(world: World, k: int, seed: int) -> Ints:
    """A panel per topic that shares nothing with the others; k of its jurors per proposal."""
    rng = np.random.default_rng(seed)
    pairs = []
    for topic in range(world.settings.topics):
        panel = np.flatnonzero(world.field == topic)
        for idea in np.flatnonzero(world.topic == topic):
            pairs += [(int(idea), int(j)) for j in rng.permutation(panel)[:k]]
    return np.array(pairs)


# Methods: (n,) scores from the reviews of a design.


def values_of(world: World, pairs: Ints) -> Floats:
    return world.totals[pairs[:, 0], pairs[:, 1]]


def plain(world: World, pairs: Ints) -> Floats:
    return np.bincount(pairs[:, 0], values_of(world, pairs)) / np.bincount(pairs[:, 0])


def z_scores(world: World, pairs: Ints) -> Floats:
    value, juror = values_of(world, pairs), pairs[:, 1]
    load = np.maximum(np.bincount(juror), 1)
    mean = np.bincount(juror, value) / load
    spread = np.sqrt(np.bincount(juror, (value - mean[juror]) ** 2) / np.maximum(load - 1, 1))
    z = (value - mean[juror]) / np.where(spread > 0, spread, 1)[juror]
    return np.bincount(pairs[:, 0], z) / np.bincount(pairs[:, 0])


def additive(world: World, pairs: Ints) -> Floats:
    return calibrate(pairs[:, 0], pairs[:, 1], values_of(world, pairs)).effect


def grey_zone(world: World, k: int, reviews: int, seed: int) -> Ints:
    """k reviews each, then the rest in rounds, where the cut is least decided."""
    pairs, n = balanced(world, k, seed), world.settings.ideas
    none = np.zeros(world.totals.shape)
    for turn in range(3):
        left = reviews - len(pairs)
        fit = calibrate(pairs[:, 0], pairs[:, 1], values_of(world, pairs))
        chance = rank_intervals(fit, world.settings.winners, seed=seed + turn).p_winner
        undecided = np.argsort(np.abs(chance - 0.5), kind="stable")
        extra = np.zeros(n, dtype=np.int64)
        extra[undecided[: -(-left // (3 - turn))]] = 1
        pairs = assign_extra(none, none, pairs, extra, n, seed + turn).pairs
    return pairs


def quality(world: World, score: Floats) -> tuple[float, float]:
    """(share of the true winners found, Kendall's τ-b with the truth)."""
    found = best(score, world.settings.winners) & world.winners()
    return len(found) / world.settings.winners, float(kendalltau(score, world.truth).statistic)
