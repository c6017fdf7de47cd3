"""Synonyms in the Wagtail admin: what a group would change is shown before it is saved."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from core import clock, multilingual
from search import actions, teaching
from search.analysis import LANGUAGES
from search.engine import SearchUnavailable
from search.models import SynonymGroup


class WordsWidget(multilingual.MultilingualWidget):
    """A box per language, a word or phrase on each line."""

    def decompress(self, value: Any) -> list[str]:
        value = value if isinstance(value, dict) else {}
        return ["\n".join(value.get(code, ())) for code in multilingual.languages()]


class WordsField(multilingual.MultilingualFormField):
    """{language: [word, …]}"""

    def clean(self, value: Any) -> Any:
        return {code: words.splitlines() for code, words in super().clean(value).items()}


class SynonymForm(WagtailAdminModelForm):  # type: ignore[misc]
    words = WordsField(
        label=_("Words that mean the same"),
        widget=WordsWidget(multiline=True),
        help_text=_("One word or phrase on each line, in its dictionary form."),
    )

    def save(self, commit: bool = True) -> SynonymGroup:  # noqa: FBT001, FBT002 - Django's
        return actions.teach(group=self.instance, by=self.for_user)


class PreviewForm(forms.Form):
    """The query that the group is tried with; empty is fine until it is tried."""

    q = forms.CharField(label=_("Try a search"), max_length=300, required=False)
    q_language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, required=False, initial="fi"
    )


class Previewing:
    """Of a view with the form: the button «preview» asks the engine and saves nothing."""

    request: Any
    template_name = "admin/search/synonyms.html"

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)  # type: ignore[misc]
        view: Any = self
        view.object = view.get_object() if view.kwargs else None
        view.form = view.get_form()
        asked = PreviewForm(request.POST)
        more: dict[str, Any] = {"asked": asked}
        if view.form.is_valid() and asked.is_valid() and asked.cleaned_data["q"]:
            language = asked.cleaned_data["q_language"] or LANGUAGES[0]
            try:
                more["compared"] = teaching.compare(
                    asked.cleaned_data["q"], language, view.form.instance
                )
            except SearchUnavailable:
                more["down"] = True
        return view.render_to_response(view.get_context_data(**more))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        get = self.request.GET
        tried = {"q": get.get("words", ""), "q_language": _language(get.get("language"))}
        kwargs.setdefault("asked", PreviewForm(initial=tried))
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context


def _language(code: str | None) -> str:
    return code if code in LANGUAGES else LANGUAGES[0]


class SynonymCreateView(Previewing, CreateView):  # type: ignore[misc]
    def get_initial_form_instance(self) -> SynonymGroup:
        """With the words that somebody looked for in vain, from the list's link."""
        get = self.request.GET
        words = get.get("words", "").replace("\0", "")[:80].strip()
        return SynonymGroup(words={_language(get.get("language")): [words]} if words else {})


class SynonymEditView(Previewing, EditView):  # type: ignore[misc]
    pass


class SynonymDeleteView(DeleteView):  # type: ignore[misc]
    def delete_action(self) -> None:
        actions.forget(group=self.object, by=self.request.user)


class SynonymIndexView(IndexView):  # type: ignore[misc]
    template_name = "admin/search/synonyms_index.html"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        if not self.results_only:
            context["in_vain"] = teaching.in_vain(today=clock.local(clock.now()).date())
        return context


class SynonymViewSet(ModelViewSet):  # type: ignore[misc]
    model = SynonymGroup
    icon = "search"
    menu_label = _("Synonyms")
    menu_order = 110
    add_to_admin_menu = True
    url_prefix = "synonyms"
    list_display = ["__str__", Column("note", label=_("Note")), UpdatedAtColumn()]
    search_fields = ["words", "note"]
    search_backend_name = None
    copy_view_enabled = False
    index_view_class = SynonymIndexView
    add_view_class = SynonymCreateView
    edit_view_class = SynonymEditView
    delete_view_class = SynonymDeleteView
    panels = [FieldPanel("words"), FieldPanel("note")]

    def get_edit_handler(self) -> Any:
        return ObjectList(self.panels, base_form_class=SynonymForm).bind_to_model(self.model)
