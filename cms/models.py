"""The home page and content pages."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField

from challenges.pages import StoryBlock
from core.arrival import arrived_at


class HomePage(Page):
    headline = models.CharField(_("headline"), max_length=120, blank=True)
    lead = models.TextField(_("lead"), max_length=400, blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["challenges.HostPage", "cms.ContentPage"]
    content_panels = [*Page.content_panels, FieldPanel("headline"), FieldPanel("lead")]
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["at"] = arrived_at(request)
        return context


class ContentPage(Page):
    lead = models.TextField(_("lead"), max_length=400, blank=True)
    body = StreamField(StoryBlock(required=False), verbose_name=_("text"), blank=True)

    parent_page_types = ["cms.HomePage", "cms.ContentPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    # The same path in every language, so that a change of language stays on the page.
    override_translatable_fields: ClassVar[list[Any]] = [SynchronizedField("slug")]
    template = "cms/content_page.html"

    class Meta:
        verbose_name = _("content page")
        verbose_name_plural = _("content pages")

    @property
    def text_language(self) -> str:
        """The language of the texts: of an alias, that of its original."""
        source = self.alias_of or self
        code: str = source.locale.language_code
        return code
