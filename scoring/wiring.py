"""What scoring tells the floors below, once all models are loaded."""

from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext_lazy as _

from accounts import registry as accounts_registry
from accounts import second_factor
from accounts.models import User
from accounts.registry import Card
from challenges import admin_tabs
from challenges import registry as challenges_registry
from challenges.models import Challenge, Series
from ideas import registry as ideas_registry
from ideas.models import Idea
from scoring import personal
from scoring.actions.rubric import spec_of, write_rubric
from scoring.queries.desk import places_of
from scoring.queries.eligibility import check_policy, public_path
from scoring.queries.panel import with_jury
from scoring.queries.results import after_decision, published_verdict
from scoring.queries.rubric import current_rubric, rubrics_are_published
from scoring.queries.signing import to_sign
from scoring.rules import chairs_a_jury, closed_to, is_a_juror, may_read, sits_in_jury
from scoring.states import DecisionState


def connect() -> None:
    second_factor.holders["juror"] = is_a_juror
    second_factor.holders["chair"] = chairs_a_jury
    second_factor.doors.add("/tuomari/")
    if personal.held not in accounts_registry.held:
        accounts_registry.held.append(personal.held)
    if personal.erase not in accounts_registry.on_erase:
        accounts_registry.on_erase.append(personal.erase)
    challenges_registry.on_create_from_recipe(write_rubrics)
    challenges_registry.rubric_spec_with(newest_spec)
    challenges_registry.completeness_check(rubrics_are_published)
    ideas_registry.verdict_with(published_verdict)
    ideas_registry.jury_reads_with(may_read)
    ideas_registry.jury_sits_with(sits_in_jury)
    ideas_registry.jury_has_with(with_jury)
    ideas_registry.tell_after_decision(feedback_part)
    if signing_card not in accounts_registry.home_cards:
        accounts_registry.home_cards.append(signing_card)
    ideas_registry.check_policy_with(check_policy)
    ideas_registry.path_with(public_path)
    ideas_registry.closed_with(closed_to)
    ideas_registry.criteria_with(evidence_for)
    if juries_card not in accounts_registry.home_cards:
        accounts_registry.home_cards.append(juries_card)
    admin_tabs.register_tab("rubrics", _("Rubrics"), "scoring_admin:rubrics", 40, of_jury=True)
    admin_tabs.register_tab("rounds", _("Rounds"), "scoring_admin:rounds", 50, of_jury=True)
    admin_tabs.register_tab("jury", _("Jury"), "scoring_admin:jury", 60, of_jury=True)
    admin_tabs.register_tab("dashboard", _("Progress"), "scoring_admin:dashboard", 65, of_jury=True)
    admin_tabs.register_tab("ranking", _("Results"), "scoring_admin:ranking", 70, of_jury=True)
    admin_tabs.register_tab(
        "meetings", _("Deliberation"), "scoring_admin:meetings", 75, of_jury=True
    )
    admin_tabs.register_tab("decision", _("Decision"), "scoring_admin:decision", 80, of_jury=True)
    admin_tabs.register_tab("record", _("Record"), "scoring_admin:record", 90)


def newest_spec(series: Series) -> dict[str, Any]:
    """The newest rubric, published or not, as a recipe has it."""
    newest = series.rubrics.order_by("-version").first()
    return spec_of(newest) if newest is not None else {"criteria": []}


def write_rubrics(challenge: Challenge, recipe: Any, by: User | None) -> None:
    """The recipe's rubrics, as drafts for staff to look at and publish."""
    if not challenge.has_jury:
        return
    by_key = {one.key: one for one in recipe.series}
    for series in challenge.series.all():
        write_rubric(series=series, spec=by_key[series.key].rubric, by=by)


def evidence_for(series: Series) -> dict[str, str]:
    """What is said beside a question that is evidence for a criterion of the published rubric."""
    rubric = current_rubric(series)
    return {
        one.key: (
            _("Evidence for: %(criterion)s, weight %(weight)s %%.")
            if one.weighs
            else _("Evidence for: %(criterion)s.")
        )
        % {"criterion": one, "weight": floatformat(one.weight, "-2")}
        for one in (rubric.criteria.all() if rubric else ())
    }


def juries_card(user: User) -> Card | None:
    """The person's juries on their own page."""
    places = list(places_of(user))
    return Card("scoring/home_card.html", {"places": places}, order=10) if places else None


def signing_card(user: User) -> Card | None:
    """Decisions that wait for the person's signature, first of all."""
    waiting = places_of(user).filter(
        challenge__decision__needs_signatures=True,
        challenge__decision__state=DecisionState.APPROVED,
    )
    places = [place for place in waiting if to_sign(place)]
    return Card("scoring/sign_card.html", {"places": places}, order=5) if places else None


def feedback_part(idea: Idea) -> ideas_registry.Part | None:
    """What the jury said of the proposal, on its private page."""
    found = after_decision(idea)
    return ideas_registry.Part("scoring/_feedback.html", {"decided": found}) if found else None
