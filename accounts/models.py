"""People, organisations, and who acts for whom."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fi import ytunnus

from accounts.states import MembershipState, OrganisationKind, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address. `is_superuser` is the platform's owner."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=2, default="fi")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, editable=False)  # accounts/erasure.py

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        if self.erased_at:
            return str(_("Name removed"))
        return self.name or self.email

    def has_usable_password(self) -> bool:
        """Nobody signs in by one, whatever `createsuperuser` has stored: nothing asks for it."""
        return False

    @property
    def audit_label(self) -> str:
        """What sealed audit rows call the person: no name, so that erasure breaks no chain."""
        return f"user:{self.pk}"

    @property
    def erased_email(self) -> str:
        """The address that stands for the person's own once they are erased; nobody gets mail."""
        return f"erased-{self.pk}@erased.invalid"

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


def validate_business_id(value: str) -> None:
    """Finnish business ID (Y-tunnus), seven digits and a check digit: 1234567-1."""
    try:
        ytunnus.validate(value)
    except StdnumError as error:
        raise ValidationError(
            _("This is not a valid business ID. Example of the form: 1234567-1."),
            code="business_id",
        ) from error


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def municipalities(self) -> "OrganisationQuerySet":
        return self.filter(kind=OrganisationKind.MUNICIPALITY)


class Organisation(models.Model):  # type: ignore[django-manager-missing]  # Page's own manager
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    business_id = models.CharField(
        _("business ID"),
        max_length=9,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_business_id],
    )
    email_domain = models.CharField(_("e-mail domain"), max_length=100, blank=True)
    municipality = models.CharField(_("municipality"), max_length=60, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    website = models.URLField(_("website"), blank=True)
    is_host = models.BooleanField(_("publishes challenges"), default=False)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.business_id:
            validate_business_id(self.business_id)
            compact = ytunnus.compact(self.business_id)
            self.business_id = f"{compact[:7]}-{compact[7]}"
        else:
            self.business_id = None

    @property
    def is_municipality(self) -> bool:
        return self.kind == OrganisationKind.MUNICIPALITY


class Membership(models.Model):
    """A person's role in an organisation. Rights follow from active ones only."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    state = models.CharField(
        max_length=10, choices=MembershipState, default=MembershipState.REQUESTED
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=~Q(state=MembershipState.ENDED),
                name="one_membership_per_user_and_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation} ({self.get_role_display()})"
