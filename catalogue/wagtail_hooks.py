"""Solutions in the back office."""

from wagtail.snippets.models import register_snippet

from catalogue.admin import SolutionViewSet

register_snippet(SolutionViewSet)
