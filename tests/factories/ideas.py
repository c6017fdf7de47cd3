"""Proposals in each of their states: `IdeaFactory(submitted=True)`."""

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.actions import free_slug
from accounts.models import Membership, Organisation, User
from accounts.states import MembershipState, OrganisationKind, Role
from challenges.models import Challenge, Series
from challenges.states import SeriesKind, Visibility
from core import clock
from core.canonical import digest
from ideas.answers import Answers
from ideas.models import (
    Comment,
    EligibilityCheck,
    Idea,
    IdeaVersion,
    Support,
    TeamMember,
)
from ideas.states import DELIVERED, IdeaState, TeamRole
from ideas.versions import payload_of
from tests.factories.challenges import (
    ChallengeFactory,
    FormVersionFactory,
    SeriesFactory,
    ThemeFactory,
)

WORDS: dict[str, str] = {
    "fi": "Kysymys",
    "sv": "Fråga",
    "en": "Question",
}


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    label = {code: f"{word} {key}" for code, word in WORDS.items()}
    return {"key": key, "type": kind, "label": label, **more}


def citizens_form() -> dict[str, Any]:
    """Four steps with every type of question but files."""
    return {
        "steps": [
            {
                "key": "problem",
                "title": {"fi": "Mikä kangertaa?", "en": "What gets stuck?"},
                "intro": {"fi": "Kerro omin sanoin.", "en": "Tell in your own words."},
                "fields": [
                    question("problem", "long_text", required=True, min=10, max_length=1500),
                    question("title", "short_text", required=True, max_length=80, purpose="title"),
                ],
            },
            {
                "key": "people",
                "title": {"fi": "Kenelle?", "en": "For whom?"},
                "fields": [
                    question(
                        "who",
                        "choices",
                        required=True,
                        max=2,
                        options=[
                            {"value": "children", "label": {"fi": "Lapset", "en": "Children"}},
                            {"value": "older", "label": {"fi": "Ikäihmiset", "en": "Older"}},
                            {"value": "all", "label": {"fi": "Kaikki", "en": "Everybody"}},
                        ],
                    ),
                    question(
                        "theme", "choice", required=True, purpose="theme", options_from="themes"
                    ),
                    question(
                        "municipality",
                        "choice",
                        required=True,
                        purpose="municipality",
                        options_from="municipalities",
                    ),
                ],
            },
            {
                "key": "proposal",
                "title": {"fi": "Mitä ehdotat?", "en": "What do you propose?"},
                "fields": [
                    question("summary", "short_text", max_length=160, purpose="summary"),
                    question("hours", "number", min=0, max=100000),
                    question("price", "money", min=0, max=5000000),
                    question("link", "link", max_length=500),
                    question("secret", "long_text", visibility="jury"),
                ],
            },
            {
                "key": "you",
                "title": {"fi": "Kuka olet?", "en": "Who are you?"},
                "fields": [
                    question(
                        "email",
                        "email",
                        required=True,
                        visibility="staff",
                        purpose="contact_email",
                    ),
                    question("name", "short_text", visibility="staff", purpose="contact_name"),
                    question(
                        "name_public",
                        "choice",
                        required=True,
                        purpose="name_public",
                        options=[
                            {"value": "no", "label": {"fi": "Ei", "en": "No"}},
                            {"value": "yes", "label": {"fi": "Kyllä", "en": "Yes"}},
                        ],
                    ),
                ],
            },
        ]
    }


def whole_answers(theme: str = "koulu", **changed: Any) -> Answers:
    return {
        "problem": "Koulutaksi on talvella myöhässä monta kertaa viikossa.",
        "title": "Viivästysviesti koulukyydistä",
        "who": ["children"],
        "theme": theme,
        "municipality": "Mikkeli",
        "summary": "Viesti huoltajalle, kun kyyti myöhästyy.",
        "price": "12500.00",
        "secret": "Vain tuomaristolle tarkoitettu laskelma.",
        "email": "kansalainen@esimerkki.example",
        "name": "Nimimerkki Kuusi",
        "name_public": "no",
        **changed,
    }


def open_series(
    *,
    visibility: str = Visibility.AT_ONCE,
    definition: Any = None,
    blind: bool = False,
    **challenge: Any,
) -> Series:
    """A series with a frozen form in a challenge that is open (or what `challenge` says)."""
    traits = challenge or {"opened": True}
    made: Challenge = ChallengeFactory(visibility=visibility, **traits)
    made.themes.add(ThemeFactory(key="koulu", name={"fi": "Koulu", "en": "School"}))
    series: Series = SeriesFactory(challenge=made, blind=blind)
    FormVersionFactory(series=series, definition=definition or citizens_form(), frozen=True)
    return series


