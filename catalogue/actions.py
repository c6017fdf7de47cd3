"""Verbs: bring winners into the catalogue, tell who uses what."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from catalogue import evidence, rules
from catalogue.models import Reuse, Solution, note_maturity, solution_slug
from catalogue.states import PROVING, Readiness, ReuseStage
from core import audit, clock, mail, outbox
from core.errors import Invalid, NotNow, require
from core.multilingual import text
from ideas import reader
from ideas.answers import beginning
from ideas.models import Idea
from ideas.named import AS_PROVIDER

if TYPE_CHECKING:
    from scoring.models import Decision

# What a municipality tells of its use beside its stage and in its own words.
DETAILS: Final = ("scope", "changes", "supplier", "cost_once", "cost_yearly")


def add_winners(decision: "Decision") -> None:
    """Every winner becomes a solution, in the transaction that publishes the decision."""
    awards = dict(decision.verdicts.filter(awarded=True).values_list("idea_id", "award"))
    solutions_from_ideas(awards=awards, at=decision.published_at)


@transaction.atomic
def solutions_from_ideas(*, awards: Mapping[int, str], at: dt.datetime | None) -> list[Solution]:
    """Published solutions of proposals, by the proposal's pk with its award; those newly made.

    Each has the proposal's public words, its origin, award and owner: the host municipality, whose
    staff keep it up to date. Proposals that have a solution already are left out. A constant
    number of queries.
    """
    ideas = list(Idea.objects.for_reading().filter(pk__in=awards, solution=None))
    solutions = [_from_idea(idea, awards[idea.pk], at) for idea in ideas]
    Solution.objects.bulk_create(solutions)
    note_maturity(((one, {}) for one in solutions), on=clock.local(at or clock.now()).date())
    origins = ({"idea": idea.uid.hex} for idea in ideas)
    audit.record_each("solution.created", zip(solutions, origins, strict=True), by=None)
    outbox.emit("solutions.created", solutions=[one.pk for one in solutions])
    outbox.emit_each("solution.changed", [{"solution": one.pk} for one in solutions])
    return solutions


def _from_idea(idea: Idea, award: str, at: dt.datetime | None) -> Solution:
    with translation.override(idea.language):
        answers = {row.key: row.value for row in reader.rows(idea, reader.Audience.PUBLIC)}
        provider = reader.proposer(idea, reader.Audience.PUBLIC)
    solution = Solution(
        language=idea.language,
        title=str(idea),
        summary=beginning(idea.summary, most=160) or str(idea)[:160],
        problem=answers.get("problem", ""),
        solution=answers.get("solution", ""),
        theme=idea.theme,
        readiness=Readiness.IDEA,
        owner=idea.challenge.owner,
        provider=provider[:AS_PROVIDER],
        municipality=idea.municipality,
        challenge=idea.challenge,
        idea=idea,
        award=award,
        origin=text(idea.challenge.name, idea.language)[:200],
        contact_email=idea.challenge.contact_email,
        reviewed_on=clock.local(at or clock.now()).date(),
        is_demo=idea.is_demo,
        live=True,
        first_published_at=at,
    )
    solution.slug = solution_slug(solution.title, solution.uid)
    # What it refers to has just been read, and its slug has its own uid in it.
    solution.clean_fields(exclude=("owner", "challenge", "idea", "theme"))
    solution.clean()
    return solution


def changed(solution: Solution) -> None:
    """Tell the index, and (as every event does) let anonymous readers see it at once."""
    outbox.emit("solution.changed", solution=solution.pk)


@transaction.atomic
def tell_reuse(
    *,
    solution: Solution,
    organisation: Organisation,
    stage: str,
    by: User,
    at: dt.datetime,
    note: str | None = None,
    since: dt.date | None = None,
    details: Mapping[str, Any] = MappingProxyType({}),
    contact: bool | None = None,
) -> Reuse:
    """The municipality's own word: «we want to pilot», «we use this», «we stopped».

    One active reuse per organisation and solution; saying it again moves its stage. What is not
    given stays: `note`, `since`, and of `details` the names in DETAILS. `contact`: whether the
    person who tells is named as the one to ask; they can only speak for themselves.
    """
    require(bool(rules.can_tell_reuse(by, organisation)) and solution.live)
    if stage not in ReuseStage.values:
        raise Invalid(errors={"stage": [_("Choose one.")]})
    solution = Solution.objects.select_for_update().get(pk=solution.pk)
    reuse = (
        solution.reuses.filter(organisation=organisation).exclude(stage=ReuseStage.STOPPED).first()
    )
    if reuse is None:
        if stage == ReuseStage.STOPPED:
            raise NotNow(_("You have not told that you use this."))
        reuse = Reuse(solution=solution, organisation=organisation)
    before = reuse.stage
    reuse.stage, reuse.told_by = stage, by
    words = details if note is None else {**details, "note": note}
    for name in words.keys() & {"note", *DETAILS}:
        value = words[name]
        setattr(reuse, name, value.replace("\x00", "").strip() if isinstance(value, str) else value)
    if contact and stage != ReuseStage.STOPPED:
        reuse.contact, reuse.consented_at = by, at
    elif stage == ReuseStage.STOPPED or (contact is False and reuse.contact_id == by.pk):
        reuse.contact = reuse.consented_at = None
    reuse.since = since or reuse.since or clock.local(at).date()
    try:
        reuse.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    reuse.save()
    count_reuses(solution)
    audit.record(
        "reuse.told",
        reuse,
        by=by,
        data={"organisation": organisation.pk, "stage": stage, "before": before},
    )
    if solution.contact_email and before != stage:
        mail.send(
            to=solution.contact_email,
            template="reuse_told",
            language=solution.language,
            context={"solution": solution, "reuse": reuse, "person": by},
            about=solution,
        )
    outbox.emit("reuse.told", reuse=reuse.pk)
    changed(solution)
    return reuse


@transaction.atomic
def forget_contact(*, user: User, organisation: Organisation | None = None) -> None:
    """The person is no longer named as the one to ask: for an organisation, or anywhere."""
    named = Reuse.objects.filter(contact=user).select_related("solution")
    if organisation is not None:
        named = named.filter(organisation=organisation)
    solutions = {reuse.solution_id: reuse.solution for reuse in named}
    named.update(contact=None, consented_at=None)
    for solution in solutions.values():
        changed(solution)


def count_reuses(solution: Solution) -> None:
    """Bring what is stored of uses and claims up to date, in the transaction that changed one."""
    claims = list(evidence.standing_claims(solution))
    saving, saving_told = evidence.known_saving(claims)
    Solution.objects.filter(pk=solution.pk).update(
        users_count=solution.reuses.filter(stage__in=PROVING).count(),
        interested_count=solution.reuses.filter(
            Q(stage=ReuseStage.INTERESTED) | Q(stage=ReuseStage.PLANNING)
        ).count(),
        evidence=evidence.grade(solution, claims),
        saving=saving,
        saving_told=saving_told,
    )
