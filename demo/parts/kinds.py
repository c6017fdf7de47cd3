"""The other kinds of a competition, as drafts of Oulu: a contest and a market consultation."""

import datetime as dt
import uuid

from challenges import profile_actions, recipes
from challenges.actions import create_from_recipe
from challenges.models import Challenge
from core import clock
from demo.data import challenge as data_of
from demo.data import load
from demo.parts.calls import UIDS, challenge_of
from demo.parts.places import staff


def draft() -> None:
    oulu = challenge_of(data_of("oulu"))
    by, _second = staff(data_of("oulu"))
    for one in load("kinds"):
        made = create_from_recipe(
            recipe=recipes.load("mikkeli"),
            owner=oulu.owner,
            opens_on=clock.local(clock.now()).date() + dt.timedelta(days=30),
            title=one["title"],
            by=by,
            contact_email=oulu.contact_email,
            slug=one["slug"],
            uid=uuid.uuid5(UIDS, one["slug"]),
            profile=one["profile"],
        )
        Challenge.objects.filter(pk=made.pk).update(is_demo=True, visibility=one["visibility"])
        profile_actions.save_profile(
            challenge=made,
            profile=one["profile"],
            statements=one["statements"],
            notice_url=one["notice_url"],
            by=by,
        )
