"""Organisations, their people, and all people, in the Wagtail admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.users.views.users import UserViewSet

from accounts import actions, rules
from accounts.models import Membership, Organisation, User
from accounts.states import MembershipState

# What decides who acts for it and what it may do. No group has this permission.
OWNER_ONLY = "accounts.add_organisation"


View = Callable[..., HttpResponseBase]


class OwnOnly:
    """Of a viewset: every address with a pk is a 404 about what the person may not see.

    Wagtail itself asks about the object when it is edited or deleted; its history, revisions, uses
    and inspection would tell as much to anybody who may see any of the kind.
    """

    permission_policy: Any

    def get_urlpatterns(self) -> list[Any]:
        patterns: list[Any] = super().get_urlpatterns()  # type: ignore[misc]
        for pattern in patterns:
            pattern.callback = self._own_only(pattern.callback)
        return patterns

    def _own_only(self, view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if "pk" in kwargs and not self._is_own(request.user, unquote(str(kwargs["pk"]))):
                raise Http404
            return view(request, *args, **kwargs)

        return asked

    def _is_own(self, user: Any, pk: str) -> bool:
        own = self.permission_policy.instances_user_has_any_permission_for(
            user, ["change", "delete", "view"]
        )
        return pk.isdecimal() and own.filter(pk=pk).exists()


class OwnDeleteBulkAction(DeleteBulkAction):  # type: ignore[misc]
    """Of what the person may not see, Wagtail's own would list the titles as «not yours»."""

    def get_actionable_objects(self) -> Any:
        objects, beside = super().get_actionable_objects()
        seen = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["change", "delete", "view"]
        )
        not_yours = beside["items_with_no_access"]
        known = set(seen.filter(pk__in=[one.pk for one in not_yours]).values_list("pk", flat=True))
        shown = [one for one in not_yours if one.pk in known]
        return objects, {**beside, "items_with_no_access": shown}


class OwnIndexView(IndexView):  # type: ignore[misc]
    """A list of what the permission policy lets the person see; Wagtail's own lists everything."""

    def get_base_queryset(self) -> Any:
        own = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["change", "delete", "view"]
        )
        return super().get_base_queryset().filter(pk__in=own.values("pk"))


class PersonForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("email", "name", "language", "is_active", "is_superuser")
        labels = {"is_superuser": _("Owner of the platform"), "is_active": _("May sign in")}

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editing_self:  # nobody locks themselves out
            for name in ("is_active", "is_superuser"):
                self.fields[name].disabled = True

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        if self.instance.pk is None:
            self.instance.set_unusable_password()
        return super().save(commit)


class PersonViewSet(UserViewSet):  # type: ignore[misc]
    def get_form_class(self, for_update: bool = False) -> Any:  # noqa: FBT001, FBT002
        return PersonForm


class OrganisationForm(WagtailAdminModelForm):  # type: ignore[misc]
    def clean_is_host(self) -> bool:
        if self.instance.pk and self.initial.get("is_host") and not self.cleaned_data["is_host"]:
            raise ValidationError(_("A host stays one: its challenges and pages are public."))
        return bool(self.cleaned_data["is_host"])

    def save(self, commit: bool = True) -> Organisation:  # noqa: FBT001, FBT002
        organisation: Organisation = super().save(commit)
        if organisation.is_host and not self.initial.get("is_host"):
            actions.become_host(organisation=organisation, by=self.for_user)
        return organisation


class OrganisationViewSet(OwnOnly, ModelViewSet):  # type: ignore[misc]
    model = Organisation
    icon = "group"
    menu_label = _("Organisations")
    menu_order = 600
    add_to_admin_menu = True
    url_prefix = "organisations"
    list_display = ["name", Column("get_kind_display", label=_("Kind")), "municipality", "is_host"]
    list_filter = ["kind", "is_host"]
    search_fields = ["name", "business_id"]
    inspect_view_enabled = True
    copy_view_enabled = False
    index_view_class = OwnIndexView
    panels = [
        FieldPanel("kind", permission=OWNER_ONLY),
        FieldPanel("name"),
        FieldPanel("slug", permission=OWNER_ONLY),
        FieldPanel("business_id", permission=OWNER_ONLY),
        FieldPanel("email_domain", permission=OWNER_ONLY),
        FieldPanel("is_host", permission=OWNER_ONLY),
        FieldPanel("municipality"),
        FieldPanel("region"),
        FieldPanel("population"),
        FieldPanel("website"),
    ]

    def get_edit_handler(self) -> Any:
        handler = ObjectList(self.panels, base_form_class=OrganisationForm)
        return handler.bind_to_model(self.model)


class MembershipForm(WagtailAdminModelForm):  # type: ignore[misc]
    """Who acts for the organisation: by e-mail, so that people can be named before they sign in."""

    instance: Membership
    email = forms.EmailField(label=_("E-mail"))

    class Meta:
        model = Membership
        fields = ("organisation", "role", "state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["email"].initial = self.instance.user.email
            self.fields["email"].disabled = True
            self.fields["organisation"].disabled = True
        else:
            del self.fields["state"]
        if self.for_user and not self.for_user.is_superuser:
            self.fields["organisation"].queryset = Organisation.objects.filter(
                pk__in=rules.administered_organisations(self.for_user)
            )

    def save(self, commit: bool = True) -> Membership:  # noqa: FBT001, FBT002
        organisation, role = self.cleaned_data["organisation"], self.cleaned_data["role"]
        if self.instance.pk:
            before, after = self.initial["state"], self.cleaned_data["state"]
            stored = Membership.objects.select_related("organisation").get(pk=self.instance.pk)
            if before == MembershipState.REQUESTED and after != before:
                approve = after == MembershipState.ACTIVE
                actions.answer_membership(membership=stored, approve=approve, by=self.for_user)
            elif after == MembershipState.ENDED:
                actions.end_membership(membership=stored, by=self.for_user)
            if after != MembershipState.ACTIVE:
                return stored
        user = actions.ensure_user(email=self.cleaned_data["email"])
        self.instance = actions.grant_role(
            organisation=organisation, user=user, role=role, by=self.for_user
        )
        return self.instance


class MembershipViewSet(OwnOnly, ModelViewSet):  # type: ignore[misc]
    model = Membership
    icon = "user"
    menu_label = _("People and roles")
    menu_order = 610
    add_to_admin_menu = True
    url_prefix = "memberships"
    list_display = [
        "user",
        "organisation",
        Column("get_role_display", label=_("Role")),
        Column("get_state_display", label=_("State")),
    ]
    list_filter = ["role", "state"]
    search_fields = ["user__email", "user__name", "organisation__name"]
    search_backend_name = None
    copy_view_enabled = False
    index_view_class = OwnIndexView

    def get_form_class(self, for_update: bool = False) -> Any:  # noqa: FBT001, FBT002
        return MembershipForm
