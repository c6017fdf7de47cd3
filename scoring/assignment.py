"""Who scores what: even loads, no conflict, expertise used, jurors comparable with each other.

`assign` gives every proposal its reviews in three steps, all from one seed:

1. hardest proposals first (fewest jurors free of conflict), each review goes to the juror with the
   highest  affinity − 0.6·load − 0.15·(how often they already sat with this proposal's jurors);
2. repair: while a proposal lacks a review or a load can be evened, reviews are handed on along the
   shortest chain of jurors. No such chain left means that no assignment fills more (L. R. Ford and
   D. R. Fulkerson, 1956) and that loads are as even as they can be (N. Harvey, R. Ladner, L. Lovász
   and T. Tamir, "Semi-matchings for bipartite graphs and load balancing", J. Algorithms 59, 2006);
3. if something is still missing, `staffing` names it from a minimum cut, and the missing reviews
   are spread so that nobody goes without while others have all.

The spreading of pairs keeps the juror graph tight, so that their leniency can be told apart from
the proposals' quality (see `calibration`). Where expertise pulls it below a comparability of .5,
the whole is made once more with four times the weight on spreading, and the tighter one kept.
Only sums, products and comparisons of single numbers decide between jurors, and the dice is
NumPy's frozen `RandomState`: a seed gives the same pairs on any machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain as joined
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from scoring.calibration import comparability_of
from scoring.staffing import Shortage, staffing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Pair = tuple[int, int]

LOAD: Final = 0.6
TOGETHER: Final = 0.15
COMPARABLE: Final = 0.5
HOPELESS: Final = 0.4  # after a quarter of many proposals
MANY: Final = 4000
_DICE: Final = 1e-6  # decides only between jurors who are otherwise equal


@dataclass(frozen=True, eq=False)
class Assignment:
    """Result of `assign` and `assign_extra`; n proposals, J jurors.

    Attributes:
        pairs: (P, 2) proposal and juror, sorted, fixed ones included.
        added: (A, 2) the pairs that were not given as fixed, sorted.
        unmet: (n,) reviews that could not be given.
        load: (J,) reviews per juror.
        comparability: of the juror graph, 0…1 (see `calibration.Calibration`).
        connected: whether every juror can be compared with every other.
        expertise: mean affinity of the added pairs, 0…1; `nan` if there are none.
        shortages: what cannot be staffed, and the constraint to relax.
        seed: what the dice was thrown with.
    """

    pairs: Ints
    added: Ints
    unmet: Ints
    load: Ints
    comparability: float
    connected: bool
    expertise: float
    shortages: tuple[Shortage, ...]
    seed: int


def assign(
    affinity: ArrayLike,
    conflict: ArrayLike,
    reviews: ArrayLike,
    capacity: ArrayLike,
    seed: int,
    fixed: Iterable[Pair] = (),
) -> Assignment:
    """Give every proposal its reviews.

    Args:
        affinity: (n, J) how well a juror knows a proposal's field, 0 (not at all) … 1 (their own).
        conflict: (n, J) true where the juror must not see the proposal.
        reviews: reviews per proposal, one number or (n,); J for an anchor that all score.
        capacity: most reviews per juror, one number or (J,).
        seed: 0…2³²−1; the same arguments give the same answer.
        fixed: pairs that stay whatever happens, such as submitted sheets. They count as reviews
            and as load, also above `reviews` and `capacity`.

    Returns:
        `Assignment`: no conflict, no pair twice, no load above capacity but by fixed pairs; as
        many reviews as is possible; loads max − min ≤ 1 wherever the constraints allow it.

    Raises:
        ValueError: shapes do not fit, affinity outside 0…1, negative numbers, or fixed pairs that
            are outside the arrays, given twice, or in conflict.
    """
    liking, barred = _matrices(affinity, conflict)
    count, jurors = liking.shape
    task = _Task(
        affinity=liking,
        conflict=barred,
        reviews=_whole("reviews", reviews, count),
        capacity=_whole("capacity", capacity, jurors),
        fixed=_fixed(fixed, barred),
        seed=seed,
    )
    first = _staffed(task, TOGETHER, hopeless=HOPELESS)
    if first is not None and first.comparable[1] >= COMPARABLE:
        return first.result()
    second = _staffed(task, 4 * TOGETHER)
    assert second is not None  # noqa: S101 - it was not told to give up; for the type checker
    panels = [second] if first is None else [first, second]
    return max(panels, key=lambda panel: panel.comparable[1]).result()


def assign_extra(
    affinity: ArrayLike,
    conflict: ArrayLike,
    pairs: Iterable[Pair],
    extra: ArrayLike,
    capacity: ArrayLike,
    seed: int,
) -> Assignment:
    """Further reviews after recusals, for late proposals or in the grey zone; nothing moves.

    Args:
        affinity, conflict, capacity, seed: as for `assign`; a juror who left has capacity 0.
        pairs: the pairs that stay. Leave out those of a recused juror.
        extra: reviews to add per proposal, one number or (n,).

    Returns:
        `Assignment` whose `added` are the new pairs; every given pair is still in `pairs`.

    Raises:
        ValueError: as for `assign`.
    """
    kept = [(int(idea), int(juror)) for idea, juror in pairs]
    count = np.shape(np.asarray(conflict))[0] if np.ndim(conflict) else 0
    present = np.zeros(count, dtype=np.int64)
    for idea, _ in kept:
        if 0 <= idea < count:
            present[idea] += 1
    wanted = present + _whole("extra", extra, count)
    return assign(affinity, conflict, wanted, capacity, seed, fixed=kept)


@dataclass(frozen=True, eq=False)
class _Task:
    """The arguments of `assign`, checked."""

    affinity: Floats
    conflict: Bools
    reviews: Ints
    capacity: Ints
    fixed: list[Pair]
    seed: int

    @cached_property
    def dice(self) -> tuple[Floats, Floats]:
        """Lots of the proposals, and the affinity with what decides between equals."""
        thrown = np.random.RandomState(self.seed)
        count, jurors = self.affinity.shape
        lots: Floats = thrown.random_sample((count,))
        wish: Floats = thrown.random_sample((count, jurors))
        wish *= _DICE
        wish += self.affinity
        wish[self.conflict] = -np.inf
        return lots, wish


def _staffed(task: _Task, together: float, *, hopeless: float = 0.0) -> "_Panel | None":
    """Filled, repaired and evened.

    None if, with many proposals, the first quarter leaves the jurors less comparable than
    `hopeless`: what follows would not mend it.
    """
    wanted = task.reviews
    panel = _Panel(task, together)
    order = panel.hardest_first()
    quarter = len(order) // 4 if hopeless and len(order) >= MANY else -1
    for turn, idea in enumerate(order):
        if turn == quarter and panel.compare()[1] < hopeless:
            return None
        panel.fill(idea, wanted[idea])
    if not panel.repair(order, wanted):
        panel = _Panel(task, together)
        for level in range(1, int(wanted.max()) + 1):
            step = np.minimum(wanted, level)
            for idea in order:
                panel.fill(idea, step[idea])
            panel.repair(order, step)
    panel.even_out()
    return panel


class _Panel:
    """The assignment while it is being made."""

    def __init__(self, task: _Task, weight: float) -> None:
        count, jurors = task.affinity.shape
        self.task = task
        self.weight = weight
        self.lots, self.wish = task.dice
        self.capacity = task.capacity
        self.given = np.zeros((count, jurors), dtype=np.bool_)
        self.team: list[list[int]] = [[] for _ in range(count)]
        self.load = np.zeros(jurors, dtype=np.int64)
        self.burden = np.where(task.capacity > 0, 0.0, np.inf)
        self.together = np.zeros((jurors, jurors))
        self.blocked = np.zeros(jurors, dtype=np.bool_)
        for idea, juror in task.fixed:
            self.give(idea, juror)
        self.fixed = self.given.copy()

    @cached_property
    def comparable(self) -> tuple[bool, float]:
        """(connected, comparability); asked for once nothing changes any more."""
        return self.compare()

    def compare(self) -> tuple[bool, float]:
        """The same as it stands."""
        jurors = np.fromiter(joined.from_iterable(self.team), dtype=np.int64)
        ends = np.cumsum([0, *map(len, self.team)])
        graph = (np.ones(jurors.size), jurors, ends)
        return comparability_of(sparse.csr_array(graph, shape=self.given.shape))

    def hardest_first(self) -> list[int]:
        """Proposals with the least choice first; equals by lot."""
        choice = (~self.task.conflict).sum(axis=1) - self.task.reviews
        return [int(idea) for idea in np.lexsort((self.lots, choice))]

    def give(self, idea: int, juror: int) -> None:
        for other in self.team[idea]:
            self.together[juror, other] += self.weight
            self.together[other, juror] += self.weight
        self.team[idea].append(juror)
        self.given[idea, juror] = True
        self._carry(juror, 1)

    def take(self, idea: int, juror: int) -> None:
        self.team[idea].remove(juror)
        for other in self.team[idea]:
            self.together[juror, other] -= self.weight
            self.together[other, juror] -= self.weight
        self.given[idea, juror] = False
        self._carry(juror, -1)

    def _carry(self, juror: int, change: int) -> None:
        self.load[juror] += change
        full = self.load[juror] >= self.capacity[juror]
        self.burden[juror] = np.inf if full else LOAD * self.load[juror]

    def fill(self, idea: int, wanted: int) -> None:
        """Give reviews to one proposal until it has `wanted` or nobody is free."""
        team = self.team[idea]
        if len(team) >= wanted:
            return
        worth = self.wish[idea] - self.burden
        for juror in team:
            worth -= self.together[juror]
            worth[juror] = -np.inf
        while len(team) < wanted:
            juror = int(worth.argmax())
            if worth[juror] == -np.inf:
                return
            self.give(idea, juror)
            worth -= self.together[juror]
            worth[juror] = -np.inf

    def repair(self, order: list[int], wanted: Ints) -> bool:
        """Hand reviews on until nothing more can be filled; whether everything is."""
        complete = True
        for idea in order:
            while len(self.team[idea]) < wanted[idea]:
                taken = self.task.conflict[idea] | self.given[idea] | self.blocked
                start = np.flatnonzero(~taken)
                chain, seen = self._chain(start, self.load < self.capacity)
                if not chain:
                    # No free place can be reached from these jurors, nor ever will be: whoever
                    # they could hand on to is full too, and stays so.
                    self.blocked |= seen
                    complete = False
                    break
                self._hand_on(chain)
                self.give(idea, chain[0][0])
        return complete

    def even_out(self) -> None:
        """Hand reviews on from the loaded to the idle while that evens loads."""
        moved = True
        while moved:
            moved = False
            settled = np.zeros(self.load.size, dtype=np.bool_)
            for juror in np.argsort(-self.load, kind="stable"):
                while not settled[juror]:
                    idle = (self.load <= self.load[juror] - 2) & (self.load < self.capacity)
                    chain, seen = self._chain(np.array([juror]), idle) if idle.any() else ([], idle)
                    if not chain:
                        # Those within reach are loaded alike; they cannot even out either.
                        settled |= seen
                        settled[juror] = True
                        break
                    self._hand_on(chain)
                    moved = True

    def _chain(self, start: Ints, goal: Bools) -> tuple[list[tuple[int, int]], Bools]:
        """Shortest chain from a starting juror to a goal, and the jurors within reach.

        The chain is [(juror, proposal to hand on), …, (goal, −1)], empty if there is none.
        Breadth first over jurors; one hands to another any movable review open to the other.
        """
        came: dict[int, Pair] = {}
        seen = np.zeros(goal.size, dtype=np.bool_)
        seen[start] = True
        queue = [int(juror) for juror in start]
        for juror in queue:
            ideas = np.flatnonzero(self.given[:, juror] & ~self.fixed[:, juror])
            can = ~(self.task.conflict[ideas] | self.given[ideas])
            others = np.flatnonzero(can.any(axis=0) & ~seen)
            if not others.size:
                continue
            seen[others] = True
            gain = self.wish[np.ix_(ideas, others)] - self.wish[ideas, juror][:, None]
            gain[~can[:, others]] = -np.inf
            handed = ideas[gain.argmax(axis=0)].tolist()
            came |= {
                other: (juror, idea) for other, idea in zip(others.tolist(), handed, strict=True)
            }
            ends = goal[others]
            if ends.any():
                best = np.where(ends, gain.max(axis=0), -np.inf).argmax()
                links, link = [(int(others[best]), -1)], came.get(int(others[best]))
                while link is not None:
                    links.append(link)
                    link = came.get(link[0])
                return links[::-1], seen
            queue.extend(others.tolist())
        return [], seen

    def _hand_on(self, chain: list[tuple[int, int]]) -> None:
        for (juror, idea), (other, _) in pairwise(chain):
            self.take(idea, juror)
            self.give(idea, other)

    def result(self) -> Assignment:
        task = self.task
        unmet = np.maximum(task.reviews - self.given.sum(axis=1), 0)
        shortages: tuple[Shortage, ...] = ()
        if unmet.any():
            lacking = staffing(task.conflict, task.reviews, task.capacity, self.fixed)
            shortages = lacking.shortages
        connected, comparability = self.comparable
        added = self.given & ~self.fixed
        return Assignment(
            pairs=np.argwhere(self.given),
            added=np.argwhere(added),
            unmet=unmet,
            load=self.load,
            comparability=comparability,
            connected=connected,
            expertise=float(task.affinity[added].mean()) if added.any() else float("nan"),
            shortages=shortages,
            seed=task.seed,
        )


def _matrices(affinity: ArrayLike, conflict: ArrayLike) -> tuple[Floats, Bools]:
    liking = np.asarray(affinity, dtype=np.float64)
    barred = np.asarray(conflict).astype(np.bool_)
    if liking.ndim != 2 or liking.shape != barred.shape or liking.size == 0:
        raise ValueError("affinity and conflict must both be proposals × jurors, and not empty")
    if not ((liking >= 0) & (liking <= 1)).all():
        raise ValueError("affinity must lie between 0 and 1")
    return liking, barred


def _whole(name: str, given: ArrayLike, size: int) -> Ints:
    array = np.asarray(given)
    if array.shape not in ((), (size,)) or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} must be a whole number, or {size} of them")
    if (array < 0).any():
        raise ValueError(f"{name} must not be negative")
    return np.broadcast_to(array, (size,)).astype(np.int64)


def _fixed(fixed: Iterable[Pair], conflict: Bools) -> list[Pair]:
    pairs = sorted((int(idea), int(juror)) for idea, juror in fixed)
    if len(set(pairs)) != len(pairs):
        raise ValueError("a fixed pair is given twice")
    for idea, juror in pairs:
        if not (0 <= idea < conflict.shape[0] and 0 <= juror < conflict.shape[1]):
            raise ValueError(f"fixed pair {(idea, juror)} is outside the arrays")
        if conflict[idea, juror]:
            raise ValueError(f"fixed pair {(idea, juror)} is in conflict")
    return pairs
