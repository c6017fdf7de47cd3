"""Rubrics (what is asked), panel (who reads what), sheets (what was said), decisions."""

from scoring.models.decision import Decision, Verdict
from scoring.models.panel import Assignment, Declaration, Juror, Round
from scoring.models.rubric import Criterion, Level, Rubric
from scoring.models.sheet import IdeaScore, Score, ScoreSheet

__all__ = [
    "Assignment",
    "Criterion",
    "Decision",
    "Declaration",
    "IdeaScore",
    "Juror",
    "Level",
    "Round",
    "Rubric",
    "Score",
    "ScoreSheet",
    "Verdict",
]
