"""What happens when its time comes, and who is told of what has happened."""

from typing import Any

from challenges import following, inquiries, lifecycle, profile_actions, registry
from challenges.actions import close_challenge
from challenges.following import News
from challenges.models import Challenge, Inquiry
from challenges.states import InquiryState
from core import clock, daily, mail, outbox

# That the call goes on, or that a form was corrected, is for those who have begun.
TOLD_TO_FOLLOWERS = frozenset({"paused", "extended", "cancelled"})


@outbox.handler("challenge.closing")
def close_when_due(*, challenge: int) -> None:
    """Runs at a closing time that was once set; of one that has been moved since, does nothing."""
    found = Challenge.objects.filter(pk=challenge).first()
    if found:
        close_challenge(challenge=found, at=clock.now())


@outbox.handler(inquiries.ANSWERED)
def tell_of_answers(*, challenge: int) -> None:
    """One letter of all answers that have not been told yet: to entrants and those who asked."""
    found = _challenge(challenge)
    if found is None:
        return
    untold = list(inquiries.answered(found).filter(told_at=None).order_by("answered_at", "pk"))
    if not untold:
        return
    inquiries.answered(found).filter(pk__in=[one.pk for one in untold]).update(told_at=clock.now())
    askers = {one.email.casefold(): one.language for one in untold if one.email}
    mail.send_all(
        [
            mail.Letter(
                to=address,
                template="inquiries_answered",
                language=language,
                context={"challenge": found, "answers": untold},
                about=found,
            )
            for address, language in {**registry.entrants(found), **askers}.items()
        ]
    )
    _tell_followers(found, News.ANSWERS)


@outbox.handler(inquiries.SET_ASIDE)
def tell_why_not_answered(*, inquiry: int) -> None:
    found = Inquiry.objects.select_related("challenge__owner").filter(pk=inquiry).first()
    if found is None or not found.email or found.state != InquiryState.SET_ASIDE:
        return
    mail.send(
        to=found.email,
        template="inquiry_set_aside",
        language=found.language,
        context={"inquiry": found, "challenge": found.challenge},
        about=found.challenge,
    )


@outbox.handler(lifecycle.NOTICE)
def tell_followers_of_a_change(*, challenge: int, kind: str, reason: str) -> None:
    if kind in TOLD_TO_FOLLOWERS and (found := _challenge(challenge)) is not None:
        _tell_followers(found, News.CHANGED, kind=kind, reason=reason)


@outbox.handler("challenge.closed")
def tell_followers_of_the_closing(*, challenge: int) -> None:
    if (found := _challenge(challenge)) is not None:
        _tell_followers(found, News.CLOSED)


@outbox.handler(profile_actions.ENDED)
@outbox.handler("decision.published")
def tell_followers_of_the_decision(*, challenge: int, **_event: Any) -> None:
    if (found := _challenge(challenge)) is not None:
        _tell_followers(found, News.DECIDED)


@outbox.handler(daily.EVENT)
def forget_what_is_no_longer_needed() -> None:
    at = clock.now()
    following.forget_unconfirmed(at=at)
    inquiries.forget_addresses(at=at)


def _challenge(pk: int) -> Challenge | None:
    return Challenge.objects.with_phases().filter(pk=pk).first()


def _tell_followers(challenge: Challenge, news: News, **more: str) -> None:
    following.tell(news, {challenge.uid: {"name": challenge.name, **more}})
