"""Recipes: whole challenges as data, with dates relative to an opening day.

A recipe is a folder beside this file: recipe.json (series, phases, themes, settings), page.json
(texts of the page), forms.json and rubrics.json (by the series' key).
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from challenges.definition import BadDefinition, Definition
from challenges.states import ChallengeProfile, PhaseKind, SeriesKind, Visibility
from core.clock import HELSINKI

FOLDER = Path(__file__).parent
Span = tuple[dt.datetime, dt.datetime]


class BadRecipe(ValueError):
    """The recipe's data cannot be used; `problems` say where."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Moment:
    """A time of day, so many days after the opening day."""

    day: int
    time: dt.time

    def on(self, opening: dt.date) -> dt.datetime:
        return helsinki(opening + dt.timedelta(days=self.day), self.time)


@dataclass(frozen=True)
class SeriesRecipe:
    key: str
    kind: SeriesKind
    name: Mapping[str, str]
    eligible: Mapping[str, str]
    award: Mapping[str, str]
    winners: int
    form: Mapping[str, Any]
    rubric: Mapping[str, Any]


@dataclass(frozen=True)
class Recipe:
    key: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    visibility: Visibility
    reasons_public: bool
    themes: tuple[Mapping[str, Any], ...]
    phases: Mapping[PhaseKind, tuple[Moment, Moment]]
    series: tuple[SeriesRecipe, ...]
    page: Mapping[str, Any]
    profile: ChallengeProfile = ChallengeProfile.IDEAS
    statements: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def timetable(self, opening: dt.date) -> dict[PhaseKind, Span]:
        """Every phase's beginning and end when the challenge opens on that day."""
        return {
            kind: (starts.on(opening), ends.on(opening))
            for kind, (starts, ends) in self.phases.items()
        }


def helsinki(day: dt.date, time: dt.time) -> dt.datetime:
    """The moment when clocks in Finland show that time on that day.

    A time that a spring night skips becomes the one an hour later; of a time that an autumn
    night shows twice, the first is meant.
    """
    return dt.datetime.combine(day, time, HELSINKI).astimezone(dt.UTC)


def available() -> list[Recipe]:
    return [load(path.parent.name) for path in sorted(FOLDER.glob("*/recipe.json"))]


@cache
def load(key: str) -> Recipe:
    """Read and check a recipe; raises BadRecipe."""
    folder = FOLDER / key
    if not key.isidentifier() or not (folder / "recipe.json").is_file():
        raise BadRecipe(f"there is no recipe “{key}”")
    parts = {name: _read(folder, name) for name in ("forms", "rubrics", "page")}
    return parse(key, {**_read(folder, "recipe"), **parts})


def parse(key: str, raw: Mapping[str, Any]) -> Recipe:
    """A recipe of its data: that of a folder's files in one. Raises BadRecipe."""
    try:
        phases = {
            PhaseKind(phase["kind"]): (_moment(phase["starts"]), _moment(phase["ends"]))
            for phase in raw["phases"]
        }
        recipe = Recipe(
            key=key,
            name=raw["name"],
            description=raw["description"],
            visibility=Visibility(raw["visibility"]),
            reasons_public=raw["reasons_public"],
            themes=tuple(raw["themes"]),
            phases=phases,
            series=tuple(_series(raw["series"], raw["forms"], raw["rubrics"])),
            page=raw["page"],
            # Files of before there were profiles have neither, nor have challenges of that time.
            profile=ChallengeProfile(raw.get("profile") or ChallengeProfile.IDEAS),
            statements=dict(raw.get("statements") or {}),
        )
    except BadDefinition as error:
        raise BadRecipe(*error.problems) from error
    except KeyError as error:
        raise BadRecipe(f"recipe “{key}”: {error} is missing") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise BadRecipe(f"recipe “{key}”: {error}") from error
    if PhaseKind.SUBMISSION not in phases:
        raise BadRecipe(f"recipe “{key}” has no submission phase")
    return recipe


def _read(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def _moment(raw: Mapping[str, Any]) -> Moment:
    return Moment(day=int(raw["day"]), time=dt.time.fromisoformat(raw["time"]))


def _series(
    raw: list[Mapping[str, Any]], forms: Mapping[str, Any], rubrics: Mapping[str, Any]
) -> Iterator[SeriesRecipe]:
    for one in raw:
        key = one["key"]
        Definition.parse(forms[key])
        yield SeriesRecipe(
            key=key,
            kind=SeriesKind(one["kind"]),
            name=one["name"],
            eligible=one.get("eligible") or {},
            award=one.get("award") or {},
            winners=int(one["winners"]),
            form=forms[key],
            rubric=rubrics[key],
        )
