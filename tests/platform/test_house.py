"""Habits of the house that no linter knows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
LONGEST = 450
OURS = (*APPS, "config", "scripts", "tests", "benchmarks")


def sources(*folders: str, pattern: str = "*.py") -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if not {"migrations", "__pycache__", "data"} & set(path.relative_to(ROOT).parts):
                yield path


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_no_file_is_too_long():
    long = [path for path in sources(*OURS) if len(path.read_text().splitlines()) > LONGEST]
    assert named(long) == []


def test_templates_have_no_inline_style_or_script():
    inline = re.compile(
        r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application)"
    )
    mail = ROOT / "templates/mail"
    found = [
        path
        for path in sources("templates", pattern="*.html")
        if mail not in path.parents and inline.search(path.read_text())
    ]
    assert named(found) == []


def test_nothing_is_asked_from_another_host():
    asks = re.compile(
        r"(?:src|srcset)=\"(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//|@import\s+[\"']?http"
    )
    files = [
        *sources("templates", pattern="*.html"),
        *sources("static", pattern="*.css"),
    ]
    assert named([path for path in files if asks.search(path.read_text())]) == []


def test_nothing_is_left_undone():
    undone = re.compile(r"raise NotImplementedError|\bTODO\b|\bFIXME\b|\bXXX\b")
    files = [
        path for path in sources(*APPS, "config", "scripts") if undone.search(path.read_text())
    ]
    assert named(files) == []


@pytest.mark.parametrize("app", APPS)
def test_every_app_has_the_first_migration(app: str):
    has_models = (ROOT / app / "models.py").exists() or (ROOT / app / "models").is_dir()
    assert not has_models or list((ROOT / app / "migrations").glob("0001_*.py"))


def test_nothing_is_frozen_or_compiled_in_git():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {".venv/", "var/", "*.mo", ".env"} <= set(ignored)
