"""What challenges hold of a person: what they follow, asked and told, known by their address."""

import datetime as dt

from accounts.models import User
from accounts.registry import Held
from challenges.models import Follower, Inquiry, Need


def held(user: User) -> Held:
    of_them = {"email__iexact": user.email}
    return Held(
        "heard",
        {
            "follows": list(
                Follower.objects.filter(**of_them)
                .order_by("pk")
                .values("challenge__slug", "followed", "asked_at", "confirmed_at", "told")
            ),
            "needs": list(
                Need.objects.filter(**of_them)
                .order_by("pk")
                .values("text", "municipality", "state", "told_at")
            ),
            "questions": list(
                Inquiry.objects.filter(**of_them)
                .order_by("pk")
                .values("challenge__slug", "text", "state", "answer", "asked_at", "answered_at")
            ),
        },
    )


def erase(user: User, at: dt.datetime) -> None:
    """The address goes; what was told and asked stays, as it never had a name."""
    of_them = {"email__iexact": user.email}
    Follower.objects.filter(**of_them).delete()
    Need.objects.filter(**of_them).update(email="")
    Inquiry.objects.filter(**of_them).update(email="")
