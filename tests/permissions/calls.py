"""Calls in each of their states and proposals to them, by the project's own verbs."""

import datetime as dt
import io
from typing import Any

from accounts.models import Organisation, User
from challenges import actions, recipes
from challenges.models import Challenge, Phase, Series
from challenges.states import Visibility
from core import clock
from ideas.actions import save_draft, start_draft, submit_idea
from ideas.attachments import add_file
from ideas.models import Attachment, Idea
from ideas.states import TeamRole
from ideas.team import invite_colleague, join_team
from scoring.actions.rubric_publishing import publish_by_two
from scoring.queries.rubric import newest_rubric
from tests.factories.accounts import UserFactory
from tests.factories.challenges import around
from tests.factories.ideas import question

DAY = dt.timedelta(days=1)


def form() -> dict[str, Any]:
    """Two steps with an answer for each audience, and a file that the jury may open."""
    return {
        "steps": [
            {
                "key": "need",
                "title": {"fi": "Mikä kangertaa?"},
                "fields": [
                    question("title", "short_text", required=True, purpose="title"),
                    question("problem", "long_text", required=True, secret=True),
                    question("secret", "long_text", visibility="jury"),
                    question("plan", "file", accept=["txt"], visibility="jury"),
                    question("proof", "file", accept=["txt"], secret=True),
                ],
            },
            {
                "key": "you",
                "title": {"fi": "Kuka olet?"},
                "fields": [
                    question("theme", "choice", purpose="theme", options_from="themes"),
                    question(
                        "email", "email", required=True, visibility="staff", purpose="contact_email"
                    ),
                    question("name", "short_text", visibility="staff", purpose="contact_name"),
                ],
            },
        ]
    }


def colleague(owner: Organisation) -> User:
    """The host's second person, who approves rubrics."""
    email = f"toinen@{owner.slug}.example"
    found = User.objects.filter(email=email).first()
    return found or UserFactory(email=email, staff_of=owner)


def prepared_call(
    owner: Organisation, by: User, title: str, *, blind: bool = False, **basics: Any
) -> Challenge:
    """Complete but not opened: forms of ours, rubrics published."""
    challenge = actions.create_from_recipe(
        recipe=recipes.load("mikkeli"),
        owner=owner,
        opens_on=clock.local(clock.now()).date() + 7 * DAY,
        title={"fi": title},
        contact_email=f"haaste@{owner.slug}.example",
        by=by,
    )
    settings = {"visibility": Visibility.AT_ONCE, "reasons_public": True}
    challenge = actions.save_basics(
        challenge=challenge,
        name=challenge.name,
        contact_email=challenge.contact_email,
        themes=challenge.themes.all(),
        by=by,
        **{**settings, **basics},
    )
    for series in challenge.series.all():
        actions.save_form(series=series, definition=form(), based_on=1, by=by)
        rubric = newest_rubric(series)
        assert rubric is not None
        rubric.blind = blind
        rubric.save()
        publish_by_two(rubric=rubric, by=by, second=colleague(owner), at=clock.now())
    return challenge


def opened_call(owner: Organisation, by: User, title: str, **basics: Any) -> Challenge:
    """Open for proposals since ten days."""
    challenge = prepared_call(owner, by, title, **basics)
    actions.open_challenge(challenge=challenge, by=by, at=clock.now())
    return move(challenge, days=-10)


def move(challenge: Challenge, *, days: int) -> Challenge:
    """As if proposals had been taken from that many days on."""
    for kind, (starts, ends) in around(clock.now() + days * DAY).items():
        Phase.objects.filter(challenge=challenge, kind=kind).update(starts_at=starts, ends_at=ends)
    return Challenge.objects.with_phases().get(pk=challenge.pk)


def series_of(challenge: Challenge, key: str) -> Series:
    series = challenge.series.get(key=key)
    series.challenge = Challenge.objects.with_phases().get(pk=challenge.pk)
    return series


def answers(word: str, **more: Any) -> dict[str, Any]:
    """Each answer tells by its word whose it is and who may see it."""
    return {
        "title": f"Ehdotus {word}",
        "problem": f"Ongelma kestää liian kauan. {word}-public",
        "problem-secret": f"Menetelmä on oma. {word}-trade",
        "problem-why": f"Menetelmää ei ole julkaistu. {word}-why",
        "proof-why": f"Asiakkaan lupa puuttuu. {word}-why",
        "secret": f"Laskelma. {word}-jury",
        "theme": "education",
        "email": f"{word}-staff@posti.example",
        "name": f"Nimi {word}-name",
        **more,
    }


def propose(
    challenge: Challenge,
    word: str,
    *,
    series: str = "citizens",
    by: User | None = None,
    organisation: Organisation | None = None,
    submit: bool = True,
    **more: Any,
) -> Idea:
    """A draft with a file, handed in unless told otherwise."""
    at = clock.now()
    idea = start_draft(
        series=series_of(challenge, series),
        language="fi",
        at=at,
        by=by,
        organisation=organisation,
    )
    idea = save_draft(idea=idea, answers=answers(word, **more), revision=0, at=at, by=by)
    attach(idea, f"{word}-file", by=by)
    attach(idea, f"{word}-tradefile", by=by, secret=True)
    if submit:
        submit_idea(idea=idea, at=at, by=by)
    return Idea.objects.for_writing().get(pk=idea.pk)


def attach(idea: Idea, words: str, *, by: User | None, secret: bool = False) -> Attachment:
    body = f"{words}\n".encode()
    return add_file(
        idea=idea,
        question=idea.form.parsed.fields["proof" if secret else "plan"],
        file=io.BytesIO(body),
        name="proof.txt" if secret else "plan.txt",
        size=len(body),
        at=clock.now(),
        by=by,
        secret=secret,
    )


def given_to_read(idea: Idea, person: User, *, by: User) -> None:
    """The person has joined the proposal's team as its reader."""
    at = clock.now()
    invite_colleague(idea=idea, email=person.email, role=TeamRole.READER, by=by, at=at)
    join_team(idea=idea, by=person, at=at)
