"""Calibrated scores: what a proposal would have got from the average juror.

Additive model with proposals fixed and jurors random::

    y_ij = q_i + b_j + e_ij      b_j ~ N(0, σ_b²)      e_ij ~ N(0, σ²)      λ = σ²/σ_b²

With N the proposal × juror incidence, n_i and m_j its row and column sums and D = diag(n_i)::

    S  = diag(m_j) − Nᵀ D⁻¹ N                      (the Laplacian of the juror graph)
    b̂  = (S + λI)⁻¹ (y_·j − Nᵀ D⁻¹ y_i·)
    q̂  = D⁻¹ (y_i· − N b̂)
    Σ̂  = σ² (D⁻¹ + D⁻¹ N (S + λI)⁻¹ Nᵀ D⁻¹)         (variance of q̂ given λ)

These are Henderson's mixed model equations with the proposals absorbed (C. R. Henderson, "Best
linear unbiased estimation and prediction under a selection model", Biometrics 31, 1975). λ is
found by restricted maximum likelihood (H. D. Patterson and R. Thompson, Biometrika 58, 1971): one
symmetric eigendecomposition of S turns the likelihood into a sum over jurors, so that the search
over λ costs next to nothing.

Not z-scores: dividing by a juror's own mean and spread punishes those whose proposals really were
better, which is what happens when proposals are given out by expertise.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ENOUGH_REVIEWS: Final = 5
"""A juror's bias is estimated from at least this many reviews, or not used at all."""

NO_REPEATS: Final = "no_repeats"
DISCONNECTED: Final = "disconnected"
FEW_REVIEWS: Final = "few_reviews"
OFF: Final = "off"

_ROUNDING = 1e-9  # a correction smaller than this is floating-point dust, not a correction


@dataclass(frozen=True, eq=False)
class Calibration:
    """Result of `calibrate`. Scores and biases in points of 0–100; arrays are read-only.

    Attributes:
        effect: (n,) calibrated score q̂; equal to `raw` where `used` is False.
        bias: (J,) how much a juror gives above the average juror, b̂; zeros where `used` is False.
        raw: (n,) plain mean of a proposal's reviews.
        lam: λ = σ²/σ_b²; `inf` when jurors do not differ, `nan` when it cannot be estimated.
        noise: σ², variance of one review around q_i + b_j, points²; `nan` when not estimable.
        leniency: σ_b², variance of jurors' biases, points²; `nan` when not estimable.
        connected: every juror can be compared with every other through shared proposals.
        comparability: second smallest eigenvalue of S ÷ mean load, 0 (panels apart) … 1 (everybody
            scores everything). Aim at .3 or more; warn below .1.
        used: whether `effect` is calibrated.
        reason: None, or why raw scores are returned: "no_repeats" (no proposal has two reviews),
            "disconnected" (jurors fall into groups that share nothing), "few_reviews" (a juror has
            fewer than `ENOUGH_REVIEWS`) or "off" (`left_out`).
        too_few: jurors (indices) with fewer reviews than that, though at least one.
        reviews: (n,) number of reviews per proposal, n_i.
        load: (J,) number of reviews per juror, m_j.
        incidence: (n, J) sparse N.
        root: (J, J) matrix L with Σ̂ = noise·D⁻¹ + (D⁻¹ N L)(D⁻¹ N L)ᵀ.
        precision: (J, J) matrix (S + λI)⁻¹, zeros where jurors do not differ.
    """

    effect: Floats
    bias: Floats
    raw: Floats
    lam: float
    noise: float
    leniency: float
    connected: bool
    comparability: float
    used: bool
    reason: str | None
    too_few: tuple[int, ...]
    reviews: Ints
    load: Ints
    incidence: sparse.csr_array
    root: Floats
    precision: Floats

    @property
    def averaging(self) -> sparse.csr_array:
        """(n, J) sparse D⁻¹N: each row averages over the jurors of one proposal."""
        return sparse.csr_array(sparse.diags_array(1.0 / self.reviews) @ self.incidence)

    @property
    def covariance(self) -> Floats:
        """(n, n) variance matrix of `effect`, points², given λ; computed when asked for.

        Where raw scores are returned it is the variance of the raw means under the same model,
        σ² D⁻¹ + σ_b² D⁻¹ N Nᵀ D⁻¹. Dense: n = 10,000 takes 800 MB; `uncertainty` works from
        `root` instead. All `nan` when no proposal has two reviews.
        """
        spread: Floats = self.averaging @ self.root
        return np.diag(self.noise / self.reviews) + spread @ spread.T


