"""Assignment: no conflict, as many reviews as can be, even loads, the same again from its seed."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from scoring.assignment import assign, assign_extra
from scoring.staffing import staffing


@st.composite
def tasks(draw):
    """Small, often impossible: affinity, conflict, reviews, capacity, fixed pairs."""
    count, jurors = draw(st.integers(1, 9)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    conflict = rng.random((count, jurors)) < draw(st.sampled_from([0.0, 0.2, 0.5]))
    reviews = rng.integers(0, draw(st.integers(1, 4)) + 1, count)
    capacity = rng.integers(0, draw(st.integers(1, 8)) + 1, jurors)
    free = np.argwhere(~conflict)
    fixed = rng.permutation(free)[: draw(st.integers(0, 4))]
    pairs = [(int(idea), int(juror)) for idea, juror in fixed]
    return rng.random((count, jurors)), conflict, reviews, capacity, pairs


def by_linear_programme(conflict, reviews, capacity, fixed):
    """Most reviews that can be added, and then the least sum of squared loads, by linprog.

    Loads are priced step by step (1, 3, 5, …), which makes their squares linear.
    """
    free = [pair for pair in np.argwhere(~conflict).tolist() if tuple(pair) not in fixed]
    load = np.bincount([juror for _, juror in fixed], minlength=len(capacity))
    have = np.bincount([idea for idea, _ in fixed], minlength=len(reviews))
    left = np.maximum(reviews - have, 0)
    room = np.maximum(capacity - load, 0)
    steps = [
        (juror, load[juror] + step) for juror in range(len(room)) for step in range(room[juror])
    ]
    if not free or not steps:
        return 0, int((load**2).sum())
    most = len(free) + len(steps)
    rows = np.zeros((len(reviews), most))
    balance = np.zeros((len(capacity), most))
    for column, (idea, juror) in enumerate(free):
        rows[idea, column] = 1
        balance[juror, column] = 1
    for column, (juror, _) in enumerate(steps, start=len(free)):
        balance[juror, column] = -1
    price = np.concatenate([np.full(len(free), -1000.0), [2.0 * height + 1 for _, height in steps]])
    found = linprog(
        price, rows, left, balance, np.zeros(len(capacity)), bounds=(0, 1), method="highs"
    )
    given_reviews = round(found.x[: len(free)].sum())
    return given_reviews, round(found.fun + 1000 * given_reviews + (load**2).sum())


@settings(deadline=None, max_examples=300)
@given(tasks(), st.integers(0, 2**32 - 1))
def test_every_constraint_holds_and_nothing_better_exists(task, seed):
    affinity, conflict, reviews, capacity, fixed = task
    result = assign(affinity, conflict, reviews, capacity, seed, fixed)
    pairs = [tuple(pair) for pair in result.pairs.tolist()]
    added = [tuple(pair) for pair in result.added.tolist()]
    assert len(set(pairs)) == len(pairs)
    assert set(fixed) | set(added) == set(pairs)
    assert not set(fixed) & set(added)
    assert not any(conflict[pair] for pair in pairs)
    have = np.bincount([idea for idea, _ in pairs], minlength=len(reviews))
    before = np.bincount([idea for idea, _ in fixed], minlength=len(reviews))
    assert (have <= np.maximum(reviews, before)).all()
    assert result.unmet.tolist() == np.maximum(reviews - have, 0).tolist()
    assert (
        result.load.tolist()
        == np.bincount([juror for _, juror in pairs], minlength=len(capacity)).tolist()
    )
    held = np.bincount([juror for _, juror in fixed], minlength=len(capacity))
    assert (result.load <= np.maximum(capacity, held)).all()

    most, squares = by_linear_programme(conflict, reviews, capacity, fixed)
    assert len(added) == most
    assert (result.load**2).sum() == squares
    assert sum(shortage.missing for shortage in result.shortages) == result.unmet.sum()


@settings(deadline=None, max_examples=100)
@given(tasks(), st.integers(0, 2**32 - 1))
def test_the_same_seed_gives_the_same_pairs(task, seed):
    affinity, conflict, reviews, capacity, fixed = task
    one = assign(affinity, conflict, reviews, capacity, seed, fixed)
    other = assign(affinity, conflict, reviews, capacity, seed, fixed[::-1])
    assert one.pairs.tolist() == other.pairs.tolist()


@settings(deadline=None, max_examples=100)
@given(tasks())
def test_staffing_tells_how_much_is_possible(task):
    _, conflict, reviews, capacity, fixed = task
    given_pairs = np.zeros_like(conflict)
    for pair in fixed:
        given_pairs[pair] = True
    found = staffing(conflict, reviews, capacity, given_pairs)
    most, _ = by_linear_programme(conflict, reviews, capacity, fixed)
    already = np.minimum(given_pairs.sum(axis=1), reviews).sum()
    assert found.wanted == reviews.sum()
    assert found.possible == most + already
    assert (found.possible == found.wanted) == (not found.shortages)


def scene(ideas, jurors, seed, topics=6, conflicts=0.05):
    """Everyone knows one topic; one pair in twenty is in conflict."""
    rng = np.random.default_rng(seed)
    topic, field = rng.integers(0, topics, ideas), np.arange(jurors) % topics
    affinity = np.where(topic[:, None] == field[None, :], 1.0, 0.1)
    return affinity, rng.random((ideas, jurors)) < conflicts


@pytest.mark.parametrize(("ideas", "jurors", "k"), [(86, 20, 3), (75, 7, 3), (300, 40, 5)])
def test_usual_panels_are_even_comparable_and_use_expertise(ideas, jurors, k):
    affinity, conflict = scene(ideas, jurors, 1)
    result = assign(affinity, conflict, k, ideas, seed=7)
    assert not result.unmet.any()
    assert result.shortages == ()
    assert np.ptp(result.load) <= 1
    assert result.connected
    assert result.comparability >= 0.5
    assert result.expertise > affinity[~conflict].mean() + 0.1


def test_pairs_are_spread_over_the_panel():
    nothing = np.zeros((190, 20))
    result = assign(nothing, nothing, 2, 30, seed=1)
    met = {tuple(result.pairs[result.pairs[:, 0] == idea, 1]) for idea in range(190)}
    assert len(met) > 170  # of 190 possible pairs
    assert result.comparability > 0.4


def test_another_seed_deals_otherwise():
    nothing = np.zeros((30, 8))
    one, other = (assign(nothing, nothing, 3, 20, seed=seed).pairs for seed in (1, 2))
    assert one.tolist() != other.tolist()


def test_anchors_are_scored_by_all():
    affinity, conflict = np.zeros((40, 8)), np.zeros((40, 8), dtype=bool)
    reviews = np.full(40, 2)
    reviews[:3] = 8
    result = assign(affinity, conflict, reviews, 20, seed=3)
    assert np.bincount(result.pairs[:, 0])[:4].tolist() == [8, 8, 8, 2]
    assert not result.unmet.any()


def test_more_reviews_than_jurors_names_the_panel():
    result = assign(np.zeros((3, 2)), np.zeros((3, 2)), [3, 1, 2], 9, seed=1)
    (shortage,) = result.shortages
    assert (shortage.constraint, shortage.ideas, shortage.missing) == ("panel", (0,), 1)
    assert result.unmet.tolist() == [1, 0, 0]


def test_too_many_conflicts_are_named_by_proposal():
    conflict = np.zeros((4, 5), dtype=bool)
    conflict[2, 1:] = True
    result = assign(np.zeros((4, 5)), conflict, 2, 9, seed=1)
    (shortage,) = result.shortages
    assert (shortage.constraint, shortage.ideas, shortage.jurors) == ("conflict", (2,), ())


def test_full_jurors_are_named_with_those_who_compete_for_them():
    conflict = np.zeros((6, 4), dtype=bool)
    conflict[:3, 2:] = True  # three proposals may have jurors 0 and 1 only
    result = assign(np.zeros((6, 4)), conflict, 2, [2, 2, 9, 9], seed=1)
    (shortage,) = result.shortages
    assert (shortage.constraint, shortage.ideas, shortage.jurors) == ("capacity", (0, 1, 2), (0, 1))
    assert shortage.missing == 2
    assert result.unmet.sum() == 2


def test_shortage_is_shared_out():
    result = assign(np.zeros((10, 5)), np.zeros((10, 5)), 3, 4, seed=1)
    assert result.unmet.tolist() == [1] * 10


def test_greedy_dead_end_is_repaired():
    # Proposals 0…2 may only have jurors 0…2; whoever comes first must not use them up.
    conflict = np.zeros((6, 6), dtype=bool)
    conflict[:3, 3:] = True
    affinity = np.zeros((6, 6))
    affinity[3:, :3] = 1.0
    for seed in range(20):
        result = assign(affinity, conflict, 3, 3, seed)
        assert not result.unmet.any()
        assert result.load.tolist() == [3] * 6


def test_extra_reviews_leave_everything_in_place():
    affinity, conflict = scene(40, 10, 2)
    first = assign(affinity, conflict, 3, 20, seed=1)
    gone = 4
    stay = [(int(i), int(j)) for i, j in first.pairs if j != gone]
    lost = np.bincount(first.pairs[first.pairs[:, 1] == gone][:, 0], minlength=40)
    capacity = np.full(10, 20)
    capacity[gone] = 0
    repaired = assign_extra(affinity, conflict, stay, lost, capacity, seed=2)
    assert set(stay) < {tuple(pair) for pair in repaired.pairs.tolist()}
    assert len(repaired.added) == lost.sum()
    assert repaired.load[gone] == 0
    assert np.bincount(repaired.pairs[:, 0]).tolist() == [3] * 40
    assert np.ptp(np.delete(repaired.load, gone)) <= 1


def test_extra_reviews_go_where_they_are_asked_for():
    nothing = np.zeros((5, 6))
    grey = assign_extra(nothing, nothing, [(0, 1), (3, 2)], [0, 2, 0, 1, 0], 9, seed=1)
    assert np.bincount(grey.pairs[:, 0], minlength=5).tolist() == [1, 2, 0, 2, 0]


def test_fixed_pairs_count_even_above_every_limit():
    result = assign(np.zeros((2, 3)), np.zeros((2, 3)), 1, [0, 1, 1], 1, [(0, 0), (0, 1), (1, 0)])
    assert sorted(map(tuple, result.pairs.tolist())) == [(0, 0), (0, 1), (1, 0)]
    assert result.added.shape == (0, 2)
    assert np.isnan(result.expertise)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"affinity": np.zeros((2, 2))}, "proposals × jurors"),
        ({"affinity": np.zeros(3), "conflict": np.zeros(3)}, "proposals × jurors"),
        ({"affinity": np.full((2, 3), 1.5)}, "between 0 and 1"),
        ({"affinity": np.full((2, 3), np.nan)}, "between 0 and 1"),
        ({"reviews": -1}, "negative"),
        ({"reviews": [1, 2, 3]}, "reviews must be"),
        ({"capacity": 1.5}, "whole number"),
        ({"fixed": [(0, 0), (0, 0)]}, "twice"),
        ({"fixed": [(2, 0)]}, "outside"),
        ({"fixed": [(0, 1)], "conflict": np.ones((2, 3))}, "in conflict"),
    ],
)
def test_faulty_tasks_are_refused(change, words):
    task = {
        "affinity": np.zeros((2, 3)),
        "conflict": np.zeros((2, 3)),
        "reviews": 1,
        "capacity": 3,
        "seed": 1,
    }
    with pytest.raises(ValueError, match=words):
        assign(**(task | change))


def test_extra_refuses_pairs_outside():
    nothing = np.zeros((2, 3))
    for pair in product((-1, 5), (0,)):
        with pytest.raises(ValueError, match="outside"):
            assign_extra(nothing, nothing, [pair], 1, 3, seed=1)
