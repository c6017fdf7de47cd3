"""What follows from scoring's events, out of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.queries import staff_of
from core import clock, lazy, mail, printing
from core.outbox import handler
from ideas import links
from ideas.models import Idea
from ideas.queries import contact_of
from ideas.states import IdeaState
from scoring.actions.documents import keep_document
from scoring.actions.publish import publish_decision
from scoring.actions.roster import take_out
from scoring.actions.standing import compute_standing, want_standing
from scoring.models import (
    Correction,
    Decision,
    Declaration,
    Document,
    Juror,
    Round,
    Rubric,
    ScoreSheet,
)
from scoring.queries.decision import unsigned
from scoring.queries.rubric import second_persons
from scoring.rubric_checks import is_correction
from scoring.rules import closed_to
from scoring.states import (
    DecisionState,
    DocumentKind,
    DocumentState,
    JurorState,
    RubricState,
    SheetState,
)

if TYPE_CHECKING:
    from scoring import minutes, package, report
else:  # what few processes need, and late
    package, report = lazy.module("scoring.package"), lazy.module("scoring.report")
    minutes = lazy.module("scoring.minutes")

TOLD = (IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.ELIGIBLE)  # of a corrected rubric


@handler("idea.withdrawn")
def take_withdrawn_from_jury(idea: int) -> None:
    found = Idea.objects.filter(pk=idea).first()
    if found:
        take_out(idea=found)


@handler("decision.due")
def publish_when_due(decision: int) -> None:
    """The set moment has come. A decision that was taken back in between is left alone."""
    found = Decision.objects.filter(pk=decision).first()
    if found:
        publish_decision(decision=found, at=clock.now())


@handler("decision.proposed")
def ask_for_approval(decision: int) -> None:
    """A letter to the host's other staff: a second person must approve."""
    found = Decision.objects.filter(pk=decision).select_related("challenge__owner").first()
    if found is None:
        return
    for person in staff_of(found.challenge.owner).exclude(pk__in=[found.drafted_by_id]):
        mail.send(
            to=person.email,
            template="decision_proposed",
            language=person.language,
            context={"challenge": found.challenge, "drafter": found.drafted_by},
            about=found,
        )


@handler("sheet.reopened")
def tell_of_reopening(sheet: int) -> None:
    """A letter to the juror, with the chair's reason."""
    found = (
        ScoreSheet.objects.filter(pk=sheet, state=SheetState.REOPENED)
        .select_related("assignment__juror__user", "assignment__idea__challenge")
        .first()
    )
    if found is None:
        return
    juror = found.assignment.juror
    mail.send(
        to=juror.email,
        template="sheet_reopened",
        language=juror.language,
        context={
            "sheet": found,
            "assignment": found.assignment,
            "challenge": found.assignment.idea.challenge,
        },
        about=found,
    )


@handler("tie.potential")
def ask_about_tie(declaration: int) -> None:
    """A letter to the chair and staff: a juror told of a possible tie, and waits."""
    found = (
        Declaration.objects.filter(pk=declaration)
        .select_related("juror__challenge__owner", "idea")
        .first()
    )
    if found is None:
        return
    challenge = found.juror.challenge
    chairs = Juror.objects.filter(challenge=challenge, chair=True, state=JurorState.ACCEPTED)
    people = {person.pk: person for person in staff_of(challenge.owner)}
    people |= {one.user.pk: one.user for one in chairs.select_related("user") if one.user}
    for person in people.values():
        if person.pk == found.juror.user_id or found.idea_id in closed_to(person):
            continue
        mail.send(
            to=person.email,
            template="tie_potential",
            language=person.language,
            context={"declaration": found, "challenge": challenge},
            about=found,
        )


def _sheets_changed(sheet: int) -> None:
    """Where the round stands is computed anew, once for all changes of a few seconds."""
    found = ScoreSheet.objects.filter(pk=sheet).values_list("assignment__round_id", flat=True)
    for round_id in found:
        want_standing(round_id)


@handler("sheet.submitted")
def standing_after_submission(sheet: int) -> None:
    _sheets_changed(sheet)


@handler("sheet.reopened")
def standing_after_reopening(sheet: int) -> None:
    _sheets_changed(sheet)


@handler("sheet.abstained")
def standing_after_abstention(sheet: int) -> None:
    _sheets_changed(sheet)


@handler("idea.withdrawn")
def ranking_has_one_less(idea: int) -> None:
    for round_id in (
        Round.objects.filter(assignments__idea=idea).distinct().values_list("pk", flat=True)
    ):
        want_standing(round_id)


@handler("standing.wanted", atomic=False)
def compute_when_wanted(round: int) -> None:  # noqa: A002 - the payload's word
    found = Round.objects.filter(pk=round).select_related("series", "rubric").first()
    if found:
        compute_standing(round_=found, at=clock.now())


