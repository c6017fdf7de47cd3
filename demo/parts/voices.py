"""What others say of the proposals of an open call: support, comments, one of them hidden. And what
an organisation's proposer says of themselves: their name is public, and others may ask to join.
"""

import datetime as dt

from accounts.models import User
from core import clock
from core.models import Mail
from demo.data import challenge as data_of
from demo.parts.calls import challenge_of
from demo.parts.places import staff
from demo.quiet import in_the_past
from ideas import asking, comments, moderation, names, support
from ideas.models import Comment, Idea
from ideas.states import TeamRole

SUPPORTERS = (12, 9, 7, 5, 3, 2, 1)  # of the proposals, from the first; the rest have none
# Proposal (from the first), hours ago, name, text, answer
SAID = (
    (0, 70, "Kerhon vetäjä", "Meillä avaimen haku vie joka kerta puoli tuntia.", ""),
    (
        *(1, 52, "Iltakävelijä", "Kuka maksaa, jos lamppu ei syty kolmessa päivässä?"),
        "Ehdotamme, että palveluntuottaja. Se lukee takuun ehdoissa.",
    ),
    (3, 40, "Altto", "Harjoitukset loppuvat 20.30, ja viimeinen bussi lähtee 20.25.", ""),
    (
        *(5, 30, "Isä Petoselta", "Toimiiko tämä myös, jos taksi on etuajassa?"),
        "Kyllä: viesti lähtee, kun auto on viiden minuutin päässä.",
    ),
    (5, 21, "Opettaja", "Tämä säästäisi koululta monta puhelua aamussa.", ""),
    (6, 16, "Farfar", "Bra att också vi får meddelandet på vårt eget språk.", ""),
)
HIDDEN = (1, 12, "Tarjous", "Halvat lamput meiltä, soita heti!")
BECAUSE = "Mainos, joka ei liity ehdotukseen."
NAMED = "Aino Esimerkkiranta"  # whose name is public, as she said
# A report that staff will read.
WAITING = "Kommentissa kysytään laskusta, eikä tiedetä, kenen se on."


def say(key: str) -> None:
    challenge, now = challenge_of(data_of(key)), clock.now()
    ideas = list(
        Idea.objects.public()
        .filter(challenge=challenge)
        .select_related("challenge__owner", "series", "form")
        .order_by("number")
    )
    for idea, number in zip(ideas, SUPPORTERS, strict=False):
        for turn in range(number):
            _support(idea, f"kannattaja-{turn}@posti.example", now - dt.timedelta(hours=4 + turn))
    for place, hours, name, text, answer in SAID:
        said = _comment(ideas[place], name, text, now - dt.timedelta(hours=hours))
        if answer:
            at = now - dt.timedelta(hours=hours - 3)
            with in_the_past(at):
                # As by the proposer's secret link.
                comments.answer(comment=said, text=answer, by=_proposer(said.idea), at=at)
    _open_team(ideas)
    place, hours, name, text = HIDDEN
    said = _comment(ideas[place], name, text, now - dt.timedelta(hours=hours))
    by, _second = staff(data_of(key))
    at = now - dt.timedelta(hours=hours - 1)
    with in_the_past(at):
        moderation.hide(target=said, reason=BECAUSE, by=by, at=at)
    reported = Comment.objects.filter(idea=ideas[1], hidden_at=None).earliest("pk")
    moderation.report(target=reported, reason=WAITING, by=None, at=now - dt.timedelta(hours=2))
    # Fifty letters to confirm with would bury those that a visitor looks for.
    Mail.objects.filter(template__in=("support_confirm", "comment_confirm")).delete()


def _open_team(ideas: list[Idea]) -> None:
    """Of the first proposal that somebody with an account is responsible for."""
    for idea in ideas:
        by = _proposer(idea)
        if by is not None:
            at = idea.submitted_at or idea.created_at
            with in_the_past(at):
                names.say_of_oneself(idea=idea, name=NAMED, partner=None, by=by, at=at)
                asking.take_askers(idea=idea, takes=True, by=by)
            return


def _support(idea: Idea, email: str, at: dt.datetime) -> None:
    with in_the_past(at):
        support.ask(idea=idea, email=email, language="fi", at=at)
        support.confirm(idea.supports.select_related("idea__challenge").get(email=email), at=at)


def _comment(idea: Idea, name: str, text: str, at: dt.datetime) -> Comment:
    with in_the_past(at):
        said = comments.write(
            idea=idea,
            name=name,
            email="kommentoija@posti.example",
            text=text,
            language="fi",
            by=None,
            at=at,
        )
        return comments.confirm(said, at=at)


def _proposer(idea: Idea) -> User | None:
    """Who answers: an organisation's own person; None by a citizen's secret link."""
    owner = idea.team.filter(role=TeamRole.OWNER).select_related("user").first()
    return owner.user if owner and idea.organisation_id else None
