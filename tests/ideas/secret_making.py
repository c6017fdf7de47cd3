"""A company's proposal with a trade secret, and who come to it."""

from datetime import timedelta

from django.test import Client

from challenges.hosting import ensure_host
from challenges.models import Phase
from challenges.states import PhaseKind
from cms.setup import setup_site
from core import clock
from ideas import actions
from ideas.models import Idea
from tests.factories.accounts import UserFactory
from tests.ideas.making import proposal

SECRET, WHY = "Salainen menetelmä qzsecret", "Menetelmää ei ole julkaistu"
OPEN = "Kyydit suunnitellaan käsin, ja se vie aikaa."


def with_secret(**more):
    """A company's draft with a secret beside its public answer, and the writer."""
    idea, person = proposal()
    return write(idea, person, **{"problem-secret": SECRET, "problem-why": WHY, **more}), person


def write(idea, person, **answers):
    return actions.save_draft(
        idea=idea,
        answers={"problem": OPEN, **answers},
        revision=idea.revision,
        at=clock.now(),
        by=person,
    )


def closed(idea):
    """As if the call had closed an hour ago."""
    Phase.objects.filter(challenge=idea.challenge, kind=PhaseKind.SUBMISSION).update(
        ends_at=clock.now() - timedelta(hours=1)
    )
    return Idea.objects.for_reading().get(pk=idea.pk)


def official(idea):
    setup_site()
    ensure_host(idea.challenge.owner)
    return UserFactory(staff_of=idea.challenge.owner)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def own(idea, tail=""):
    return f"/en/oma/ehdotus/{idea.uid}/{tail}"


def review_page(idea):
    return f"/admin/ideas/{idea.challenge_id}/proposals/{idea.number}/secrets/"
