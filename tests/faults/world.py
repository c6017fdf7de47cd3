"""python -m tests.faults.world: a small town in the database that the settings name, as JSON.

An open challenge with begun proposals, a company's draft, jurors at work, a solution; the cookies
of the people who are signed in; and the list of static files that a served page needs.
"""

import datetime as dt
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.finders import get_finders  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from challenges.models import Series  # noqa: E402
from core import clock, outbox  # noqa: E402
from core.models import Mail  # noqa: E402
from ideas import actions, links  # noqa: E402
from scoring.actions import decision as verbs  # noqa: E402
from tests.factories.catalogue import SolutionFactory  # noqa: E402
from tests.factories.ideas import (  # noqa: E402
    IdeaFactory,
    company,
    member_of,
    open_series,
    organisation_answers,
    organisations_series,
    whole_answers,
)
from tests.factories.scoring import World  # noqa: E402

BEGUN = 60  # proposals that need only to be handed in
SESSION = "sessionid"


def make() -> dict[str, object]:
    with transaction.atomic():
        call_command("setup_site", verbosity=0)
        made = {**citizens(), **firm(), **jury(), **whole_jury(), **decision()}
        made["solution"] = SolutionFactory().slug
    outbox.run_now()
    Mail.objects.all().delete()  # the letters of the making are not those that tests count
    call_command("index", "--rebuild", verbosity=0, stdout=sys.stderr)
    list_static_files()
    return made


def citizens() -> dict[str, object]:
    series = open_series(slug="talvi", opened=True)
    begun = [
        IdeaFactory(
            series=series,
            answers=whole_answers(title=f"Ehdotus {n}", email=f"kirjoittaja-{n}@posti.example"),
        )
        for n in range(BEGUN)
    ]
    return {
        "challenge": series.challenge_id,
        "start": f"/fi/ehdota/{series.challenge.slug}/{series.key}/",
        "begun": [links.status_path(idea) for idea in begun],
    }


def firm() -> dict[str, object]:
    series = organisations_series()
    organisation = company()
    person = member_of(organisation, "kirjoittaja@reitti.example")
    idea = actions.start_draft(
        series=series, language="fi", at=clock.now(), by=person, organisation=organisation
    )
    actions.save_draft(
        idea=idea, answers=organisation_answers(), revision=0, at=clock.now(), by=person
    )
    return {"company": links.own_path(idea), "writer": cookie_of(person)}


def jury() -> dict[str, object]:
    world = World.make(ideas=4, jurors=2, assigned=True)
    world.declare_all()
    return {
        "jurors": [
            {
                "cookie": cookie_of(juror.user),
                "sheets": [one.pk for one in world.assignments(juror)],
            }
            for juror in world.jurors
        ],
        "criteria": [criterion.key for criterion in world.rubric.criteria.all()],
    }


def whole_jury() -> dict[str, object]:
    """Jurors who have a whole queue to score, save by save, and to lock."""
    world = World.make(ideas=20, jurors=3, assigned=True)
    world.declare_all()
    return {
        "round": world.round.pk,
        "panel": [
            {
                "cookie": cookie_of(juror.user),
                "sheets": [one.pk for one in world.assignments(juror)],
            }
            for juror in world.jurors
        ],
    }


def decision() -> dict[str, object]:
    """Scored, written, and waiting for the word of a second person."""
    world = World.make(ideas=5, jurors=2, assigned=True)
    Series.objects.filter(pk=world.series.pk).update(winners=2)
    world.score_all()
    world.close()
    found = verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    verbs.write_decision(
        decision=found,
        choices={
            verdict.pk: verbs.Choice(awarded=verdict.awarded, reason="Perustelu.")
            for verdict in found.verdicts.all()
        },
        statement="Raati kiittää.",
        publish_at=clock.now() - dt.timedelta(seconds=1),
        by=world.staff,
    )
    verbs.propose_decision(decision=found, by=world.staff, at=clock.now())
    return {"approver": world.colleague().pk, "decided": len(world.ideas)}


def cookie_of(person: User) -> str:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[SESSION].value


def list_static_files() -> None:
    """Pages name static files by this list; nobody fetches the files themselves here."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    paths = {path: path for finder in get_finders() for path, _storage in finder.list([])}
    (settings.STATIC_ROOT / "staticfiles.json").write_text(
        json.dumps({"paths": paths, "version": "1.1", "hash": ""})
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make()) + "\n")
