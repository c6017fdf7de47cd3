"""A challenge and its parts: themes, phases, series. Its pages are in pages.py."""

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.rules import is_platform_owner, staffed_organisations
from challenges.states import (
    LISTED_STATES,
    PHASES_FOR_ACT,
    PUBLIC_STATES,
    Act,
    Assurance,
    ChallengeProfile,
    ChallengeState,
    PhaseKind,
    SeriesKind,
    Status,
    Talk,
    Visibility,
)
from core.multilingual import MultilingualField, text

if TYPE_CHECKING:
    from challenges.models.forms import FormVersion


class Theme(models.Model):
    """A subject shared by challenges, proposals and solutions."""

    key = models.SlugField(max_length=40, unique=True)
    name = MultilingualField(_("name"))
    description = MultilingualField(_("description"), blank=True, default=dict)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "key"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self) -> str:
        return text(self.name)


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def opened(self) -> "ChallengeQuerySet":
        """Challenges that the public may know of."""
        return self.filter(state__in=LISTED_STATES)

    def with_page(self) -> "ChallengeQuerySet":
        """Challenges whose page is public: also those that were cancelled after they had opened."""
        return self.filter(state__in=PUBLIC_STATES, opened_at__isnull=False)

    def workable_by(self, user: Any) -> "ChallengeQuerySet":
        """Challenges whose back office the person works in; the platform's owner sees all."""
        if is_platform_owner(user):
            return self.all()
        return self.filter(owner__in=staffed_organisations(user))

    def with_phases(self) -> "ChallengeQuerySet":
        return self.select_related("owner").prefetch_related("phases")


