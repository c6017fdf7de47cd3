"""What follows from scoring's events, out of the request."""

from core import clock, mail
from core.outbox import handler
from ideas.models import Idea
from scoring.actions.decision import publish_decision
from scoring.actions.roster import take_out
from scoring.models import Decision, Declaration
from scoring.queries.panel import staff_of


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


@handler("tie.potential")
def ask_about_tie(declaration: int) -> None:
    """A letter to staff: a juror told of a possible tie, and waits."""
    found = (
        Declaration.objects.filter(pk=declaration)
        .select_related("juror__challenge__owner", "idea")
        .first()
    )
    if found is None:
        return
    for person in staff_of(found.juror.challenge.owner):
        mail.send(
            to=person.email,
            template="tie_potential",
            language=person.language,
            context={"declaration": found, "challenge": found.juror.challenge},
            about=found,
        )
