"""Needs that people have told, in the back office: one's own municipality's only."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSet

from accounts.admin import OwnIndexView, OwnOnly
from challenges import needs
from challenges.models import Need


class NeedForm(WagtailAdminModelForm):  # type: ignore[misc]
    def save(self, commit: bool = True) -> Need:  # noqa: FBT001, FBT002 - Django's signature
        return needs.sort_need(
            need=self.instance,
            state=self.cleaned_data["state"],
            note=self.cleaned_data["note"],
            by=self.for_user,
        )


class NeedViewSet(OwnOnly, ModelViewSet):  # type: ignore[misc]
    model = Need
    icon = "help"
    menu_label = _("Needs")
    menu_order = 60
    add_to_admin_menu = True
    url_prefix = "needs"
    list_display = [
        "__str__",
        "municipality",
        Column("get_state_display", label=_("State"), sort_key="state"),
        DateColumn("told_at", label=_("Told"), sort_key="told_at"),
    ]
    list_filter = ["state", "municipality"]
    search_fields = ["text", "municipality"]
    search_backend_name = None
    copy_view_enabled = False
    index_view_class = OwnIndexView
    panels = [
        FieldPanel("text", read_only=True),
        FieldPanel("municipality", read_only=True),
        FieldPanel("email", read_only=True),
        FieldPanel("told_at", read_only=True),
        FieldPanel("state"),
        FieldPanel("note"),
    ]

    def get_edit_handler(self) -> Any:
        return ObjectList(self.panels, base_form_class=NeedForm).bind_to_model(self.model)