class Challenge(models.Model):  # type: ignore[django-manager-missing]  # Page's own manager
    """What every translation of a challenge's page shares: owner, state, dates, numbers.

    Kept apart from the Wagtail page because publishing a page writes an old revision's
    values over the row: a decision must not come undone by a spelling correction.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="challenges", verbose_name=_("host")
    )
    name = MultilingualField(_("name"))
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    state = models.CharField(
        max_length=12, choices=ChallengeState, default=ChallengeState.PREPARING, editable=False
    )
    # "" of those that had opened before kinds were told: nothing is said that nobody has chosen.
    profile = models.CharField(
        _("kind of competition"),
        max_length=12,
        choices=ChallengeProfile,
        default=ChallengeProfile.IDEAS,
        blank=True,
        editable=False,
    )
    # What the profile must say, key → text by language (profiles.py); promised at the opening.
    statements: Any = models.JSONField(default=dict, blank=True, editable=False)
    notice_url = models.URLField(_("official notice (Hilma)"), blank=True, editable=False)
    visibility = models.CharField(
        _("which proposals the public sees"),
        max_length=16,
        choices=Visibility,
        default=Visibility.AFTER_CLOSING,
    )
    talk = models.CharField(
        _("what the public may say of public proposals"),
        max_length=8,
        choices=Talk,
        default=Talk.ALL,
    )
    assurance = models.CharField(
        _("identification of those who propose"),
        max_length=8,
        choices=Assurance,
        default=Assurance.EMAIL,
    )
    reasons_public = models.BooleanField(_("reasons of every decision are public"), default=True)
    contact_email = models.EmailField(_("contact for questions"), blank=True)
    inquiry_days = models.PositiveSmallIntegerField(
        _("questions end before closing, days"), default=0, validators=[MaxValueValidator(60)]
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="challenges")
    last_number = models.PositiveIntegerField(default=0, editable=False)
    public_ideas = models.PositiveIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    pause_reason = models.TextField(_("reason"), max_length=1000, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.TextField(_("reason"), max_length=1000, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")

    def __str__(self) -> str:
        return text(self.name)

    def get_absolute_url(self) -> str:
        """The challenge's page in the active language. Its path never changes: no query needed."""
        return reverse("wagtail_serve", args=[f"{self.owner.slug}/{self.slug}/"])

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.pk}"

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES and self.opened_at is not None

    @property
    def has_jury(self) -> bool:
        """Whether proposals are scored and somebody may win: not in a market consultation."""
        return self.profile != ChallengeProfile.CONSULTATION

    @cached_property
    def timetable(self) -> "list[Phase]":
        """Phases in the order of time; uses the prefetched rows when there are any."""
        return sorted(self.phases.all(), key=lambda phase: phase.starts_at)

    def phase(self, kind: PhaseKind) -> "Phase | None":
        return next((phase for phase in self.timetable if phase.kind == kind), None)

    def phase_at(self, at: dt.datetime) -> "Phase | None":
        """The phase that the moment falls in; the start belongs to it, the end does not."""
        return next((p for p in reversed(self.timetable) if p.starts_at <= at < p.ends_at), None)

    @property
    def opens_at(self) -> dt.datetime | None:
        phase = self.phase(PhaseKind.SUBMISSION)
        return phase.starts_at if phase else None

    @property
    def closes_at(self) -> dt.datetime | None:
        phase = self.phase(PhaseKind.SUBMISSION)
        return phase.ends_at if phase else None

    @property
    def inquiries_until(self) -> dt.datetime | None:
        """Until when questions are taken: some days before the closing, and moving with it."""
        closes = self.closes_at
        return closes - dt.timedelta(days=self.inquiry_days) if closes else None

    @property
    def takes_support(self) -> bool:
        """Of its public proposals, until the decision."""
        return self.state == ChallengeState.OPENED and self.talk != Talk.NONE

    @property
    def takes_comments(self) -> bool:
        """On its public proposals, until the decision."""
        return self.state == ChallengeState.OPENED and self.talk == Talk.ALL

    def takes_inquiries(self, at: dt.datetime) -> bool:
        """From the day when the page is public, so that one can ask before the opening too."""
        until = self.inquiries_until
        return self.state == ChallengeState.OPENED and until is not None and at < until

    def status_at(self, at: dt.datetime) -> Status:
        """What a reader is told: being prepared, coming, open, being assessed, decided."""
        if self.state != ChallengeState.OPENED:
            return Status(self.state)
        opens, closes = self.opens_at, self.closes_at
        if opens is None or closes is None or at < opens:
            return Status.COMING
        return Status.OPEN if at < closes else Status.SCORING

    def allows(self, act: Act, *, at: dt.datetime) -> bool:
        """Whether the challenge's state and phases let anybody do the act at that moment."""
        if self.state != ChallengeState.OPENED:
            return False
        if act in (Act.SCORE, Act.DECIDE) and not self.has_jury:
            return False
        if act == Act.SUBMIT:
            if self.paused_at is not None and at >= self.paused_at:
                return False
            phase = self.phase_at(at)
            return phase is not None and phase.kind in PHASES_FOR_ACT[act]
        # The other acts begin with their first phase and end with the decision.
        starts = [p.starts_at for p in self.timetable if p.kind in PHASES_FOR_ACT[act]]
        return bool(starts) and at >= min(starts)


class Phase(models.Model):
    """A dated stretch of a challenge; [starts_at, ends_at)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(_("phase"), max_length=12, choices=PhaseKind)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "kind"], name="one_phase_of_a_kind"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="phase_ends_after_it_starts"
            ),
        ]
        verbose_name = _("phase")
        verbose_name_plural = _("phases")

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The phase must end after it starts.")})


class Series(models.Model):
    """A track of a challenge with its own form, rubric, jury and awards."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="series")
    key = models.SlugField(max_length=40)
    kind = models.CharField(_("for whom"), max_length=16, choices=SeriesKind)
    name = MultilingualField(_("name"))
    eligible = MultilingualField(_("who may propose"), blank=True, default=dict)
    award = MultilingualField(_("award"), blank=True, default=dict)
    winners = models.PositiveSmallIntegerField(_("number of winners, at most"), default=3)
    # As the newest published rubric says; `ideas.reader.hides_proposer` is what asks it.
    blind = models.BooleanField(default=False, editable=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "key"], name="one_series_per_key")
        ]
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return text(self.name)

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.challenge_id}"

    @property
    def form(self) -> "FormVersion | None":
        """What proposals are begun with: the newest version, and once the challenge has opened the
        newest that is frozen (form_correction.py makes another)."""
        forms = self.forms.order_by("-number")
        if self.challenge.state != ChallengeState.PREPARING:
            forms = forms.exclude(frozen_at=None)
        return forms.first()

    @property
    def newest_form(self) -> "FormVersion | None":
        """What staff edit, or what was frozen last."""
        return self.forms.order_by("-number").first()