@handler("rubric.proposed")
def ask_second_person(rubric: int) -> None:
    """A letter to the host's other staff: one of them must read it and publish it."""
    found = (
        Rubric.objects.filter(pk=rubric, state=RubricState.PROPOSED)
        .select_related("series__challenge__owner", "proposed_by")
        .first()
    )
    if found is None:
        return
    for person in second_persons(found):
        mail.send(
            to=person.email,
            template="rubric_proposed",
            language=person.language,
            context={
                "rubric": found,
                "series": found.series,
                "challenge": found.series.challenge,
            },
            about=found,
        )


@handler("rubric.published")
def tell_of_the_correction(rubric: int) -> None:
    """A letter to everybody with a draft or a proposal in the series, one each."""
    found = (
        Rubric.objects.filter(pk=rubric, state=RubricState.PUBLISHED)
        .select_related("series__challenge__owner")
        .first()
    )
    if found is None or not is_correction(found) or not found.series.challenge.is_public:
        return
    ideas = (
        Idea.objects.for_writing()
        .filter(series=found.series, state__in=TOLD, withdrawn_at=None)
        .exclude(contact_email="")
        .order_by("pk")
    )
    told: set[str] = set()
    for idea in ideas:
        address = idea.contact_email.lower()
        if address in told or idea.is_demo:
            continue
        told.add(address)
        mail.send(
            to=idea.contact_email,
            template="rubric_corrected",
            language=idea.language,
            context={
                "rubric": found,
                "series": found.series,
                "challenge": found.series.challenge,
                "private_url": links.in_language(idea),
            },
            about=found,
        )


@handler("decision.approved")
def ask_for_signatures(decision: int) -> None:
    """A letter to every juror whose signature is awaited."""
    found = Decision.objects.filter(pk=decision).select_related("challenge__owner").first()
    if found is None or not found.needs_signatures or found.state != DecisionState.APPROVED:
        return
    mail.send_all(
        mail.Letter(
            to=juror.email,
            template="decision_to_sign",
            language=juror.language,
            context={"challenge": found.challenge, "juror": juror, "decision": found},
            about=found,
        )
        for juror in unsigned(found)
    )


@handler("correction.asked")
def tell_of_correction(correction: int) -> None:
    """A letter to the host's staff: an entrant asks, and the answer is theirs."""
    found = (
        Correction.objects.filter(pk=correction)
        .select_related("decision__challenge__owner", "idea")
        .first()
    )
    if found is None:
        return
    challenge = found.decision.challenge
    mail.send_all(
        mail.Letter(
            to=person.email,
            template="correction_asked",
            language=person.language,
            context={"challenge": challenge, "idea": found.idea},
            about=found,
        )
        for person in staff_of(challenge.owner)
    )


@handler("correction.answered")
def send_answer(correction: int) -> None:
    """The answer to whoever asked, in the proposal's language."""
    found = (
        Correction.objects.filter(pk=correction)
        .select_related("decision__challenge__owner", "idea")
        .first()
    )
    if found is None:
        return
    address = contact_of(found.idea)
    if address:
        mail.send(
            to=address,
            template="correction_answered",
            language=found.idea.language,
            context={
                "challenge": found.decision.challenge,
                "idea": found.idea,
                "correction": found,
                "private_url": links.in_language(found.idea),
            },
            about=found.idea,
        )


@handler("document.ordered", atomic=False)
def make_document(document: int) -> None:
    """Seconds of work, so outside any transaction; keeping the result is one, and happens once."""
    rows = Document.objects.select_related("challenge__owner", "meeting__round__series__challenge")
    found = rows.filter(pk=document).first()
    if found is None or found.state == DocumentState.READY:
        return
    slug = found.challenge.slug
    if found.kind == DocumentKind.PACKAGE:
        name, media_type = f"{slug}-audit.zip", "application/zip"
        content = package.build(found.challenge)
    elif found.kind == DocumentKind.MINUTES and found.meeting is not None:
        content, media_type = minutes.make(found.meeting, found.language)
        end = "pdf" if media_type == printing.PDF else "html"
        series, number = found.meeting.round.series.key, found.meeting.number
        of = f"{series}-{found.meeting.round.number}-{number}"
        name = f"{slug}-minutes-{of}-{found.language}.{end}"
    else:
        full = found.kind == DocumentKind.FULL_REPORT
        content, media_type = report.make(found.challenge, found.language, full=full)
        end = "pdf" if media_type == printing.PDF else "html"
        name = f"{slug}-report{'-full' if full else ''}-{found.language}.{end}"
    keep_document(document=found, name=name, media_type=media_type, content=content, at=clock.now())
