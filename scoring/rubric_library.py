"""Rubrics to start from: whole, in three languages, each a file of data in `library/`.

A file is {"key", "name", "description", "spec"}; `spec` is what `write_rubric` takes. The recipes'
own rubrics are in the library as well.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from challenges import recipes

FOLDER = Path(__file__).parent / "library"


@dataclass(frozen=True)
class Entry:
    """`name` and `description` are texts of several languages."""

    key: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    spec: Mapping[str, Any]


@cache
def entries() -> tuple[Entry, ...]:
    """In the order in which they are offered: the recipes' first."""
    return (*_of_recipes(), *(_read(path) for path in sorted(FOLDER.glob("*.json"))))


def find(key: str) -> Entry | None:
    return next((entry for entry in entries() if entry.key == key), None)


def _read(path: Path) -> Entry:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Entry(raw["key"], raw["name"], raw["description"], raw["spec"])


def _of_recipes() -> list[Entry]:
    return [
        Entry(
            key=f"{recipe.key}-{series.key}",
            name={
                code: f"{recipe.name[code]}: {words}"
                for code, words in series.rubric["name"].items()
            },
            description=recipe.description,
            spec={name: value for name, value in series.rubric.items() if name != "name"},
        )
        for recipe in recipes.available()
        for series in recipe.series
    ]
