"""What we stand on is named, pinned, hashed, and not shadowed by a module of our own."""

import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)

WANTED = sorted(path.name for path in ROOT.glob("requirements*.in"))
PINNED = [name.replace(".in", ".txt") for name in WANTED]


def requirements(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    found = [
        re.match(r"[A-Za-z0-9._-]+", line) for line in lines if not line.startswith(("-", "#"))
    ]
    return [match[0] for match in found if match]


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version in PIN.findall((ROOT / name).read_text()):
        found.setdefault(package, set()).add(version)
    return found


def our_modules() -> set[str]:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    return folders | {path.stem for path in ROOT.glob("*.py")}


def test_top_level_modules_do_not_shadow_anything():
    taken = set(importlib.metadata.packages_distributions()) | set(sys.stdlib_module_names)
    assert our_modules() & taken == set()


def test_scripts_do_not_shadow_the_standard_library():
    assert {path.stem for path in ROOT.glob("scripts/*.py")} & set(sys.stdlib_module_names) == set()


@pytest.mark.parametrize("name", WANTED)
def test_every_requirement_is_explained(name: str):
    told = (ROOT / "docs/dependencies.md").read_text()
    assert [package for package in requirements(name) if f"\n| {package} |" not in told] == []


def test_explained_packages_are_required():
    text = (ROOT / "docs/dependencies.md").read_text()
    told = re.findall(r"^\| ([a-z0-9-]+) \|", text, re.MULTILINE)
    required = {name for file in WANTED for name in requirements(file)}
    assert set(told) - required == set()


@pytest.mark.parametrize("name", PINNED)
def test_every_pin_has_a_hash_and_no_address(name: str):
    text = (ROOT / name).read_text()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    pinned = [entry for entry in entries if "==" in entry]
    assert [entry.split()[0] for entry in pinned if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "-url" not in text


def test_tests_run_on_the_versions_that_are_served():
    served, tested = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name for name in served if served[name] != tested.get(name)} == set()


@pytest.mark.parametrize("wanted", WANTED)
def test_requirements_are_pinned(wanted: str):
    names = {name.lower().replace("_", "-") for name in pins(wanted.replace(".in", ".txt"))}
    assert [name for name in requirements(wanted) if name.lower() not in names] == []
