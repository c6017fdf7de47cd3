"""Reads: the jury's terms, and who has accepted which version."""

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from challenges.models import Challenge
from scoring.models import Juror, Terms


def current_terms(challenge: Challenge) -> Terms | None:
    """The newest version; None as long as nothing but the usual terms has been needed."""
    return challenge.jury_terms.order_by("-number").first()


def must_accept_again(juror: Juror) -> bool:
    """Whether a newer version has been written than the one that the juror accepted."""
    newest = current_terms(juror.challenge)
    return newest is not None and juror.terms_id != newest.pk


def newer_terms(seat: str = "juror") -> Exists:
    """The same as a condition in SQL; `seat` is the way from the row to the juror."""
    return Exists(
        Terms.objects.filter(
            challenge=OuterRef(f"{seat}__challenge"),
            number__gt=Coalesce(OuterRef(f"{seat}__terms__number"), 0),
        )
    )
