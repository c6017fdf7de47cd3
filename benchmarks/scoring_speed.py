"""How long the scoring core takes, at two sizes, with a reference in the same run.

    python -m benchmarks.scoring_speed [--repeats 3]

The reference is a fixed piece of NumPy work (sorting and multiplying); divide by it to compare
machines. Each figure is the best of the repeats, in milliseconds.
"""

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from scoring.assignment import Assignment, assign
from scoring.calibration import calibrate
from scoring.flags import flags
from scoring.ranking import Candidate, Series, canonical_json, rank
from scoring.totals import RankingRules, Scale, Sheet, TieStep
from scoring.uncertainty import rank_intervals

T = TypeVar("T")

K = 5
RULES = RankingRules(
    tuple(Scale(f"c{number}", weight, 1, 5) for number, weight in enumerate((30, 25, 20, 15, 10))),
    ties=(TieStep("criterion", "c0"), TieStep("median"), TieStep("lot", seed="benchmark")),
)
TARGETS = {
    1000: {"ranking in all": 100.0, "assignment": 200.0},
    10000: {"ranking in all": 4000.0, "assignment": 3000.0},
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    reference, _ = best_of(reference_work, repeats)
    print(f"reference {reference:.1f} ms")
    for ideas, jurors in ((1000, 60), (10000, 500)):
        print(f"\n{ideas} proposals × {jurors} jurors × {K} reviews")
        times, plan = measure(ideas, jurors, repeats)
        for name, spent in times.items():
            target = TARGETS[ideas].get(name)
            goal = f"  (to reach {target:.0f} ms)" if target else ""
            print(f"  {name:28}{spent:9.1f} ms {spent / reference:8.1f} × reference{goal}")
        low, high = plan.load.min(), plan.load.max()
        print(
            f"  comparability {plan.comparability:.2f} (to reach .5), loads {low}–{high}, "
            f"unmet {plan.unmet.sum()}, expertise {plan.expertise:.2f}"
        )


def measure(ideas: int, jurors: int, repeats: int) -> tuple[dict[str, float], Assignment]:
    affinity, conflict = expertise(ideas, jurors)
    capacity = ideas * K // jurors + 10
    times: dict[str, float] = {}
    times["assignment"], plan = best_of(
        lambda: assign(affinity, conflict, K, capacity, seed=7), repeats
    )
    idea, juror = plan.pairs.T
    levels = reviews(ideas, jurors, idea, juror)
    total = 100 * ((levels - 1) / 4) @ np.array([0.30, 0.25, 0.20, 0.15, 0.10])
    series = as_series(ideas, idea, juror, levels)
    times["exact ranking"], ranking = best_of(lambda: rank(series), repeats)
    times["calibration"], fit = best_of(lambda: calibrate(idea, juror, total), repeats)
    times["rank intervals, 1000 draws"], _ = best_of(
        lambda: rank_intervals(fit, ideas // 6), repeats
    )
    names = ("exact ranking", "calibration", "rank intervals, 1000 draws")
    times["ranking in all"] = sum(times[name] for name in names)
    times["canonical JSON"], _ = best_of(lambda: canonical_json([ranking]), repeats)
    times["flags"], _ = best_of(lambda: flags(fit, idea, juror, total, levels), repeats)
    return times, plan


def best_of(work: Callable[[], T], repeats: int) -> tuple[float, T]:
    spent = []
    for _ in range(repeats):
        began = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - began)
    return 1000 * min(spent), result


def reference_work() -> float:
    numbers = np.random.default_rng(0).standard_normal((400, 1000))
    return float((numbers @ numbers.T).trace() + np.sort(numbers, axis=1)[:, 0].sum())


def expertise(ideas: int, jurors: int) -> tuple[np.ndarray, np.ndarray]:
    """Twelve topics, each juror at home in two; one pair in twenty in conflict."""
    rng = np.random.default_rng(1)
    topic = rng.integers(0, 12, ideas)
    known = np.zeros((jurors, 12), dtype=bool)
    for juror in range(jurors):
        known[juror, rng.choice(12, 2, replace=False)] = True
    affinity = np.where(known[:, topic].T, 1.0, 0.1)
    return affinity, rng.random(affinity.shape) < 0.05


def reviews(ideas: int, jurors: int, idea: np.ndarray, juror: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(2)
    quality, leniency = 0.6 * rng.standard_normal(ideas), 0.45 * rng.standard_normal(jurors)
    seen = 3 + quality[idea] + leniency[juror] + 0.5 * rng.standard_normal(idea.size)
    return np.rint(seen[:, None] + 0.5 * rng.standard_normal((idea.size, 5))).clip(1, 5)


def as_series(ideas: int, idea: np.ndarray, juror: np.ndarray, levels: np.ndarray) -> Series:
    expected: list[list[str]] = [[] for _ in range(ideas)]
    sheets = []
    for row, (one, other) in enumerate(zip(idea.tolist(), juror.tolist(), strict=True)):
        expected[one].append(f"j{other}")
        marks = {f"c{number}": int(level) for number, level in enumerate(levels[row])}
        sheets.append(Sheet(f"i{one}", f"j{other}", marks))
    candidates = tuple(Candidate(f"i{key}", tuple(who)) for key, who in enumerate(expected))
    return Series("all", RULES, candidates, tuple(sheets))


if __name__ == "__main__":
    main()