@dataclass(frozen=True)
class _Variances:
    lam: float
    noise: float
    leniency: float


def comparability_of(incidence: sparse.csr_array) -> tuple[bool, float]:
    """Can jurors be compared, and how well?

    Args:
        incidence: (n, J) sparse counts of reviews; empty rows and columns are left out.

    Returns:
        (connected, Fiedler value of S ÷ mean load). (M. Fiedler, "Algebraic connectivity of
        graphs", Czechoslovak Math. J. 23, 1973.) One juror alone counts as (True, 1.0); no
        review at all as (False, 0.0).
    """
    reviews, load = _sums(incidence)
    kept = sparse.csr_array(incidence[reviews > 0][:, load > 0])
    if kept.nnz == 0:
        return False, 0.0
    values: Floats = np.linalg.eigvalsh(_laplacian(kept)).astype(np.float64)
    return _connected(kept), _ratio(values, load[load > 0])


def calibrate(
    idea: ArrayLike, juror: ArrayLike, value: ArrayLike, *, enough: int = ENOUGH_REVIEWS
) -> Calibration:
    """Separate proposals' quality from jurors' leniency.

    Args:
        idea: (R,) integers 0…n−1, the proposal of each review; every index occurs.
        juror: (R,) integers 0…J−1, the juror of each review; an index may be unused.
        value: (R,) the review's weighted total, points of 0–100.
        enough: reviews that each juror needs for calibration to be used.

    Returns:
        `Calibration`. A pair that occurs twice counts as two observations. Fully crossed panels
        give exactly the raw means; panels that share nothing give raw means with a reason.

    Raises:
        ValueError: lengths differ or are zero, indices are negative or not whole numbers, a
            proposal between 0 and the largest index has no review, or a value is not finite.
    """
    ideas, jurors = _indices("idea", idea), _indices("juror", juror)
    values = np.asarray(value, dtype=np.float64)
    if values.ndim != 1 or not (ideas.size == jurors.size == values.size) or values.size == 0:
        raise ValueError("idea, juror and value must be one-dimensional, equally long, not empty")
    if not np.isfinite(values).all():
        raise ValueError("every value must be a finite number")
    reviews, load = np.bincount(ideas), np.bincount(jurors)
    if not reviews.all():
        raise ValueError(f"proposals without any review: {np.flatnonzero(reviews == 0).tolist()}")

    shape = (reviews.size, load.size)
    incidence = sparse.csr_array((np.ones(values.size), (ideas, jurors)), shape=shape)
    raw = np.bincount(ideas, weights=values) / reviews
    residual = values - raw[ideas]
    eigenvalues, vectors = np.linalg.eigh(_laplacian(incidence))
    eigenvalues = np.maximum(eigenvalues, 0.0)
    rotated: Floats = vectors.T @ np.bincount(jurors, weights=residual)
    found = _reml(eigenvalues, rotated, float(residual @ residual), values.size - reviews.size)

    present = load > 0
    connected = _connected(sparse.csr_array(incidence[:, present]))
    # A juror without any review adds one more zero eigenvalue, which says nothing of the others.
    comparability = _ratio(eigenvalues[np.count_nonzero(~present) :], load[present])
    too_few = tuple(np.flatnonzero(present & (load < enough)).tolist())
    reason = _reason(found, connected=connected, too_few=too_few)

    shrink = _shrink(eigenvalues, found.lam)
    bias, effect = np.zeros(load.size), raw.copy()
    if reason is None:
        bias = np.where(present, vectors @ (shrink * rotated), 0.0)
        correction = (incidence @ bias) / reviews
        effect -= np.where(np.abs(correction) < _ROUNDING, 0.0, correction)
        root = vectors * np.sqrt(found.noise * shrink)
    else:
        root = np.eye(load.size) * np.sqrt(found.leniency)
    precision = (vectors * shrink) @ vectors.T
    for array in (effect, bias, raw, reviews, load, root, precision):
        array.setflags(write=False)
    return Calibration(
        effect=effect,
        bias=bias,
        raw=raw,
        lam=found.lam,
        noise=found.noise,
        leniency=found.leniency,
        connected=connected,
        comparability=comparability,
        used=reason is None,
        reason=reason,
        too_few=too_few,
        reviews=reviews,
        load=load,
        incidence=incidence,
        root=root,
        precision=precision,
    )


