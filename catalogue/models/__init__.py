"""The shared catalogue: solutions, who uses them, what is asked of their owners once a year."""

from catalogue.models.reuse import Claim, Reuse
from catalogue.models.review import Review
from catalogue.models.solution import (
    Contact,
    MaturityChange,
    Solution,
    SolutionTag,
    maturity_of,
    note_maturity,
    solution_preview,
    solution_slug,
)

__all__ = [
    "Claim",
    "Contact",
    "MaturityChange",
    "Reuse",
    "Review",
    "Solution",
    "SolutionTag",
    "maturity_of",
    "note_maturity",
    "solution_preview",
    "solution_slug",
]
