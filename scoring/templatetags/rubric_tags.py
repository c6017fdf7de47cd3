"""What pages of rubrics show."""

from typing import Any

from django import template

from scoring import rubric_words
from scoring.models import Criterion, Rubric

register = template.Library()


@register.filter
def rules_in_words(rubric: Rubric) -> list[rubric_words.Line]:
    return rubric_words.rules_of(rubric)


@register.filter
def why_raw(reason: str) -> str:
    return rubric_words.why_raw(reason)


@register.filter
def why_not_placed(reason: str, rubric: Rubric) -> str:
    return rubric_words.why_not_placed(rubric, reason)


@register.filter
def answers(criterion: Criterion) -> list[tuple[str, Any]]:
    """(level or answer, its words); answers of a gate always, levels when there are any."""
    return rubric_words.answers_of(criterion)


@register.filter
def entry_weights(spec: Any) -> list[tuple[Any, Any]]:
    """(name, weight) of the criteria of a library's rubric."""
    return [(one["name"], one.get("weight", 0)) for one in spec["criteria"]]
