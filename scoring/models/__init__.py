"""Rubrics (what is asked), panel (who reads what), sheets (what was said), decisions, record."""

from scoring.models.decision import Decision, Verdict
from scoring.models.declaration import DeclarationVersion
from scoring.models.deliberation import AgendaItem, Meeting, Reminder, Sign
from scoring.models.panel import Assignment, Declaration, Juror, Round
from scoring.models.record import Correction, Document, Signature
from scoring.models.rubric import Criterion, Level, Rubric
from scoring.models.run import AssignmentRun
from scoring.models.sheet import IdeaScore, Score, ScoreSheet, SheetVersion
from scoring.models.standing import IdeaStanding, RoundStanding
from scoring.models.terms import Terms

__all__ = [
    "AgendaItem",
    "Assignment",
    "AssignmentRun",
    "Correction",
    "Criterion",
    "Decision",
    "Declaration",
    "DeclarationVersion",
    "Document",
    "IdeaScore",
    "IdeaStanding",
    "Juror",
    "Level",
    "Meeting",
    "Reminder",
    "Round",
    "RoundStanding",
    "Rubric",
    "Score",
    "ScoreSheet",
    "SheetVersion",
    "Sign",
    "Signature",
    "Terms",
    "Verdict",
]
