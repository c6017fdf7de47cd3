"""compose.yaml and Dockerfile agree with each other and with the settings."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = (ROOT / "compose.yaml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE)


def test_compose_has_every_part(compose: dict[str, Any]):
    parts = {"app", "worker", "beat", "postgres", "redis", "elasticsearch"}
    assert set(compose["services"]) == parts


def test_compose_waits_only_for_parts_that_it_has(compose: dict[str, Any]):
    services = compose["services"]
    for service in services.values():
        for name, condition in service.get("depends_on", {}).items():
            assert "test" in services[name].get("healthcheck", {}) or name == "app"
            assert condition == {"condition": "service_healthy"}


def test_compose_declares_its_volumes(compose: dict[str, Any]):
    mounted = {
        mount.partition(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
    }
    assert mounted == set(compose["volumes"])


def test_compose_sets_only_known_variables(compose: dict[str, Any]):
    settings = (ROOT / "config/settings.py").read_text()
    given = compose["services"]["app"]["environment"]
    assert {name for name in given if f'"{name}"' not in settings} == set()
    assert compose["services"]["worker"]["environment"] == given


def test_every_variable_of_compose_is_in_the_example():
    asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)) - {"PUBLISH"}
    example = (ROOT / ".env.example").read_text()
    told = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert asked == told


def test_compose_holds_no_secret():
    assert re.findall(r"(?:PASSWORD|SECRET_KEY):[ ]+(?!\$\{)(?=\S)", COMPOSE) == []


def test_image_runs_as_nobody_special():
    lines = DOCKERFILE.splitlines()
    assert "USER talkoot" in lines
    assert lines.index("USER talkoot") < next(
        number for number, line in enumerate(lines) if line.startswith("ENTRYPOINT")
    )


def test_image_takes_only_what_exists():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for path in re.findall(r"scripts/[\w.]+|requirements\.txt", DOCKERFILE):
        assert (ROOT / path).exists()
        assert path.split("/")[0] not in ignored


def test_commands_of_compose_are_known(compose: dict[str, Any]):
    script = (ROOT / "scripts/container.sh").read_text()
    for name in ("app", "worker", "beat"):
        assert f"\n{compose['services'][name]['command'][0]})" in script
