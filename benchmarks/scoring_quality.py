"""Does calibration find the right winners? The table of designs, with its seeds.

    python -m benchmarks.scoring_quality [--worlds 400] [--seed 1]

Each line is the mean over the worlds, precision@14 / Kendall's τ, for the plain mean, z-scores and
the additive model, with what the additive model is to reach.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks import scoring_simulator as sim
from scoring.calibration import calibrate
from scoring.uncertainty import IN, rank_intervals

Design = Callable[[sim.World, int, int], sim.Ints]

LEVEL = sim.Settings()
TOPICS = replace(LEVEL, quality=0.44, topic_gap=0.45)  # as much variance in all
GREY_REVIEWS = 344

ROWS: list[tuple[str, Design, int, sim.Settings, tuple[float, float] | None]] = [
    ("k = 3 balanced", sim.balanced, 3, LEVEL, (0.67, 0.67)),
    ("k = 5 balanced", sim.balanced, 5, LEVEL, (0.745, 0.735)),
    ("k = 3 by lot", sim.scattered, 3, LEVEL, None),
    ("k = 3 by expertise, topics differ", sim.by_expertise, 3, TOPICS, (0.66, 0.65)),
    ("k = 3 ours with expertise", sim.ours_by_expertise, 3, TOPICS, None),
    ("disjoint panels, topics differ", sim.disjoint_panels, 3, TOPICS, (0.645, 0.625)),
]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    seeds = range(asked.seed, asked.seed + asked.worlds)
    print(f"{asked.worlds} worlds, seeds {seeds[0]}…{seeds[-1]}; precision@14 / tau; {LEVEL}")
    print(f"{'design':36}{'plain':>14}{'z-score':>14}{'additive':>14}{'to reach':>14}  used  comp.")
    for name, design, k, settings, target in ROWS:
        print(row(name, design, k, settings, target, seeds))
    print(grey_row(seeds))
    for k in (3, 5):
        print(sureness(k, seeds))


def row(
    name: str,
    design: Design,
    k: int,
    settings: sim.Settings,
    target: tuple[float, float] | None,
    seeds: range,
) -> str:
    results, used, comparability = [], [], []
    for seed in seeds:
        world = sim.make_world(settings, seed)
        pairs = design(world, k, seed)
        fit = calibrate(pairs[:, 0], pairs[:, 1], sim.values_of(world, pairs))
        scores = (sim.plain(world, pairs), sim.z_scores(world, pairs), fit.effect)
        results.append([sim.quality(world, score) for score in scores])
        used.append(fit.used)
        comparability.append(fit.comparability)
    cells = "".join(f"{f'{p:.3f}/{t:.3f}':>14}" for p, t in np.mean(results, axis=0))
    goal = f"{target[0]:.3f}/{target[1]:.3f}" if target else "–"
    return f"{name:36}{cells}{goal:>14}  {np.mean(used):.2f}  {np.mean(comparability):.2f}"


def grey_row(seeds: range) -> str:
    found = []
    for seed in seeds:
        world = sim.make_world(LEVEL, seed)
        adaptive = sim.grey_zone(world, 3, GREY_REVIEWS, seed)
        even = sim.balanced(world, 4, seed)
        assert len(adaptive) == len(even) == GREY_REVIEWS
        methods = ((even, sim.plain), (even, sim.additive), (adaptive, sim.additive))
        found.append([sim.quality(world, method(world, pairs))[0] for pairs, method in methods])
    plain, additive, adaptive_found = np.mean(found, axis=0)
    return (
        f"{GREY_REVIEWS} reviews: even k = 4 plain {plain:.3f}, additive {additive:.3f}; "
        f"grey-zone adaptive {adaptive_found:.3f} (to reach .76)"
    )


def sureness(k: int, seeds: range) -> str:
    """Coverage of the 90 % rank interval, and how often "clear in" is true."""
    covered, clear, right, spent = [], 0, 0, 0.0
    for seed in seeds:
        world = sim.make_world(LEVEL, seed)
        pairs = sim.balanced(world, k, seed)
        fit = calibrate(pairs[:, 0], pairs[:, 1], sim.values_of(world, pairs))
        began = time.perf_counter()
        result = rank_intervals(fit, LEVEL.winners, seed=seed)
        spent += time.perf_counter() - began
        rank = np.empty(LEVEL.ideas)
        rank[np.argsort(-world.truth)] = np.arange(1, LEVEL.ideas + 1)
        covered.append(np.mean((result.low <= rank) & (rank <= result.high)))
        sure = result.band == IN
        clear += int(sure.sum())
        right += int((rank[sure] <= LEVEL.winners).sum())
    return (
        f"k = {k}: 90 % rank interval covers {np.mean(covered):.3f} (to reach .88–.93); "
        f'"clear in" true {right / max(clear, 1):.3f} of {clear} (to reach .92)'
    )


if __name__ == "__main__":
    main()
