"""Verbs of scoring, by subject: rubric, panel, assign, sheets, decision."""
