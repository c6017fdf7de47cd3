"""The back office of recipes: save a challenge as one, export, import, delete."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.signed_in import person_of
from challenges import queries, recipe_book
from challenges.admin_base import ChallengeAdminView
from challenges.forms import ImportRecipeForm, SaveRecipeForm
from challenges.models import SavedRecipe
from core.arrival import arrived_at
from core.errors import Invalid
from core.forms import show_errors


class SaveView(ChallengeAdminView):
    template_name = "admin/challenges/recipe_save.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", SaveRecipeForm(initial={"name": str(self.challenge)}))
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SaveRecipeForm(request.POST)
        if form.is_valid():
            try:
                recipe_book.save_as_recipe(
                    challenge=self.challenge,
                    name=form.cleaned_data["name"],
                    by=person_of(request),
                    at=self.at,
                )
            except Invalid as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The recipe was saved."))
                return redirect("challenges_admin:new")
        return self.render_to_response(self.get_context_data(form=form), status=400)


class ChallengeFileView(ChallengeAdminView):
    """The challenge as a recipe file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _file(recipe_book.data_of(self.challenge), self.challenge.slug)


class ImportView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "admin/challenges/recipe_import.html"
    page_title = gettext_lazy("Import a recipe from a file")
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not queries.hosts_of(person_of(request)):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.setdefault("form", ImportRecipeForm(user=person_of(self.request)))
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ImportRecipeForm(request.POST, request.FILES, user=person_of(request))
        if form.is_valid():
            try:
                recipe_book.import_recipe(
                    owner=form.cleaned_data["owner"],
                    content=form.cleaned_data["file"].read(),
                    by=person_of(request),
                    at=arrived_at(request),
                )
            except Invalid as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The recipe was saved."))
                return redirect("challenges_admin:new")
        return self.render_to_response(self.get_context_data(form=form), status=400)


def _mine(request: HttpRequest, pk: int) -> SavedRecipe:
    found: SavedRecipe | None = (
        recipe_book.saved_by_hosts_of(person_of(request)).filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


@require_safe
def saved_file(request: HttpRequest, recipe: int) -> HttpResponse:
    found = _mine(request, recipe)
    return _file(found.data, f"resepti-{found.pk}")


@require_POST
def forget(request: HttpRequest, recipe: int) -> HttpResponse:
    recipe_book.forget_recipe(recipe=_mine(request, recipe), by=person_of(request))
    messages.success(request, _("The recipe was deleted."))
    return redirect("challenges_admin:new")


def _file(data: Any, name: str) -> HttpResponse:
    response = HttpResponse(recipe_book.as_file(data), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
