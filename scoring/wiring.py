"""What scoring tells the floors below, once all models are loaded."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import registry as accounts_registry
from accounts.models import User
from accounts.registry import Card
from challenges import admin_tabs
from challenges import registry as challenges_registry
from challenges.models import Challenge
from ideas import registry as ideas_registry
from scoring.actions.rubric import write_rubric
from scoring.queries.desk import places_of
from scoring.queries.panel import is_with_jury
from scoring.queries.results import published_verdict
from scoring.queries.rubric import rubrics_are_published
from scoring.rules import may_read


def connect() -> None:
    challenges_registry.on_create_from_recipe(write_rubrics)
    challenges_registry.completeness_check(rubrics_are_published)
    ideas_registry.verdict_with(published_verdict)
    ideas_registry.jury_reads_with(may_read)
    ideas_registry.jury_has_with(is_with_jury)
    if juries_card not in accounts_registry.home_cards:
        accounts_registry.home_cards.append(juries_card)
    admin_tabs.register_tab("rubrics", _("Rubrics"), "scoring_admin:rubrics", 40)
    admin_tabs.register_tab("jury", _("Jury"), "scoring_admin:jury", 60)
    admin_tabs.register_tab("ranking", _("Ranking"), "scoring_admin:ranking", 70)
    admin_tabs.register_tab("decision", _("Decision"), "scoring_admin:decision", 80)


def write_rubrics(challenge: Challenge, recipe: Any, by: User | None) -> None:
    """The recipe's rubrics, as drafts for staff to look at and publish."""
    by_key = {one.key: one for one in recipe.series}
    for series in challenge.series.all():
        write_rubric(series=series, spec=by_key[series.key].rubric, by=by)


def juries_card(user: User) -> Card | None:
    """The person's juries on their own page."""
    places = list(places_of(user))
    return Card("scoring/home_card.html", {"places": places}, order=10) if places else None