def left_out(fit: Calibration) -> Calibration:
    """The same reviews with raw scores and their variance: a rubric may leave calibration out."""
    jurors = fit.load.size
    bias, root = np.zeros(jurors), np.eye(jurors) * np.sqrt(fit.leniency)
    for array in (bias, root):
        array.setflags(write=False)
    return replace(fit, effect=fit.raw, bias=bias, root=root, used=False, reason=OFF)


def _indices(name: str, given: ArrayLike) -> Ints:
    array = np.asarray(given)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} must hold whole numbers from 0")
    if array.size and array.min() < 0:
        raise ValueError(f"{name} must not be negative")
    return array.astype(np.int64)


def _sums(incidence: sparse.csr_array) -> tuple[Floats, Floats]:
    """Reviews per proposal (n,) and per juror (J,)."""
    reviews: Floats = np.asarray(incidence.sum(axis=1), dtype=np.float64).ravel()
    load: Floats = np.asarray(incidence.sum(axis=0), dtype=np.float64).ravel()
    return reviews, load


def _laplacian(incidence: sparse.csr_array) -> Floats:
    """(J, J) S = diag(m) − Nᵀ D⁻¹ N of an incidence without empty rows."""
    reviews, load = _sums(incidence)
    shared = incidence.T @ sparse.diags_array(1.0 / reviews) @ incidence
    laplacian: Floats = np.diag(load) - shared.toarray()
    return (laplacian + laplacian.T) / 2


def _connected(incidence: sparse.csr_array) -> bool:
    graph = sparse.block_array([[None, incidence], [incidence.T, None]], format="csr")
    parts, _ = connected_components(graph, directed=False)
    return bool(parts == 1)


def _ratio(eigenvalues: Floats, load: Floats | Ints) -> float:
    if eigenvalues.size < 2:
        return 1.0
    ratio = float(eigenvalues[1] / np.mean(load))
    return ratio if ratio > _ROUNDING else 0.0


def _reason(found: _Variances, *, connected: bool, too_few: tuple[int, ...]) -> str | None:
    if np.isnan(found.lam):
        return NO_REPEATS
    if not connected:
        return DISCONNECTED
    return FEW_REVIEWS if too_few else None


def _shrink(eigenvalues: Floats, lam: float) -> Floats:
    """1/(s_k + λ), and nothing at all where λ is infinite or unknown."""
    if not np.isfinite(lam):
        return np.zeros_like(eigenvalues)
    return 1.0 / (eigenvalues + lam)


def _reml(eigenvalues: Floats, rotated: Floats, within: float, freedom: int) -> _Variances:
    """Variance components by restricted maximum likelihood, profiled over σ².

    With S = U diag(s) Uᵀ and t = Uᵀ(y_·j − Nᵀ D⁻¹ y_i·), each z_k = t_k/√s_k is N(0, σ² + σ_b² s_k)
    and independent of what remains of the variation within proposals, so with θ = 1/λ::

        −2ℓ(θ) = Σ log(1 + θ s_k) + f log(Q(θ)/f),   Q(θ) = Σ z_k²/(1 + θ s_k) + rest,   σ̂² = Q/f

    Args:
        eigenvalues: (J,) s. rotated: (J,) t. within: Σ (y − raw)², points².
        freedom: f = R − n, reviews minus proposals.
    """
    if freedom < 1:
        return _Variances(np.nan, np.nan, np.nan)
    real = eigenvalues > 1e-9 * max(1.0, float(eigenvalues[-1]))
    s, z2 = eigenvalues[real], rotated[real] ** 2 / eigenvalues[real]
    rest = max(0.0, within - float(z2.sum()))
    if within <= _ROUNDING or s.size == 0:
        return _Variances(np.inf, within / freedom, 0.0)
    rest = max(rest, 1e-14 * within)

    def deviance(log_theta: float) -> float:
        scale = 1.0 + np.exp(log_theta) * s
        return float(np.log(scale).sum() + freedom * np.log((z2 / scale).sum() + rest))

    middle = -np.log(np.mean(s))
    grid = middle + np.linspace(-14.0, 18.0, 65)
    heights = np.array([deviance(point) for point in grid])
    best = int(heights.argmin())
    inside = (grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)])
    found = minimize_scalar(deviance, bounds=inside, method="bounded", options={"xatol": 1e-9})
    if found.fun >= freedom * np.log(z2.sum() + rest) - 1e-9:
        return _Variances(np.inf, within / freedom, 0.0)
    theta = float(np.exp(found.x))
    noise = float(((z2 / (1.0 + theta * s)).sum() + rest) / freedom)
    return _Variances(1.0 / theta, noise, noise * theta)
