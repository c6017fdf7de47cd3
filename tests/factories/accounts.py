"""People and organisations: `UserFactory(staff_of=host)`; a municipality is a HostFactory."""

from typing import Any

import factory
from allauth.mfa.models import Authenticator
from factory.django import DjangoModelFactory

from accounts.actions import grant_role
from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role


class UserFactory(DjangoModelFactory):
    """A person; `owner=True` runs the platform; `admin_of`, `staff_of`, `member_of` give a role,
    `app=True` a second factor.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        owner = factory.Trait(is_superuser=True, is_staff=True)

    email = factory.Sequence(lambda n: f"henkilo-{n}@posti.example")
    name = factory.Sequence(lambda n: f"Henkilö {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        user: User = super()._create(model_class, *args, **kwargs)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        return user

    @factory.post_generation
    def admin_of(self, create: bool, organisation: Organisation | None, **kwargs: Any) -> None:
        give(self, organisation, Role.ADMIN)

    @factory.post_generation
    def staff_of(self, create: bool, organisation: Organisation | None, **kwargs: Any) -> None:
        give(self, organisation, Role.STAFF)

    @factory.post_generation
    def member_of(self, create: bool, organisation: Organisation | None, **kwargs: Any) -> None:
        give(self, organisation, Role.MEMBER)

    @factory.post_generation
    def app(self, create: bool, has: bool | None, **kwargs: Any) -> None:
        if has:
            Authenticator.objects.create(user=self, type=Authenticator.Type.TOTP, data={})


def give(user: User, organisation: Organisation | None, role: Role) -> None:
    if organisation is not None:
        grant_role(organisation=organisation, user=user, role=role, by=None)


class OrganisationFactory(DjangoModelFactory):
    """A company, or `a_municipality=True`. A municipality that hosts: HostFactory."""

    class Meta:
        model = Organisation

    class Params:
        a_municipality = factory.Trait(
            kind=OrganisationKind.MUNICIPALITY,
            name=factory.Sequence(lambda n: f"Naapurikunta {n}"),
            municipality="Juva",
            population=5700,
        )

    kind = OrganisationKind.COMPANY
    name = factory.Sequence(lambda n: f"Yritys {n} Oy")
    slug = factory.Sequence(lambda n: f"organisaatio-{n}")
