"""Solutions in the Wagtail admin: drafts, preview, workflow, locking, one's own only."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.permissions import policy_registry
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)
from wagtail.snippets.views.snippets import SnippetViewSet, UnpublishView

from accounts.admin import OwnOnly
from accounts.models import Organisation
from accounts.rules import is_platform_owner, staffed_organisations
from catalogue import licences
from catalogue.admin_fields import (
    GoalsField,
    LinesField,
    ManyField,
    Suggesting,
    SuppliersField,
    TagsWidget,
    TrustField,
)
from catalogue.admin_panels import CompletenessColumn, CompletenessPanel, WordsPanel
from catalogue.admin_publiccode import SolutionIndexView
from catalogue.fields import AmountField
from catalogue.models import Solution
from catalogue.states import SizeBand


class SolutionForm(WagtailAdminModelForm):  # type: ignore[misc]
    """Staff give a solution to their own organisations only."""

    steps = LinesField(label=_("steps to adopt"), help_text=_("One on a line."), required=False)
    fits_sizes = ManyField(
        label=_("fits municipalities of the size"), choices=SizeBand.choices, required=False
    )
    fits_regions = LinesField(
        label=_("fits regions"), help_text=_("One on a line."), required=False
    )
    sdgs = GoalsField(label=_("sustainable development goals"), required=False)
    suppliers = SuppliersField(
        label=_("suppliers"),
        help_text=_("Write on a line: name; business id; address."),
        required=False,
    )
    cost_once = AmountField(label=_("one-off cost, €"), max_digits=12, required=False)
    cost_yearly = AmountField(label=_("yearly cost, €"), max_digits=12, required=False)
    staff_days = AmountField(
        label=_("own staff's days"), max_digits=7, decimal_places=1, required=False
    )
    trust = TrustField(label=_("trust facts"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        if "owner" in self.fields and not is_platform_owner(self.for_user):
            own = Organisation.objects.filter(pk__in=staffed_organisations(self.for_user))
            self.fields["owner"].queryset = own
            self.fields["owner"].initial = own.first()


class OwnChoice:
    """A chooser that offers, and takes, what the person may see."""

    request: Any

    def get_object_list(self) -> Any:
        policy = policy_registry.get_by_type(Solution)
        return policy.instances_user_has_any_permission_for(self.request.user, ["change", "view"])

    def get_object(self, pk: str) -> Solution:
        found: Solution = self.get_object_list().get(pk=pk)
        return found

    def get_objects(self, pks: list[str]) -> Any:
        return self.get_object_list().filter(pk__in=pks)


class OwnChooseView(OwnChoice, ChooseView):  # type: ignore[misc]
    pass


class OwnChooseResultsView(OwnChoice, ChooseResultsView):  # type: ignore[misc]
    pass


class OwnChosenView(OwnChoice, SnippetChosenView):  # type: ignore[misc]
    pass


class OwnChosenMultipleView(OwnChoice, SnippetChosenMultipleView):  # type: ignore[misc]
    pass


class SolutionChooserViewSet(SnippetChooserViewSet):  # type: ignore[misc]
    choose_view_class = OwnChooseView
    choose_results_view_class = OwnChooseResultsView
    chosen_view_class = OwnChosenView
    chosen_multiple_view_class = OwnChosenMultipleView


class OwnUnpublishView(UnpublishView):  # type: ignore[misc]
    """To take one's own away needs nobody's approval."""

    permission_required = "change"


class SolutionViewSet(OwnOnly, SnippetViewSet):  # type: ignore[misc]
    model = Solution
    icon = "tick-inverse"
    menu_label = _("Solutions")
    menu_order = 100
    add_to_admin_menu = True
    url_prefix = "solutions"
    list_display = [
        "title",
        "owner",
        "readiness",
        CompletenessColumn(),
        Column("users_count", label=_("In use"), sort_key="users_count"),
        UpdatedAtColumn(),
    ]
    list_filter = ["readiness", "theme"]
    search_fields = ["title", "summary"]
    search_backend_name = None
    copy_view_enabled = False
    chooser_viewset_class = SolutionChooserViewSet
    index_view_class = SolutionIndexView
    unpublish_view_class = OwnUnpublishView
    panels = [
        CompletenessPanel(),
        MultiFieldPanel(
            [
                FieldPanel("title"),
                FieldPanel("summary", widget=AdminAutoHeightTextInput()),
                FieldPanel("language"),
                FieldPanel("owner"),
            ],
            heading=_("Identity"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("problem"),
                FieldPanel("solution"),
                FieldPanel("how_it_works"),
                FieldPanel("target_group"),
                WordsPanel("target_groups"),
                FieldPanel("context"),
                WordsPanel("fits_sizes"),
                WordsPanel("fits_regions"),
                FieldPanel("systems"),
                FieldPanel("preconditions"),
                WordsPanel("steps"),
                FieldPanel("risks"),
            ],
            heading=_("Content"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("theme"),
                FieldPanel("function"),
                WordsPanel("tags", widget=TagsWidget()),
                WordsPanel("sdgs"),
                FieldPanel("technology"),
            ],
            heading=_("Classification"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("readiness"),
                WordsPanel("trl"),
                FieldPanel("offer"),
                FieldPanel("duration"),
                WordsPanel("staff_days"),
            ],
            heading=_("Maturity"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("cost"),
                FieldPanel("cost_band"),
                FieldPanel("cost_model"),
                WordsPanel("cost_once"),
                WordsPanel("cost_yearly"),
                FieldPanel("cost_basis"),
                FieldPanel("procurement_route"),
                FieldPanel("procurement"),
            ],
            heading=_("Cost and procurement"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("licence", widget=Suggesting(licences.OFFERED)),
                FieldPanel("text_licence", widget=Suggesting(licences.OFFERED_FOR_TEXTS)),
                FieldPanel("repository"),
                FieldPanel("publiccode_url"),
                FieldPanel("website"),
            ],
            heading=_("Rights"),
        ),
        MultiFieldPanel([WordsPanel("trust")], heading=_("Trust facts")),
        MultiFieldPanel(
            [
                FieldPanel("provider"),
                FieldPanel("municipality"),
                WordsPanel("suppliers"),
                FieldPanel("contact_email"),
            ],
            heading=_("People"),
        ),
        InlinePanel(
            "contacts",
            [
                *(FieldPanel(name) for name in ("name", "role", "email", "phone")),
                WordsPanel("consented_on"),
                WordsPanel("expires_on"),
            ],
            label=_("contact person"),
            heading=capfirst(_("contact people")),
        ),
        MultiFieldPanel(
            [WordsPanel("reviewed_on"), WordsPanel("archived_at")], heading=_("Freshness")
        ),
    ]

    def get_edit_handler(self) -> Any:
        return ObjectList(self.panels, base_form_class=SolutionForm).bind_to_model(self.model)

    def get_queryset(self, request: Any) -> Any:
        return self.permission_policy.instances_user_has_any_permission_for(
            request.user, ["change", "view"]
        ).select_related("owner", "theme")
