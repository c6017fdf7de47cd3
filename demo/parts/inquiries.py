"""Questions of a call that is open: two answered to all, one that waits for staff."""

import datetime as dt

from challenges import inquiries
from core import clock
from demo.data import challenge as data_of
from demo.parts.calls import challenge_of
from demo.parts.places import staff
from demo.quiet import in_the_past

ANSWERED = (
    (
        "Voiko ehdotuksen tehdä yhdessä naapurin kanssa?",
        "Voi. Toinen jättää ehdotuksen, ja toisen nimen voi kirjoittaa tekstiin.",
    ),
    (
        "Pitääkö ratkaisun olla jo käytössä jossain?",
        "Ei. Myös pelkkä ongelma tai idea riittää: arvioimme hyötyä, emme valmiutta.",
    ),
)
WAITING = "Miten kokeilun kulut jaetaan, jos mukana on kaksi kuntaa?"


def ask_and_answer(key: str) -> None:
    """Everything within the last days of the call, so that the newest question still waits."""
    challenge, now = challenge_of(data_of(key)), clock.now()
    by, _second = staff(data_of(key))
    for days, (text, answer) in enumerate(ANSWERED, start=2):
        with in_the_past(now - dt.timedelta(days=days)):
            asked = inquiries.ask(
                challenge=challenge,
                text=text,
                email="",
                language="fi",
                by=None,
                at=now - dt.timedelta(days=days),
            )
            at = now - dt.timedelta(days=days) + dt.timedelta(hours=3)
            inquiries.answer(inquiry=asked, shown=text, answer=answer, by=by, at=at)
    inquiries.ask(
        challenge=challenge,
        text=WAITING,
        email="",
        language="fi",
        by=None,
        at=now - dt.timedelta(hours=5),
    )
