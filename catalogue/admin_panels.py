"""What the back office tells about solutions beside their fields: how complete, how fresh."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.compare import M2MFieldComparison
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.permissions import policy_registry

from catalogue import reviews, shapes
from catalogue.completeness import completeness
from catalogue.models import Solution
from core import clock
from core.arrival import arrived_at


class WordsComparison(M2MFieldComparison):  # type: ignore[misc]
    """What has changed between two revisions, item by item in words: choices by name, days and
    amounts as they are written here, nothing for nothing."""

    def get_items(self) -> tuple[list[str], list[str]]:
        return self._items(self.val_a), self._items(self.val_b)

    def _items(self, value: Any) -> list[str]:
        if isinstance(self.field, models.JSONField):
            return shapes.in_words(self.field.name, value).splitlines()
        if isinstance(value, list):  # tags
            return sorted(map(str, value))
        return [] if value is None else [str(localize(value))]


class WordsPanel(FieldPanel):  # type: ignore[misc]
    """A field whose revisions are compared in words."""

    def get_comparison_class(self) -> Any:
        return WordsComparison


class CompletenessPanel(Panel):  # type: ignore[misc]
    """Per cent, and the one next thing to add with a link to its field."""

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]
        template_name = "admin/catalogue/completeness.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, "complete": completeness(self.instance)}


class CompletenessColumn(Column):  # type: ignore[misc]
    cell_template_name = "admin/catalogue/completeness_cell.html"

    def __init__(self) -> None:
        super().__init__("completeness", label=_("Complete"))

    def get_value(self, instance: Solution) -> Any:
        return completeness(instance)


class ReviewsPanel(Component):
    """One's own solutions that are due for their yearly review, on the first page."""

    name = "reviews"
    template_name = "admin/catalogue/reviews_panel.html"
    order = 60

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        today = clock.local(arrived_at(self.request)).date()
        policy = policy_registry.get_by_type(Solution)
        own = policy.instances_user_has_any_permission_for(self.request.user, ["change"])
        waiting = reviews.due(today).filter(pk__in=own.values("pk"))
        stale = reviews.due(today, after=reviews.STALE).values_list("pk", flat=True)
        rows = list(waiting[:8])
        late = set(stale.filter(pk__in=[one.pk for one in rows]))
        return {
            "rows": [(one, one.pk in late) for one in rows],
            "more": waiting.count() - len(rows),
        }

    def render_html(self, parent_context: Any = None) -> SafeString:
        html: SafeString = super().render_html(parent_context)
        return html
