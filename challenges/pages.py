"""Wagtail pages: a host municipality's page, and a challenge's story under it."""

from importlib import import_module
from typing import Any, ClassVar

from django.db import models
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from accounts.models import Organisation
from core.arrival import arrived_at

FEATURES = ["h3", "bold", "italic", "link", "ul", "ol"]


def rich_text(words: str) -> str:
    """Rich text with those tags only that the editor of these pages lets one write."""
    # Wagtail's converters ask for its own models, which are not loaded before ours.
    converters = import_module("wagtail.admin.rich_text.converters.editor_html")
    made: str = converters.EditorHTMLConverter(features=FEATURES).to_database_format(words)
    return made


class NeedBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Need"), max_length=120)
    text = blocks.RichTextBlock(
        label=_("What is it about"), features=["bold", "italic", "link", "ul"]
    )

    class Meta:
        icon = "warning"
        label = _("Need")


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Answer"), features=["bold", "italic", "link", "ul"])

    class Meta:
        icon = "help"
        label = _("Question and answer")


class StoryBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("Heading"), icon="title", max_length=120)
    paragraph = blocks.RichTextBlock(
        label=_("Text"), icon="pilcrow", features=["bold", "italic", "link", "ul", "ol", "h3"]
    )
    quote = blocks.BlockQuoteBlock(label=_("Quote"), icon="openquote")
    image = ImageBlock(label=_("Picture"))


# The path of these pages is the owner's and the challenge's short name, the same in every language:
# Challenge.get_absolute_url() builds it without asking the page tree. So no one edits the slug.
_PROMOTE = [
    MultiFieldPanel(
        [FieldPanel("seo_title"), FieldPanel("search_description")], heading=_("For search engines")
    )
]


class HostPage(Page):
    """A municipality that publishes challenges; what its staff may edit lies under this page."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="host_pages", editable=False
    )
    lead = models.TextField(_("lead"), blank=True, max_length=400)

    is_creatable = False  # made by hosting.ensure_host
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["challenges.ChallengePage"]
    content_panels = [*Page.content_panels, FieldPanel("lead")]
    promote_panels = _PROMOTE
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("slug"),
        SynchronizedField("organisation", overridable=False),
        TranslatableField("lead"),
    ]
    template = "challenges/host_page.html"

    class Meta:
        verbose_name = _("host municipality")
        verbose_name_plural = _("host municipalities")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["at"] = arrived_at(request)
        return context


class ChallengePage(Page):
    """A challenge's story in one language. What all languages share is in `challenge`."""

    challenge = models.ForeignKey(
        "challenges.Challenge", on_delete=models.PROTECT, related_name="pages", editable=False
    )
    lead = models.TextField(_("lead"), max_length=300, blank=True)
    story = StreamField(StoryBlock(required=False), verbose_name=_("story"), blank=True)
    needs = StreamField([("need", NeedBlock())], verbose_name=_("needs"), blank=True)
    rules = RichTextField(
        _("rules"), blank=True, features=["h3", "bold", "italic", "link", "ul", "ol"]
    )
    timetable_note = models.TextField(_("note on the timetable"), max_length=400, blank=True)
    faq = StreamField(
        [("item", QuestionBlock())], verbose_name=_("questions and answers"), blank=True
    )

    is_creatable = False  # made by actions.create_from_recipe
    parent_page_types = ["challenges.HostPage"]
    subpage_types: list[str] = []
    template = "challenges/challenge_page.html"
    content_panels = [
        FieldPanel(
            "title", read_only=True, help_text=_("The name is changed in the challenge's basics.")
        ),
        FieldPanel("lead"),
        FieldPanel("needs"),
        FieldPanel("story"),
        MultiFieldPanel([FieldPanel("rules"), FieldPanel("timetable_note")], heading=_("Rules")),
        FieldPanel("faq"),
    ]
    promote_panels = _PROMOTE
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("slug"),
        SynchronizedField("challenge", overridable=False),
    ]

    class Meta:
        verbose_name = _("challenge page")
        verbose_name_plural = _("challenge pages")

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Published or not, the page is not there for the public before the challenge opens."""
        if not self.challenge.is_public:
            raise Http404
        return super().serve(request, *args, **kwargs)

    @property
    def text_language(self) -> str:
        """The language of the texts: of an alias, that of its original."""
        source = self.alias_of or self
        code: str = source.locale.language_code
        return code

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["at"] = arrived_at(request)
        context["text_lang"] = self.text_language
        return context
