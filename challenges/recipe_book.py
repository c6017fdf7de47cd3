"""Recipes that hosts make of their own challenges: saved, exported and imported as one JSON file.

A file is {"talkoot_recipe": 1, "name", "description", "visibility", "reasons_public", "profile",
"statements", "themes", "phases", "series", "forms", "rubrics", "page"}: what a recipe's folder
holds, in one. It is tried by making a challenge of it and undoing that, so that what is saved can
be used.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from challenges import actions, completeness, profiles, queries, recipes, registry, rules
from challenges.models import Challenge, ChallengePage, SavedRecipe
from challenges.pages import rich_text
from challenges.recipes import BadRecipe, Recipe
from core import audit, clock
from core.errors import Denied, DomainError, Invalid, require
from core.multilingual import text

FORMAT = 1
BYTES_AT_MOST = 2_000_000
SAVED, COPY = "saved-", "challenge-"  # how a choice of recipe is named


def choices(user: User) -> list[tuple[str, str]]:
    """What a challenge may be made of: the house's recipes, one's hosts' own, one's challenges."""
    return [
        *((one.key, text(one.name)) for one in recipes.available()),
        *((f"{SAVED}{one.pk}", text(one.name)) for one in saved_by_hosts_of(user)),
        *(
            (f"{COPY}{one.pk}", _("A copy of: %(name)s") % {"name": text(one.name)})
            for one in Challenge.objects.workable_by(user)
        ),
    ]


def chosen(user: User, choice: str) -> Recipe:
    """The recipe of a choice; Denied for what is not the person's. Raises BadRecipe."""
    kind, _dash, number = choice.partition("-")
    if choice.startswith((SAVED, COPY)) and number.isascii() and number.isdigit():
        if kind == SAVED.rstrip("-"):
            found = saved_by_hosts_of(user).filter(pk=number).first()
            require(found is not None)
            return recipes.parse(choice, found.data)
        challenge = queries.staff_challenge(user, int(number))
        if challenge is None:
            raise Denied
        return recipes.parse(choice, data_of(challenge))
    return recipes.load(choice)


def saved_by_hosts_of(user: User) -> Any:
    return SavedRecipe.objects.filter(owner__in=queries.hosts_of(user)).order_by("pk")


@transaction.atomic
def save_as_recipe(*, challenge: Challenge, name: str, by: User, at: dt.datetime) -> SavedRecipe:
    """Keep the challenge as it is now: forms, rubrics, texts, dates from the opening day on."""
    require(bool(rules.can_edit_challenge(by, challenge)))
    if not name.strip():
        raise Invalid(errors={"name": [_("Give the recipe a name.")]})
    data = data_of(challenge) | {"name": {"fi": name.strip()[:120]}}
    return _keep(challenge.owner, data, by=by, at=at)


@transaction.atomic
def import_recipe(*, owner: Organisation, content: bytes, by: User, at: dt.datetime) -> SavedRecipe:
    """A recipe from a file. Raises Invalid (file) with every fault that is found."""
    require(bool(rules.can_create_challenge(by, owner)))
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Invalid(errors={"file": [_("The file is not JSON.")]}) from error
    if not isinstance(data, Mapping) or data.get("talkoot_recipe") != FORMAT:
        raise Invalid(errors={"file": [_("The file is not a recipe of this service.")]})
    try:
        data = _harmless(data)
        _try_it(owner, recipes.parse("imported", data), at)
    except BadRecipe as error:
        raise Invalid(errors={"file": error.problems}) from error
    return _keep(owner, data, by=by, at=at)


@transaction.atomic
def forget_recipe(*, recipe: SavedRecipe, by: User) -> None:
    require(bool(rules.can_create_challenge(by, recipe.owner)))
    audit.record("recipe.deleted", recipe.owner, by=by, data={"name": recipe.name})
    recipe.delete()


def as_file(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder).encode()


