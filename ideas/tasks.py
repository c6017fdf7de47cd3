"""What happens after a proposal's changes, outside the request."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from challenges import following
from challenges.actions import CLOSES_SOON
from challenges.following import News
from challenges.models import Challenge, Follower
from challenges.profile_actions import ENDED
from challenges.states import Visibility
from core import clock, daily, mail, outbox
from ideas import (
    bulk,
    comments,
    correspondence,
    extensions,
    links,
    merging,
    moderation,
    moving,
    named,
    nudges,
    queries,
    secret_review,
    support,
    uploads,
    voice_tasks,  # noqa: F401 - its handlers are found with these
)
from ideas import compilation as compilations
from ideas.actions import make_public, recount_public
from ideas.models import BatchRow, Compilation, Extension, Idea, Message
from ideas.states import CompilationState


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


@outbox.handler(moving.TOLD)
def tell_of_the_move(
    *, ideas: list[int], series: int, reason: str, batch: int | None = None
) -> None:
    """Unless it has been moved on since, or this move has been undone."""
    undone = BatchRow.objects.filter(batch=batch, undone=True).values("idea")
    found = Idea.objects.for_writing().filter(pk__in=ideas, series=series, withdrawn_at=None)
    found = found.exclude(pk__in=undone)
    mail.send_all(
        [
            mail.Letter(
                to=idea.contact_email,
                template="idea_moved",
                language=idea.language,
                context={
                    "idea": idea,
                    "challenge": idea.challenge,
                    "series": idea.series,
                    "reason": reason,
                    "private_url": links.in_language(idea),
                },
                about=idea,
            )
            for idea in found.exclude(contact_email="").exclude(is_demo=True)
        ]
    )


@outbox.handler(merging.MERGED)
def tell_of_the_merger(*, idea: int, into: int, reason: str) -> None:
    """Both proposers, unless it has been undone since."""
    rows = Idea.objects.for_writing().filter(withdrawn_at=None)
    one, other = rows.filter(pk=idea, merged_into=into).first(), rows.filter(pk=into).first()
    if one is None or other is None:
        return
    mail.send_all(
        mail.Letter(
            to=to.contact_email,
            template="idea_merged",
            language=to.language,
            context={
                "idea": to,
                "challenge": to.challenge,
                "reference": one.reference,
                "into": other.reference,
                "reason": reason,
                "private_url": links.in_language(to),
            },
            about=to,
        )
        for to in (one, other)
        if to.contact_email and not to.is_demo
    )


@outbox.handler(CLOSES_SOON)
def remind_those_who_have_begun(*, challenge: int, hours: int) -> None:
    found = Challenge.objects.with_phases().filter(pk=challenge).first()
    if found is not None:
        nudges.nudge(challenge=found, hours=hours, at=clock.now())


@outbox.handler(extensions.ASKED)
def tell_staff_of_the_wish(*, extension: int) -> None:
    found = Extension.objects.select_related("idea__challenge").filter(pk=extension).first()
    if found is None or not found.idea.challenge.contact_email:
        return
    challenge = found.idea.challenge
    mail.send(
        to=challenge.contact_email,
        template="extension_asked",
        language=settings.LANGUAGE_CODE,
        context={
            "extension": found,
            "challenge": challenge,
            "address": settings.SITE_URL + reverse("ideas_admin:extensions", args=[challenge.pk]),
        },
        about=challenge,
    )


@outbox.handler(extensions.ANSWERED)
def tell_the_writers(*, extension: int) -> None:
    found = Extension.objects.filter(pk=extension, answered_at__isnull=False).first()
    idea = Idea.objects.for_writing().filter(pk=found.idea_id).first() if found else None
    if found is None or idea is None or not idea.contact_email or idea.withdrawn_at:
        return
    mail.send(
        to=idea.contact_email,
        template="extension_answered",
        language=idea.language,
        context={
            "extension": found,
            "challenge": idea.challenge,
            "private_url": links.in_language(idea),
        },
        about=idea,
    )


@outbox.handler(correspondence.WRITTEN)
def tell_of_a_message(*, message: int) -> None:
    """A letter with the link; the words are read behind it."""
    found = Message.objects.select_related("idea").filter(pk=message).first()
    idea = Idea.objects.for_writing().filter(pk=found.idea_id).first() if found else None
    if found is None or idea is None or idea.withdrawn_at or idea.is_demo:
        return
    challenge = idea.challenge
    to = idea.contact_email if found.from_staff else challenge.contact_email
    if not to:
        return
    office = reverse("ideas_admin:proposal", args=[challenge.pk, idea.number])
    mail.send(
        to=to,
        template="idea_message",
        language=idea.language if found.from_staff else settings.LANGUAGE_CODE,
        context={
            "message": found,
            "idea": idea,
            "challenge": challenge,
            "address": links.in_language(idea)
            if found.from_staff
            else f"{settings.SITE_URL}{office}",
        },
        about=idea,
    )


@outbox.handler("secret.reviewed")
def tell_of_the_secret(*, idea: int, finding: int) -> None:
    """A letter with staff's finding on a trade secret and what follows; never the secret itself."""
    found = Idea.objects.for_writing().filter(pk=idea, withdrawn_at=None).first()
    if found is None or found.is_demo:
        return
    address = queries.contact_of(found)
    claims = (one for one in secret_review.claims_of(found) if one.finding)
    claim = next((one for one in claims if one.finding and one.finding.pk == finding), None)
    if claim is None or not address:  # found otherwise since, or changed
        return
    mail.send(
        to=address,
        template="secret_finding",
        language=found.language,
        context={
            "idea": found,
            "challenge": found.challenge,
            "finding": claim.finding,
            "question": found.form.parsed.fields[claim.part.key].label,
            "answer_by": claim.answer_by,
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


@outbox.handler("decision.published")
def tell_followers_of_proposals(*, challenge: int, **_event: object) -> None:
    """Of the decision, to those who follow a proposal that is public."""
    followed = Follower.objects.filter(challenge=challenge).values("followed")
    found = Idea.objects.public().filter(challenge=challenge, uid__in=followed)
    following.tell(
        News.DECIDED, {one.uid: {"name": one.title, "idea": one.uid.hex} for one in found}
    )


@outbox.handler("compilation.ordered", atomic=False, lease=dt.timedelta(minutes=15))
def make_compilation(*, compilation: int) -> None:
    """Seconds to a minute of work, so outside any transaction; keeping the result is one."""
    rows = Compilation.objects.select_related("challenge__owner")
    found = rows.filter(pk=compilation).exclude(state=CompilationState.READY).first()
    if found is not None:
        compilations.make(found)


@outbox.handler("ideas.published")
@outbox.handler("decision.published")
def compile_what_has_opened(*, challenge: int, **_event: object) -> None:
    """At closing and at the decision the document is made by itself; before that staff ask for it,
    for each proposal that comes would change it.
    """
    found = Challenge.objects.filter(pk=challenge, closed_at__isnull=False).first()
    if found is not None and Idea.objects.public().filter(challenge=found).exists():
        compilations.order_compilation(challenge=found, by=None, at=clock.now())


@outbox.handler("idea.withdrawn")
@outbox.handler(moderation.HIDDEN)
@outbox.handler(moderation.RESTORED)
def compile_without_the_withdrawn(*, idea: int) -> None:
    """The document with it went off at once, a new one is made where there was one."""
    made = Compilation.objects.filter(challenge__ideas=idea).select_related("challenge").first()
    if made is not None and Idea.objects.public().filter(challenge=made.challenge).exists():
        compilations.order_compilation(challenge=made.challenge, by=None, at=clock.now())


@outbox.handler(named.CHANGED)
def compile_with_other_names(*, challenge: int, compiled: bool, **_event: object) -> None:
    """The document went off with the names that were in it."""
    found = Challenge.objects.filter(pk=challenge).first()
    if compiled and found and Idea.objects.public().filter(challenge=found).exists():
        compilations.order_compilation(challenge=found, by=None, at=clock.now())


@outbox.handler("challenge.notice")
def tell_everybody_who_has_begun(*, challenge: int, kind: str, reason: str) -> None:
    """One letter to each address of a draft or a proposal, once, in one transaction."""
    found = Challenge.objects.select_related("owner").filter(pk=challenge).first()
    if found is None:
        return
    mail.send_all(
        [
            mail.Letter(
                to=address,
                template="challenge_notice",
                language=language,
                context={
                    "challenge": found,
                    "kind": kind,
                    "reason": reason,
                    "closes_at": found.closes_at,
                },
                about=found,
            )
            for address, language in queries.addresses_of(found).items()
        ]
    )


@outbox.handler(ENDED)
def tell_everybody_what_was_learned(*, challenge: int) -> None:
    tell_everybody_who_has_begun(challenge=challenge, kind="ended", reason="")


@outbox.handler(daily.EVENT)
def forget_what_was_not_confirmed() -> None:
    at = clock.now()
    support.forget_unconfirmed(at=at)
    bulk.forget_old(at=at)
    comments.forget_unconfirmed(at=at)
    uploads.forget_abandoned(at=at)
