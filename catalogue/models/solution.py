"""A solution: what it is, who answers for it, how its maturity has changed."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase
from wagtail.log_actions import get_active_log_context
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from accounts.models import Organisation
from catalogue import shapes
from catalogue.fields import TargetGroupsField
from catalogue.states import (
    DEVELOPMENT,
    DUE_DAYS,
    STALE_DAYS,
    Axis,
    CostBand,
    CostModel,
    Evidence,
    Freshness,
    Offer,
    Readiness,
    Route,
)
from challenges.models import Challenge, Theme
from core import clock
from ideas.models import Idea

MONEY: Any = {"max_digits": 12, "decimal_places": 2, "null": True, "blank": True}
NOT_NEGATIVE = MinValueValidator(0)

# f(request, solution) → the page as readers see it.
solution_preview: list[Callable[[Any, "Solution"], Any]] = []


def solution_slug(title: str, uid: uuid.UUID) -> str:
    """The title in the address, with enough of the uid to be nobody else's."""
    return f"{slugify(title)[:100] or 'ratkaisu'}-{uid.hex[:8]}"


class SolutionQuerySet(models.QuerySet["Solution"]):
    def published(self) -> "SolutionQuerySet":
        return self.filter(live=True)


class Solution(  # type: ignore[django-manager-missing]
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    ClusterableModel,
    models.Model,
):
    """A catalogue entry, usually born from a winning proposal. Written in one `language`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=120, unique=True, editable=False)
    language = models.CharField(
        _("language"), max_length=2, default="fi", choices=settings.LANGUAGES
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=160)
    problem = models.TextField(_("the problem"), blank=True)
    solution = models.TextField(_("the solution"), blank=True)
    how_it_works = models.TextField(_("how it works"), blank=True)
    target_group = models.CharField(_("for whom"), max_length=300, blank=True)
    target_groups = TargetGroupsField(_("target groups"))
    context = models.TextField(_("where it works"), blank=True)
    preconditions = models.TextField(_("what it requires"), blank=True)
    fits_sizes: Any = models.JSONField(
        _("fits municipalities of the size"),
        default=list,
        blank=True,
        validators=[shapes.clean_sizes],
    )
    fits_regions: Any = models.JSONField(
        _("fits regions"), default=list, blank=True, validators=[shapes.clean_texts]
    )
    systems = models.CharField(_("systems needed"), max_length=300, blank=True)
    steps: Any = models.JSONField(_("steps to adopt"), default=list, blank=True)
    risks = models.TextField(_("risks"), blank=True)

    theme = models.ForeignKey(
        Theme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="solutions",
        verbose_name=_("theme"),
    )
    # Those of a draft stay in the draft.
    tags = ClusterTaggableManager(
        through="catalogue.SolutionTag", blank=True, verbose_name=_("tags")
    )
    technology = models.CharField(_("technology"), max_length=200, blank=True)
    function = models.CharField(_("municipal function"), max_length=120, blank=True)
    sdgs: Any = models.JSONField(
        _("sustainable development goals"),
        default=list,
        blank=True,
        validators=[shapes.clean_sdgs],
    )

    readiness = models.CharField(
        _("readiness"), max_length=12, choices=Readiness, default=Readiness.IDEA
    )
    trl = models.PositiveSmallIntegerField(
        _("technology readiness level"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    offer = models.CharField(_("what is offered"), max_length=20, choices=Offer, blank=True)
    cost_model = models.CharField(_("how it is paid"), max_length=12, choices=CostModel, blank=True)
    cost_once = models.DecimalField(_("one-off cost, €"), validators=[NOT_NEGATIVE], **MONEY)
    cost_yearly = models.DecimalField(_("yearly cost, €"), validators=[NOT_NEGATIVE], **MONEY)
    cost_basis = models.CharField(_("basis of the cost"), max_length=300, blank=True)
    staff_days = models.DecimalField(
        _("own staff's days"),
        max_digits=7,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
    )
    procurement_route = models.CharField(
        _("procurement route"), max_length=20, choices=Route, blank=True
    )
    cost = models.CharField(_("cost"), max_length=300, blank=True)
    cost_band = models.CharField(_("cost of a pilot"), max_length=10, choices=CostBand, blank=True)
    procurement = models.CharField(_("how to procure"), max_length=300, blank=True)
    duration = models.CharField(_("time to adopt"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    text_licence = models.CharField(
        _("licence of the texts"), max_length=40, default="CC-BY-4.0", blank=True
    )
    repository = models.URLField(_("source code"), blank=True)
    publiccode_url = models.URLField(_("address of publiccode.yml"), blank=True)
    website = models.URLField(_("website"), blank=True)
    trust: Any = models.JSONField(
        _("trust facts"), default=dict, blank=True, validators=[shapes.clean_trust]
    )

    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="solutions", verbose_name=_("owner")
    )
    provider = models.CharField(_("provided by"), max_length=200, blank=True)
    suppliers: Any = models.JSONField(
        _("suppliers"), default=list, blank=True, validators=[shapes.clean_suppliers]
    )
    municipality = models.CharField(_("municipality of origin"), max_length=60, blank=True)
    contact_email = models.EmailField(
        _("contact"),
        blank=True,
        help_text=_("The office's shared address. People are told below, with their consent."),
    )
    challenge = models.ForeignKey(
        Challenge,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="solutions",
    )
    idea = models.OneToOneField(
        Idea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="solution",
    )
    award = models.CharField(max_length=200, blank=True, editable=False)
    origin = models.CharField(_("origin"), max_length=200, blank=True)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Counted in the transaction that changes a reuse or a claim.
    users_count = models.PositiveIntegerField(default=0, editable=False)
    interested_count = models.PositiveIntegerField(default=0, editable=False)
    evidence = models.PositiveSmallIntegerField(
        _("evidence"), choices=Evidence, default=Evidence.NONE, editable=False
    )
    saving = models.BigIntegerField(default=0, editable=False)  # € a year, measured, known
    saving_told = models.PositiveIntegerField(default=0, editable=False)  # by how many

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="solution")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="solution",
    )

    objects = SolutionQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [
            models.Index(fields=["live", "theme"], name="solution_theme"),
            models.Index(fields=["title"], name="solution_title"),  # lists by title, suggestions
        ]
        verbose_name = _("solution")
        verbose_name_plural = _("solutions")

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With a row of history for each axis of maturity that changes, in one transaction."""
        self.slug = self.slug or solution_slug(self.title, self.uid)
        written = kwargs.get("update_fields")
        with transaction.atomic():
            axes = [axis for axis in Axis.values if written is None or axis in written]
            before = maturity_of([self.pk])[self.pk] if axes and self.pk else {}
            super().save(*args, **kwargs)
            if axes:
                note_maturity([(self, before)])

    def get_absolute_url(self) -> str:
        return reverse("catalogue:solution", args=[self.slug])

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Before the first draft of what is published, the published words become a revision too:
        else nothing would show what the draft has changed."""
        if self.live and self.pk and not self.latest_revision_id:
            published = Solution.objects.get(pk=self.pk)
            super(Solution, published).save_revision(clean=False, changed=False)
        return super().save_revision(*args, **kwargs)

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """The solution's own page, by the view that shows it (set in wiring.py)."""
        if self.pk is None:  # not kept yet: nobody can have told anything of it
            self.pk, self.updated_at = 0, clock.now()
            self.slug = solution_slug(self.title, self.uid)
        return solution_preview[0](request, self)

    @property
    def development_status(self) -> str:
        """developmentStatus of publiccode.yml."""
        return DEVELOPMENT[Readiness(self.readiness)]

    @property
    def known_on(self) -> dt.date:
        """The day of the last review, or of publication when there has been none."""
        begun = self.first_published_at or self.created_at or clock.now()
        return self.reviewed_on or clock.local(begun).date()

    @property
    def due_on(self) -> dt.date:
        """When it is to be reviewed again."""
        return self.known_on + dt.timedelta(days=DUE_DAYS)

    @property
    def freshness(self) -> Freshness:
        if self.archived_at:
            return Freshness.ARCHIVED
        days = (clock.local(clock.now()).date() - self.known_on).days
        if days <= DUE_DAYS:
            return Freshness.FRESH
        return Freshness.DUE if days <= STALE_DAYS else Freshness.STALE

    @property
    def revisions(self) -> Any:
        return self._revisions

    @property
    def audit_chain(self) -> str:
        return "catalogue"


