"""Verbs: an entrant asks for a correction of the decision, staff answer it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox
from core.errors import Denied, Invalid, NotNow, require
from ideas import rules as ideas_rules
from ideas.models import Idea
from scoring import rules
from scoring.models import Correction, Verdict
from scoring.states import CorrectionOutcome, DecisionState

LONGEST = 4000


@transaction.atomic
def ask_correction(*, idea: Idea, words: str, by: User | None, at: dt.datetime) -> Correction:
    """Ask, by the proposal's private page, before the last day; one open request at a time.

    Whoever holds the secret link acts as nobody (`by` None): having it is the right to ask.
    """
    verdict = (
        Verdict.objects.select_related("decision")
        .filter(idea=idea, decision__state=DecisionState.PUBLISHED)
        .first()
    )
    if verdict is None or not ideas_rules.can_edit_draft(by, idea):
        raise Denied
    decision = verdict.decision
    if not decision.takes_objections(at):
        raise NotNow(_("The time for asking for a correction has ended."))
    words = _clean(words, "text", _("Write what is wrong in the decision."))
    Idea.objects.select_for_update().get(pk=idea.pk)
    if idea.corrections.filter(answered_at__isnull=True).exists():
        raise NotNow(_("You have asked already, and the answer is on its way."))
    correction = Correction(decision=decision, idea=idea, text=words, at=at)
    correction.full_clean()
    correction.save()
    audit.record("correction.asked", correction, by=by, data={"idea": idea.uid.hex})
    outbox.emit("correction.asked", correction=correction.pk)
    return correction


@transaction.atomic
def answer_correction(
    *, correction: Correction, outcome: str, answer: str, by: User, at: dt.datetime
) -> Correction:
    """Answer once, in words; the entrant gets a letter. The decision itself is not rewritten:
    what is corrected is told in the answer, and both stay in the record."""
    require(bool(rules.can_draft_decision(by, correction.decision.challenge)))
    correction = Correction.objects.select_for_update().get(pk=correction.pk)
    if correction.answered_at is not None:
        raise NotNow(_("It has been answered already."))
    if outcome not in CorrectionOutcome.values:
        raise Invalid(errors={"outcome": [_("Choose one.")]})
    correction.answer = _clean(answer, "answer", _("Write the answer."))
    correction.outcome, correction.answered_by, correction.answered_at = outcome, by, at
    correction.full_clean()
    correction.save()
    audit.record("correction.answered", correction, by=by, data={"outcome": outcome})
    outbox.emit("correction.answered", correction=correction.pk)
    return correction


def _clean(words: str, name: str, missing: str) -> str:
    words = words.replace("\x00", "").replace("\r\n", "\n").strip()
    if not words:
        raise Invalid(errors={name: [missing]})
    if len(words) > LONGEST:
        raise Invalid(
            errors={name: [_("Shorten the text to %(limit)s characters.") % {"limit": LONGEST}]}
        )
    return words
