"""What other pages show of the catalogue."""

from django import template
from django.db.models import QuerySet

from catalogue import queries
from catalogue.models import Reuse

register = template.Library()


@register.simple_tag
def newest_reuses(limit: int = 3) -> QuerySet[Reuse]:
    """{% newest_reuses as stories %}: what municipalities last told of what they use."""
    return queries.newest_reuses(limit)