class SolutionTag(TaggedItemBase):  # type: ignore[misc]
    """A tag of a solution."""

    content_object = ParentalKey(Solution, on_delete=models.CASCADE, related_name="tagged_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="solution_tag_once")
        ]

    def __str__(self) -> str:
        return f"{self.content_object}: {self.tag}"


class Contact(models.Model):
    """A person who answers for a solution: shown with consent only, and until it runs out."""

    solution = ParentalKey(Solution, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    consented_on = models.DateField(_("consented on"), null=True, blank=True)
    expires_on = models.DateField(_("consent runs out on"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("contact person")
        verbose_name_plural = _("contact people")

    def __str__(self) -> str:
        return self.name

    def is_shown_on(self, day: dt.date) -> bool:
        """Has consented, and the consent has not run out."""
        if self.consented_on is None or self.consented_on > day:
            return False
        return self.expires_on is None or self.expires_on > day


class MaturityChange(models.Model):
    """What a solution became on one axis of its maturity, when and by whom."""

    solution = models.ForeignKey(
        Solution, on_delete=models.CASCADE, related_name="maturity_changes"
    )
    axis = models.CharField(max_length=10, choices=Axis)
    value = models.CharField(max_length=20, blank=True)
    changed_on = models.DateField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["changed_on", "pk"]

    def __str__(self) -> str:
        return f"{self.axis}: {self.value}"

    @property
    def label(self) -> str:
        known = Readiness if self.axis == Axis.READINESS else Offer
        return str(dict(known.choices).get(self.value, self.value))


def maturity_of(pks: Iterable[int]) -> dict[int, dict[str, str]]:
    """The axes as the database has them, by solution; nothing for those that are not there."""
    found = {pk: dict[str, str]() for pk in pks}
    for row in Solution.objects.filter(pk__in=found).values("pk", *Axis.values):
        found[row.pop("pk")] = row
    return found


def note_maturity(
    changed: Iterable[tuple[Solution, Mapping[str, str]]], *, on: dt.date | None = None
) -> None:
    """History of (solution, its axes before): a row for each axis that is another now.

    To be called in the transaction that writes the solutions. Whoever works in the back office
    signs it. One statement.
    """
    person = get_active_log_context().user
    today = clock.local(clock.now()).date()
    MaturityChange.objects.bulk_create(
        MaturityChange(
            solution=one,
            axis=axis,
            value=getattr(one, axis),
            changed_on=on or today,
            by=person,
        )
        for one, before in changed
        for axis in Axis.values
        if getattr(one, axis) != before.get(axis, "")
    )