class IdeaFactory(DjangoModelFactory):
    """A draft with whole answers, unless told otherwise; `numbered` ones get a frozen version.

    Made without the actions, so that any state can be had at once; tests of the actions use them.
    """

    class Meta:
        model = Idea
        skip_postgeneration_save = True

    class Params:
        submitted = factory.Trait(state=IdeaState.SUBMITTED)
        eligible = factory.Trait(
            state=IdeaState.ELIGIBLE, checked_at=factory.SelfAttribute("created_at")
        )
        ineligible = factory.Trait(
            state=IdeaState.INELIGIBLE, checked_at=factory.SelfAttribute("created_at")
        )
        decided = factory.Trait(
            state=IdeaState.DECIDED, decided_at=factory.SelfAttribute("created_at")
        )
        public = factory.Trait(published_at=factory.SelfAttribute("created_at"))
        withdrawn = factory.Trait(
            state=IdeaState.WITHDRAWN, withdrawn_at=factory.SelfAttribute("created_at")
        )

    series = factory.LazyFunction(open_series)
    challenge = factory.SelfAttribute("series.challenge")
    form = factory.LazyAttribute(lambda idea: idea.series.form)
    answers = factory.LazyFunction(whole_answers)
    created_at = factory.LazyFunction(lambda: clock.now() - dt.timedelta(hours=1))
    saved_at = factory.SelfAttribute("created_at")
    revision = 1
    title = factory.LazyAttribute(lambda idea: idea.answers.get("title", ""))
    summary = factory.LazyAttribute(lambda idea: idea.answers.get("summary", ""))
    municipality = factory.LazyAttribute(lambda idea: idea.answers.get("municipality", ""))
    contact_email = factory.LazyAttribute(lambda idea: idea.answers.get("email", ""))
    contact_name = factory.LazyAttribute(lambda idea: idea.answers.get("name", ""))
    theme = factory.LazyAttribute(lambda idea: idea.challenge.themes.first())
    number = factory.LazyAttribute(lambda idea: _number(idea.challenge, idea.state))
    reference = factory.LazyAttribute(
        lambda idea: f"{idea.created_at.year}-{idea.number:04d}" if idea.number else ""
    )
    submitted_at = factory.LazyAttribute(lambda idea: idea.created_at if idea.number else None)

    @factory.post_generation
    def frozen(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if not create or self.number is None:
            return
        payload = payload_of(self, [], number=1, at=self.submitted_at)
        self.current_version = IdeaVersion.objects.create(
            idea=self,
            number=1,
            payload=payload,
            digest=digest(payload),
            submitted_at=self.submitted_at,
        )
        self.save(update_fields=["current_version"])


def _number(challenge: Challenge, state: str) -> int | None:
    if state not in DELIVERED | {IdeaState.WITHDRAWN}:
        return None
    challenge.last_number += 1
    challenge.save(update_fields=["last_number"])
    return challenge.last_number


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    idea = factory.SubFactory(IdeaFactory)
    email = factory.SelfAttribute("user.email")
    role = TeamRole.OWNER
    invited_at = factory.LazyFunction(clock.now)
    joined_at = factory.LazyFunction(clock.now)


class EligibilityCheckFactory(DjangoModelFactory):
    class Meta:
        model = EligibilityCheck

    idea = factory.SubFactory(IdeaFactory, submitted=True)
    eligible = True
    at = factory.LazyFunction(clock.now)


def organisations_form(**of_files: Any) -> dict[str, Any]:
    """Two steps for organisations: words of each visibility, and files public and secret."""
    return {
        "steps": [
            {
                "key": "solution",
                "title": {"fi": "Ratkaisu", "en": "Solution"},
                "fields": [
                    question("title", "short_text", required=True, purpose="title"),
                    question("problem", "long_text", required=True, max_length=2000, secret=True),
                    question("secret", "long_text", visibility="jury"),
                ],
            },
            {
                "key": "files",
                "title": {"fi": "Liitteet", "en": "Attachments"},
                "fields": [
                    question(
                        "open_files",
                        "file",
                        accept=["pdf", "png", "docx"],
                        secret=True,
                        **{"max_mb": 1, "max_files": 3, **of_files},
                    ),
                    question("jury_files", "file", accept=["pdf"], visibility="jury"),
                    question("staff_files", "file", accept=["pdf"], visibility="staff"),
                    question("note", "short_text"),
                ],
            },
            {
                "key": "contact",
                "title": {"fi": "Yhteystiedot", "en": "Contact"},
                "fields": [
                    question(
                        "email", "email", required=True, visibility="staff", purpose="contact_email"
                    ),
                ],
            },
        ]
    }


def organisation_answers(**changed: Any) -> Answers:
    return {
        "title": "Reittiopas koulukyydeille",
        "problem": "Kyydit suunnitellaan käsin.",
        "secret": "Hinnoittelun perusteet.",
        "email": "yritys@esimerkki.example",
        **changed,
    }


def organisations_series(**more: Any) -> Series:
    """An open series of organisations with files in its form."""
    definition = more.pop("definition", None) or organisations_form()
    series = open_series(definition=definition, **more)
    series.kind = SeriesKind.ORGANISATIONS
    series.key = "organisations"
    series.save()
    return series


def member_of(organisation: Organisation, email: str, role: str = Role.MEMBER) -> User:
    person = User.objects.create_user(email)
    Membership.objects.create(
        user=person, organisation=organisation, role=role, state=MembershipState.ACTIVE
    )
    return person


def company(name: str = "Reitti Oy", business_id: str = "1234567-1") -> Organisation:
    return Organisation.objects.create(
        name=name,
        slug=free_slug(name),
        kind=OrganisationKind.COMPANY,
        business_id=business_id,
    )


def heard(*, idea: Idea, at: dt.datetime) -> Comment:
    """A public comment on the proposal; and support that has not been confirmed."""
    Support.objects.create(idea=idea, email="kannatan@posti.example", asked_at=at)
    return Comment.objects.create(
        idea=idea,
        name="Naapuri",
        email="kommentti@posti.example",
        text="Hyvä ajatus.",
        written_at=at,
        confirmed_at=at,
    )
