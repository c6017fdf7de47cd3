"""Support of a public proposal: one per person, taken back by the same, counted on the proposal.

Whoever is signed in supports by a press; others write their address and press in the letter, so
that nobody supports in another's name. The record of deeds has no addresses.
"""

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, mail, tokens
from core.errors import Invalid, NotNow, require
from ideas import rules
from ideas.models import Idea, Support

KIND: Final = "support"  # of the secret link
UNCONFIRMED: Final = dt.timedelta(days=7)


def token_of(support: Support) -> str:
    return tokens.make(KIND, support.uid.hex)


def of_token(token: str) -> Support | None:
    known = tokens.read(KIND, token)
    if known is None:
        return None
    rows = Support.objects.select_related("idea__challenge__owner", "idea__series")
    return rows.filter(uid=known[0]).first()


def of_person(user: User, idea: Idea) -> Support | None:
    """The person's own, when it counts."""
    found = Support.objects.filter(idea=idea, email=user.email.casefold())
    return found.exclude(confirmed_at=None).first()


@transaction.atomic
def ask(*, idea: Idea, email: str, language: str, at: dt.datetime) -> None:
    """Send the letter in which one confirms, or takes back what was confirmed. Whoever asks learns
    nothing of who supports. Raises Invalid (email), NotNow.
    """
    _require_open(None, idea)
    given = Support(idea=idea, email=email.strip().casefold(), language=language, asked_at=at)
    try:
        given.full_clean(validate_constraints=False)
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    support, _made = Support.objects.get_or_create(
        idea=idea, email=given.email, defaults={"language": language, "asked_at": at}
    )
    with translation.override(language):
        path = reverse("ideas:supporting", args=[token_of(support)])
    mail.send(
        to=support.email,
        template="support_confirm",
        language=language,
        context={"idea": idea, "path": path, "given": support.confirmed_at is not None},
        about=idea.challenge,
    )


@transaction.atomic
def give(*, idea: Idea, by: User, at: dt.datetime) -> None:
    """A signed-in person supports; once more changes nothing. Raises NotNow."""
    _require_open(by, idea)
    support, _made = Support.objects.get_or_create(
        idea=idea,
        email=by.email.casefold(),
        defaults={"language": by.language, "asked_at": at},
    )
    _count(support, by=by, at=at)


@transaction.atomic
def confirm(support: Support, *, at: dt.datetime) -> None:
    """By the link in the letter. Raises NotNow when support is no longer taken."""
    _require_open(None, support.idea)
    _count(support, by=None, at=at)


@transaction.atomic
def take_back(support: Support, *, by: User | None = None) -> None:
    """Support ends by forgetting the address; that can be done at any time."""
    counted = Support.objects.filter(pk=support.pk, confirmed_at__isnull=False).delete()[0]
    if counted:
        Idea.objects.filter(pk=support.idea_id).update(supporters=F("supporters") - 1)
        audit.record("idea.support_taken_back", support.idea, by=by)
    Support.objects.filter(pk=support.pk).delete()


def forget_unconfirmed(*, at: dt.datetime) -> int:
    """Whoever has not confirmed in a week did not mean it. How many were forgotten."""
    old = Support.objects.filter(confirmed_at=None, asked_at__lt=at - UNCONFIRMED)
    return old.delete()[0]


def _count(support: Support, *, by: User | None, at: dt.datetime) -> None:
    fresh = Support.objects.filter(pk=support.pk, confirmed_at=None).update(confirmed_at=at)
    if fresh:
        Idea.objects.filter(pk=support.idea_id).update(supporters=F("supporters") + 1)
        audit.record("idea.supported", support.idea, by=by)


def _require_open(user: User | None, idea: Idea) -> None:
    require(rules.is_open_to(user, idea))
    if not idea.challenge.takes_support:
        raise NotNow(_("This challenge does not take support now."))
