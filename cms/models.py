"""The home page and content pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from challenges.pages import StoryBlock


class HomePage(Page):
    headline = models.CharField(_("headline"), max_length=120, blank=True)
    lead = models.TextField(_("lead"), max_length=400, blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["challenges.HostPage", "cms.ContentPage"]
    content_panels = [*Page.content_panels, FieldPanel("headline"), FieldPanel("lead")]
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("home page")


class ContentPage(Page):
    lead = models.TextField(_("lead"), max_length=400, blank=True)
    body = StreamField(StoryBlock(required=False), verbose_name=_("text"), blank=True)

    parent_page_types = ["cms.HomePage", "cms.ContentPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    template = "cms/content_page.html"

    class Meta:
        verbose_name = _("content page")
        verbose_name_plural = _("content pages")
