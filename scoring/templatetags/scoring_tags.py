"""What challenges' pages show of scoring."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format

from challenges.models import Challenge, Series
from scoring.models import Rubric
from scoring.queries.rubric import current_rubric, published_rubrics

register = template.Library()


@register.filter
def normal(value: Decimal) -> str:
    """A frozen number as one writes it: 20 and 0,25, without zeros at the end."""
    return number_format(value.normalize(), decimal_pos=None, use_l10n=True) if value else "0"


@register.inclusion_tag("scoring/rubric_blocks.html")
def rubric_blocks(challenge: Challenge) -> dict[str, Any]:
    """The newest published rubrics: weights as blocks in proportion, levels under them.

    Series with the same criteria and weights share a block.
    """
    groups: list[dict[str, Any]] = []
    newest: dict[int, Rubric] = {}
    for rubric in published_rubrics(challenge):
        newest.setdefault(rubric.series_id, rubric)
    for rubric in newest.values():
        criteria = list(rubric.criteria.all())
        content = [(c.key, c.weight, c.name, c.question) for c in criteria]
        same = next((group for group in groups if group["content"] == content), None)
        if same:
            same["rubrics"].append(rubric)
        else:
            groups.append({"content": content, "criteria": criteria, "rubrics": [rubric]})
    return {"groups": groups, "challenge": challenge}


@register.inclusion_tag("scoring/rubric_beside.html")
def rubric_beside(series: Series) -> dict[str, Any]:
    """The criteria and weights of a series beside the questions that they will be asked of."""
    rubric = current_rubric(series)
    return {"criteria": list(rubric.criteria.all()) if rubric else []}