def data_of(challenge: Challenge) -> dict[str, Any]:
    """The challenge as a recipe's data."""
    forms = queries.forms_in_force(challenge)
    series = list(challenge.series.all())
    opening = clock.local(challenge.opens_at).date() if challenge.opens_at else None
    raw = {
        "talkoot_recipe": FORMAT,
        "name": challenge.name,
        "description": {},
        "visibility": challenge.visibility,
        "reasons_public": challenge.reasons_public,
        "profile": challenge.profile,
        "statements": profiles.tidy(challenge.statements),
        "themes": [
            {"key": one.key, "name": one.name, "description": one.description}
            for one in challenge.themes.all()
        ],
        "phases": [
            {
                "kind": phase.kind,
                "starts": _moment(phase.starts_at, opening),
                "ends": _moment(phase.ends_at, opening),
            }
            for phase in challenge.timetable
        ]
        if opening
        else [],
        "series": [
            {
                name: getattr(one, name)
                for name in ("key", "kind", "name", "eligible", "award", "winners")
            }
            for one in series
        ],
        "forms": {one.key: forms[one.pk].definition for one in series if one.pk in forms},
        "rubrics": {one.key: registry.rubric_spec(one) for one in series},
        "page": _texts(challenge),
    }
    found: dict[str, Any] = json.loads(as_file(raw))
    return found


def _moment(at: dt.datetime, opening: dt.date) -> dict[str, Any]:
    here = clock.local(at)
    return {"day": (here.date() - opening).days, "time": here.time().isoformat()}


def _texts(challenge: Challenge) -> dict[str, Any]:
    """The page's texts of every language that has its own; blocks pair up by their order."""
    pages: dict[str, ChallengePage] = {}
    for page in challenge.pages.select_related("locale"):
        if page.alias_of_id is None:
            pages[page.locale.language_code] = completeness.newest(page)
    first = pages.get("fi") or next(iter(pages.values()), None)
    if first is None:
        return {"lead": {}, "rules": {}}

    def words(name: str) -> dict[str, str]:
        return {code: getattr(page, name) for code, page in pages.items() if getattr(page, name)}

    def structs(name: str, parts: tuple[str, str]) -> list[dict[str, dict[str, str]]]:
        return [
            {
                part: {
                    code: _source(rows[number].value[part])
                    for code, page in pages.items()
                    if len(rows := getattr(page, name)) > number
                }
                for part in parts
            }
            for number in range(len(getattr(first, name)))
        ]

    return {
        "lead": words("lead"),
        "rules": words("rules"),
        "timetable_note": words("timetable_note"),
        "needs": structs("needs", ("title", "text")),
        "faq": structs("faq", ("question", "answer")),
        "story": [
            {
                "type": block.block_type,
                "text": {
                    code: _source(page.story[number].value)
                    for code, page in pages.items()
                    if len(page.story) > number
                    and page.story[number].block_type == block.block_type
                },
            }
            for number, block in enumerate(first.story)
            if block.block_type != "image"  # a picture is the installation's, not the recipe's
        ],
    }


def _source(value: Any) -> str:
    return str(getattr(value, "source", value))


def _keep(
    owner: Organisation, data: Mapping[str, Any], *, by: User, at: dt.datetime
) -> SavedRecipe:
    saved = SavedRecipe(owner=owner, name=data["name"], data=dict(data), made_by=by, at=at)
    try:
        saved.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    saved.save()
    audit.record("recipe.saved", owner, by=by, data={"name": saved.name})
    return saved


def _harmless(data: Mapping[str, Any]) -> dict[str, Any]:
    """Rich texts of a file with those tags only that the editor lets one write."""
    try:
        page = dict(data["page"])
        page["rules"] = {code: rich_text(words) for code, words in page["rules"].items()}
        for name, part in (("needs", "text"), ("faq", "answer"), ("story", "text")):
            page[name] = [
                {**row, part: {code: rich_text(words) for code, words in row[part].items()}}
                for row in page.get(name, ())
            ]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadRecipe(_("The texts of the page: %(why)s") % {"why": error}) from error
    return {**data, "page": page}


def _try_it(owner: Organisation, recipe: Recipe, at: dt.datetime) -> None:
    """Make a challenge of it and undo that; BadRecipe says what did not do."""
    try:
        with transaction.atomic():
            actions.create_from_recipe(
                recipe=recipe,
                owner=owner,
                opens_on=clock.local(at).date() + dt.timedelta(days=14),
                title={"fi": "Reseptin koe"},
                by=None,
            )
            transaction.set_rollback(True)
    except Invalid as error:
        told = [f"{name}: {words}" for name, many in error.errors.items() for words in many]
        raise BadRecipe(*(told or [str(error)])) from error
    except ValidationError as error:
        raise BadRecipe(*error.messages) from error
    except (KeyError, TypeError, ValueError, AttributeError, DatabaseError, DomainError) as error:
        raise BadRecipe(f"{type(error).__name__}: {error}") from error
