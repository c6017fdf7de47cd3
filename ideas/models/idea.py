"""A proposal, its frozen versions, its files, its team."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from challenges.models import Challenge, FormVersion, Series, Theme
from challenges.states import Assurance, Visibility
from ideas.states import DELIVERED, IdeaState, Source, TeamRole

if TYPE_CHECKING:
    from accounts.models import User


class IdeaQuerySet(models.QuerySet["Idea"]):
    def delivered(self) -> "IdeaQuerySet":
        return self.filter(state__in=DELIVERED)

    def public(self) -> "IdeaQuerySet":
        """Proposals whose page anybody may open, as each challenge's visibility setting says.

        `published_at` is set by the action that makes a proposal public (at submission, at closing
        or at publication of the decision), so that this stays one indexed condition.
        What staff have hidden (moderation.py) is public no more.
        """
        return self.filter(published_at__isnull=False, hidden_at=None, state__in=DELIVERED)

    def hidden(self) -> "IdeaQuerySet":
        """Would be public, had staff not hidden them."""
        return self.filter(published_at__isnull=False, hidden_at__isnull=False, state__in=DELIVERED)

    def of_team(self, user: Any) -> "IdeaQuerySet":
        return self.filter(team__user=user).distinct()

    def for_writing(self) -> "IdeaQuerySet":
        """With all that the form, the receipt and the status page need."""
        return self.select_related(
            "challenge__owner", "series", "form", "theme", "organisation", "current_version"
        ).prefetch_related("challenge__phases")

    def for_reading(self) -> "IdeaQuerySet":
        """With all that reader.py needs to show what was handed in."""
        return self.select_related(
            "challenge__owner", "series", "form", "theme", "organisation", "current_version"
        )


class Idea(models.Model):
    """One proposal to one series.

    `answers` is the working text; what was handed in is the frozen `current_version`. The columns
    title … name_public are copies of the answers that lists need, kept by actions.py.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="ideas")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="ideas")
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="ideas")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="ideas"
    )
    state = models.CharField(max_length=12, choices=IdeaState, default=IdeaState.DRAFT)
    number = models.PositiveIntegerField(null=True, editable=False)
    reference = models.CharField(max_length=12, blank=True, editable=False)
    language = models.CharField(max_length=2, default="fi")
    # What staff take in for somebody (intake.py): how it came, and the id that their list has.
    source = models.CharField(max_length=5, choices=Source, default=Source.WEB, editable=False)
    external_id = models.CharField(max_length=80, blank=True, editable=False)

    answers: Any = models.JSONField(default=dict, blank=True)
    # Secret texts and reasons by their names (trade_secrets.py), apart from what others read.
    secrets: Any = models.JSONField(default=dict, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0)
    token_version = models.PositiveSmallIntegerField(default=1)

    title = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="ideas"
    )
    municipality = models.CharField(max_length=60, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_name = models.CharField(max_length=150, blank=True)
    name_public = models.BooleanField(default=False)
    # Who of the team is named in public (naming.py); no list needs to ask the team.
    authors: Any = models.JSONField(default=dict, blank=True, editable=False)

    current_version = models.OneToOneField(
        "IdeaVersion", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    nudges = models.PositiveSmallIntegerField(default=0, editable=False)  # letters before closing
    awarded = models.BooleanField(default=False, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="merged"
    )
    hidden_at = models.DateTimeField(null=True, editable=False)
    hidden_because = models.CharField(max_length=500, blank=True, editable=False)
    supporters = models.PositiveIntegerField(default=0, editable=False)
    takes_askers = models.BooleanField(default=False, editable=False)  # who ask to join the team
    is_demo = models.BooleanField(default=False, editable=False)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="one_idea_per_number"),
            models.UniqueConstraint(
                fields=["challenge", "external_id"],
                condition=~Q(external_id=""),
                name="one_idea_per_external_id",
            ),
            models.CheckConstraint(
                condition=Q(state=IdeaState.DRAFT)
                | Q(number__isnull=False, submitted_at__isnull=False),
                name="delivered_idea_has_number_and_time",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="idea_is_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["challenge", "state", "-submitted_at"], name="idea_list"),
            models.Index(fields=["series", "state"], name="idea_series"),
            models.Index(fields=["challenge", "published_at"], name="idea_public"),
        ]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")

    def __str__(self) -> str:
        return self.title or str(_("Untitled draft"))

    def get_absolute_url(self) -> str:
        """Its public page; a 404 until it is public."""
        return reverse("ideas:page", args=[self.uid.hex])

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.challenge_id}"

    @property
    def written(self) -> dict[str, Any]:
        """All that has been typed, the secret parts too: for the proposer's own pages only."""
        return {**self.answers, **self.secrets}

    @property
    def is_judged_blind(self) -> bool:
        """Whether a jury works without knowing who proposes: no consultation has one, whatever was
        published while it was to be a contest. `series` and `challenge` are to be at hand."""
        return self.series.blind and self.challenge.has_jury

    @property
    def is_delivered(self) -> bool:
        return self.state in DELIVERED

    @property
    def is_public(self) -> bool:
        """The rule of `IdeaQuerySet.public`, for one at hand."""
        return self.published_at is not None and self.hidden_at is None and self.is_delivered

    @property
    def whole_text_public(self) -> bool:
        """With «titles only», whole texts open to the public with the award."""
        return bool(
            self.published_at and (self.challenge.visibility != Visibility.TITLES or self.awarded)
        )


class IdeaVersion(models.Model):
    """What was handed in, frozen. `digest` is SHA-256 over canonical JSON of `payload`."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    payload: Any = models.JSONField()
    digest = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    # How surely it was known who handed it in; empty when staff took it in for them.
    assurance = models.CharField(max_length=8, choices=Assurance, blank=True, editable=False)
    identified_at = models.DateTimeField(null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["idea", "number"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.idea.reference} v{self.number}"


def attachment_path(attachment: "Attachment", name: str) -> str:
    """No part of a person's file name reaches the disk."""
    return f"{attachment.idea.uid.hex[:2]}/{attachment.idea.uid.hex}/{attachment.uid.hex}"


def attachment_storage() -> Any:
    return storages["attachments"]


class Attachment(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="attachments")
    field_key = models.CharField(max_length=40)
    secret = models.BooleanField(default=False)  # the question's secret part
    file = models.FileField(upload_to=attachment_path, storage=attachment_storage, max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """Someone who may open the proposal with an account, to write or to read. Invited by e-mail."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="team")
    email = models.EmailField()
    user: "models.ForeignKey[User | None]" = models.ForeignKey(  # type: ignore[assignment]
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="idea_memberships",
    )
    role = models.CharField(max_length=10, choices=TeamRole, default=TeamRole.WRITER)
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    # What the person has said of themselves, and when: the name that may be shown in public, and
    # the organisation that takes part through them (names.py).
    shown_as = models.CharField(max_length=100, blank=True)
    partner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="partnered"
    )
    spoke_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "email"], name="one_team_place_per_email")
        ]

    def __str__(self) -> str:
        return self.email
