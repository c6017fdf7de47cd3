"""Levels that a jury could have given: around a proposal's quality, each juror in their own way."""

import random
from collections.abc import Mapping, Sequence

CLOSE_ENOUGH = 0.05  # of a level: how far the jury's mean may lie from the quality
LOW, HIGH = 1, 5
Levels = dict[str, int]


def sheets(
    quality: float, weights: Mapping[str, int], leniency: Sequence[float], dice: random.Random
) -> list[Levels]:
    """One sheet per juror. Their weighted mean is the quality, whatever jurors they are.

    So the order of the proposals is that of their qualities however they were assigned.
    """
    tilt = {key: dice.gauss(0, 0.4) for key in weights}
    drawn = [
        {
            key: _within(round(quality + 0.5 * mild + tilt[key] + dice.gauss(0, 0.45)))
            for key in weights
        }
        for mild in leniency
    ]
    _adjust(drawn, quality, weights, dice)
    return drawn


def mean(drawn: Sequence[Levels], weights: Mapping[str, int]) -> float:
    whole = sum(weights.values()) * len(drawn)
    return sum(one[key] * weight for one in drawn for key, weight in weights.items()) / whole


def _adjust(
    drawn: list[Levels], quality: float, weights: Mapping[str, int], dice: random.Random
) -> None:
    """Move single marks by one level until the mean is the quality, as near as it gets."""
    whole = sum(weights.values()) * len(drawn)
    lacking = quality - mean(drawn, weights)
    for _attempt in range(400):
        if abs(lacking) <= CLOSE_ENOUGH:
            return
        step = 1 if lacking > 0 else -1
        sheet, key = dice.choice(drawn), dice.choice(list(weights))
        moved = step * weights[key] / whole
        if LOW <= sheet[key] + step <= HIGH and abs(lacking - moved) < abs(lacking):
            sheet[key] += step
            lacking -= moved


def _within(level: int) -> int:
    return max(LOW, min(HIGH, level))
