"""Once a year the owner of a solution is asked whether it is still true.

A person gets one letter for all that is due, with a link for each. Nothing is changed by opening a
link; whoever has it may answer, as long as it is theirs to answer (see `find`).
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.rules import is_staff_of
from accounts.states import BACK_OFFICE_ROLES, MembershipState
from catalogue.actions import changed
from catalogue.models import Review, Solution
from catalogue.states import DUE_DAYS, STALE_DAYS, Readiness, ReviewAnswer
from core import audit, clock, mail, tokens
from core.errors import Invalid, NotNow

KIND: Final = "solution-review"
DUE: Final = dt.timedelta(days=DUE_DAYS)
STALE: Final = dt.timedelta(days=STALE_DAYS)
REMIND_AFTER: Final = dt.timedelta(days=30)
AT_ONCE: Final = 1000  # solutions of a day; the rest are asked on the next days


@dataclass(frozen=True)
class Asked:
    """A review, and whose link it was opened by; nobody's when the solution's contact has it."""

    review: Review
    person: User | None


@dataclass(frozen=True)
class Line:
    """A solution in a letter."""

    title: str
    path: str


def due(today: dt.date, *, after: dt.timedelta = DUE) -> QuerySet[Solution]:
    """Published solutions that nobody has reviewed for so long, the oldest first."""
    latest = today - after
    return (
        Solution.objects.published()
        .filter(archived_at=None)
        .exclude(readiness=Readiness.RETIRED)
        .filter(
            Q(reviewed_on__lte=latest)
            | Q(reviewed_on=None, first_published_at__date__lte=latest)
            | Q(reviewed_on=None, first_published_at=None, created_at__date__lte=latest)
        )
        .order_by("reviewed_on", "pk")
    )


@transaction.atomic
def ask(*, at: dt.datetime) -> int:
    """Ask about what is due and has not been asked about for a year; remind once of what has been
    left without an answer for a month. Returns the number of letters. To be called daily."""
    today = clock.local(at).date()
    waiting = due(today).select_related("owner")
    new = list(waiting.exclude(reviews__asked_on__gt=today - DUE)[:AT_ONCE])
    Review.objects.filter(solution__in=new, answer="").delete()  # last year's, never answered
    asked = Review.objects.bulk_create([Review(solution=one, asked_on=today) for one in new])
    late = list(
        Review.objects.filter(
            answer="",
            reminded_on=None,
            asked_on__lte=today - REMIND_AFTER,
            solution__in=waiting,
        ).select_related("solution__owner")[:AT_ONCE]
    )
    Review.objects.filter(pk__in=[one.pk for one in late]).update(reminded_on=today)
    letters = [*_letters(asked, reminder=False), *_letters(late, reminder=True)]
    mail.send_all(letters)
    return len(letters)


def _letters(reviews: Iterable[Review], *, reminder: bool) -> list[mail.Letter]:
    """One for each person. A constant number of queries."""
    reviews = list(reviews)
    staff = _staff({one.solution.owner_id for one in reviews})
    to: dict[tuple[str, str], list[tuple[Review, str]]] = defaultdict(list)
    for review in reviews:
        solution = review.solution
        people = staff[solution.owner_id]
        for person in people:
            to[person.email, person.language].append((review, str(person.pk)))
        if solution.contact_email and solution.contact_email.lower() not in {
            person.email.lower() for person in people
        }:
            to[solution.contact_email, solution.language].append(
                (review, _mark_of(solution.contact_email))
            )
    return [
        mail.Letter(
            to=address,
            template="review_asked",
            language=language,
            context={"lines": _lines(rows, language), "reminder": reminder},
        )
        for (address, language), rows in to.items()
    ]


def _lines(rows: list[tuple[Review, str]], language: str) -> list[Line]:
    with translation.override(language):
        return [
            Line(one.solution.title, reverse("catalogue:review", args=[token_of(one, whose)]))
            for one, whose in rows
        ]


def _staff(owners: set[int]) -> dict[int, list[User]]:
    found: dict[int, list[User]] = defaultdict(list)
    for row in Membership.objects.filter(
        organisation__in=owners,
        role__in=BACK_OFFICE_ROLES,
        state=MembershipState.ACTIVE,
        user__is_active=True,
    ).select_related("user"):
        found[row.organisation_id].append(row.user)
    return found


def _mark_of(address: str) -> str:
    return "c" + hashlib.sha256(address.lower().encode()).hexdigest()[:16]


def token_of(review: Review, whose: str) -> str:
    """`whose`: a person's primary key, or the mark of the contact's address."""
    return tokens.make(KIND, f"{review.pk}-{whose}")


def find(token: str) -> Asked | None:
    """The review of a link; None for a wrong one, of a solution that is not public, or of a person
    who no longer works for the owner, or an address that is no longer the contact."""
    read = tokens.read(KIND, token)
    if read is None:
        return None
    pk, _dash, whose = read[0].partition("-")
    review = (
        Review.objects.filter(pk=pk, solution__live=True).select_related("solution__owner").first()
    )
    if review is None:
        return None
    if whose.isdecimal():
        person = User.objects.filter(pk=whose, is_active=True).first()
        if person is None or not is_staff_of(person, review.solution.owner):
            return None
        return Asked(review, person)
    return Asked(review, None) if whose == _mark_of(review.solution.contact_email) else None


@transaction.atomic
def answer(*, asked: Asked, answer: str, at: dt.datetime) -> Review:
    """«Still true» dates the solution anew; «no longer offered» tells the owner's staff, who
    decide.

    Raises Invalid for another answer, NotNow when it has been answered.
    """
    if answer not in ReviewAnswer.values:
        raise Invalid(errors={"answer": [_("Choose one.")]})
    review = Review.objects.select_for_update().get(pk=asked.review.pk)
    if review.answer:
        raise NotNow(_("This has been answered already. Thank you."))
    review.answer, review.answered_at, review.answered_by = answer, at, asked.person
    review.save()
    solution = Solution.objects.select_for_update().get(pk=review.solution_id)
    audit.record("solution.reviewed", solution, by=asked.person, data={"answer": answer})
    if answer == ReviewAnswer.TRUE:
        _date(solution, clock.local(at).date(), asked.person)
    else:
        _tell_staff(solution)
    changed(solution)
    return review


def _date(solution: Solution, today: dt.date, by: User | None) -> None:
    """The draft too: publishing it later must not bring the old day back."""
    Solution.objects.filter(pk=solution.pk).update(reviewed_on=today, reviewed_by=by)
    draft = solution.latest_revision
    if draft is not None:
        draft.content["reviewed_on"] = today.isoformat()
        draft.content["reviewed_by"] = by.pk if by else None
        draft.save(update_fields=["content"])


def _tell_staff(solution: Solution) -> None:
    mail.send_all(
        mail.Letter(
            to=person.email,
            template="review_withdrawn",
            language=person.language,
            context={"solution": solution},
            about=solution,
        )
        for person in _staff({solution.owner_id})[solution.owner_id]
    )
