"""Checks at start: the names of our own modules must not hide a library's or Python's."""

import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


def hidden_modules(folder: Path, elsewhere: Iterable[str]) -> list[str]:
    """Modules at the top of `folder` whose name is also found in `elsewhere` or in Python."""
    ours = {path.stem for path in folder.glob("*.py")}
    ours |= {path.parent.name for path in folder.glob("*/__init__.py")}
    paths = [path for path in elsewhere if path and Path(path).resolve() != folder]
    return sorted(name for name in ours if _is_elsewhere(name, paths))


def _is_elsewhere(name: str, paths: list[str]) -> bool:
    if name in sys.stdlib_module_names:
        return True
    found = PathFinder.find_spec(name, paths)
    return found is not None and found.origin is not None  # a mere folder is no library


@register()
def check_shadowing(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"The module {name} at the top of the project hides a library.", id="core.E001")
        for name in hidden_modules(Path(settings.BASE_DIR), sys.path)
    ]
