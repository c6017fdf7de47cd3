"""What happens after a proposal's changes, outside the request."""

from challenges.models import Challenge
from challenges.states import Visibility
from core import clock, mail, outbox
from ideas import links
from ideas.actions import make_public, recount_public
from ideas.models import Idea


@outbox.handler("idea.submitted")
def send_receipt(*, idea: int, version: int) -> None:
    """A letter with the number, the time and the digest of what was handed in."""
    found = Idea.objects.for_writing().filter(pk=idea).first()
    if found is None or not found.contact_email or found.is_demo:
        return
    frozen = found.versions.filter(number=version).first()
    if frozen is None:
        return
    mail.send(
        to=found.contact_email,
        template="idea_receipt",
        language=found.language,
        context={
            "idea": found,
            "challenge": found.challenge,
            "version": frozen,
            "closes_at": found.challenge.closes_at,
            "private_url": links.in_language(found),
            "is_secret": found.organisation_id is None,
        },
        about=found,
    )


@outbox.handler("idea.submitted")
def publish_what_came_with_the_closing(*, idea: int, version: int) -> None:
    """A proposal that arrived in time but was written after closing is not left hidden."""
    found = Idea.objects.select_related("challenge").filter(pk=idea, published_at=None).first()
    if found is None:
        return
    closes = found.challenge.closes_at
    if closes is not None and closes <= clock.now():
        publish_at_closing(challenge=found.challenge_id)


@outbox.handler("idea.checked")
def tell_of_the_check(*, idea: int, check: int) -> None:
    """A letter with staff's finding, unless they have found otherwise since."""
    found = Idea.objects.for_writing().filter(pk=idea, withdrawn_at=None).first()
    if found is None or not found.contact_email or found.is_demo:
        return
    latest = found.checks.first()
    if latest is None or latest.pk != check:
        return
    mail.send(
        to=found.contact_email,
        template="idea_checked",
        language=found.language,
        context={
            "idea": found,
            "challenge": found.challenge,
            "check": latest,
            "private_url": links.in_language(found),
        },
        about=found,
    )


@outbox.handler("challenge.closed")
def publish_at_closing(*, challenge: int) -> None:
    found = Challenge.objects.filter(pk=challenge).first()
    if found is not None and found.visibility == Visibility.AFTER_CLOSING:
        make_public(challenge=found, at=clock.now())


@outbox.handler("decision.published")
def count_after_decision(*, decision: int, challenge: int) -> None:
    """Winners open with the decision where nothing else was public before it."""
    found = Challenge.objects.filter(pk=challenge).first()
    if found is not None:
        recount_public(challenge=found)
