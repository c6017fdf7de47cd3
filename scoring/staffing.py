"""Can every proposal get its reviews at all, and if not, what stands in the way?

A flow from proposals (as many units as reviews wanted) over pairs without conflict (one unit each)
to jurors (as many as their capacity): its maximum is the number of reviews that can be given, and
its minimum cut shows the jurors who are in the way (L. R. Ford and D. R. Fulkerson, "Maximal flow
through a network", Canadian J. Math. 8, 1956). Solved by `scipy.sparse.csgraph.maximum_flow`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PANEL: Final = "panel"
CONFLICT: Final = "conflict"
CAPACITY: Final = "capacity"


@dataclass(frozen=True)
class Shortage:
    """Proposals that cannot all be staffed, for one reason.

    Attributes:
        constraint: what to relax. "panel": more reviews wanted than there are jurors; "conflict":
            too few jurors are free of conflict; "capacity": those who are free are full.
        ideas: the proposals concerned (indices).
        jurors: with "capacity", the full jurors whose limits bind; otherwise empty.
        missing: how many reviews are short for this reason.
    """

    constraint: str
    ideas: tuple[int, ...]
    jurors: tuple[int, ...]
    missing: int


@dataclass(frozen=True)
class Staffing:
    """Result of `staffing`: reviews wanted and possible in all, and what is in the way."""

    wanted: int
    possible: int
    shortages: tuple[Shortage, ...]


def staffing(
    conflict: ArrayLike,
    reviews: ArrayLike,
    capacity: ArrayLike,
    fixed: ArrayLike | None = None,
) -> Staffing:
    """How many reviews can be given, and the constraints to relax for the rest.

    Args:
        conflict: (n, J) true where a juror must not score a proposal.
        reviews: reviews wanted per proposal, one number or (n,).
        capacity: most reviews per juror, one number or (J,).
        fixed: (n, J) true for pairs that are given already, or None.

    Returns:
        `Staffing`; `possible` counts fixed pairs too, up to what each proposal wants.
    """
    barred = np.asarray(conflict).astype(np.bool_)
    count, jurors = barred.shape
    given = np.zeros_like(barred) if fixed is None else np.asarray(fixed).astype(np.bool_)
    wanted = np.broadcast_to(np.asarray(reviews, dtype=np.int64), (count,))
    left = np.maximum(wanted - given.sum(axis=1), 0)
    room = np.broadcast_to(np.asarray(capacity, dtype=np.int64), (jurors,)) - given.sum(axis=0)
    room = np.maximum(room, 0)
    usable = ~barred & ~given

    choice = usable.sum(axis=1)
    lacking = np.maximum(left - choice, 0)
    shortages = _lack_of_choice(lacking, wanted > jurors)
    left = left - lacking

    source, sink = count + jurors, count + jurors + 1
    ideas, free = np.nonzero(usable)
    tails = np.concatenate([np.full(count, source), ideas, count + np.arange(jurors)])
    heads = np.concatenate([np.arange(count), count + free, np.full(jurors, sink)])
    sizes = np.concatenate([left, np.ones(ideas.size, dtype=np.int64), room]).astype(np.int32)
    graph = sparse.csr_matrix((sizes, (tails, heads)), shape=(sink + 1, sink + 1))
    result = maximum_flow(graph, source, sink)
    crowded_out = int(left.sum()) - int(result.flow_value)
    if crowded_out:
        # Whatever can still be reached from the source lies on the near side of the cut: the
        # proposals that compete, and the jurors, all full, whom they compete for.
        residual = sparse.csr_matrix(graph - result.flow)
        residual.eliminate_zeros()
        near = np.sort(breadth_first_order(residual, source, return_predecessors=False))
        competing = tuple(near[near < count].tolist())
        full = tuple((near[(near >= count) & (near < source)] - count).tolist())
        shortages += (Shortage(CAPACITY, competing, full, crowded_out),)
    total = int(wanted.sum())
    return Staffing(total, total - int(lacking.sum()) - crowded_out, shortages)


def _lack_of_choice(lacking: Ints, beyond_panel: Bools) -> tuple[Shortage, ...]:
    """Proposals that want more reviews than there are jurors whom they may have."""
    found: tuple[Shortage, ...] = ()
    for constraint, rows in ((PANEL, beyond_panel), (CONFLICT, ~beyond_panel)):
        ideas = np.flatnonzero(rows & (lacking > 0))
        if ideas.size:
            missing = int(lacking[ideas].sum())
            found += (Shortage(constraint, tuple(ideas.tolist()), (), missing),)
    return found
