"""Where the rounds stand, reasons that were asked for, and how the jury of Mikkeli talked."""

import datetime as dt

from challenges.states import PhaseKind
from core import clock
from demo.data import challenge as data_of
from demo.parts.calls import challenge_of
from demo.parts.places import staff
from demo.quiet import in_the_past
from demo.recipes import span
from scoring.actions import deliberation, signs
from scoring.actions.standing import compute_standing
from scoring.models import Juror
from scoring.queries.rounds import scored_rounds
from scoring.states import JurorState

SERIES = "organisations"
REASON = "Sama ratkaisu on kokeiltu omassa työssäni, ja tiedän, mihin se kaatui."
NOTES = (
    (
        "Ehdotus jakaa tuomariston: hyöty on selvä, mutta kokeilun aikataulua pidettiin kireänä."
        " Päätettiin pitää pisteet ennallaan."
    ),
    (
        "Kävimme läpi, mitä toteutettavuudella tarkoitetaan. Kaksi tuomaria kertoi painottaneensa"
        " tietosuojaa, muut hankintaa. Perustelut kirjataan palautteeseen."
    ),
    "Ei muutoksia. Todettiin, että ehdotus on vahva ja rajan läheisyys johtuu uutuuden pisteistä.",
)
AGREED = (
    "Kaikki läsnä olleet pitivät ehdotusta rajan yläpuolella olevana, koska se voidaan kokeilla"
    " heti."
)


def stand(key: str) -> None:
    """What the outbox would have computed while the jury worked."""
    challenge = challenge_of(data_of(key))
    _starts, ends = span(challenge, PhaseKind.SCORING)
    at = min(ends, clock.now())
    with in_the_past(at):
        for round_ in scored_rounds(challenge):
            compute_standing(round_=round_, at=at)


def talk(key: str) -> None:
    """Reasons are asked and given, a meeting is held, its minutes stand."""
    challenge = challenge_of(data_of(key))
    by, _second = staff(data_of(key))
    _starts, ends = span(challenge, PhaseKind.SCORING)
    round_ = next(one for one in scored_rounds(challenge) if one.series.key == SERIES)
    at = ends + dt.timedelta(hours=3)
    with in_the_past(at):
        asked = list(round_.signs.values_list("pk", flat=True)[:4])
        signs.ask_for_reasons(round_=round_, signs=asked, by=by, at=at)
    at += dt.timedelta(hours=20)
    with in_the_past(at):
        for sign in round_.signs.filter(asked_at__isnull=False).select_related("juror__user")[:3]:
            if sign.juror.user is not None:
                signs.give_reasons(
                    juror=sign.juror, reasons={sign.pk: REASON}, by=sign.juror.user, at=at
                )
    at += dt.timedelta(hours=4)
    with in_the_past(at):
        meeting = deliberation.prepare_meeting(round_=round_, by=by, at=at)
        present = Juror.objects.filter(series=round_.series_id, state=JurorState.ACCEPTED)
        deliberation.open_meeting(
            meeting=meeting, present=[juror.pk for juror in present], by=by, at=at
        )
    for number, item in enumerate(meeting.items.all()[: 2 * len(NOTES)]):
        at += dt.timedelta(minutes=11)
        with in_the_past(at):
            deliberation.open_item(item=item, by=by, at=at)
            agreed = round_.standings.get(idea=item.idea_id).score if number == 0 else None
            deliberation.write_item(
                item=item,
                notes=NOTES[number % len(NOTES)],
                consensus=agreed,
                consensus_reason=AGREED if agreed is not None else "",
                done=True,
                by=by,
                at=at + dt.timedelta(minutes=9),
            )
    at += dt.timedelta(minutes=15)
    with in_the_past(at):
        deliberation.close_meeting(meeting=meeting, by=by, at=at)
