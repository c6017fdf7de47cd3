"""Staff take a solution into the catalogue from its publiccode.yml: a file, or an address."""

from importlib import import_module
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import IndexView

from accounts.models import Organisation
from accounts.rules import is_platform_owner, staffed_organisations
from accounts.signed_in import person_of
from catalogue.taking import take_publiccode
from core import ratelimit
from core.errors import NotNow
from core.fetch import NotFetched, fetch

MOST_BYTES = 256 * 1024
FETCHES_PER_HOUR = 60


class PubliccodeForm(forms.Form):
    """Whose the solution is, and the file or where it is."""

    owner = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Owner"), empty_label=None
    )
    file = forms.FileField(label=gettext_lazy("File publiccode.yml"), required=False)
    url = forms.URLField(
        label=gettext_lazy("Or its address"), required=False, max_length=500, assume_scheme="https"
    )

    def __init__(self, *args: Any, owners: Any, hosts: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = owners
        if hosts:
            self.fields["url"].help_text = _("Of these sites: %(hosts)s.") % {
                "hosts": ", ".join(hosts)
            }
        else:
            del self.fields["url"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 256 kB."))
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("file")) == bool(given.get("url")) and not self.errors:
            raise ValidationError(_("Give a file or an address, one of them."))
        return given


class PubliccodeView(WagtailAdminTemplateMixin, TemplateView):
    """What is wrong is named by its key; what is well becomes a draft, which opens for editing."""

    template_name = "admin/catalogue/publiccode.html"
    page_title = gettext_lazy("From publiccode.yml")
    header_icon = "tick-inverse"
    faults: dict[str, str] = {}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.owners = _owners(person_of(request))
        if not self.owners.exists():
            raise Http404
        self.form = PubliccodeForm(
            request.POST or None,
            request.FILES or None,
            owners=self.owners,
            hosts=sorted(settings.PUBLICCODE_HOSTS),
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listed = reverse("wagtailsnippets_catalogue_solution:list")
        return [
            *self.breadcrumbs_items,
            {"url": listed, "label": _("Solutions")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "form": self.form, "faults": self.faults.items()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.form.is_valid():
            # PyYAML and the names of licences are loaded only when a file is read.
            publiccode = import_module("catalogue.publiccode")
            try:
                values = publiccode.read(self._content())
                taken = take_publiccode(
                    owner=self.form.cleaned_data["owner"], values=values, by=person_of(request)
                )
            except publiccode.NotThis as error:
                self.faults = error.faults
            except (NotFetched, NotNow) as error:
                self.form.add_error(None, str(error))
            else:
                messages.success(request, _("Here is the draft. Nothing is public yet."))
                return redirect("wagtailsnippets_catalogue_solution:edit", taken.pk)
        return self.render_to_response(self.get_context_data(), status=400)

    def _content(self) -> bytes:
        given = self.form.cleaned_data
        if given.get("file"):
            content: bytes = given["file"].read()
            return content
        who = str(person_of(self.request).pk)
        if not ratelimit.allow("publiccode", who, limit=FETCHES_PER_HOUR, seconds=3600):
            raise NotFetched(_("Too many files in an hour. Try again later."))
        return fetch(given["url"], hosts=settings.PUBLICCODE_HOSTS, most_bytes=MOST_BYTES)


class SolutionIndexView(IndexView):  # type: ignore[misc]
    """The list of solutions, with the way to take one from its publiccode.yml."""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons: list[Button] = super().header_more_buttons
        if _owners(person_of(self.request)).exists():
            buttons.append(
                Button(
                    _("From publiccode.yml"),
                    url=reverse("solution_publiccode"),
                    icon_name="download",
                    priority=90,
                )
            )
        return buttons


def _owners(user: Any) -> Any:
    """Organisations for which the person may edit solutions."""
    if is_platform_owner(user):
        return Organisation.objects.order_by("name")
    return Organisation.objects.filter(pk__in=staffed_organisations(user)).order_by("name")
