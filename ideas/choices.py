"""What a question offers: its own options, the challenge's themes, or Finland's municipalities."""

from functools import lru_cache

from django.utils.translation import get_language

from challenges.definition import Definition, Field, FieldType
from challenges.models import Challenge, Theme
from core.multilingual import text
from core.municipalities import municipalities
from ideas.answers import Options


def options_of(field: Field, challenge: Challenge, language: str | None = None) -> Options:
    """value → label, in the order shown. Themes cost one query per challenge object."""
    if field.options_from == "themes":
        return {theme.key: text(theme.name, language) for theme in themes_of(challenge)}
    if field.options_from == "municipalities" or field.type == FieldType.PLACE:
        return _municipalities(language or get_language() or "fi")
    return {option["value"]: text(option["label"], language) for option in field.options}


def all_options(
    definition: Definition, challenge: Challenge, language: str | None = None
) -> dict[str, Options]:
    """Options of every question that has any."""
    return {
        field.key: options_of(field, challenge, language)
        for field in definition.fields.values()
        if field.options or field.options_from or field.type == FieldType.PLACE
    }


def themes_of(challenge: Challenge) -> list[Theme]:
    """The challenge's themes; all themes when it names none."""
    kept: list[Theme] | None = challenge.__dict__.get("_theme_list")
    if kept is None:
        kept = list(challenge.themes.all()) or list(Theme.objects.all())
        challenge.__dict__["_theme_list"] = kept
    return kept


@lru_cache(maxsize=8)
def _municipalities(language: str) -> dict[str, str]:
    swedish = language.startswith("sv")
    found = {
        name: (place.name_sv or name) if swedish else name
        for name, place in municipalities().items()
    }
    return dict(sorted(found.items(), key=lambda item: _alphabet(item[1])))


def _alphabet(name: str) -> str:
    """Finnish and Swedish order: å, ä, ö last."""
    return name.casefold().translate({ord("å"): "{", ord("ä"): "|", ord("ö"): "}"})
