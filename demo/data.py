"""The demo's texts: JSON files in data/, read once."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@cache
def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def challenge(key: str) -> Mapping[str, Any]:
    """The data of one of the demo's challenges; Mikkeli's proposals are in a file of their own."""
    if key == "mikkeli":
        return {**load("mikkeli"), "ideas": load("mikkeli_ideas")}
    return next(one for one in load("challenges") if one["key"] == key)


def challenges() -> list[Mapping[str, Any]]:
    return [challenge("mikkeli"), *load("challenges")]
