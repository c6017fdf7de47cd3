"""Reads of scoring, by subject: rubric, desk, dashboard, ranking."""
